import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type Ear, listen, live } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent, READ, UPDATED, inShort } from "./support/events.ts";
import { type Said, asks, contents, globalRoom, reads, says, send } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
/** Who hears all that is for everybody, and nothing of ann's and bob's room. */
let eve: Person;
let tea: string;
let global: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "eve")]);
  global = await globalRoom(ann);
});
afterAll(() => server.stop());
beforeEach(async () => {
  tea = (await room(ann, { visibility: "PRIVATE" })).id;
  await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
});

const same = (event: Said, poked: Said): boolean => event.id === poked.id && event.content === poked.content;

interface Ears extends AsyncDisposable {
  readonly ears: readonly [Ear<Said>, Ear<Said>];
}

/** Bob's and eve's ears for all of their conversations, which are live. */
async function everything(query: string): Promise<Ears> {
  const clients = [bob.ws(), eve.ws()];
  const ears = clients.map((client) => listen<Said>(client, query)) as [Ear<Said>, Ear<Said>];
  const { id: messageId } = await send(ann, global, "poke");
  const poke = (): Promise<Said> =>
    query === ADDED ? send(ann, global, "poke") : says(ann, "editMessage", { messageId, content: randomUUID() });
  await live(ears, poke, same);
  return {
    ears,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.dispose()));
    },
  };
}

test("messageAdded brings what is written in all of the viewer's conversations, and in no other", async () => {
  await using listening = await everything(ADDED);
  const [bobs, eves] = listening.ears;
  await send(ann, tea, "between us");
  await send(ann, global, "for everybody");
  await Promise.all([bobs.until(({ length }) => length === 2), eves.until(({ length }) => length === 1)]);
  expect(contents(bobs.heard)).toEqual(["between us", "for everybody"]);
  expect(contents(eves.heard)).toEqual(["for everybody"]);
});

test("messageUpdated brings edits, deletions and reactions in all of the viewer's conversations, and in no other", async () => {
  await using listening = await everything(UPDATED);
  const [bobs, eves] = listening.ears;
  const { id: messageId } = await send(ann, tea, "between us");
  await says(ann, "editMessage", { messageId, content: "edited" });
  await says(bob, "addReaction", { messageId, emoji: "👍" });
  await says(bob, "removeReaction", { messageId, emoji: "👍" });
  await says(ann, "deleteMessage", { messageId });
  const everybodys = await send(ann, global, "for everybody");
  await says(ann, "deleteMessage", { messageId: everybodys.id });
  await Promise.all([bobs.until(({ length }) => length === 5), eves.until(({ length }) => length === 1)]);
  expect(bobs.heard).toMatchObject([
    { id: messageId, content: "edited", isEdited: true, reactions: [] },
    { id: messageId, content: "edited" },
    { id: messageId, content: "edited" },
    { id: messageId, content: "", isDeleted: true },
    { id: everybodys.id },
  ]);
  expect(eves.heard).toMatchObject([{ id: everybodys.id }]);
});

test("a reaction comes with the reactions", async () => {
  await using listening = await everything(UPDATED);
  const [bobs] = listening.ears;
  const { id: messageId } = await send(ann, tea, "react");
  await says(ann, "addReaction", { messageId, emoji: "👍" });
  await bobs.until(({ length }) => length === 1);
  expect(bobs.heard[0]).toMatchObject({ reactions: [{ emoji: "👍", count: 1 }] });
});

test("bound to a conversation, messageAdded and messageUpdated bring nothing of another", async () => {
  const client = bob.ws();
  const added = listen<Said>(client, ADDED, { id: tea });
  const updated = listen<Said>(client, UPDATED, { id: tea });
  const first = await send(ann, tea, "first");
  await live([added], () => send(ann, tea, "poke"), same);
  await live([updated], () => says(ann, "editMessage", { messageId: first.id, content: randomUUID() }), same);
  added.forget();
  const elsewhere = await send(ann, global, "elsewhere");
  await says(ann, "editMessage", { messageId: elsewhere.id, content: "edited elsewhere" });
  const here = await send(ann, tea, "here");
  await says(ann, "editMessage", { messageId: here.id, content: "edited here" });
  await Promise.all([added.until(({ length }) => length > 0), updated.until(({ length }) => length > 0)]);
  expect(contents(added.heard)).toEqual(["here"]);
  expect(contents(updated.heard)).toEqual(["edited here"]);
  await client.dispose();
});

const MARK_READ = `mutation ($input: MarkReadInput!) { markRead(input: $input) { member { lastReadSeq } } }`;

test("messagesRead tells those who see the conversation who has read up to where, and nobody else", async () => {
  const mark = async (who: Person, conversationId: string): Promise<number> => {
    const { seq } = await send(who === ann ? bob : ann, conversationId, "read me");
    await asks(who, MARK_READ, { input: { conversationId, seq } });
    return seq;
  };
  interface Read {
    readonly conversationId: string;
    readonly seq: number;
    readonly readAt: string;
    readonly user: { readonly username: string };
  }
  const clients = [ann.ws(), eve.ws()];
  const [anns, eves] = clients.map((client) => listen<Read>(client, READ)) as [Ear<Read>, Ear<Read>];
  await live(
    [anns, eves],
    () => mark(bob, global),
    (event, seq) => event.seq === seq,
  );
  const [secret, open] = [await mark(bob, tea), await mark(bob, global)];
  await Promise.all([anns.until(({ length }) => length === 2), eves.until(({ length }) => length === 1)]);
  expect(anns.heard).toMatchObject([
    { conversationId: tea, seq: secret, user: { username: "bob" } },
    { conversationId: global, seq: open, user: { username: "bob" } },
  ]);
  expect(Date.parse(anns.heard[0]?.readAt ?? "")).toBeLessThanOrEqual(Date.now());
  expect(eves.heard).toMatchObject([{ conversationId: global }]);
  await Promise.all(clients.map((client) => client.dispose()));
});

test("what depends on who asks is answered for each subscriber", async () => {
  const UNREAD = `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
    ... on MessageAdded { edge { node { seq conversation { unreadCount viewerMembership { user { username } } } } } } } }`;
  const { cursor } = await reads(ann, tea);
  const people = [ann, bob, ann];
  const clients = people.map((who) => who.ws());
  const ears = clients.map((client) => listen(client, UNREAD, { id: tea, after: cursor }));
  await send(ann, tea, "for bob to read");
  const counts = await Promise.all(ears.map(async (ear) => (await ear.next()).edge.node.conversation));
  expect(counts).toEqual(
    people.map((who) => ({
      unreadCount: who === bob ? 1 : 0,
      viewerMembership: { user: { username: who.username } },
    })),
  );
  await Promise.all(clients.map((client) => client.dispose()));
});

test("what many senders write at once reaches everybody once and in the order of its numbers", async () => {
  const { cursor } = await reads(ann, tea);
  const clients = [ann.ws(), bob.ws(), bob.ws()];
  const ears = clients.map((client) => listen<LogEvent>(client, EVENTS, { id: tea, after: cursor }));
  await Promise.all(Array.from({ length: 100 }, (_, n) => send(n % 2 === 0 ? ann : bob, tea, String(n))));
  const { messages } = await reads(ann, tea, { last: 100 });
  const expected = messages.nodes.map(({ seq, content }) => `+${seq} ${content}`);
  for (const ear of ears) {
    await ear.until(({ length }) => length === 100);
    expect(ear.heard.map(inShort)).toEqual(expected);
  }
  await Promise.all(clients.map((client) => client.dispose()));
});
