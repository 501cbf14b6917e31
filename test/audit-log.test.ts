import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { record } from "../src/users/audit-log.ts";
import { administrator, audited, does, refusalOf } from "./support/administration.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let root: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
afterAll(() => server.stop());

/** What a mutation of the administrator's works with. */
const context = (): Context => {
  const viewer = { userId: Number(root.id.slice("user_".length)), sessionId: "", role: "ADMIN" };
  return new Context(
    server.services,
    { requestId: "", ip: "192.0.2.1", userAgent: "" },
    pino({ level: "silent" }),
    viewer,
  );
};

test("an act that is not committed is not in the log", async () => {
  const undone = context().transaction(async (tx) => {
    await record(tx, "undone", null, {});
    throw new Error("thought better of it");
  });
  await expect(undone).rejects.toThrow("thought better of it");
  expect(await audited(root, { action: "undone" })).toEqual([]);
});

test("an act that cannot be recorded is not done", async () => {
  const ada = await person(server, "ada");
  const { pool } = server.services.database;
  await pool.query("alter table audit_log add constraint full_disk check (action <> 'deactivateUser')");
  try {
    const { errors } = await root.graphql(
      `mutation ($id: ID!) { deactivateUser(input: { userId: $id }) { user { id } } }`,
      { id: ada.id },
    );
    expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
  } finally {
    await pool.query("alter table audit_log drop constraint full_disk");
  }
  expect((await ada.graphql("{ viewer { user { isDeactivated } } }")).data.viewer.user.isDeactivated).toBe(false);
});

test("what stands in the log is neither changed nor deleted", async () => {
  await record(context(), "kept", "user_1", { why: "a test" });
  const { pool } = server.services.database;
  for (const statement of ["update audit_log set action = 'else'", "delete from audit_log", "truncate audit_log"]) {
    await expect(pool.query(statement)).rejects.toThrow("The audit log only grows.");
  }
  const [kept] = await audited(root, { action: "kept" });
  expect(kept).toEqual({
    action: "kept",
    targetId: "user_1",
    details: { why: "a test" },
    ip: "192.0.2.1",
    at: expect.any(String),
    actor: { username: "root" },
  });
});

test("the log is read by action, actor, target and time, page by page, the latest first", async () => {
  const other = await administrator(server, "other");
  const bea = await person(server, "bea");
  for (const role of ["DOCTOR", "NURSE", "USER"])
    await does(root, "setUserRole", { userId: bea.id, role }, "user { id }");
  await does(other, "resetPassword", { userId: bea.id }, "user { id }");

  const acts = await audited(root, { targetId: bea.id });
  expect(acts.map(({ action, details }) => [action, details["to"]])).toEqual([
    ["resetPassword", undefined],
    ["setUserRole", "USER"],
    ["setUserRole", "NURSE"],
    ["setUserRole", "DOCTOR"],
  ]);
  expect(await audited(root, { targetId: bea.id, action: "setUserRole" })).toEqual(acts.slice(1));
  expect(await audited(root, { targetId: bea.id, actorId: other.id })).toEqual(acts.slice(0, 1));
  expect(await audited(root, { targetId: bea.id, from: acts[1]?.at })).toEqual(acts.slice(0, 2));
  expect(await audited(root, { targetId: bea.id, to: acts[1]?.at })).toEqual(acts.slice(2));

  const PAGE = `query ($id: ID, $first: Int, $after: String, $last: Int) {
    auditLog(targetId: $id, first: $first, after: $after, last: $last) {
      nodes { details } pageInfo { endCursor hasNextPage hasPreviousPage }
    }
  }`;
  const first = (await root.graphql(PAGE, { id: bea.id, first: 3 })).data.auditLog;
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const rest = (await root.graphql(PAGE, { id: bea.id, first: 3, after: first.pageInfo.endCursor })).data.auditLog;
  expect(rest.nodes).toEqual([{ details: { from: "USER", to: "DOCTOR", endedSessions: 1 } }]);
  expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const last = (await root.graphql(PAGE, { id: bea.id, last: 1 })).data.auditLog;
  expect(last.nodes).toEqual(rest.nodes);
});

test("what an administrator of the server does in somebody's room is recorded, and what its owner does is not", async () => {
  const [cyd, dan] = [await person(server, "cyd"), await person(server, "dan")];
  const { room } = await does(cyd, "createRoom", { name: "Tea", visibility: "PUBLIC" }, "room { id }");
  const conversationId: string = room.id;
  await does(dan, "joinRoom", { roomId: conversationId }, "room { id }");
  const { message } = await does(dan, "sendMessage", { conversationId, content: "Coffee!" }, "message { id }");

  const acts = async (who: Person): Promise<void> => {
    const member = { conversationId, userId: dan.id };
    await does(who, "updateConversation", { conversationId, name: `Tea of ${who.username}` }, "conversation { id }");
    await does(who, "updateMember", { ...member, muted: who === root }, "member { id }");
    await does(who, "createInvite", { conversationId, maxUses: 2 }, "invite { code }");
  };
  await acts(cyd);
  await acts(root);
  await does(root, "deleteMessage", { messageId: message.id }, "message { id }");
  await does(root, "deleteMessage", { messageId: message.id }, "message { id }");
  await does(root, "removeMember", { conversationId, userId: dan.id }, "conversation { id }");
  await does(root, "addMembers", { conversationId, userIds: [dan.id] }, "members { id }");
  await does(root, "deleteConversation", { conversationId }, "conversationId");

  expect(await audited(root, { actorId: cyd.id })).toEqual([]);
  const recorded = (await audited(root, { first: 7 })).map(({ action, targetId, details }) => [
    action,
    targetId,
    details,
  ]);
  expect(recorded).toEqual([
    ["deleteConversation", conversationId, { conversationId, people: 2 }],
    ["addMembers", conversationId, { conversationId, userIds: [dan.id] }],
    ["removeMember", dan.id, { conversationId }],
    ["deleteMessage", dan.id, { conversationId, messageId: message.id }],
    ["createInvite", conversationId, { conversationId, expiresAt: null, maxUses: 2 }],
    ["updateMember", dan.id, { conversationId, muted: true }],
    ["updateConversation", conversationId, { conversationId, name: "Tea of root" }],
  ]);
});

test("bad arguments are refused by name", async () => {
  const told = async (argument: string): Promise<string> =>
    refusalOf(await root.graphql(`{ auditLog(${argument}) { nodes { id } } }`));
  expect(await told(`actorId: "msg_1"`)).toBe("BAD_USER_INPUT actorId");
  expect(await told(`action: "${"x".repeat(65)}"`)).toBe("BAD_USER_INPUT action");
  expect(await told(`first: 101`)).toBe("BAD_USER_INPUT first");
  expect(await told(`after: "bm9uZQ"`)).toBe("BAD_USER_INPUT after");
});

test("no question to a long log reads all of it", async () => {
  await server.services.database.pool.query(
    `insert into audit_log (actor_id, action, target, details, ip, at)
       select n % 50, 'act' || n % 40, 'user_' || n % 60, '{}', '', now() - n * interval '1 minute'
       from generate_series(1, 50000) n`,
  );
  await server.services.database.pool.query("analyze audit_log");
  const month = { from: new Date(Date.now() - 60 * 86_400_000), to: new Date(Date.now() - 30 * 86_400_000) };
  for (const asked of [{}, { action: "act7" }, { actorId: "user_7" }, { targetId: "user_7" }, month]) {
    const plan = await planOf(server, () => audited(root, { ...asked }));
    expect(plan, JSON.stringify(asked)).not.toContain("Seq Scan on audit_log");
    expect(plan, JSON.stringify(asked)).not.toContain("Sort");
  }
});
