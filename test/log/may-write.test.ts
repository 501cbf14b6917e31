import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { befriends, direct } from "./support/friends.ts";
import { type Said, send, tries } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, refusal, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let people = 0;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  people += 1;
  [ann, bob] = await Promise.all([person(server, `ann-${people}`), person(server, `bob-${people}`)]);
});

const sends = (who: Person, conversationId: string): Promise<string> =>
  refusal(tries(who, "sendMessage", { conversationId, content: "hello" }));

/** What writing in other ways than sending is answered with. */
const changes = async (who: Person, own: Said): Promise<string[]> => [
  await refusal(tries(who, "editMessage", { messageId: own.id, content: "hello in another way" })),
  await refusal(tries(who, "addReaction", { messageId: own.id, emoji: "👋" })),
];

test("who is muted neither sends, edits nor reacts, until the mute is lifted", async () => {
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id });
  const own = await send(bob, id, "loud");
  await does(ann, "updateMember", { conversationId: id, userId: bob.id, muted: true });
  expect(await sends(bob, id)).toBe("FORBIDDEN conversationId");
  expect(await changes(bob, own)).toEqual(["FORBIDDEN messageId", "FORBIDDEN messageId"]);
  await does(ann, "updateMember", { conversationId: id, userId: bob.id, muted: false });
  expect(await sends(bob, id)).toBe("NONE");
});

test("who reads a public room without being in it does not write there", async () => {
  const { id } = await room(ann);
  const message = await send(ann, id, "read me");
  expect(await sends(bob, id)).toBe("FORBIDDEN conversationId");
  expect(await refusal(tries(bob, "addReaction", { messageId: message.id, emoji: "👋" }))).toBe("FORBIDDEN messageId");
  await does(bob, "joinRoom", { roomId: id });
  expect(await sends(bob, id)).toBe("NONE");
  await does(bob, "leaveConversation", { conversationId: id });
  expect(await sends(bob, id)).toBe("FORBIDDEN conversationId");
});

test("to who is banned a private room does not exist, and a public one is closed", async () => {
  const open = (await room(ann)).id;
  const closed = (await room(ann, { visibility: "PRIVATE" })).id;
  for (const conversationId of [open, closed]) {
    await does(ann, "addMembers", { conversationId, userIds: [bob.id] });
    const own = await send(bob, conversationId, "before the ban");
    await does(ann, "updateMember", { conversationId, userId: bob.id, banned: true });
    expect(await changes(bob, own)).toEqual(["NOT_FOUND messageId", "NOT_FOUND messageId"]);
  }
  expect(await sends(bob, open)).toBe("FORBIDDEN conversationId");
  expect(await sends(bob, closed)).toBe("NOT_FOUND conversationId");
});

test("who was blocked neither sends, edits nor reacts, in the words of who takes messages from friends only", async () => {
  const id = await direct(ann, bob);
  const own = await send(bob, id, "before the block");
  await does(ann, "blockUser", { userId: bob.id });
  const blocked = await tries(bob, "sendMessage", { conversationId: id, content: "hello" });
  expect(blocked.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  expect(await changes(bob, own)).toEqual(["FORBIDDEN messageId", "FORBIDDEN messageId"]);

  const [cat, dan] = await Promise.all([person(server, `cat-${people}`), person(server, `dan-${people}`)]);
  const other = await direct(cat, dan);
  await does(cat, "updateProfile", { directMessagePolicy: "FRIENDS" });
  const stranger = await tries(dan, "sendMessage", { conversationId: other, content: "hello" });
  expect(stranger.errors?.[0]?.message).toBe(blocked.errors?.[0]?.message);
  expect(stranger.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  await befriends(cat, dan);
  expect(await sends(dan, other)).toBe("NONE");
});

test("who blocks somebody does not write to them either, and may again after the block", async () => {
  const id = await direct(ann, bob);
  await does(ann, "blockUser", { userId: bob.id });
  expect(await sends(ann, id)).toBe("FORBIDDEN conversationId");
  await ann.graphql(`mutation ($input: UnblockUserInput!) { unblockUser(input: $input) { __typename } }`, {
    input: { userId: bob.id },
  });
  expect(await sends(ann, id)).toBe("NONE");
  expect(await sends(bob, id)).toBe("NONE");
});

test("who was blocked may still delete what they said, and be read", async () => {
  const id = await direct(ann, bob);
  const own = await send(bob, id, "sorry");
  await does(ann, "blockUser", { userId: bob.id });
  expect(await refusal(tries(bob, "deleteMessage", { messageId: own.id }))).toBe("NONE");
});
