import { afterAll, beforeAll, expect, test } from "vitest";

import { direct } from "../log/support/friends.ts";
import { send } from "../log/support/talk.ts";
import type { Data } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type Rest, type RestAnswer, formOf, done, rest } from "./support/rest.ts";
import { turnedAway } from "./support/socket.ts";

let server: TestServer;
let ann: Person;
let eve: Person;
let bob: Person;
/** Numbers of conversations of others, by what they are, and of a message in each. */
let hidden: Record<string, { readonly conversation: number; readonly message: number }>;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
  eve = await person(server, "eve");
  const ids = {
    "private room": (await room(ann, { name: "Secret", visibility: "PRIVATE" })).id,
    group: (await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] })).group.id,
    "direct conversation": await direct(ann, bob),
    "private room that she was put out of": (await room(ann, { name: "Past", visibility: "PRIVATE" })).id,
    "group that she was put out of": (await does(ann, "createGroup", { name: "Few", memberIds: [bob.id] })).group.id,
  };
  for (const [kind, conversationId] of Object.entries(ids)) {
    if (!kind.endsWith("put out of")) continue;
    await does(ann, "addMembers", { conversationId, userIds: [eve.id] });
    await does(ann, "removeMember", { conversationId, userId: eve.id });
  }
  hidden = {};
  for (const [kind, id] of Object.entries(ids)) {
    hidden[kind] = { conversation: numberOf({ id }), message: numberOf(await send(ann, id, "a secret")) };
  }
});
afterAll(() => server.stop());

const KINDS = [
  "private room",
  "group",
  "direct conversation",
  "private room that she was put out of",
  "group that she was put out of",
] as const;
/** No conversation and no message has it. */
const NOTHING = 4_000_000;

type Ask = (hers: Rest, conversation: number, message: number) => Promise<RestAnswer>;

const DJANGO_CHAT: Readonly<Record<string, Ask>> = {
  "its facts": (hers, id) => hers.get(`/api/chat/rooms/${id}/`),
  "joining it": (hers, id) => hers.post(`/api/chat/rooms/${id}/join/`),
  "leaving it": (hers, id) => hers.post(`/api/chat/rooms/${id}/leave/`),
  "its members": (hers, id) => hers.get(`/api/chat/rooms/${id}/members/`),
  "its history": (hers, id) => hers.get(`/api/chat/rooms/${id}/messages/`),
  "sending there": (hers, id) => hers.post(`/api/chat/rooms/${id}/messages/`, { content: "Hello?" }),
  "reading a message": (hers, _, id) => hers.post(`/api/chat/messages/${id}/read/`),
  "deleting a message": (hers, _, id) => hers.delete(`/api/chat/messages/${id}/delete/`),
  "answering a message": (hers, _, id) => hers.post("/api/chat/rooms/1/messages/", { content: "Hm", reply_to: id }),
};

/** Ids in the coat of document 000. */
const slug = (id: number): string => `room_${id.toString(16).padStart(8, "0")}`;
const ONLINE_CHAT: Readonly<Record<string, Ask>> = {
  "joining it": (hers, id) => hers.post(`/api/chat/rooms/${slug(id)}/join`),
  "leaving it": (hers, id) => hers.post(`/api/chat/rooms/${slug(id)}/leave`),
  "its history": (hers, id) => hers.get(`/api/chat/messages?room_id=${slug(id)}`),
  "sending there": (hers, id) => hers.post(`/api/chat/send?room_id=${slug(id)}`, { content: "Hello?" }),
  "uploading there": (hers, id) =>
    hers.upload("/api/chat/upload", formOf({ room_id: slug(id), file: { content: "words", name: "a.txt" } })),
  "deleting a message": (hers, id, message) =>
    hers.delete(`/api/chat/messages/${uuids.get(message)}?room_id=${slug(id)}`),
  "answering a message": (hers, _, message) =>
    hers.post("/api/chat/send", { content: "Hm", reply_to: uuids.get(message) }),
};

/** Message ids of document 000, by number: whoever has one can make the others. */
const uuids = new Map<number, string>();
beforeAll(async () => {
  const { id } = (await done(rest(server, ann).post("/api/chat/send", { content: "Hello" }))) as { id: string };
  for (const number of [NOTHING, ...Object.values(hidden).map(({ message }) => message)]) {
    uuids.set(number, id.slice(0, -12) + number.toString(16).padStart(12, "0"));
  }
});

const CASES = [
  ...Object.entries(DJANGO_CHAT).map(([what, ask]) => ["django-chat", what, ask] as const),
  ...Object.entries(ONLINE_CHAT).map(([what, ask]) => ["online-chat", what, ask] as const),
];

test.each(CASES)(
  "of a conversation of others %s says by %s no more than of one that there is not",
  async (_, __, ask) => {
    const hers = rest(server, eve);
    const nothing = await ask(hers, NOTHING, NOTHING);
    const answers: Record<string, unknown> = {};
    for (const kind of KINDS) {
      const { conversation, message } = hidden[kind] as { conversation: number; message: number };
      const { status, body } = await ask(hers, conversation, message);
      answers[kind] = [status, body];
    }
    const same: Data = [404, nothing.body];
    expect(answers).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, same])));
  },
);

test.each([
  ["django-chat", DJANGO_CHAT],
  ["online-chat", ONLINE_CHAT],
])("of a talk of one's own %s says no more than of one that there is not", async (_, doors) => {
  const hers = rest(server, bob);
  const { conversation } = hidden["direct conversation"] as { conversation: number };
  for (const [what, ask] of Object.entries(doors)) {
    if (what.endsWith("a message")) continue;
    const [own, nothing] = [await ask(hers, conversation, NOTHING), await ask(hers, NOTHING, NOTHING)];
    expect([what, own.status, own.body]).toEqual([what, 404, nothing.body]);
  }
});

test("the socket of a conversation of others closes as that of one that there is not", async () => {
  const headers = { authorization: `Bearer ${eve.accessToken}` };
  const nothing = await turnedAway(server, `/ws/chat/${NOTHING}/`, { headers });
  expect(nothing.code).toBe(4404);
  const answers: Record<string, unknown> = {};
  for (const kind of KINDS) {
    answers[kind] = await turnedAway(server, `/ws/chat/${hidden[kind]?.conversation}/`, { headers });
  }
  expect(answers).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, nothing])));
});

test("no list of rooms names a conversation of others", async () => {
  for (const path of ["/api/chat/rooms", "/api/chat/rooms/"]) {
    const { body } = await rest(server, eve).get(path);
    const names = (body as { name: string }[]).map(({ name }) => name);
    expect(names).not.toContain("Secret");
    for (const name of ["Two", "Past", "Few"]) expect(names).not.toContain(name);
    expect(names).toHaveLength(1);
  }
});
