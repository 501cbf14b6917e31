import { afterAll, beforeAll, expect, test } from "vitest";

import { send } from "./log/support/talk.ts";
import { did, message } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { administrator, does, refusal, room, type Voice } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let cat: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, cat] = await Promise.all([person(server, "ann"), person(server, "bob"), person(server, "cat")]);
  tea = (await room(ann)).id;
  for (const who of [bob, cat]) await does(who, "joinRoom", { roomId: tea });
});
afterAll(() => server.stop());

const edit = (who: Person, messageId: string, content: string) =>
  did(who, "editMessage", { messageId, content }, "message { content isEdited }");

async function past(who: Voice, messageId: string, page = ""): Promise<string[] | null> {
  const { editHistory } = await message(who, messageId, `editHistory${page} { nodes { content } }`);
  return editHistory?.nodes.map(({ content }: { content: string }) => content) ?? null;
}

test("its sender and the moderators see what a message said before, the latest first, and others see nothing of it", async () => {
  const { id } = await send(bob, tea, "one");
  expect(await past(bob, id)).toEqual([]);
  await edit(bob, id, "two");
  await edit(bob, id, "two");
  await edit(bob, id, "three");
  for (const who of [bob, ann, await administrator(server)]) expect(await past(who, id)).toEqual(["two", "one"]);
  expect(await past(cat, id)).toBeNull();
  const { content, isEdited, editHistory } = await message(
    bob,
    id,
    "content isEdited editHistory { nodes { editedAt } }",
  );
  expect({ content, isEdited }).toEqual({ content: "three", isEdited: true });
  const times: number[] = editHistory.nodes.map(({ editedAt }: { editedAt: string }) => Date.parse(editedAt));
  expect(times).toEqual(times.toSorted((one, other) => other - one));
});

test("a moderator who is one no more sees nothing of it", async () => {
  const { id } = await send(bob, tea, "before");
  await edit(bob, id, "after");
  await does(ann, "updateMember", { conversationId: tea, userId: cat.id, role: "ADMIN" });
  expect(await past(cat, id)).toEqual(["before"]);
  await does(ann, "updateMember", { conversationId: tea, userId: cat.id, role: "MEMBER" });
  expect(await past(cat, id)).toBeNull();
});

test("the latest hundred edits are kept, and read page by page both ways", async () => {
  const { id } = await send(bob, tea, "edit 0");
  for (let n = 1; n <= 103; n += 1) await edit(bob, id, `edit ${n}`);
  const all = Array.from({ length: 100 }, (_, n) => `edit ${102 - n}`);
  expect(await past(bob, id, "(first: 100)")).toEqual(all);
  const { editHistory } = await message(
    bob,
    id,
    "editHistory(first: 2) { nodes { content } pageInfo { hasNextPage endCursor } }",
  );
  expect(editHistory).toMatchObject({
    nodes: [{ content: "edit 102" }, { content: "edit 101" }],
    pageInfo: { hasNextPage: true },
  });
  expect(await past(bob, id, `(first: 2, after: "${editHistory.pageInfo.endCursor}")`)).toEqual([
    "edit 100",
    "edit 99",
  ]);
  expect(await past(bob, id, "(last: 2)")).toEqual(["edit 4", "edit 3"]);
  expect(await past(bob, id, `(last: 2, before: "${editHistory.pageInfo.endCursor}")`)).toEqual(["edit 102"]);
  expect(
    await refusal(
      bob.graphql(`query ($id: ID!) { message(id: $id) { editHistory(first: 101) { nodes { content } } } }`, { id }),
    ),
  ).toBe("BAD_USER_INPUT first");
});

test("an encrypted message is edited byte for byte, mentions nobody, and so does its past", async () => {
  const [before, after] = ["@ann\u0301 ﻿AAECAwQ=\r\n\t", "@bob\u00a0  \u200d//+=="];
  const { id } = await send(bob, tea, before, { isEncrypted: true });
  await edit(bob, id, after);
  expect(await message(cat, id, "content mentions { id } isEncrypted")).toEqual({
    content: after,
    mentions: [],
    isEncrypted: true,
  });
  expect(await past(bob, id)).toEqual([before]);
});
