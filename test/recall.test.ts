import { afterAll, beforeAll, expect, test } from "vitest";

import { direct } from "./log/support/friends.ts";
import { reads, send } from "./log/support/talk.ts";
import { age, conversation, did, message, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "eve")]);
  tea = (await room(ann, { visibility: "PRIVATE" })).id;
  await does(ann, "addMembers", { conversationId: tea, userIds: [bob.id] });
});
afterAll(() => server.stop());

const MESSAGE = "message { id isRecalled }";
const EVERYTHING = `content isRecalled isDeleted isPinned pinnedAt pinnedBy { id } location { latitude } mentions { id }
  reactions { emoji } editHistory { nodes { content } } isForwarded forwardedFrom { id }`;
const NOTHING = {
  content: "",
  isPinned: false,
  pinnedAt: null,
  pinnedBy: null,
  location: null,
  mentions: [],
  reactions: [],
  editHistory: { nodes: [] },
  isForwarded: false,
  forwardedFrom: null,
};

/** A message of bob's with all that can hang on one. */
async function fullMessage(): Promise<string> {
  const place = { latitude: 52.5, longitude: 13.4, address: "here" };
  const source = await send(bob, tea, "the source @ann", { type: "LOCATION", location: place });
  const { messages } = await did(
    bob,
    "forwardMessages",
    { messageIds: [source.id], conversationIds: [tea] },
    "messages { id }",
  );
  const messageId = messages[0].id;
  await did(bob, "editMessage", { messageId, content: "changed @ann" }, "message { id }");
  await did(ann, "addReaction", { messageId, emoji: "👍" }, "message { id }");
  await did(ann, "pinMessage", { messageId }, "message { id }");
  expect(await message(ann, messageId, EVERYTHING)).toMatchObject({
    content: "changed @ann",
    isPinned: true,
    location: { latitude: 52.5 },
    mentions: [{ id: ann.id }],
    reactions: [{ emoji: "👍" }],
    editHistory: { nodes: [{ content: "the source @ann" }] },
    isForwarded: true,
    forwardedFrom: { id: source.id },
  });
  return messageId;
}

test.for([
  { how: "recalled", by: () => bob, verb: "recallMessage", state: { isRecalled: true, isDeleted: false } },
  { how: "deleted by its sender", by: () => bob, verb: "deleteMessage", state: { isRecalled: false, isDeleted: true } },
  {
    how: "deleted by a moderator",
    by: () => ann,
    verb: "deleteMessage",
    state: { isRecalled: false, isDeleted: true },
  },
])("of a message that was $how nothing is left for anybody, and it keeps its place", async ({ by, verb, state }) => {
  const messageId = await fullMessage();
  const { lastSeq } = await reads(ann, tea);
  await did(by(), verb, { messageId }, "message { id }");
  for (const who of [ann, bob]) {
    expect(await message(who, messageId, EVERYTHING)).toEqual({ ...NOTHING, ...state });
    const { messages, pinnedMessages } = await conversation(
      who,
      tea,
      `messages { nodes { id ${EVERYTHING} } } pinnedMessages { id }`,
    );
    expect(messages.nodes.find(({ id }: { id: string }) => id === messageId)).toMatchObject({ ...NOTHING, ...state });
    expect(pinnedMessages).not.toContainEqual({ id: messageId });
  }
  expect((await reads(ann, tea)).lastSeq).toBe(lastSeq);
  expect(await refusal(tries(bob, "editMessage", { messageId, content: "back" }, "message { id }"))).toBe(
    "FORBIDDEN messageId",
  );
  for (const table of ["reactions", "message_edits"]) {
    const { rows } = await server.services.database.pool.query(`select 1 from ${table} where message_id = $1`, [
      Number(messageId.slice(4)),
    ]);
    expect(rows, table).toEqual([]);
  }
});

test("only its sender recalls a message: not a moderator, not an outsider", async () => {
  const { id: messageId } = await send(bob, tea, "mine");
  expect(await refusal(tries(ann, "recallMessage", { messageId }, MESSAGE))).toBe("FORBIDDEN messageId");
  expect(await refusal(tries(eve, "recallMessage", { messageId }, MESSAGE))).toBe("NOT_FOUND messageId");
  expect(await message(bob, messageId, "content")).toEqual({ content: "mine" });
});

test("a message is recalled for two minutes by the database's clock, and is EXPIRED after that", async () => {
  const [early, late] = [await send(bob, tea, "early"), await send(bob, tea, "late")];
  await age(server, early.id, 100);
  await age(server, late.id, 121);
  expect(await did(bob, "recallMessage", { messageId: early.id }, MESSAGE)).toEqual({
    message: { id: early.id, isRecalled: true },
  });
  const { errors } = await tries(bob, "recallMessage", { messageId: late.id }, MESSAGE);
  expect(errors?.[0]?.extensions).toMatchObject({ code: "EXPIRED", field: "messageId", limit: 120 });
  expect(await message(ann, late.id, "content")).toEqual({ content: "late" });
});

test("recalling once more changes nothing, and what was deleted is not recalled", async () => {
  const [once, gone] = [await send(bob, tea, "once"), await send(bob, tea, "gone")];
  await did(bob, "recallMessage", { messageId: once.id }, MESSAGE);
  await did(bob, "deleteMessage", { messageId: gone.id }, "message { id }");
  const { cursor } = await reads(bob, tea);
  await age(server, once.id, 1_000);
  await did(bob, "recallMessage", { messageId: once.id }, MESSAGE);
  expect(await refusal(tries(bob, "recallMessage", { messageId: gone.id }, MESSAGE))).toBe("FORBIDDEN messageId");
  expect((await reads(bob, tea)).cursor).toBe(cursor);
});

test("what was recalled is not unread, and an answer to it answers nothing that could be read", async () => {
  const cake = await direct(ann, bob);
  const { id } = await send(ann, cake, "secret");
  const answer = await send(bob, cake, "what?", { replyToId: id });
  await send(ann, cake, "nothing");
  const before = await reads(bob, cake);
  await did(ann, "recallMessage", { messageId: id }, MESSAGE);
  const recalled = await send(ann, cake, "also secret");
  await did(ann, "recallMessage", { messageId: recalled.id }, MESSAGE);
  expect((await reads(bob, cake)).unreadCount).toBe(before.unreadCount);
  expect(await message(bob, answer.id, "replyTo { id content isRecalled }")).toEqual({
    replyTo: { id, content: "", isRecalled: true },
  });
});

test("where the window is 0 nobody recalls anything", async () => {
  const strict = await startServer({ recallWindowSeconds: 0 });
  try {
    const cat = await person(strict, "cat");
    const { id: messageId } = await send(cat, (await room(cat)).id, "for good");
    expect(await refusal(tries(cat, "recallMessage", { messageId }, MESSAGE))).toBe("FORBIDDEN messageId");
  } finally {
    await strict.stop();
  }
});
