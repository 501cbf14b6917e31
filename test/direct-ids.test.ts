import { afterAll, beforeAll, expect, test } from "vitest";

import { idWith, idWithIfAny, open, withUser } from "../src/conversations/direct.service.ts";
import { factsOf } from "../src/conversations/facts.ts";
import { rowId } from "../src/kernel/ids.ts";
import { globalRoomId } from "../src/rooms/global-room.ts";
import { contextOf, contextsOf, refusalOf, statementsBy } from "./support/context.ts";
import { BLOCK, about } from "./support/friends.ts";
import { person } from "./support/people.ts";
import { numberOf } from "./support/presence.ts";
import { does } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let names = 0;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Somebody whom nobody has written to. */
const newcomer = () => person(server, `newcomer-${(names += 1)}`);

test("the direct conversation with somebody is found where there is one, and none is made", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  const [anns, bobs] = await contextsOf(server, ann, bob);
  expect(await withUser(anns, numberOf(bob))).toBeNull();
  expect(await withUser(anns, numberOf(bob))).toBeNull();
  const { id } = await open(bobs, numberOf(ann));
  expect(await withUser(anns, numberOf(bob))).toMatchObject({ id });
  expect(await withUser(anns, numberOf(ann))).toBeNull();
  expect(await refusalOf(withUser(anns, 999_999))).toBe("NOT_FOUND userId");
});

test("who writes to the same person again asks the database nothing", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  const [anns, bobs] = await contextsOf(server, ann, bob);
  const [first, second] = await Promise.all([idWith(anns, numberOf(bob)), idWith(bobs, numberOf(ann))]);
  expect(second).toBe(first);
  expect(await statementsBy(anns, async () => expect(await idWith(anns, numberOf(bob))).toBe(first))).toBe(0);
  expect(await statementsBy(bobs, async () => expect(await idWith(bobs, numberOf(ann))).toBe(first))).toBe(0);
});

test("who only asks for the conversation makes none, and asks the database nothing once it is known", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  const anns = await contextOf(server, ann);
  expect(await idWithIfAny(anns, numberOf(bob))).toBeNull();
  expect(await idWithIfAny(anns, numberOf(ann))).toBeNull();
  expect(await refusalOf(idWithIfAny(anns, 999_999))).toBe("NOT_FOUND userId");
  const opened = await open(anns, numberOf(bob));
  expect(await idWithIfAny(anns, numberOf(bob))).toBe(opened.id);
  const again = async () => expect(await idWithIfAny(anns, numberOf(bob))).toBe(opened.id);
  expect(await statementsBy(anns, again)).toBe(0);
});

test("a conversation whose opening was undone is not remembered", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  const ctx = await contextOf(server, ann);
  const undone = ctx.transaction(async (tx) => {
    await idWith(tx, numberOf(bob));
    throw new Error("thought better of it");
  });
  await expect(undone).rejects.toThrow("thought better of it");
  const id = await idWith(ctx, numberOf(bob));
  expect(await withUser(ctx, numberOf(bob))).toMatchObject({ id });
});

test("no conversation is opened with oneself, with nobody, or with whoever cannot be reached", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  await about(bob, BLOCK, ann);
  const ctx = await contextOf(server, ann);
  expect(await refusalOf(idWith(ctx, numberOf(ann)))).toBe("BAD_USER_INPUT userId");
  expect(await refusalOf(idWith(ctx, 999_999))).toBe("NOT_FOUND userId");
  expect(await refusalOf(idWith(ctx, numberOf(bob)))).toBe("FORBIDDEN userId");
  expect(await withUser(ctx, numberOf(bob))).toBeNull();
});

test("kind and pair of a conversation are asked for once, and an unknown one is asked for again", async () => {
  const [ann, bob] = [await newcomer(), await newcomer()];
  const ctx = await contextOf(server, ann);
  const { group } = await does(ann, "createGroup", { name: "Dog", memberIds: [] });
  const direct = await idWith(ctx, numberOf(bob));
  const ids = [rowId("conversation", group.id, "id"), 999_999, direct, await globalRoomId(ctx)];
  const known = [
    { id: ids[0], kind: "GROUP", pair: null },
    null,
    { id: direct, kind: "DIRECT", pair: [numberOf(ann), numberOf(bob)] },
    { id: ids[3], kind: "ROOM", pair: null },
  ];
  const ask = () => Promise.all(ids.map((id) => ctx.load(factsOf, id)));
  expect(await ask()).toEqual(known);
  expect(await statementsBy(ctx, async () => expect(await ask()).toEqual(known))).toBe(1);
  ids.splice(1, 1);
  expect(await statementsBy(ctx, ask)).toBe(0);
});
