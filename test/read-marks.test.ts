import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { type Meddler, meddler } from "./log/support/database.ts";
import { send } from "./log/support/talk.ts";
import { jobsDone } from "./support/jobs.ts";
import { blocked } from "./support/locks.ts";
import { type Person, person } from "./support/people.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startNode } from "./support/server.ts";

let database: FreshDatabase;
let server: TestServer;
let holding: Meddler;
let watching: Meddler;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startNode(database.url, undefined);
  [holding, watching] = await Promise.all([meddler(database.url), meddler(database.url)]);
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
});
afterAll(async () => {
  await Promise.all([holding, watching].map((each) => each[Symbol.asyncDispose]()));
  await server.stop();
  await database.drop();
});

const MARK_READ = `mutation ($input: MarkReadInput!) { markRead(input: $input) { member { lastReadSeq } } }`;

/** A room with a message that bob has not read, while somebody else holds it. @returns bob's reading on its way */
async function readingWhileHeld(): Promise<{ id: number; answer: Promise<string> }> {
  const { id: conversationId } = await room(ann);
  await does(bob, "joinRoom", { roomId: conversationId });
  const { seq } = await send(ann, conversationId, "read me");
  // Telling bob of the message waits for the conversation as well.
  await jobsDone(server);
  await holding.hold(conversationId);
  const answer = refusal(bob.graphql(MARK_READ, { input: { conversationId, seq } }));
  await blocked(watching.client, 1);
  return { id: rowId("conversation", conversationId, "conversationId"), answer };
}

test("reading takes nothing before the conversation, so that who deletes it at the same time waits for nobody", async () => {
  const { id, answer } = await readingWhileHeld();
  await holding.client.query("delete from conversations where id = $1", [id]);
  await holding.commit();
  expect(await answer).toBe("NOT_FOUND conversationId");
});

test("reading goes on once the conversation is let go of", async () => {
  const { id, answer } = await readingWhileHeld();
  await watching.client.query("begin");
  await watching.client.query("select 1 from members where conversation_id = $1 for update nowait", [id]);
  await watching.commit();
  await holding.commit();
  expect(await answer).toBe("NONE");
});
