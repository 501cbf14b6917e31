import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { direct } from "./log/support/friends.ts";
import { contents, history, reads, send } from "./log/support/talk.ts";
import type { Data } from "./support/graphql-client.ts";
import { did, message, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
/** A private room of ann's and bob's, and two of ann's and cat's. */
let tea: string;
let cake: string;
let jam: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "cat")]);
  [tea, cake, jam] = await Promise.all([privately(bob), privately(cat), privately(cat)]);
});
afterAll(() => server.stop());

async function privately(...people: Person[]): Promise<string> {
  const { id } = await room(ann, { visibility: "PRIVATE" });
  await does(ann, "addMembers", { conversationId: id, userIds: people.map((who) => who.id) });
  return id;
}

const COPIES =
  "messages { id seq type content clientMessageId isForwarded forwardedFrom { id } conversation { id } sender { id } }";

interface Copy {
  readonly id: string;
  readonly content: string;
  readonly clientMessageId: string | null;
  readonly conversation: { readonly id: string };
}

const forward = async (
  who: Person,
  messageIds: string[],
  conversationIds: string[],
  clientMessageId?: string,
): Promise<Copy[]> =>
  (await did(who, "forwardMessages", { messageIds, conversationIds, clientMessageId }, COPIES)).messages;

const refused = (
  who: Person,
  messageIds: string[],
  conversationIds: string[],
  clientMessageId?: string,
): Promise<string> => refusal(tries(who, "forwardMessages", { messageIds, conversationIds, clientMessageId }, COPIES));

test("many messages go to many conversations, in their order, one conversation after the other", async () => {
  const sources = [await send(bob, tea, "one"), await send(ann, tea, "two"), await send(bob, tea, "three")];
  const ids = sources.map(({ id }) => id);
  const copies = await forward(ann, [ids[2] ?? "", ids[0] ?? "", ids[1] ?? ""], [cake, jam]);
  expect(copies.map(({ content, conversation }) => [conversation.id, content])).toEqual(
    [cake, jam].flatMap((id) => ["three", "one", "two"].map((content) => [id, content])),
  );
  expect(contents(await history(cat, cake)).slice(-3)).toEqual(["three", "one", "two"]);
  expect(copies[0]).toMatchObject({ isForwarded: true, forwardedFrom: { id: ids[2] }, sender: { id: ann.id } });
});

test("whoever may not see the source sees that there is one, and nothing of it", async () => {
  const { id: source } = await send(bob, tea, "from tea");
  const [copy] = await forward(ann, [source], [cake], "leak");
  const seen = await message(cat, copy?.id ?? "", "content isForwarded forwardedFrom { id content } clientMessageId");
  expect(seen).toEqual({ content: "from tea", isForwarded: true, forwardedFrom: null, clientMessageId: "leak:0" });
  expect(await message(ann, copy?.id ?? "", "forwardedFrom { id content }")).toEqual({
    forwardedFrom: { id: source, content: "from tea" },
  });
  expect(await message(cat, source, "id")).toBeNull();
});

test("a source that is deleted after it was forwarded says nothing, and the copy stays", async () => {
  const { id } = await send(ann, tea, "soon gone");
  const [copy] = await forward(ann, [id], [cake]);
  await did(ann, "recallMessage", { messageId: id }, "message { id }");
  expect(await message(ann, copy?.id ?? "", "content forwardedFrom { content isRecalled }")).toEqual({
    content: "soon gone",
    forwardedFrom: { content: "", isRecalled: true },
  });
});

test("each type is forwarded with what it carries, and calls nobody who is named in it", async () => {
  const { rows } = await server.services.database.pool.query<{ id: string }>(
    `insert into files (owner_id, token, name, mime_type, size) values ($1, 'token of a picture of tea', 'tea.png', 'image/png', 9)
     returning id`,
    [rowId("user", ann.id, "id")],
  );
  const fileId = `file_${rows[0]?.id}`;
  const picture = await send(ann, tea, "@cat look", { type: "IMAGE", fileId });
  const place = await send(bob, tea, "", { type: "LOCATION", location: { latitude: 1, longitude: 2, address: "sea" } });
  const copies = await forward(ann, [picture.id, place.id], [cake]);
  const fields = "type content mentions { id } file { id name } location { latitude longitude address }";
  expect(await Promise.all(copies.map(({ id }) => message(cat, id, fields)))).toEqual([
    { type: "IMAGE", content: "@cat look", mentions: [], file: { id: fileId, name: "tea.png" }, location: null },
    {
      type: "LOCATION",
      content: "",
      mentions: [],
      file: null,
      location: { latitude: 1, longitude: 2, address: "sea" },
    },
  ]);
});

test("a copy is forwarded like any message", async () => {
  const { id } = await send(bob, tea, "first hand");
  const [second] = await forward(ann, [id], [cake]);
  const [third] = await forward(cat, [second?.id ?? ""], [jam]);
  expect(third).toMatchObject({ content: "first hand", forwardedFrom: { id: second?.id } });
});

test("what was deleted or recalled, is encrypted, a note, or out of sight is refused by its place, and nothing is written", async () => {
  const good = await send(ann, tea, "good");
  const [deleted, recalled] = [await send(ann, tea, "deleted"), await send(ann, tea, "recalled")];
  await did(ann, "deleteMessage", { messageId: deleted.id }, "message { id }");
  await did(ann, "recallMessage", { messageId: recalled.id }, "message { id }");
  const encrypted = await send(ann, tea, "AAEC", { isEncrypted: true });
  const note = (await reads(ann, tea, { first: 1 })).messages.nodes[0];
  const hidden = await send(bob, await direct(bob, cat), "hidden");
  const { cursor } = await reads(ann, cake);
  for (const id of [deleted.id, recalled.id, encrypted.id, note?.id ?? ""]) {
    expect(await refused(ann, [good.id, id], [cake])).toBe("FORBIDDEN messageIds[1]");
  }
  expect(await refused(ann, [good.id, hidden.id], [cake])).toBe("NOT_FOUND messageIds[1]");
  expect(await refused(ann, [good.id, "msg_999999"], [cake])).toBe("NOT_FOUND messageIds[1]");
  expect(await refused(ann, [good.id, cake], [cake])).toBe("BAD_USER_INPUT messageIds[1]");
  expect((await reads(ann, cake)).cursor).toBe(cursor);
});

test("where one may not write nothing is written, nor anywhere else", async () => {
  const { id } = await send(bob, tea, "news");
  const open = (await room(cat)).id;
  const muted = await privately(bob);
  await does(ann, "updateMember", { conversationId: muted, userId: bob.id, muted: true });
  const { cursor } = await reads(bob, tea);
  expect(await refused(bob, [id], [tea, cake])).toBe("NOT_FOUND conversationIds[1]");
  expect(await refused(bob, [id], [tea, open])).toBe("FORBIDDEN conversationIds[1]");
  expect(await refused(bob, [id], [tea, muted])).toBe("FORBIDDEN conversationIds[1]");
  expect((await reads(bob, tea)).cursor).toBe(cursor);
});

test("the same call again writes nothing, whatever became of the sources, and other sources are a conflict", async () => {
  const [one, two] = [await send(ann, tea, "one"), await send(ann, tea, "two")];
  const first = await forward(ann, [one.id, two.id], [cake, jam], "call");
  expect(first.map(({ clientMessageId }) => clientMessageId)).toEqual(["call:0", "call:1", "call:2", "call:3"]);
  await did(ann, "editMessage", { messageId: one.id, content: "changed" }, "message { id }");
  expect(await forward(ann, [one.id, two.id], [cake, jam], "call")).toEqual(first);
  await did(ann, "deleteMessage", { messageId: two.id }, "message { id }");
  const { cursor } = await reads(ann, cake);
  const again = await forward(ann, [one.id, two.id], [cake, jam], "call");
  expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expect(await refused(ann, [one.id], [tea], "call")).toBe("CONFLICT clientMessageId");
  expect((await reads(ann, cake)).cursor).toBe(cursor);
});

test("a call that was cut off halfway is completed by the same call", async () => {
  const sources = [await send(ann, tea, "first"), await send(ann, tea, "second")];
  const ids = sources.map(({ id }) => id);
  const [begun] = await forward(ann, ids.slice(0, 1), [cake], "halves");
  const whole = await forward(ann, ids, [cake], "halves");
  expect(whole.map(({ content }) => content)).toEqual(["first", "second"]);
  expect(whole[0]?.id).toBe(begun?.id);
});

test("an id that is named twice counts once, and the bounds hold", async () => {
  const { id } = await send(ann, tea, "once");
  expect(await forward(ann, [id, id], [cake, cake])).toHaveLength(1);
  const many = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${prefix}_${n + 1}`);
  const bound = async (messageIds: string[], conversationIds: string[]): Promise<Data> => {
    const { errors } = await tries(ann, "forwardMessages", { messageIds, conversationIds }, COPIES);
    const { code, field, limit } = errors?.[0]?.extensions ?? {};
    return [code, field, limit];
  };
  expect(await bound(many("msg", 101), [cake])).toEqual(["BAD_USER_INPUT", "messageIds", 100]);
  expect(await bound([id], many("conv", 21))).toEqual(["BAD_USER_INPUT", "conversationIds", 20]);
  expect(await bound([], [cake])).toEqual(["BAD_USER_INPUT", "messageIds", 100]);
  expect(await bound([id], [])).toEqual(["BAD_USER_INPUT", "conversationIds", 20]);
  expect(await bound(many("msg", 26), many("conv", 20))).toEqual(["BAD_USER_INPUT", "messageIds", 500]);
  expect(await refused(ann, [id], [cake], "x".repeat(97))).toBe("BAD_USER_INPUT clientMessageId");
});
