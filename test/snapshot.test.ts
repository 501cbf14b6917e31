import { Client as PgClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type GraphqlAnswer, ask } from "./support/graphql-client.ts";
import { blocked } from "./support/locks.ts";
import { type Person, person } from "./support/people.ts";
import { type FreshDatabase, freshDatabase } from "./support/postgres.ts";
import { type TestServer, startNode } from "./support/server.ts";

let database: FreshDatabase;
let server: TestServer;
let ann: Person;
let roomId: string;
beforeAll(async () => {
  database = await freshDatabase();
  server = await startNode(database.url, undefined);
  ann = await person(server, "ann");
  const { data } = await ann.graphql('{ room(slug: "global") { id } }');
  roomId = data.room.id;
  await ann.graphql("mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }", {
    input: { conversationId: roomId, content: "before" },
  });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

/** Asks, and between the reading of the conversation and that of its messages somebody changes a message. */
async function interrupted(content: string, asking: () => Promise<GraphqlAnswer>): Promise<GraphqlAnswer> {
  const other = new PgClient({ connectionString: database.url });
  await other.connect();
  try {
    await other.query("begin; lock table messages in access exclusive mode");
    const answer = asking();
    await blocked(other, 1);
    await other.query("update messages set content = $1 where type = 'TEXT'", [content]);
    await other.query("commit");
    return await answer;
  } finally {
    await other.end();
  }
}

const lastMessage = (answer: GraphqlAnswer): string => answer.data.conversation.lastMessage.content;
const id = (): { id: string } => ({ id: roomId });

describe("an answer that holds a conversation's cursor", () => {
  it.each([
    ["asked for by itself", "query ($id: ID!) { conversation(id: $id) { cursor lastMessage { content } } }"],
    [
      "asked for in a fragment, under another name, of one kind of conversation",
      `query ($id: ID!) { conversation(id: $id) { ...Place lastMessage { content } } }
       fragment Place on Room { position: cursor }`,
    ],
  ])("is read from one state of the database: %s", async (_how, query) => {
    const before = lastMessage(await ann.graphql(query, id()));
    const answer = await interrupted(`after ${before}`, () => ann.graphql(query, id()));
    expect(answer.errors).toBeUndefined();
    expect(lastMessage(answer)).toBe(before);
    expect(lastMessage(await ann.graphql(query, id()))).toBe(`after ${before}`);
  });

  it("is so over WebSocket too", async () => {
    const client = ann.ws();
    const query = "query ($id: ID!) { conversation(id: $id) { cursor lastMessage { content } } }";
    const before = lastMessage(await ask(client, query, id()));
    expect(lastMessage(await interrupted("later", () => ask(client, query, id())))).toBe(before);
    await client.dispose();
  });

  it("without the cursor nothing is promised: each read sees what is there", async () => {
    const query = "query ($id: ID!) { conversation(id: $id) { lastMessage { content cursor } } }";
    expect(lastMessage(await interrupted("newest", () => ann.graphql(query, id())))).toBe("newest");
  });

  it("holds no connection afterwards, also where a field fails", async () => {
    const query = "query ($id: ID!) { conversation(id: $id) { cursor messages(first: 1000) { nodes { id } } } }";
    for (let time = 0; time < 15; time += 1) {
      expect((await ann.graphql(query, id())).errors?.[0]?.extensions.field).toBe("first");
    }
    expect(server.services.database.pool.waitingCount).toBe(0);
    expect(server.services.database.pool.idleCount).toBe(server.services.database.pool.totalCount);
  });
});
