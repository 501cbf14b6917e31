import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type End, listen } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent, inShort } from "./support/events.ts";
import { type Said, contents, globalRoom, reads, says, send } from "./support/talk.ts";
import { type GraphqlError, type Variables, connect } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
});

test("after a cursor comes each message that changed since, once, in its latest state, and then what happens", async () => {
  const old = await send(ann, tea, "old");
  const unchanged = await send(ann, tea, "unchanged");
  const { cursor } = await reads(bob, tea);
  const fresh = await send(ann, tea, "fresh");
  const brief = await send(ann, tea, "brief");
  await says(ann, "editMessage", { messageId: old.id, content: "old, edited" });
  await says(ann, "editMessage", { messageId: old.id, content: "old, edited twice" });
  await says(ann, "editMessage", { messageId: fresh.id, content: "fresh, edited" });
  await says(ann, "deleteMessage", { messageId: brief.id });
  await says(bob, "addReaction", { messageId: old.id, emoji: "👍" });

  const client = bob.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 3);
  await says(ann, "editMessage", { messageId: unchanged.id, content: "unchanged until now" });
  await send(ann, tea, "live");
  await ear.until(({ length }) => length === 5);
  expect(ear.heard.map(inShort)).toEqual([
    `+${fresh.seq} fresh, edited`,
    `+${brief.seq} `,
    `~${old.seq} old, edited twice`,
    `~${unchanged.seq} unchanged until now`,
    `+${brief.seq + 1} live`,
  ]);
  expect(ear.heard[2]).toMatchObject({ message: { reactions: [{ emoji: "👍", count: 1 }] } });
  await client.dispose();
});

test("after the cursor of any event, also one amid what was missed, exactly the rest comes", async () => {
  const old = await send(ann, tea, "old");
  const { cursor } = await reads(bob, tea);
  const first = await send(ann, tea, "one");
  const second = await send(ann, tea, "two");
  await says(ann, "editMessage", { messageId: first.id, content: "one, edited" });
  await says(ann, "editMessage", { messageId: old.id, content: "old, edited" });
  const third = await send(ann, tea, "three");
  await says(bob, "addReaction", { messageId: second.id, emoji: "👍" });
  const client = bob.ws();
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 4);
  ear.stop();
  const all = ear.heard.map(inShort);
  expect(all).toEqual([
    `+${first.seq} one, edited`,
    `+${second.seq} two`,
    `~${old.seq} old, edited`,
    `+${third.seq} three`,
  ]);
  for (const [index, event] of [...ear.heard].entries()) {
    const again = listen<LogEvent>(client, EVENTS, { id: tea, after: event.cursor });
    const mark = await send(ann, tea, `mark ${index}`);
    const marked = `+${mark.seq} ${mark.content}`;
    await again.until((heard) => heard.some((other) => inShort(other) === marked));
    const marks = Array.from({ length: index + 1 }, (_, n) => `+${third.seq + 1 + n} mark ${n}`);
    expect(again.heard.map(inShort)).toEqual([...all.slice(index + 1), ...marks]);
    again.stop();
  }
  await client.dispose();
});

test("messageAdded goes on after the cursor of any message that it brought, also one amid what was missed", async () => {
  const { cursor } = await reads(bob, tea);
  const first = await send(ann, tea, "one");
  const second = await send(ann, tea, "two");
  await says(ann, "editMessage", { messageId: second.id, content: "two, edited" });
  await says(ann, "editMessage", { messageId: first.id, content: "one, edited" });
  await send(ann, tea, "three");
  const client = bob.ws();
  const ear = listen<Said>(client, ADDED, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 3);
  ear.stop();
  expect(contents(ear.heard)).toEqual(["one, edited", "two, edited", "three"]);
  for (const [index, message] of [...ear.heard].entries()) {
    const again = listen<Said>(client, ADDED, { id: tea, after: message.cursor });
    await send(ann, tea, `mark ${index}`);
    await again.until((heard) => heard.some(({ content }) => content === `mark ${index}`));
    const marks = Array.from({ length: index + 1 }, (_, n) => `mark ${n}`);
    expect(contents(again.heard)).toEqual([...contents(ear.heard).slice(index + 1), ...marks]);
    again.stop();
  }
  await client.dispose();
});

test("a message's own cursor, of a query or a mutation, is one to go on after", async () => {
  const { cursor } = await send(ann, tea, "from here");
  await send(ann, tea, "one");
  await send(ann, tea, "two");
  const client = bob.ws();
  const ear = listen<Said>(client, ADDED, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 2);
  expect(contents(ear.heard)).toEqual(["one", "two"]);
  await client.dispose();
});

test("messageAdded after a cursor leaves out what was only changed", async () => {
  const old = await send(ann, tea, "old");
  const { cursor } = await reads(bob, tea);
  await says(ann, "editMessage", { messageId: old.id, content: "changed" });
  const fresh = await send(ann, tea, "fresh");
  await says(ann, "editMessage", { messageId: fresh.id, content: "fresh, edited" });
  const client = bob.ws();
  const ear = listen<Said>(client, ADDED, { id: tea, after: cursor });
  await ear.until(({ length }) => length === 1);
  await says(ann, "editMessage", { messageId: old.id, content: "changed once more" });
  await send(ann, tea, "live");
  await ear.until(({ length }) => length === 2);
  expect(contents(ear.heard)).toEqual(["fresh, edited", "live"]);
  await client.dispose();
});

const refusalOf = (end: End): Partial<GraphqlError["extensions"]> =>
  Array.isArray(end) ? ((end as readonly GraphqlError[])[0]?.extensions ?? {}) : { reason: JSON.stringify(end) };

test("a cursor that is malformed, of another conversation or of none is refused, naming `after`", async () => {
  const { cursor: elsewhere } = await reads(bob, await globalRoom(bob));
  const client = bob.ws();
  const refused = async (document: string, variables: Variables): Promise<Partial<GraphqlError["extensions"]>> =>
    refusalOf(await listen(client, document, variables).ended);
  for (const document of [EVENTS, ADDED]) {
    for (const after of ["", "x", "🫖", elsewhere, "x".repeat(10_000), Buffer.from("a.b.c").toString("base64url")]) {
      expect(await refused(document, { id: tea, after })).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
    }
  }
  expect(await refused(ADDED, { after: elsewhere })).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
  await client.dispose();
});

test("a subscription to a conversation that is out of reach is refused like one to none", async () => {
  const hidden = (await room(ann, { visibility: "PRIVATE" })).id;
  const client = bob.ws();
  for (const document of [EVENTS, ADDED]) {
    for (const id of [hidden, "conv_999999"]) {
      const refused = refusalOf(await listen(client, document, { id }).ended);
      expect(refused).toMatchObject({ code: "NOT_FOUND", field: "conversationId" });
    }
    const malformed = refusalOf(await listen(client, document, { id: "user_1" }).ended);
    expect(malformed).toMatchObject({ code: "BAD_USER_INPUT", field: "conversationId" });
  }
  await client.dispose();
});

test("nobody subscribes without having said who they are", async () => {
  const client = connect(server.wsUrl);
  expect(refusalOf(await listen(client, EVENTS, { id: tea }).ended)).toMatchObject({ code: "UNAUTHENTICATED" });
  await client.dispose();
});
