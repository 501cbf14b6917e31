import { afterAll, beforeAll, expect, test } from "vitest";

import { listen, live } from "./log/support/ear.ts";
import { direct } from "./log/support/friends.ts";
import { send } from "./log/support/talk.ts";
import { type NodesOnRedis, startNodesOnRedis } from "./log/support/two-nodes.ts";
import type { GraphqlAnswer, Variables } from "./support/graphql-client.ts";
import { conversation, did, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { describeWithRedis } from "./support/redis.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
  tea = (await room(ann)).id;
});
afterAll(() => server.stop());

const DRAFT = "draft { content updatedAt replyTo { id } conversation { id } }";
const save = (who: Person, conversationId: string, content: string, more: Variables = {}) =>
  did(who, "saveDraft", { conversationId, content, ...more }, DRAFT);
const trySave = (who: Person, conversationId: string, content: string, more: Variables = {}): Promise<GraphqlAnswer> =>
  tries(who, "saveDraft", { conversationId, content, ...more }, DRAFT);
const forget = (who: Person, conversationId: string) =>
  did(who, "deleteDraft", { conversationId }, "conversation { id draft { content } }");
const draftIn = async (who: Person, id: string) =>
  (await conversation(who, id, "draft { content replyTo { id } }")).draft;

async function drafts(who: Person, page = ""): Promise<string[]> {
  const { data } = await who.graphql(`{ viewer { drafts${page} { nodes { content } } } }`);
  return data.viewer.drafts.nodes.map(({ content }: { content: string }) => content);
}

test("a draft is one a conversation, is the writer's own, and outlives what is sent until it is deleted", async () => {
  const { id: replyToId } = await send(ann, tea, "what do you think?");
  expect((await save(ann, tea, "I th")).draft).toMatchObject({
    content: "I th",
    replyTo: null,
    conversation: { id: tea },
  });
  await save(ann, tea, "I think", { replyToId });
  expect(await draftIn(ann, tea)).toEqual({ content: "I think", replyTo: { id: replyToId } });
  expect(await draftIn(bob, tea)).toBeNull();
  await send(ann, tea, "from another device");
  expect(await draftIn(ann, tea)).toMatchObject({ content: "I think" });
  expect(await forget(ann, tea)).toEqual({ conversation: { id: tea, draft: null } });
  await forget(ann, tea);
  expect(await drafts(ann)).toEqual([]);
});

test("the viewer's drafts are listed, the latest first, both ways, where they are in", async () => {
  const rooms = [tea, (await room(ann)).id, (await room(ann)).id];
  for (const [n, id] of rooms.entries()) await save(ann, id, `draft ${n}`);
  await save(ann, tea, "draft 0, longer");
  expect(await drafts(ann)).toEqual(["draft 0, longer", "draft 2", "draft 1"]);
  expect(await drafts(ann, "(last: 1)")).toEqual(["draft 1"]);
  const { data } = await ann.graphql(`{ viewer { drafts(first: 1) { pageInfo { hasNextPage endCursor } } } }`);
  expect(data.viewer.drafts.pageInfo.hasNextPage).toBe(true);
  expect(await drafts(ann, `(first: 1, after: "${data.viewer.drafts.pageInfo.endCursor}")`)).toEqual(["draft 2"]);
  expect(await drafts(bob)).toEqual([]);
  await does(ann, "deleteConversation", { conversationId: rooms[2] });
  expect(await drafts(ann)).toEqual(["draft 0, longer", "draft 1"]);
});

test("nobody drafts where they are not in, or what no message could be", async () => {
  const hidden = (await room(ann, { visibility: "PRIVATE" })).id;
  const elsewhere = await send(ann, await direct(ann, bob), "elsewhere");
  expect(await refusal(trySave(bob, hidden, "hello"))).toBe("NOT_FOUND conversationId");
  expect(await refusal(trySave(bob, tea, "hello"))).toBe("FORBIDDEN conversationId");
  expect(await refusal(trySave(ann, tea, ""))).toBe("BAD_USER_INPUT content");
  expect(await refusal(trySave(ann, tea, "x".repeat(5_001)))).toBe("BAD_USER_INPUT content");
  expect(await refusal(trySave(ann, tea, "hello", { replyToId: elsewhere.id }))).toBe("NOT_FOUND replyToId");
  const forgetting = tries(bob, "deleteDraft", { conversationId: hidden }, "conversation { id }");
  expect(await refusal(forgetting)).toBe("NOT_FOUND conversationId");
});

test("five hundred drafts are kept, and those that are there can still be changed", async () => {
  const eve = await person(server, "eve");
  await server.services.database.pool.query(
    `with made as (insert into conversations (kind, name, slug, visibility) select 'ROOM', 'Room', 'room-' || n, 'PRIVATE'
       from generate_series(1, 500) n returning id)
     insert into drafts (user_id, conversation_id, content) select $1, id, 'a draft' from made`,
    [Number(eve.id.slice(5))],
  );
  await does(eve, "joinRoom", { roomId: tea });
  expect(await refusal(trySave(eve, tea, "one too many"))).toBe("CONFLICT conversationId");
  await server.services.database.pool.query(
    "delete from drafts where conversation_id = (select max(conversation_id) from drafts where user_id = $1)",
    [Number(eve.id.slice(5))],
  );
  await save(eve, tea, "the last one");
  await save(eve, tea, "the last one, changed");
  expect(await draftIn(eve, tea)).toMatchObject({ content: "the last one, changed" });
});

interface Told {
  readonly conversationId: string;
  readonly draft: { readonly content: string } | null;
}

const CHANGED = "subscription { draftChanged { conversationId draft { content } } }";

/** What ann's other device and bob's hear of what ann does. */
async function told(here: Person, there: Person, other: Person): Promise<void> {
  const clients = [there.ws(), other.ws()] as const;
  const [mine, others] = clients.map((client) => listen<Told>(client, CHANGED)) as [
    ReturnType<typeof listen<Told>>,
    ReturnType<typeof listen<Told>>,
  ];
  const id = (await room(here)).id;
  const sign = (await room(other)).id;
  const isSign = ({ conversationId }: Told, poked: string): boolean => conversationId === poked;
  const poke = (who: Person, where: string) => async (): Promise<string> => {
    await save(who, where, `sign ${Math.random()}`);
    return where;
  };
  const start = (await room(here)).id;
  await live([mine], poke(here, start), isSign);
  await live([others], poke(other, sign), isSign);

  const ofIt = (): Told[] => mine.heard.filter(({ conversationId }) => conversationId === id);
  await save(here, id, "one");
  await mine.until(() => ofIt().length === 1);
  await forget(here, id);
  await mine.until(() => ofIt().length === 2);
  expect(ofIt()).toEqual([
    { conversationId: id, draft: { content: "one" } },
    { conversationId: id, draft: null },
  ]);
  await save(other, sign, "the end");
  await others.until((heard) => heard.some(({ draft }) => draft?.content === "the end"));
  expect(others.heard.map(({ conversationId }) => conversationId)).not.toContain(id);
  await Promise.all(clients.map((client) => client.dispose()));
}

test("a draft is told to the writer's own devices, and to nobody else", async () => {
  await told(ann, ann, bob);
});

describeWithRedis("two nodes on one Redis", () => {
  let nodes: NodesOnRedis;
  beforeAll(async () => {
    nodes = await startNodesOnRedis();
  });
  afterAll(() => nodes[Symbol.asyncDispose]());

  test("a draft is told to the writer's device at the other one", async () => {
    const [cat, dan] = await Promise.all([person(nodes.here, "cat"), person(nodes.here, "dan")]);
    await told(cat, cat.at(nodes.there), dan);
  });
});
