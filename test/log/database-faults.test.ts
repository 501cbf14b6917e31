import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type Meddler, endBlocked, meddler } from "./support/database.ts";
import { type Ear, listen } from "./support/ear.ts";
import { EVENTS, type LogEvent, inShort } from "./support/events.ts";
import { type LossyClient, lossyClient } from "./support/lossy-client.ts";
import { reads, send } from "./support/talk.ts";
import { ask } from "../support/graphql-client.ts";
import { blocked } from "../support/locks.ts";
import { type Person, person } from "../support/people.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startNode } from "../support/server.ts";

let database: FreshDatabase;
let server: TestServer;
let holding: Meddler;
let watching: Meddler;
let ann: Person;
let tea: string;
let client: LossyClient;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startNode(database.url, undefined);
  [holding, watching] = await Promise.all([meddler(database.url), meddler(database.url)]);
  ann = await person(server, "ann");
});
afterAll(async () => {
  await Promise.all([holding, watching].map((each) => each[Symbol.asyncDispose]()));
  await server.stop();
  await database.drop();
});
beforeEach(async () => {
  tea = (await room(ann)).id;
  client = lossyClient(ann, server, { resumeKey: tea });
  client.comeBackTo(server);
  return () => client[Symbol.asyncDispose]();
});

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`;

/** Sends, and asks for nothing that takes reactions to be read. */
const sendBarely = (content: string) => ann.graphql(SEND, { input: { conversationId: tea, content } });

/** Lets nobody read reactions until it is committed. */
const holdReactions = (): Promise<unknown> =>
  holding.client.query("begin; lock table reactions in access exclusive mode");

async function following(): Promise<Ear<LogEvent>> {
  const { cursor } = await reads(ann, tea);
  const ear = listen<LogEvent>(client.client, EVENTS, { id: tea, after: cursor });
  await send(ann, tea, "first");
  await ear.until(({ length }) => length === 1);
  return ear;
}

test("a subscriber has a message though the connection was lost on which its reactions were read", async () => {
  const ear = await following();
  await holdReactions();
  await sendBarely("in the middle");
  await blocked(watching.client, 1);
  expect(await endBlocked(watching.client)).toBe(1);
  await holding.commit();
  await send(ann, tea, "afterwards");
  await ear.until((heard) => heard.some((event) => inShort(event).endsWith("afterwards")));
  expect([...new Set(ear.heard.map(inShort))]).toEqual(["+2 first", "+3 in the middle", "+4 afterwards"]);
});

test("a subscriber catches up though the connection was lost on which it was read what was missed", async () => {
  const { cursor } = await reads(ann, tea);
  await sendBarely("missed");
  await holdReactions();
  const ear = listen<LogEvent>(client.client, EVENTS, { id: tea, after: cursor });
  await blocked(watching.client, 1);
  expect(await endBlocked(watching.client)).toBe(1);
  await holding.commit();
  await ear.until(({ length }) => length > 0);
  expect(ear.heard.map(inShort)[0]).toBe("+2 missed");
});

test("a subscription begins though the connection was lost on which it was looked whether it may", async () => {
  const { cursor } = await reads(ann, tea);
  // Whoever is connected already is asked nothing of the sessions.
  await ask(client.client, "{ __typename }");
  await holding.client.query("begin; lock table members in access exclusive mode");
  const ear = listen<LogEvent>(client.client, EVENTS, { id: tea, after: cursor });
  await blocked(watching.client, 1);
  expect(await endBlocked(watching.client)).toBe(1);
  await holding.commit();
  await send(ann, tea, "hello");
  await ear.until(({ length }) => length > 0);
  expect(ear.heard.map(inShort)).toEqual(["+2 hello"]);
});
