import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Asking, administrator, attempt, audited, does, nobody, refusalOf } from "./support/administration.ts";
import type { Data } from "./support/graphql-client.ts";
import { jobsDone } from "./support/jobs.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { type TestServer, startServer } from "./support/server.ts";

const REPORT = `report { id messageId conversationId reason comment state note reportCount createdAt resolvedAt
  sender { username } reporter { username } resolvedBy { username } message { content }
  snapshot { type content isEncrypted isEdited sentAt location { latitude } file { name } } }`;
const QUEUE = `query ($state: ReportState, $first: Int, $after: String) {
  messageReports(state: $state, first: $first, after: $after) {
    nodes { id state snapshot { content } reporter { username } } pageInfo { hasNextPage endCursor }
  }
}`;

let server: TestServer;
let root: Person;
let ada: Person;
let bea: Person;
let cyd: Person;
let eve: Person;
/** A group of ada, bea and cyd, which neither eve nor the administrator sees. */
let groupId: string;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ada, bea, cyd, eve] = await Promise.all([
    person(server, "ada"),
    person(server, "bea"),
    person(server, "cyd"),
    person(server, "eve"),
  ]);
  const { group } = await does(ada, "createGroup", { name: "Us", memberIds: [bea.id, cyd.id] }, "group { id }");
  groupId = group.id;
});
afterAll(() => server.stop());

async function written(content: string, input: object = {}): Promise<string> {
  const told = { conversationId: groupId, content, ...input };
  return (await does(ada, "sendMessage", told, "message { id }")).message.id;
}

const report = (who: Asking, messageId: string, input: object = {}) =>
  attempt(who, "reportMessage", { messageId, reason: "HARASSMENT", ...input }, REPORT);

async function reported(who: Asking, messageId: string, input: object = {}): Promise<Data> {
  return (await does(who, "reportMessage", { messageId, reason: "HARASSMENT", ...input }, REPORT)).report;
}

const resolving = (who: Asking, reportId: string, action: string, note?: string) =>
  attempt(who, "resolveReport", { reportId, action, note }, REPORT);

async function resolved(reportId: string, action: string, note?: string): Promise<Data> {
  return (await does(root, "resolveReport", { reportId, action, note }, REPORT)).report;
}

async function contentOf(messageId: string): Promise<string> {
  const { data } = await bea.graphql(`query ($id: ID!) { message(id: $id) { content } }`, { id: messageId });
  return data.message.content;
}

const queue = async (asked: object = {}): Promise<Data> =>
  (await root.graphql(QUEUE, { ...asked })).data.messageReports.nodes;

describe("a message", () => {
  test("is reported by whoever sees it, as it is at that moment, to administrators who do not", async () => {
    const messageId = await written("You fool");
    const made = await reported(bea, messageId, { comment: " He does it again. " });
    expect(made).toMatchObject({
      messageId,
      conversationId: groupId,
      reason: "HARASSMENT",
      comment: "He does it again.",
      state: "OPEN",
      reporter: { username: "bea" },
      sender: { username: "ada" },
      snapshot: { type: "TEXT", content: "You fool", isEncrypted: false, isEdited: false, location: null, file: null },
    });
    await does(ada, "editMessage", { messageId, content: "You dear" }, "message { id }");
    // That somebody else has reported it too is no business of the second.
    expect(await reported(cyd, messageId)).toMatchObject({ reportCount: 1 });

    const [later, first] = await queue({ state: "OPEN" });
    expect(later).toMatchObject({ reporter: { username: "cyd" }, snapshot: { content: "You dear" } });
    expect(first).toMatchObject({ reporter: { username: "bea" }, snapshot: { content: "You fool" } });
    const { data } = await root.graphql(
      `query ($id: ID!) { node(id: $id) { ... on MessageReport {
      reportCount message { content } snapshot { content } } } }`,
      { id: made.id },
    );
    expect(data.node).toEqual({ reportCount: 2, message: null, snapshot: { content: "You fool" } });
    for (const who of [ada, bea, eve]) {
      expect((await who.graphql(`query ($id: ID!) { node(id: $id) { id } }`, { id: made.id })).data.node).toBeNull();
    }
  });

  test("that is encrypted is reported without what it says", async () => {
    const messageId = await written("c2VjcmV0", { isEncrypted: true });
    const { snapshot } = await reported(bea, messageId);
    expect(snapshot).toMatchObject({ content: null, isEncrypted: true });
    const { rows } = await server.services.database.pool.query<{ snapshot: unknown }>(
      "select snapshot from message_reports where message_id = $1",
      [messageId.slice("msg_".length)],
    );
    expect(JSON.stringify(rows)).not.toContain("c2VjcmV0");
  });

  test("is reported with its place", async () => {
    const messageId = await written("", { type: "LOCATION", location: { latitude: 52.5, longitude: 13.4 } });
    expect((await reported(bea, messageId)).snapshot).toMatchObject({ type: "LOCATION", location: { latitude: 52.5 } });
  });

  test("is not reported by who does not see it, by its sender, or twice, nor when it is gone or the server's", async () => {
    const messageId = await written("Well");
    expect(refusalOf(await report(eve, messageId))).toBe("NOT_FOUND messageId");
    expect(refusalOf(await report(root, messageId))).toBe("NOT_FOUND messageId");
    expect(refusalOf(await report(nobody(server), messageId))).toBe("UNAUTHENTICATED");
    expect(refusalOf(await report(ada, messageId))).toBe("FORBIDDEN messageId");
    expect(refusalOf(await report(bea, "msg_999999"))).toBe("NOT_FOUND messageId");
    expect(refusalOf(await report(bea, groupId))).toBe("BAD_USER_INPUT messageId");
    expect(refusalOf(await report(bea, messageId, { comment: "x".repeat(1_001) }))).toBe("BAD_USER_INPUT comment");
    const told = await Promise.all([1, 2, 3].map(() => report(bea, messageId)));
    expect(told.map(refusalOf).toSorted()).toEqual(["CONFLICT messageId", "CONFLICT messageId", "NONE"]);

    const { data } = await bea.graphql(
      `query ($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { id type } } } }`,
      { id: groupId },
    );
    expect(data.conversation.messages.nodes[0].type).toBe("SYSTEM");
    expect(refusalOf(await report(bea, data.conversation.messages.nodes[0].id))).toBe("FORBIDDEN messageId");
    await does(ada, "deleteMessage", { messageId }, "message { id }");
    expect(refusalOf(await report(cyd, messageId))).toBe("FORBIDDEN messageId");
  });

  test("is one of fifty at most that a user reports a day", async () => {
    const [one, other] = [await written("one"), await written("other")];
    await server.services.database.pool.query(
      `insert into daily_quotas (user_id, what, day, used) values ($1, 'messageReports', (now() at time zone 'UTC')::date, 49)
       on conflict (user_id, what) do update set used = 49`,
      [cyd.id.slice("user_".length)],
    );
    expect(refusalOf(await report(cyd, one))).toBe("NONE");
    expect(refusalOf(await report(cyd, other))).toBe("RATE_LIMITED");
    expect(refusalOf(await report(bea, other))).toBe("NONE");
  });
});

describe("a report", () => {
  test("is read and resolved by administrators alone", async () => {
    const { id } = await reported(bea, await written("Hm"));
    for (const [who, refusal] of [
      [bea, "FORBIDDEN"],
      [nobody(server), "UNAUTHENTICATED"],
    ] as const) {
      expect(refusalOf(await who.graphql(QUEUE))).toBe(refusal);
      expect(refusalOf(await resolving(who, id, "DELETE_MESSAGE"))).toBe(refusal);
    }
    expect(await queue({ state: "OPEN", first: 1 })).toMatchObject([{ id }]);
  });

  test("is dismissed, and the message stays", async () => {
    const messageId = await written("Harmless");
    const one = await reported(bea, messageId);
    const done = await resolved(one.id, "DISMISS", "It is harmless");
    expect(done).toMatchObject({ state: "DISMISSED", note: "It is harmless", resolvedBy: { username: "root" } });
    expect(done.resolvedAt).not.toBeNull();
    expect(await contentOf(messageId)).toBe("Harmless");
    expect(refusalOf(await resolving(root, one.id, "DELETE_MESSAGE"))).toBe("CONFLICT reportId");
    expect(await contentOf(messageId)).toBe("Harmless");
    const [act] = await audited(root, { targetId: one.id });
    expect(act).toMatchObject({
      action: "resolveReport",
      details: { state: "DISMISSED", note: "It is harmless", messageId, reports: 1 },
      actor: { username: "root" },
    });
  });

  test("takes the message down for everybody, and every open report of it with it", async () => {
    const messageId = await written("Awful");
    const one = await reported(bea, messageId);
    await server.services.database.pool.query("delete from daily_quotas");
    const second = await reported(cyd, messageId);
    const { cursor } = (await bea.graphql(`query ($id: ID!) { conversation(id: $id) { cursor } }`, { id: groupId }))
      .data.conversation;

    await resolved(one.id, "DELETE_MESSAGE");
    const { data } = await bea.graphql(
      `query ($id: ID!, $group: ID!) { message(id: $id) { content isDeleted } conversation(id: $group) { cursor } }`,
      { id: messageId, group: groupId },
    );
    expect(data.message).toEqual({ content: "", isDeleted: true });
    // It is a change of the log like any other.
    expect(data.conversation.cursor).not.toBe(cursor);
    const states = (await queue({ state: "DELETED" })).map(({ id }: { id: string }) => id);
    expect(new Set(states)).toEqual(new Set([one.id, second.id]));
    expect((await queue({ state: "DELETED" }))[0].snapshot.content).toBe("Awful");
    expect(await audited(root, { targetId: one.id })).toMatchObject([{ details: { state: "DELETED", reports: 2 } }]);
  });

  test("is settled in another way, which must be noted", async () => {
    const { id } = await reported(bea, await written("Odd"));
    expect(refusalOf(await resolving(root, id, "SETTLE"))).toBe("BAD_USER_INPUT note");
    expect(refusalOf(await resolving(root, id, "SETTLE", "x".repeat(1_001)))).toBe("BAD_USER_INPUT note");
    expect((await resolved(id, "SETTLE", "We talked.")).state).toBe("SETTLED");
    expect(refusalOf(await resolving(root, "report_999999", "DISMISS"))).toBe("NOT_FOUND reportId");
    expect(refusalOf(await resolving(root, "msg_1", "DISMISS"))).toBe("BAD_USER_INPUT reportId");
  });

  test("of a conversation that was deleted since is there, and can be resolved", async () => {
    const { group } = await does(ada, "createGroup", { name: "Short", memberIds: [bea.id] }, "group { id }");
    const messageId = await written("Gone soon", { conversationId: group.id });
    const { id } = await reported(bea, messageId);
    await does(ada, "deleteConversation", { conversationId: group.id }, "conversationId");
    expect(await resolved(id, "DELETE_MESSAGE")).toMatchObject({
      state: "DELETED",
      message: null,
      snapshot: { content: "Gone soon" },
    });
  });

  test("is resolved once by two who do it at the same moment", async () => {
    const messageId = await written("Twice");
    const [one, other] = [await reported(bea, messageId), await reported(cyd, messageId)];
    const told = await Promise.all([one, other].map(({ id }) => resolving(root, id, "DELETE_MESSAGE")));
    expect(told.map(refusalOf).toSorted()).toEqual(["CONFLICT reportId", "NONE"]);
  });

  test("is dropped half a year after it was resolved, and not while it is open", async () => {
    const { pool } = server.services.database;
    const [old, open] = [await reported(bea, await written("Old")), await reported(bea, await written("Open"))];
    await resolved(old.id, "DISMISS");
    await pool.query("update message_reports set resolved_at = now() - interval '181 days' where id = $1", [
      old.id.slice("report_".length),
    ]);
    await pool.query("update message_reports set created_at = now() - interval '400 days' where id = $1", [
      open.id.slice("report_".length),
    ]);
    await pool.query("select graphile_worker.add_job('dropOldReports')");
    await jobsDone(server);
    const ids = (await queue({ first: 100 })).map(({ id }: { id: string }) => id);
    expect(ids).not.toContain(old.id);
    expect(ids).toContain(open.id);
  });
});

test("the queue is read page by page, and never as a whole", async () => {
  const { pool } = server.services.database;
  await pool.query(
    `insert into message_reports (message_id, conversation_id, reporter_id, reason, comment, snapshot, state, created_at)
     select 100000 + n, 1, 1, 'SPAM', '', '{"content": "spam"}',
       case when n % 50 = 0 then 'OPEN' else 'DISMISSED' end, now() - n * interval '1 minute'
     from generate_series(1, 30000) n`,
  );
  await pool.query("analyze message_reports");
  const page = (await root.graphql(QUEUE, { state: "OPEN", first: 3 })).data.messageReports;
  expect(page.pageInfo.hasNextPage).toBe(true);
  const next = await queue({ state: "OPEN", first: 3, after: page.pageInfo.endCursor });
  expect(next).toHaveLength(3);
  expect(next.map(({ id }: { id: string }) => id)).not.toContain(page.nodes[2].id);
  for (const asked of [{}, { state: "OPEN" }, { state: "DISMISSED" }]) {
    const plan = await planOf(server, () => queue(asked));
    expect(plan, JSON.stringify(asked)).not.toContain("Seq Scan on message_reports");
    expect(plan, JSON.stringify(asked)).not.toContain("Sort");
  }
});
