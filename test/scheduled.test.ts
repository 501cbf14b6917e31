import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Context } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import { sendScheduledMessage } from "../src/messages/scheduled-sending.ts";
import { type Meddler, meddler } from "./log/support/database.ts";
import { contents, history, send } from "./log/support/talk.ts";
import { type TwoNodes, startTwoNodes } from "./log/support/two-nodes.ts";
import type { GraphqlAnswer, Variables } from "./support/graphql-client.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { blocked } from "./support/locks.ts";
import { did, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer } from "./support/server.ts";

/** Two nodes, so that whatever one of them does the other may do at the same time. */
let nodes: TwoNodes;
let server: TestServer;
let holding: Meddler;
let watching: Meddler;
let ann: Person;
let bob: Person;
let tea: string;

beforeAll(async () => {
  nodes = await startTwoNodes();
  server = nodes.here;
  [holding, watching] = await Promise.all([meddler(nodes.databaseUrl), meddler(nodes.databaseUrl)]);
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
});
afterAll(async () => {
  await Promise.all([holding, watching].map((each) => each[Symbol.asyncDispose]()));
  await nodes[Symbol.asyncDispose]();
});

const SCHEDULED = `scheduledMessage { id type content status failureCode failureReason sendAt clientMessageId
  conversation { id } replyTo { id } location { latitude } }`;
const HOUR = 3_600_000;
const inOneHour = (): string => new Date(Date.now() + HOUR).toISOString();

interface Scheduled {
  readonly id: string;
  readonly content: string;
  readonly status: string;
  readonly failureCode: string | null;
  readonly sendAt: string;
}

const trySchedule = (who: Person, content: string, more: Variables = {}): Promise<GraphqlAnswer> =>
  tries(who, "scheduleMessage", { conversationId: tea, content, sendAt: inOneHour(), ...more }, SCHEDULED);

async function schedule(who: Person, content: string, more: Variables = {}): Promise<Scheduled> {
  const input = { conversationId: tea, content, sendAt: inOneHour(), ...more };
  return (await did(who, "scheduleMessage", input, SCHEDULED)).scheduledMessage;
}

const edit = (who: Person, scheduledMessageId: string, changes: Variables) =>
  tries(who, "editScheduledMessage", { scheduledMessageId, ...changes }, SCHEDULED);
const cancel = (who: Person, scheduledMessageId: string) =>
  tries(who, "cancelScheduledMessage", { scheduledMessageId }, "scheduledMessageId");

async function scheduled(who: Person, page = ""): Promise<Scheduled[]> {
  const { data } = await who.graphql(
    `{ viewer { scheduledMessages${page} { nodes { id content status failureCode failureReason sendAt } } } }`,
  );
  return data.viewer.scheduledMessages.nodes;
}

const timeComes = (): Promise<void> => comeTime(server, "sendScheduledMessage");
const said = async (who = bob): Promise<string[]> => contents(await history(who, tea));
const number = (id: string): number => rowId("scheduledMessage", id, "id");

/** Does the job itself, as a node that took it up a second time would. */
async function job(id: string, revision: number, node: TestServer = server): Promise<void> {
  const origin = { requestId: "test", ip: "", userAgent: "" };
  const ctx = new Context(node.services, origin, pino({ level: "silent" }), null);
  await sendScheduledMessage(ctx, { id: number(id), revision });
}

test("a scheduled message is nobody else's until its time comes, and is sent once then", async () => {
  const { id: replyToId } = await send(bob, tea, "when?");
  const { id } = await schedule(ann, "now, @bob", { replyToId });
  expect(await said()).not.toContain("now, @bob");
  expect(await scheduled(bob)).toEqual([]);
  expect(await scheduled(ann)).toMatchObject([{ id, status: "WAITING", content: "now, @bob" }]);
  expect((await bob.graphql(`query ($id: ID!) { node(id: $id) { id } }`, { id })).data.node).toBeNull();
  expect((await ann.graphql(`query ($id: ID!) { node(id: $id) { id } }`, { id })).data.node).toEqual({ id });
  await timeComes();
  const { data } = await bob.graphql(
    `query ($id: ID!) { conversation(id: $id) { lastMessage { content clientMessageId replyTo { id } mentions { username } sender { username } } } }`,
    { id: tea },
  );
  expect(data.conversation.lastMessage).toMatchObject({
    content: "now, @bob",
    clientMessageId: expect.stringMatching(/^scheduled:/) as string,
    replyTo: { id: replyToId },
    mentions: [{ username: "bob" }],
    sender: { username: "ann" },
  });
  expect(await scheduled(ann)).toEqual([]);
});

test("messages are listed by when they are sent, both ways", async () => {
  const times = [3, 1, 2].map((hours) => new Date(Date.now() + hours * HOUR).toISOString());
  const ids: string[] = [];
  for (const [n, sendAt] of times.entries()) ids.push((await schedule(ann, `at ${n}`, { sendAt })).id);
  const listed = async (page: string): Promise<string[]> => (await scheduled(ann, page)).map(({ content }) => content);
  expect(await listed("")).toEqual(["at 1", "at 2", "at 0"]);
  expect(await listed("(last: 1)")).toEqual(["at 0"]);
  const { data } = await ann.graphql(`{ viewer { scheduledMessages(first: 1) { pageInfo { endCursor } } } }`);
  expect(await listed(`(after: "${data.viewer.scheduledMessages.pageInfo.endCursor}")`)).toEqual(["at 2", "at 0"]);
  for (const id of ids) expect(await refusal(cancel(ann, id))).toBe("NONE");
  await timeComes();
  expect((await said()).filter((content) => content.startsWith("at "))).toEqual([]);
});

test("it says what it was edited to, at the time that it was edited to, and is sent once", async () => {
  const { id } = await schedule(ann, "first thought");
  const later = new Date(Date.now() + 2 * HOUR).toISOString();
  const { data } = await edit(ann, id, { content: "second thought", sendAt: later });
  expect(data.editScheduledMessage.scheduledMessage).toMatchObject({
    id,
    content: "second thought",
    sendAt: later,
    status: "WAITING",
  });
  await job(id, 1);
  expect(await said()).not.toContain("second thought");
  await timeComes();
  expect((await said()).filter((content) => content.endsWith("thought"))).toEqual(["second thought"]);
  expect(await refusal(edit(ann, id, { content: "third" }))).toBe("NOT_FOUND scheduledMessageId");
  expect(await refusal(cancel(ann, id))).toBe("NOT_FOUND scheduledMessageId");
});

test("only its own writer edits and cancels it", async () => {
  const { id } = await schedule(ann, "mine");
  expect(await refusal(edit(bob, id, { content: "yours" }))).toBe("NOT_FOUND scheduledMessageId");
  expect(await refusal(cancel(bob, id))).toBe("NOT_FOUND scheduledMessageId");
  expect(await scheduled(ann)).toMatchObject([{ content: "mine" }]);
  await cancel(ann, id);
});

test("a job that runs twice, on two nodes at once and again after that, sends one message", async () => {
  const { id } = await schedule(ann, "just once");
  await Promise.all([job(id, 1), job(id, 1, nodes.there), job(id, 1), job(id, 1, nodes.there)]);
  await job(id, 1);
  await timeComes();
  expect((await said()).filter((content) => content === "just once")).toHaveLength(1);
  expect(await scheduled(ann)).toEqual([]);
});

test("where a node died between sending and noting it, the next one notes it, though the sender was banned since", async () => {
  const cat = await person(server, `cat-${Math.random().toString(36).slice(2)}`);
  const cake = (await room(ann)).id;
  await does(cat, "joinRoom", { roomId: cake });
  const { id } = await schedule(cat, "before the ban", { conversationId: cake });
  const { rows } = await watching.client.query(
    "update scheduled_messages set status = 'SENDING' where id = $1 returning *",
    [number(id)],
  );
  await job(id, 1);
  // As the dead node left it: sent, and not noted.
  const row = rows[0] as Record<string, unknown>;
  await watching.client.query(
    "insert into scheduled_messages select * from jsonb_populate_record(null::scheduled_messages, $1)",
    [JSON.stringify({ ...row, id: Number(row.id), fingerprint: null })],
  );
  await does(ann, "updateMember", { conversationId: cake, userId: cat.id, banned: true });
  await timeComes();
  expect(contents(await history(ann, cake)).filter((content) => content === "before the ban")).toHaveLength(1);
  expect(await scheduled(cat)).toEqual([]);
});

test("who edits or cancels while it is being sent comes too late, and what was there is sent", async () => {
  const { id } = await schedule(ann, "on its way");
  await holding.hold(tea);
  const sending = job(id, 1);
  await blocked(watching.client, 1);
  expect(await refusal(edit(ann, id, { content: "too late" }))).toBe("CONFLICT scheduledMessageId");
  expect(await refusal(cancel(ann, id))).toBe("CONFLICT scheduledMessageId");
  expect(await scheduled(ann)).toMatchObject([{ id, status: "SENDING" }]);
  await holding.commit();
  await sending;
  expect((await said()).filter((content) => ["on its way", "too late"].includes(content))).toEqual(["on its way"]);
});

test("of an edit and a sending at once one is first, and never is the old sent after the edit was answered", async () => {
  for (let n = 0; n < 10; n += 1) {
    const { id } = await schedule(ann, `old ${n}`);
    const [edited] = await Promise.all([refusal(edit(ann, id, { content: `new ${n}` })), job(id, 1)]);
    await timeComes();
    const sent = (await said()).filter((content) => content === `old ${n}` || content === `new ${n}`);
    expect(sent).toEqual([edited === "NONE" ? `new ${n}` : `old ${n}`]);
  }
});

test("of a cancelling and a sending at once one is first", async () => {
  for (let n = 0; n < 10; n += 1) {
    const { id } = await schedule(ann, `perhaps ${n}`);
    const [cancelled] = await Promise.all([refusal(cancel(ann, id)), job(id, 1)]);
    await jobsDone(server);
    const sent = (await said()).filter((content) => content === `perhaps ${n}`);
    expect(sent).toEqual(cancelled === "NONE" ? [] : [`perhaps ${n}`]);
    expect(await scheduled(ann)).toEqual([]);
  }
});

test("whether its sender may write is asked when its time comes; what was refused says why, and can be tried again", async () => {
  const cake = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: cake });
  const { id } = await schedule(bob, "may I?", { conversationId: cake });
  await does(ann, "updateMember", { conversationId: cake, userId: bob.id, muted: true });
  await timeComes();
  expect(await scheduled(bob)).toMatchObject([{ id, status: "FAILED", failureCode: "FORBIDDEN" }]);
  const { data } = await bob.graphql(`{ viewer { notifications(type: SYSTEM) { nodes { title content } } } }`);
  expect(data.viewer.notifications.nodes).toMatchObject([{ title: "A scheduled message was not sent" }]);
  expect(await refusal(edit(bob, id, { content: "please" }))).toBe("BAD_USER_INPUT sendAt");
  await does(ann, "updateMember", { conversationId: cake, userId: bob.id, muted: false });
  expect(await refusal(edit(bob, id, { content: "please", sendAt: inOneHour() }))).toBe("NONE");
  await timeComes();
  expect(contents(await history(ann, cake)).at(-1)).toBe("please");
});

test("a ban between refuses it, and a deactivated account too", async () => {
  const cake = (await room(ann)).id;
  const dan = await person(server, `dan-${Math.random().toString(36).slice(2)}`);
  for (const roomId of [cake, tea]) await does(dan, "joinRoom", { roomId });
  await schedule(dan, "banned", { conversationId: cake });
  await schedule(dan, "closed");
  await does(ann, "updateMember", { conversationId: cake, userId: dan.id, banned: true });
  await watching.client.query("update users set deactivated_at = now() where id = $1", [Number(dan.id.slice(5))]);
  await timeComes();
  const { rows } = await watching.client.query(
    "select content, status, failure_code from scheduled_messages where user_id = $1 order by id",
    [Number(dan.id.slice(5))],
  );
  expect(rows).toEqual(
    ["banned", "closed"].map((content) => ({ content, status: "FAILED", failure_code: "FORBIDDEN" })),
  );
  expect(contents(await history(ann, cake))).not.toContain("banned");
});

test("what could not be sent now is refused now", async () => {
  const hidden = (await room(ann, { visibility: "PRIVATE" })).id;
  const elsewhere = await send(ann, hidden, "elsewhere");
  expect(await refusal(trySchedule(bob, "hello", { conversationId: hidden }))).toBe("NOT_FOUND conversationId");
  expect(await refusal(trySchedule(bob, "hello", { conversationId: (await room(ann)).id }))).toBe(
    "FORBIDDEN conversationId",
  );
  expect(await refusal(trySchedule(ann, ""))).toBe("BAD_USER_INPUT content");
  expect(await refusal(trySchedule(ann, "hello", { replyToId: elsewhere.id }))).toBe("NOT_FOUND replyToId");
  expect(await refusal(trySchedule(ann, "hello", { type: "LOCATION" }))).toBe("BAD_USER_INPUT location");
  for (const ms of [30_000, -HOUR, 366 * 24 * HOUR]) {
    expect(await refusal(trySchedule(ann, "hello", { sendAt: new Date(Date.now() + ms).toISOString() }))).toBe(
      "BAD_USER_INPUT sendAt",
    );
  }
});

test("the same again under a clientMessageId is scheduled once, and other content, or what was sent, is a conflict", async () => {
  const input = { clientMessageId: "tomorrow", sendAt: inOneHour() };
  const first = await schedule(ann, "tomorrow", input);
  expect(await schedule(ann, "tomorrow", input)).toEqual(first);
  expect(await scheduled(ann)).toHaveLength(1);
  expect(await refusal(trySchedule(ann, "other", input))).toBe("CONFLICT clientMessageId");
  await timeComes();
  expect(await refusal(trySchedule(ann, "tomorrow", input))).toBe("CONFLICT clientMessageId");
  expect(await refusal(trySchedule(ann, "tomorrow", { clientMessageId: "x".repeat(91) }))).toBe(
    "BAD_USER_INPUT clientMessageId",
  );
});

test("no client names a message as a scheduled one", async () => {
  const taken = tries(
    ann,
    "sendMessage",
    { conversationId: tea, content: "x", clientMessageId: "scheduled:tomorrow" },
    "message { id }",
  );
  expect(await refusal(taken)).toBe("BAD_USER_INPUT clientMessageId");
  expect(await refusal(trySchedule(ann, "x", { clientMessageId: "scheduled:x" }))).toBe(
    "BAD_USER_INPUT clientMessageId",
  );
});

test("a hundred messages are scheduled by one person, though they ask for more at once", async () => {
  const eve = await person(server, "eve");
  await does(eve, "joinRoom", { roomId: tea });
  await watching.client.query(
    `insert into scheduled_messages (user_id, conversation_id, type, content, send_key, send_at)
     select $1, $2, 'TEXT', 'one of many', 'scheduled:' || n, now() + interval '1 day' from generate_series(1, 95) n`,
    [Number(eve.id.slice(5)), Number(tea.slice(5))],
  );
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => refusal(trySchedule(eve, `more ${n}`))));
  expect(answers.toSorted()).toEqual([...Array<string>(5).fill("CONFLICT sendAt"), ...Array<string>(5).fill("NONE")]);
  expect(await scheduled(eve, "(first: 100)")).toHaveLength(100);
});

test("a place is scheduled like any message, and encrypted content passes byte for byte", async () => {
  const content = "@bob\u0301 ﻿AAEC\r\n";
  // A room of its own: what others scheduled comes with it.
  const { id: conversationId } = await room(ann);
  await schedule(ann, content, { conversationId, isEncrypted: true });
  await schedule(ann, "", { conversationId, type: "LOCATION", location: { latitude: 1, longitude: 2 } });
  await timeComes();
  const { data } = await bob.graphql(
    `query ($id: ID!) { conversation(id: $id) { messages(last: 2) { nodes { type content isEncrypted location { latitude longitude } } } } }`,
    { id: conversationId },
  );
  expect(data.conversation.messages.nodes).toEqual(
    expect.arrayContaining([
      { type: "TEXT", content, isEncrypted: true, location: null },
      { type: "LOCATION", content: "", isEncrypted: false, location: { latitude: 1, longitude: 2 } },
    ]),
  );
});

test("what lost its job is found and sent", async () => {
  const { id } = await schedule(ann, "lost and found");
  await watching.client.query("select graphile_worker.remove_job($1)", [`scheduled-message:${number(id)}`]);
  await watching.client.query("update scheduled_messages set send_at = now() - interval '2 hours' where id = $1", [
    number(id),
  ]);
  await watching.client.query("select graphile_worker.add_job('requeueScheduledMessages')");
  await expect.poll(() => said(), { timeout: 20_000 }).toContain("lost and found");
});
