import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { globalRoomId } from "../src/rooms/global-room.ts";
import { joinIfOpen, leave } from "../src/rooms/joining.service.ts";
import { ROOMS_SHOWN, visibleRooms } from "../src/rooms/visible-rooms.ts";
import { globalRoom } from "./log/support/talk.ts";
import { administrator } from "./support/administration.ts";
import { contextOf, contextsOf, refusalOf, statementsBy } from "./support/context.ts";
import type { Person } from "./support/people.ts";
import { does, inTurn, notes, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await inTurn(server, "ann", "bob", "eve");
});
afterAll(() => server.stop());

const numberOf = (id: string): number => rowId("conversation", id, "id");

/** Names of the rooms that somebody is shown. */
const seenBy = async (who: Person, groups = true): Promise<string[]> =>
  (await visibleRooms(await contextOf(server, who), { groups })).map(({ name }) => name);

test("the room that everyone is in is looked up once, also where the database failed at first", async () => {
  const ctx = await contextOf(server, ann);
  const failing = ctx.transaction(async (tx) => {
    await tx.sql("select 1 / 0").catch(() => undefined);
    return globalRoomId(tx);
  });
  await expect(failing).rejects.toThrow("current transaction is aborted");
  expect(await globalRoomId(ctx)).toBe(numberOf(await globalRoom(ann)));
  expect(await statementsBy(ctx, () => globalRoomId(ctx))).toBe(0);
});

test("the rooms that somebody may see are one statement, the one that everyone is in first and the others by name", async () => {
  await room(ann, { name: "able" });
  const closed = await room(ann, { name: "Baker", visibility: "PRIVATE" });
  const shut = await room(ann, { name: "charlie" });
  await does(ann, "createGroup", { name: "Dog", memberIds: [bob.id] });
  await does(ann, "addMembers", { conversationId: closed.id, userIds: [bob.id] });
  await does(eve, "joinRoom", { roomId: shut.id });
  await does(ann, "updateMember", { conversationId: shut.id, userId: eve.id, banned: true });

  expect(await seenBy(ann)).toEqual(["Global", "able", "Baker", "charlie", "Dog"]);
  expect(await seenBy(bob)).toEqual(["Global", "able", "Baker", "charlie", "Dog"]);
  expect(await seenBy(bob, false)).toEqual(["Global", "able", "Baker", "charlie"]);
  expect(await seenBy(eve)).toEqual(["Global", "able"]);
  const ctx = await contextOf(server, bob);
  expect(await statementsBy(ctx, () => visibleRooms(ctx, { groups: true }))).toBe(1);
});

test("of very many rooms the first by name are shown, and the one that everyone is in is among them", async () => {
  const { pool } = server.services.database;
  await pool.query(
    `insert into conversations (kind, slug, name, visibility, max_members)
     select 'ROOM', 'many-' || n, 'a' || lpad(n::text, 4, '0'), 'PUBLIC', 10 from generate_series(1, $1::int) n`,
    [ROOMS_SHOWN + 1],
  );
  const seen = await seenBy(eve);
  expect(seen).toHaveLength(ROOMS_SHOWN);
  expect(seen.slice(0, 2)).toEqual(["Global", "a0001"]);
  expect(seen.at(-1)).toBe(`a0${ROOMS_SHOWN - 1}`);
  await pool.query("delete from conversations where slug like 'many-%'");
});

test("nobody goes out of the room that everyone is in, and is told that it is this room", async () => {
  const [of, root] = await contextsOf(server, ann, await administrator(server));
  const id = await globalRoomId(of);
  expect(await refusalOf(leave(of, id))).toBe("FORBIDDEN conversationId GLOBAL_ROOM");
  expect(await refusalOf(leave(root, id))).toBe("FORBIDDEN conversationId GLOBAL_ROOM");
  const { errors } = await ann.graphql(
    `mutation ($id: ID!) { leaveConversation(input: { conversationId: $id }) { conversationId } }`,
    { id: await globalRoom(ann) },
  );
  expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason: "GLOBAL_ROOM" });
});

test("who is a member stays one by a single statement, and into a public room others go", async () => {
  const tea = await room(ann, { name: "Open tea" });
  const [anns, bobs] = await contextsOf(server, ann, bob);
  const id = numberOf(tea.id);
  expect(await statementsBy(anns, () => joinIfOpen(anns, id))).toBe(1);
  expect(await joinIfOpen(bobs, id)).toMatchObject({ id, memberCount: 2 });
  expect(await statementsBy(bobs, () => joinIfOpen(bobs, id))).toBe(1);
  expect(await notes(ann, tea.id)).toEqual(["ann created Open tea.", "bob joined."]);

  const { group } = await does(ann, "createGroup", { name: "Tea group", memberIds: [] });
  const { conversation } = await does(ann, "openDirectConversation", { userId: bob.id });
  for (const own of [group, conversation]) expect(await joinIfOpen(anns, numberOf(own.id))).toHaveProperty("kind");
});

test("nobody goes by it into what is closed to them, and who is banned from a public room is told so", async () => {
  const tea = await room(ann, { name: "Banned tea" });
  const hidden = await room(ann, { name: "Hidden tea", visibility: "PRIVATE" });
  const full = await room(ann, { name: "Full tea", maxMembers: 2 });
  const { group } = await does(ann, "createGroup", { name: "Hidden group", memberIds: [bob.id] });
  const { conversation } = await does(ann, "openDirectConversation", { userId: bob.id });
  for (const shut of [tea, hidden]) {
    await does(ann, "addMembers", { conversationId: shut.id, userIds: [eve.id] });
    await does(ann, "updateMember", { conversationId: shut.id, userId: eve.id, banned: true });
  }
  await does(bob, "joinRoom", { roomId: full.id });
  const [eves, root] = await contextsOf(server, eve, await administrator(server, "root2"));
  expect(await refusalOf(joinIfOpen(eves, numberOf(tea.id)))).toBe("FORBIDDEN conversationId");
  expect(await refusalOf(joinIfOpen(eves, numberOf(full.id)))).toBe("CONFLICT conversationId");
  for (const shut of [hidden, group, conversation])
    expect(await refusalOf(joinIfOpen(eves, numberOf(shut.id)))).toBe("NOT_FOUND conversationId");
  expect(await refusalOf(joinIfOpen(eves, 999_999))).toBe("NOT_FOUND conversationId");
  expect(await refusalOf(joinIfOpen(root, numberOf(hidden.id)))).toBe("NOT_FOUND conversationId");
});
