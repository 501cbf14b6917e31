import { afterAll, beforeAll, expect, test } from "vitest";

import { globalRoom, reads, says, send, tries } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { refusal } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let global: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
  global = await globalRoom(ann);
});
afterAll(() => server.stop());

test("reactions are counted by emoji, the oldest first, each person once", async () => {
  const { id: messageId } = await send(ann, global, "tea?");
  await says(bob, "addReaction", { messageId, emoji: "👍" });
  await says(ann, "addReaction", { messageId, emoji: "❤️" });
  await says(ann, "addReaction", { messageId, emoji: "👍" });
  const { reactions } = await says(ann, "addReaction", { messageId, emoji: "👍" });
  expect(reactions).toEqual([
    { emoji: "👍", count: 2 },
    { emoji: "❤️", count: 1 },
  ]);
  const { message } = (
    await ann.graphql(`query ($id: ID!) { message(id: $id) { reactions { emoji users(first: 1) { username } } } }`, {
      id: messageId,
    })
  ).data;
  expect(message.reactions[0].users).toEqual([{ username: "bob" }]);
});

test("a reaction is taken back by whoever gave it, and what was not given changes nothing", async () => {
  const { id: messageId } = await send(ann, global, "cake?");
  await says(bob, "addReaction", { messageId, emoji: "🍰" });
  const { cursor } = await reads(ann, global);
  expect(await says(ann, "removeReaction", { messageId, emoji: "🍰" })).toMatchObject({ reactions: [{ count: 1 }] });
  expect((await reads(ann, global)).cursor).toBe(cursor);
  expect(await says(bob, "removeReaction", { messageId, emoji: "🍰" })).toMatchObject({ reactions: [] });
  expect((await reads(ann, global)).cursor).not.toBe(cursor);
});

test.for(["👍", "👍🏽", "👩‍👩‍👧‍👦", "🇫🇷", "1️⃣", "❤️"])("%s is a single emoji", async (emoji) => {
  const { id: messageId } = await send(ann, global, "react!");
  expect(await says(bob, "addReaction", { messageId, emoji })).toMatchObject({ reactions: [{ emoji, count: 1 }] });
});

test.for(["", "a", "1", "👍👍", "👍 ", "\uD83D", "👍".repeat(30), "<script>"])("%j is no emoji", async (emoji) => {
  const { id: messageId } = await send(ann, global, "react!");
  for (const verb of ["addReaction", "removeReaction"] as const) {
    expect(await refusal(tries(bob, verb, { messageId, emoji }))).toBe("BAD_USER_INPUT emoji");
  }
});

test("a message takes fifty different emojis, and the fifty-first is a conflict", async () => {
  const { id: messageId } = await send(ann, global, "all of them");
  for (let n = 0; n < 50; n += 1) {
    await says(bob, "addReaction", { messageId, emoji: String.fromCodePoint(0x1f400 + n) });
  }
  expect(await refusal(tries(ann, "addReaction", { messageId, emoji: "👍" }))).toBe("CONFLICT emoji");
  const one = await says(ann, "addReaction", { messageId, emoji: String.fromCodePoint(0x1f400) });
  expect(one.reactions[0]).toMatchObject({ count: 2 });
});

test("nobody reacts to what was deleted", async () => {
  const { id: messageId } = await send(ann, global, "gone");
  await says(ann, "deleteMessage", { messageId });
  expect(await refusal(tries(bob, "addReaction", { messageId, emoji: "👍" }))).toBe("FORBIDDEN messageId");
});
