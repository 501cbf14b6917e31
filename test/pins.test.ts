import { afterAll, beforeAll, expect, test } from "vitest";

import { direct } from "./log/support/friends.ts";
import { reads, send } from "./log/support/talk.ts";
import { conversation, did, message, tries } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { administrator, does, refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "eve")]);
});
afterAll(() => server.stop());

const PINNED = "message { id isPinned pinnedBy { id } }";
const pin = (who: Person, messageId: string) => did(who, "pinMessage", { messageId }, PINNED);
const unpin = (who: Person, messageId: string) => did(who, "unpinMessage", { messageId }, PINNED);
const refusedPin = (who: Person, messageId: string, verb = "pinMessage") =>
  refusal(tries(who, verb, { messageId }, PINNED));

async function pinned(who: Person, id: string): Promise<string[]> {
  const { pinnedMessages } = await conversation(who, id, "pinnedMessages { id }");
  return pinnedMessages.map((each: { id: string }) => each.id);
}

/** A private room of ann's that bob is in. */
async function teaRoom(): Promise<string> {
  const { id } = await room(ann, { visibility: "PRIVATE" });
  await does(ann, "addMembers", { conversationId: id, userIds: [bob.id] });
  return id;
}

test("a moderator pins and unpins, the latest pin stands first, and each member sees who pinned it", async () => {
  const tea = await teaRoom();
  const [one, two] = [await send(bob, tea, "one"), await send(ann, tea, "two")];
  await pin(ann, two.id);
  expect(await pin(ann, one.id)).toEqual({ message: { id: one.id, isPinned: true, pinnedBy: { id: ann.id } } });
  expect(await pinned(bob, tea)).toEqual([one.id, two.id]);
  const { pinnedAt } = await message(bob, one.id, "pinnedAt");
  expect(Date.parse(pinnedAt)).toBeGreaterThan(Date.now() - 60_000);
  expect(await unpin(ann, one.id)).toEqual({ message: { id: one.id, isPinned: false, pinnedBy: null } });
  expect(await pinned(bob, tea)).toEqual([two.id]);
});

test("a member who does not moderate pins and unpins nothing, and to an outsider there is no such message", async () => {
  const tea = await teaRoom();
  const { id } = await send(bob, tea, "mine");
  await pin(ann, id);
  for (const verb of ["pinMessage", "unpinMessage"]) {
    expect(await refusedPin(bob, id, verb)).toBe("FORBIDDEN messageId");
    expect(await refusedPin(eve, id, verb)).toBe("NOT_FOUND messageId");
  }
  expect(
    await refusal(eve.graphql(`query ($id: ID!) { conversation(id: $id) { pinnedMessages { id } } }`, { id: tea })),
  ).toBe("NOT_FOUND id");
  expect(await pinned(bob, tea)).toEqual([id]);
});

test("an administrator of the server pins in a room that they are not in", async () => {
  const tea = await teaRoom();
  const { id } = await send(bob, tea, "rules");
  const root = await administrator(server);
  await did(root, "pinMessage", { messageId: id }, PINNED);
  expect(await pinned(bob, tea)).toEqual([id]);
});

test("both of the two of a direct conversation pin, unless one has blocked the other", async () => {
  const id = await direct(ann, bob);
  const [one, two] = [await send(ann, id, "one"), await send(bob, id, "two")];
  await pin(ann, two.id);
  await pin(bob, one.id);
  expect(await pinned(ann, id)).toEqual([one.id, two.id]);
  await does(ann, "blockUser", { userId: bob.id });
  expect(await refusedPin(bob, one.id, "unpinMessage")).toBe("FORBIDDEN messageId");
  await did(ann, "unblockUser", { userId: bob.id }, "__typename");
});

test("pinning again, and unpinning what is not pinned, changes nothing", async () => {
  const tea = await teaRoom();
  const { id } = await send(bob, tea, "once");
  await unpin(ann, id);
  await pin(ann, id);
  const { cursor } = await reads(ann, tea);
  await pin(ann, id);
  expect((await reads(ann, tea)).cursor).toBe(cursor);
  await unpin(ann, id);
  expect((await reads(ann, tea)).cursor).not.toBe(cursor);
});

test("what was deleted and what the server wrote is not pinned", async () => {
  const tea = await teaRoom();
  const { id } = await send(bob, tea, "gone");
  await did(bob, "deleteMessage", { messageId: id }, "message { id }");
  const { messages } = await conversation(ann, tea, "messages(first: 1) { nodes { id type } }");
  expect(messages.nodes[0].type).toBe("SYSTEM");
  expect(await refusedPin(ann, id)).toBe("FORBIDDEN messageId");
  expect(await refusedPin(ann, messages.nodes[0].id)).toBe("FORBIDDEN messageId");
});

test("fifty messages are pinned, and the fifty-first once one is taken off or deleted", async () => {
  const tea = await teaRoom();
  const ids: string[] = [];
  for (let n = 0; n < 51; n += 1) ids.push((await send(ann, tea, `rule ${n}`)).id);
  for (const id of ids.slice(0, 50)) await pin(ann, id);
  expect(await refusedPin(ann, ids[50] ?? "")).toBe("CONFLICT messageId");
  await did(ann, "deleteMessage", { messageId: ids[0] }, "message { id }");
  await pin(ann, ids[50] ?? "");
  expect(await pinned(bob, tea)).toEqual(ids.slice(1).toReversed());
});
