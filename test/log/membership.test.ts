import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type Ear, listen, live } from "./support/ear.ts";
import { ADDED, EVENTS, type LogEvent } from "./support/events.ts";
import { type Said, contents, globalRoom, reads, says, send } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let global: string;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
  global = await globalRoom(ann);
});
afterAll(() => server.stop());
beforeEach(async () => {
  tea = (await room(ann)).id;
  await does(bob, "joinRoom", { roomId: tea });
});

/** Bob's ears: bound to the room, and for all of his conversations. Both are live. */
interface Ears extends AsyncDisposable {
  readonly bound: Ear<LogEvent>;
  readonly unbound: Ear<Said>;
}

async function bobsEars(): Promise<Ears> {
  const client = bob.ws();
  const { cursor } = await reads(bob, tea);
  const bound = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  const unbound = listen<Said>(client, ADDED);
  await live(
    [unbound],
    () => send(ann, tea, "poke"),
    (event, poked) => event.id === poked.id,
  );
  return { bound, unbound, [Symbol.asyncDispose]: async () => client.dispose() };
}

/** What bob heard besides, once he hears what is for everybody. */
async function heardBy({ unbound }: Ears): Promise<string[]> {
  const { id } = await send(ann, global, "for everybody");
  await unbound.until((heard) => heard.some((message) => message.id === id));
  return contents(unbound.heard);
}

const WAYS_OUT = {
  "who leaves": () => does(bob, "leaveConversation", { conversationId: tea }),
  "who is removed": () => does(ann, "removeMember", { conversationId: tea, userId: bob.id }),
  "who is banned": () => does(ann, "updateMember", { conversationId: tea, userId: bob.id, banned: true }),
};

test.for(Object.entries(WAYS_OUT))("%s hears nothing that is said afterwards", async ([, goOut]) => {
  await using ears = await bobsEars();
  const { id } = await send(ann, tea, "before");
  await ears.unbound.until((heard) => heard.some((message) => message.id === id));
  await goOut();
  await send(ann, tea, "after");
  expect(await ears.bound.ended).toBe("complete");
  expect(await heardBy(ears)).toEqual(["before", "for everybody"]);
  expect(JSON.stringify(ears.bound.heard)).not.toContain("after");
});

test("who was out and comes back hears what is said from then on, in the same subscription", async () => {
  await using ears = await bobsEars();
  await does(bob, "leaveConversation", { conversationId: tea });
  await send(ann, tea, "while bob was away");
  await does(bob, "joinRoom", { roomId: tea });
  await send(ann, tea, "welcome back");
  await ears.unbound.until((heard) => heard.some(({ content }) => content === "welcome back"));
  expect(contents(ears.unbound.heard)).toEqual(["bob joined.", "welcome back"]);
});

test("a conversation that is deleted ends the subscriptions that were bound to it", async () => {
  await using ears = await bobsEars();
  await does(ann, "deleteConversation", { conversationId: tea });
  expect(await ears.bound.ended).toBe("complete");
  expect(await heardBy(ears)).toEqual(["for everybody"]);
});

test("a reaction to the note that somebody had left does not put them out again", async () => {
  await does(bob, "leaveConversation", { conversationId: tea });
  await does(bob, "joinRoom", { roomId: tea });
  const { messages } = await reads(ann, tea);
  const note = messages.nodes.find(({ content }) => content === "bob left.");
  await using ears = await bobsEars();
  await says(ann, "addReaction", { messageId: note?.id, emoji: "😢" });
  await send(ann, tea, "still here?");
  expect(await heardBy(ears)).toEqual(["still here?", "for everybody"]);
});

test("who only reads a public room hears it no more once it is private, and members do", async () => {
  const eve = await person(server, "eve");
  const client = eve.ws();
  const { cursor } = await reads(eve, tea);
  const eves = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  await send(ann, tea, "in public");
  await eves.until(({ length }) => length === 1);
  await using ears = await bobsEars();
  await does(ann, "updateConversation", { conversationId: tea, visibility: "PRIVATE" });
  expect(await eves.ended).toBe("complete");
  await send(ann, tea, "in private");
  expect(await heardBy(ears)).toContain("in private");
  expect(JSON.stringify(eves.heard)).not.toContain("in private");
  await client.dispose();
});

test("who reads a public room and then joins it goes on hearing it", async () => {
  const fay = await person(server, "fay");
  const client = fay.ws();
  const { cursor } = await reads(fay, tea);
  const ear = listen<LogEvent>(client, EVENTS, { id: tea, after: cursor });
  await does(fay, "joinRoom", { roomId: tea });
  await send(ann, tea, "hello fay");
  await ear.until(({ length }) => length === 2);
  await client.dispose();
});

test("a logout closes the socket with 4403, and with it every subscription", async () => {
  const gil = await person(server, "gil");
  const client = gil.ws();
  const { cursor } = await reads(gil, global);
  const ear = listen<LogEvent>(client, EVENTS, { id: global, after: cursor });
  await send(ann, global, "before");
  await ear.next();
  await gil.graphql(`mutation { logout { __typename } }`);
  expect(await ear.ended).toMatchObject({ code: 4403 });
});

test("who subscribed to everything hears all of every conversation that they come into, from the moment they come in", async () => {
  const client = bob.ws();
  const ear = listen<Said>(client, ADDED);
  await live(
    [ear],
    () => send(ann, global, "poke"),
    (event, poked) => event.id === poked.id,
  );
  const rooms = await Promise.all(Array.from({ length: 12 }, () => room(ann, { visibility: "PRIVATE" })));
  await Promise.all(
    rooms.map(async ({ id }) => {
      const talking = Array.from({ length: 10 }, (_, n) => send(ann, id, `${id} ${n}`));
      await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
      await Promise.all([...talking, ...Array.from({ length: 10 }, (_, n) => send(ann, id, `${id} later ${n}`))]);
      await send(ann, id, `${id} last`);
    }),
  );
  const lasts = rooms.map(({ id }) => `${id} last`);
  await ear.until((heard) => lasts.every((last) => heard.some(({ content }) => content === last)));
  for (const { id } of rooms) {
    const { messages } = await reads(ann, id, { last: 50 });
    const all = contents(messages.nodes);
    const since = all.slice(all.indexOf("ann added bob."));
    const ids = new Set(messages.nodes.map((message) => message.id));
    expect(contents(ear.heard.filter((message) => ids.has(message.id)))).toEqual(since);
  }
  await client.dispose();
});
