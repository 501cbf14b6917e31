import { afterAll, beforeAll, expect, test } from "vitest";

import { globalRoom, says, send, tries } from "./log/support/talk.ts";
import { type Person, person } from "./support/people.ts";
import { refusal } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

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

test.for([
  ["\u{1F44D}\uFE0F", "\u{1F44D}"],
  ["\u2764", "\u2764\uFE0F"],
  ["\u2600", "\u2600\uFE0F"],
  ["\u231A\uFE0F", "\u231A"],
  ["\u{1F094}\uFE0F", "\u{1F094}"],
])("%s and %s are one emoji, whichever is put first and whichever taken back", async ([other, emoji]) => {
  for (const [first, second] of [
    [emoji, other],
    [other, emoji],
  ]) {
    const { id: messageId } = await send(ann, global, "react!");
    await says(ann, "addReaction", { messageId, emoji: first });
    const both = await says(bob, "addReaction", { messageId, emoji: second });
    expect(both.reactions).toEqual([{ emoji, count: 2 }]);
    const one = await says(ann, "removeReaction", { messageId, emoji: second });
    expect(one.reactions).toEqual([{ emoji, count: 1 }]);
  }
});

test("emojis that differ in more than a selector stay apart, and two selectors are no emoji", async () => {
  const { id: messageId } = await send(ann, global, "react!");
  for (const emoji of ["👍", "👍🏽", "❤️", "❤️‍🔥", "🏳️‍⚧️", "🏳️"]) {
    const { reactions } = await says(ann, "addReaction", { messageId, emoji });
    expect(reactions).toContainEqual({ emoji, count: 1 });
  }
  expect((await says(bob, "addReaction", { messageId, emoji: "👍" })).reactions).toHaveLength(6);
  const twice = tries(bob, "addReaction", { messageId, emoji: "👍\uFE0F\uFE0F" });
  expect(await refusal(twice)).toBe("BAD_USER_INPUT emoji");
});
