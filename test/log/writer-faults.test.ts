import type { Client } from "graphql-ws";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type Meddler, endBlocked, endBusy, meddler } from "./support/database.ts";
import { SAID, contents, history, send, tries } from "./support/talk.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { type GraphqlAnswer, type Variables, ask } from "../support/graphql-client.ts";
import { blocked } from "../support/locks.ts";
import { type Person, person } from "../support/people.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { does, refusal, room } from "../support/rooms.ts";
import { type TestServer, startNode } from "../support/server.ts";

let database: FreshDatabase;
let server: TestServer;
let holding: Meddler;
let watching: Meddler;
let ann: Person;
let bob: Person;
let tea: string;

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
beforeEach(async () => {
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
});

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ...Said } } } ${SAID}`;
const codeOf = ({ errors }: GraphqlAnswer): string => errors?.[0]?.extensions.code ?? "sent";

/** Sends over a WebSocket. @returns the answer to come, once the message is in the writer's queue */
async function queued(client: Client, input: Variables): Promise<{ answer: Promise<GraphqlAnswer> }> {
  const answer = ask(client, SEND, { input: { conversationId: tea, ...input } });
  await ask(client, "{ __typename }");
  return { answer };
}

test("of messages written together, one that cannot be stored harms no other", async () => {
  const eve = await person(server, "eve");
  await does(eve, "joinRoom", { roomId: tea });
  const clients = [ann, eve, bob].map((who) => who.ws()) as [Client, Client, Client];
  await holding.hold(tea);
  const first = await queued(clients[0], { content: "first" });
  await blocked(watching.client, 1);
  const together = [
    await queued(clients[0], { content: "with the poison, before it" }),
    await queued(clients[1], { content: "poison" }),
    await queued(clients[2], { content: "with the poison, after it" }),
  ];
  await using deleting = await meddler(database.url);
  await deleting.client.query("begin");
  await deleting.client.query("delete from users where id = $1", [rowId("user", eve.id, "id")]);
  await holding.commit();
  expect(codeOf(await first.answer)).toBe("sent");
  await blocked(watching.client, 1);
  await deleting.commit();
  const codes = (await Promise.all(together.map(({ answer }) => answer))).map(codeOf);
  expect(codes).toEqual(["sent", expect.stringMatching(/^(FORBIDDEN|NOT_FOUND)$/), "sent"]);
  const all = await history(ann, tea);
  expect(contents(all.slice(-3))).toEqual(["first", "with the poison, before it", "with the poison, after it"]);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  await Promise.all(clients.map((client) => client.dispose()));
});

test("a connection to the database that is lost in the middle of a batch fails its sends, cleanly, and no later ones", async () => {
  const client = ann.ws();
  await holding.hold(tea);
  const lost = await queued(client, { content: "lost?", clientMessageId: "lost-1" });
  await blocked(watching.client, 1);
  const waiting = await queued(client, { content: "in the queue" });
  expect(await endBlocked(watching.client)).toBe(1);
  const { errors } = await lost.answer;
  expect(errors).toMatchObject([
    { message: expect.not.stringMatching(/terminat|connection|sql/i), extensions: { code: "INTERNAL_SERVER_ERROR" } },
  ]);
  await holding.commit();
  expect(codeOf(await waiting.answer)).toBe("sent");
  await send(ann, tea, "lost?", { clientMessageId: "lost-1" });
  await send(ann, tea, "lost?", { clientMessageId: "lost-1" });
  expect(contents(await history(ann, tea)).slice(-2)).toEqual(["in the queue", "lost?"]);
  await client.dispose();
});

test("whoever repeats a send until it is answered has it stored once, though connections are lost again and again", async () => {
  const clients = Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? ann : bob).ws());
  let failures = 0;
  let progress = Promise.withResolvers<void>();
  const persist = async (client: Client, content: string): Promise<void> => {
    const input = { conversationId: tea, content, clientMessageId: content };
    for (let code = ""; code !== "sent"; failures += code === "sent" ? 0 : 1) {
      code = codeOf(await ask(client, SEND, { input }));
    }
    progress.resolve();
  };
  let over = false;
  const talking = Promise.all(
    clients.map(async (client, c) => {
      for (let n = 0; n < 25; n += 1) await persist(client, `${c} ${n}`);
    }),
  ).finally(() => (over = true));
  while (!over) {
    await endBusy(watching.client);
    progress = Promise.withResolvers();
    await Promise.race([progress.promise, talking]);
  }
  await talking;
  const all = await history(ann, tea);
  const expected = clients.flatMap((_, c) => Array.from({ length: 25 }, (__, n) => `${c} ${n}`));
  expect(contents(all).slice(2).toSorted()).toEqual(expected.toSorted());
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  expect(failures).toBeGreaterThan(0);
  await Promise.all(clients.map((client) => client.dispose()));
});

test("of two different messages under one clientMessageId, sent at two nodes at once, one is a conflict", async () => {
  const there = await startNode(database.url, undefined);
  const other = (await room(ann)).id;
  // Whoever holds the sender's row keeps both from ending: each has by then looked for the other and found nothing.
  await holding.client.query("begin");
  await holding.client.query("select 1 from users where id = $1 for update", [rowId("user", ann.id, "id")]);
  const both = [
    tries(ann, "sendMessage", { conversationId: tea, content: "here", clientMessageId: "both" }),
    tries(ann.at(there), "sendMessage", { conversationId: other, content: "there", clientMessageId: "both" }),
  ];
  await blocked(watching.client, 2);
  await holding.commit();
  const outcomes = await Promise.all(both.map((answer) => refusal(answer)));
  expect(outcomes.toSorted()).toEqual(["CONFLICT clientMessageId", "NONE"]);
  await there.stop();
});
