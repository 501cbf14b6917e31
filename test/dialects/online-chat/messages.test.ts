import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { direct } from "../../log/support/friends.ts";
import { globalRoom, says as edits, send } from "../../log/support/talk.ts";
import type { Data } from "../../support/graphql-client.ts";
import { did } from "../../support/messages.ts";
import { type Person, person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { type Rest, rest } from "../support/rest.ts";
import { TIME, contentsOf, done, isRefused, messageId, reads, roomId, says } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let hers: Rest;
let his: Rest;
/** A private room of Ann's, and a group of hers and Bob's. */
let den: Data;
let group: Data;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  [hers, his] = [rest(server, ann), rest(server, bob)];
  den = await room(ann, { name: "Den", visibility: "PRIVATE" });
  ({ group } = await does(ann, "createGroup", { name: "Two", memberIds: [bob.id] }));
});
afterAll(() => server.stop());

/** A public room of Ann's. */
const tea = async (): Promise<string> => roomId((await room(ann)).id);

describe("a message", () => {
  test("is answered as the document shows it, and is read so by others and by GraphQL", async () => {
    const said = await says(hers, "你好，世界！", "global", { message_type: "text" });
    expect(said).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sender_id: numberOf(ann),
      sender_name: "ann",
      message_type: "text",
      content: "你好，世界！",
      file_url: null,
      file_name: null,
      file_size: null,
      timestamp: TIME,
      reply_to: null,
    });
    expect((await reads(his)).at(-1)).toEqual(said);
    const { data } = await bob.graphql(`{ room(slug: "global") { lastMessage { id content type } } }`);
    const { lastMessage } = data.room;
    expect(lastMessage).toEqual({ id: expect.any(String), content: "你好，世界！", type: "TEXT" });
    expect(messageId(lastMessage.id)).toBe(said.id);
  });

  test("goes to the room that everybody is in, and is text, where nothing is said of that", async () => {
    const said = await done(hers.post("/api/chat/send", { content: "to all", message_type: null, reply_to: null }));
    expect(said.message_type).toBe("text");
    expect((await done(his.get("/api/chat/messages"))).at(-1)).toEqual(said);
  });

  test("may answer one of the same room, and none of another or of none", async () => {
    const tearoom = await tea();
    const question = await says(hers, "Tea?", tearoom);
    expect((await says(his, "Yes.", tearoom, { reply_to: question.id })).reply_to).toBe(question.id);
    const elsewhere = await says(hers, "Elsewhere");
    for (const reply_to of [elsewhere.id, "42", "", "msg_1", "550e8400-e29b-41d4-a716-446655440000"]) {
      await isRefused(his.post(`/api/chat/send?room_id=${tearoom}`, { content: "No.", reply_to }), 404, "reply_to");
    }
  });

  test("has 1 to 5,000 characters, whatever script they are of", async () => {
    expect((await says(hers, "👍".repeat(5_000))).content).toHaveLength(10_000);
    await isRefused(hers.post("/api/chat/send", { content: "茶".repeat(5_001) }), 400, "content");
    await isRefused(hers.post("/api/chat/send", { content: "" }), 400, "content");
  });

  test.each<[string, unknown, string]>([
    ["without content", {}, "content"],
    ["with content that is a number", { content: 5 }, "content"],
    ["with content that is null", { content: null }, "content"],
    ["with content that is a list", { content: ["a"] }, "content"],
    ["with a NUL in it", { content: "a\0b" }, "content"],
    ["of a type that there is not", { content: "a", message_type: "video" }, "message_type"],
    ["with a type that is no word", { content: "a", message_type: 1 }, "message_type"],
    ["that only the server writes", { content: "a", message_type: "system" }, "message_type"],
    ["that answers a number", { content: "a", reply_to: 7 }, "reply_to"],
    ["that is a list", [], "body"],
    ["that is a word", "a", "body"],
    ["that is nothing", undefined, "body"],
  ])("is refused %s", async (_, body, field) => {
    await isRefused(hers.post("/api/chat/send", body), 400, field);
  });

  test("may have more than the document knows, which counts for nothing", async () => {
    const more = { sender_id: numberOf(bob), id: "x", isEncrypted: true, conversationId: 1 };
    expect(await says(hers, "more", "global", more)).toMatchObject({ sender_id: numberOf(ann), content: "more" });
  });

  test("into a public room makes a member of whoever is none, once", async () => {
    const { id } = await room(ann);
    await says(his, "I am new here.", roomId(id));
    await says(his, "Here I am.", roomId(id));
    const page = await reads(hers, roomId(id));
    expect(page.map(({ sender_id, message_type, content }) => [sender_id, message_type, content])).toEqual([
      [0, "system", "ann created Tea."],
      [0, "system", "bob joined."],
      [numberOf(bob), "text", "I am new here."],
      [numberOf(bob), "text", "Here I am."],
    ]);
    expect(page[0]).toMatchObject({ sender_name: "系统", reply_to: null });
  });

  test("is not taken from who is banned, which makes no member of them, nor from who is silenced", async () => {
    const { id } = await room(ann);
    await does(bob, "joinRoom", { roomId: id });
    const tries = () => his.post(`/api/chat/send?room_id=${roomId(id)}`, { content: "me again" });
    await did(ann, "updateMember", { conversationId: id, userId: bob.id, muted: true }, "member { isMuted }");
    await isRefused(tries(), 403, "room_id");
    await did(ann, "updateMember", { conversationId: id, userId: bob.id, banned: true }, "member { isBanned }");
    await isRefused(tries(), 403, "room_id");
    expect(contentsOf(await reads(hers, roomId(id)))).toEqual([]);
    await isRefused(his.get(`/api/chat/messages?room_id=${roomId(id)}`), 404, "room_id");
  });
});

describe("what is no room for the caller reads as one that does not exist", () => {
  const UNKNOWN = "room_0fffffff";
  const named = (): string[] => [
    roomId(den.id),
    roomId(group.id),
    "room_",
    "1",
    "",
    "GLOBAL",
    "room_00000001 ",
    "conv_1",
    "%00",
    "room_ffffffffffffff",
  ];
  const attempts: [string, (where: string, reply: string) => Parameters<typeof isRefused>[0]][] = [
    ["sending", (where) => his.post(`/api/chat/send?room_id=${where}`, { content: "a" })],
    ["answering", (where, reply_to) => his.post(`/api/chat/send?room_id=${where}`, { content: "a", reply_to })],
    [
      "sending an image",
      (where) => his.post(`/api/chat/send?room_id=${where}`, { content: "a", message_type: "image" }),
    ],
    ["reading", (where) => his.get(`/api/chat/messages?room_id=${where}`)],
    ["reading before", (where, reply) => his.get(`/api/chat/messages?room_id=${where}&before=${reply}`)],
    ["deleting", (where, reply) => his.delete(`/api/chat/messages/${reply}?room_id=${where}`)],
  ];

  test.each(attempts)("for %s, to the last word", async (_, attempt) => {
    const inDen = messageId((await send(ann, den.id, "in the den")).id);
    const words = await isRefused(attempt(UNKNOWN, inDen), 404, "room_id");
    for (const one of named())
      expect([one, await isRefused(attempt(one, inDen), 404, "room_id")]).toEqual([one, words]);
    expect(await isRefused(attempt(UNKNOWN, "nonsense"), 404, "room_id")).toBe(words);
    expect(await isRefused(attempt(roomId(den.id), "nonsense"), 404, "room_id")).toBe(words);
  });

  test("a direct conversation, for the two in it too", async () => {
    const id = roomId(await direct(ann, bob));
    await isRefused(hers.post(`/api/chat/send?room_id=${id}`, { content: "a" }), 404, "room_id");
    await isRefused(hers.get(`/api/chat/messages?room_id=${id}`), 404, "room_id");
  });

  test("the room that everybody is in, by its number", async () => {
    await isRefused(hers.get(`/api/chat/messages?room_id=${roomId(await globalRoom(ann))}`), 404, "room_id");
  });

  test("a private room is one for who is in it", async () => {
    const said = await says(hers, "between us", roomId(den.id));
    expect((await reads(hers, roomId(den.id))).at(-1)).toEqual(said);
  });
});

describe("history", () => {
  test("is the newest messages, the oldest first, and goes on before a message without a gap", async () => {
    const tearoom = await tea();
    const all: string[] = [];
    for (let n = 1; n <= 7; n += 1) all.push((await says(hers, `number ${n}`, tearoom)).id);
    const ids = async (query: string): Promise<string[]> =>
      (await reads(his, tearoom, query)).filter(({ message_type }) => message_type === "text").map(({ id }) => id);
    expect(await ids("")).toEqual(all);
    expect(await ids("&limit=3")).toEqual(all.slice(4));
    expect(await ids(`&limit=3&before=${all[4]}`)).toEqual(all.slice(1, 4));
    expect(await ids(`&limit=3&before=${all[1]}`)).toEqual(all.slice(0, 1));
    const [first] = await reads(his, tearoom);
    expect(await reads(his, tearoom, `&before=${first.id}`)).toEqual([]);
  });

  test("has 50 messages where nothing is said, 100 at the most, and none is no number of them", async () => {
    const { id } = await room(ann);
    const conversation = Number(id.split("_")[1]);
    await server.services.database.pool.query(
      `with said as (
         insert into messages (conversation_id, seq, position, added_position, sender_id, type, content)
         select $1, n, n, n, $2, 'TEXT', 'number ' || n from generate_series(2, 120) n returning 1)
       update conversations set last_seq = 120, position = 120 where id = $1`,
      [conversation, numberOf(ann)],
    );
    const size = async (query: string): Promise<number> => (await reads(his, roomId(id), query)).length;
    expect(await size("")).toBe(50);
    expect(await size("&limit=100")).toBe(100);
    expect(await size("&limit=101")).toBe(100);
    expect(await size("&limit=99999999999999999999")).toBe(100);
    expect(await size("&limit=1")).toBe(1);
    for (const limit of ["0", "-1", "1.5", "ten", "", "NaN", "1&limit=2"]) {
      await isRefused(his.get(`/api/chat/messages?room_id=${roomId(id)}&limit=${limit}`), 400, "limit");
    }
  });

  test.each(["nonsense", "", "1", "%00", "00000000-0000-0000-0000-000000000000"])(
    "is not read before what is no message: %j",
    async (before) => {
      await isRefused(his.get(`/api/chat/messages?before=${before}`), 404, "before");
    },
  );

  test("is not read before a message of another room, or one that is not there", async () => {
    const elsewhere = await says(hers, "elsewhere", await tea());
    for (const before of [elsewhere.id, messageId("msg_999999999")]) {
      await isRefused(his.get(`/api/chat/messages?before=${before}`), 404, "before");
    }
  });

  test("shows an edited message as it is, and leaves out what was deleted or recalled", async () => {
    const { id } = await room(ann);
    const [edited, deleted, recalled] = [
      await send(ann, id, "frist"),
      await send(ann, id, "second"),
      await send(ann, id, "third"),
    ];
    await edits(ann, "editMessage", { messageId: edited.id, content: "first" });
    await edits(ann, "deleteMessage", { messageId: deleted.id });
    await did(ann, "recallMessage", { messageId: recalled.id }, "message { id }");
    await send(ann, id, "fourth");
    expect(contentsOf(await reads(his, roomId(id)))).toEqual(["first", "fourth"]);
    // What is gone is not shown, and still marks its place.
    expect(contentsOf(await reads(his, roomId(id), `&before=${messageId(recalled.id)}`))).toEqual(["first"]);
  });

  test("of a public room is read without being in it, which makes no member of the reader", async () => {
    const { id } = await room(ann);
    await send(ann, id, "open to all");
    expect(contentsOf(await reads(rest(server, eve), roomId(id)))).toEqual(["open to all"]);
    const { data } = await ann.graphql(`query ($id: ID!) { conversation(id: $id) { memberCount } }`, { id });
    expect(data.conversation.memberCount).toBe(1);
  });
});

describe("deleting", () => {
  const remove = (who: Rest, id: string, where = "global") => who.delete(`/api/chat/messages/${id}?room_id=${where}`);

  test("takes one's own message from everybody, and again changes nothing", async () => {
    const said = await says(hers, "not so");
    expect(await done(remove(hers, said.id))).toEqual({ message: "消息删除成功" });
    expect((await reads(his)).map(({ id }) => id)).not.toContain(said.id);
    expect(await done(hers.delete(`/api/chat/messages/${said.id}`))).toEqual({ message: "消息删除成功" });
  });

  test("is for its sender and for who moderates the room, and for nobody else", async () => {
    const tearoom = await tea();
    const said = await says(his, "off topic", tearoom);
    await isRefused(remove(rest(server, eve), said.id, tearoom), 403, "message_id");
    expect((await reads(hers, tearoom)).map(({ id }) => id)).toContain(said.id);
    await done(remove(hers, said.id, tearoom));
    expect((await reads(his, tearoom)).map(({ id }) => id)).not.toContain(said.id);
  });

  test("is not done to a message of another room than is named, nor to what is none, nor to the server's own", async () => {
    const tearoom = await tea();
    const said = await says(hers, "here", tearoom);
    await isRefused(hers.delete(`/api/chat/messages/${said.id}`), 404, "message_id");
    for (const id of ["nonsense", "1", "%00", messageId("msg_999999999")]) {
      await isRefused(remove(hers, id, tearoom), 404, "message_id");
    }
    const [note] = await reads(hers, tearoom);
    await isRefused(remove(hers, note.id, tearoom), 403, "message_id");
    expect((await reads(hers, tearoom)).map(({ id }) => id)).toEqual([note.id, said.id]);
  });
});
