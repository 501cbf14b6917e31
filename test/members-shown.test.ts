import { afterAll, beforeAll, expect, test } from "vitest";

import { MEMBER_IDS_SHOWN, memberIds } from "../src/conversations/member-ids.ts";
import { rowId } from "../src/kernel/ids.ts";
import { MEMBER_ROWS_SHOWN, memberRows } from "../src/rooms/member-rows.ts";
import { administrator } from "./support/administration.ts";
import { contextOf, contextsOf, refusalOf, statementsBy } from "./support/context.ts";
import type { Person } from "./support/people.ts";
import { numberOf } from "./support/presence.ts";
import { does, inTurn, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let root: Person;
let ann: Person;
let bob: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ann, bob, eve] = await inTurn(server, "ann", "bob", "eve");
});
afterAll(() => server.stop());

const conversationOf = ({ id }: { id?: unknown }): number => rowId("conversation", String(id), "id");

/** A room of ann's with bob in it, from which eve is banned. */
async function roomWithoutEve(visibility: "PUBLIC" | "PRIVATE"): Promise<number> {
  const tea = await room(ann, { visibility });
  await does(ann, "addMembers", { conversationId: tea.id, userIds: [bob.id, eve.id] });
  await does(ann, "updateMember", { conversationId: tea.id, userId: eve.id, banned: true });
  return conversationOf(tea);
}

test("the ids of those who are in conversations are one statement for all of them", async () => {
  const [one, other] = [await roomWithoutEve("PUBLIC"), conversationOf(await room(eve))];
  const ctx = await contextOf(server, ann);
  const ask = () => Promise.all([one, 999_999, other].map((id) => ctx.load(memberIds, id)));
  expect(await ask()).toEqual([[ann, bob].map(numberOf), [], [numberOf(eve)]]);
  expect(await statementsBy(ctx, ask)).toBe(1);
});

test("of very many members the first ids are shown, and the rows of those who may ban show the banned besides", async () => {
  const id = await roomWithoutEve("PUBLIC");
  const { pool } = server.services.database;
  const { rows } = await pool.query<{ id: string }>(
    `with many as (insert into users (username, display_name)
       select 'many-' || n, 'Many' from generate_series(1, $1::int) n returning id)
     select id from many order by id`,
    [MEMBER_IDS_SHOWN + 1],
  );
  const many = rows.map((row) => Number(row.id));
  await pool.query("insert into members (conversation_id, user_id) select $1, unnest($2::bigint[])", [id, many]);
  const [anns, bobs] = await contextsOf(server, ann, bob);
  const shown = [...[ann, bob].map(numberOf), ...many].slice(0, MEMBER_IDS_SHOWN);
  expect(await bobs.load(memberIds, id)).toEqual(shown);
  expect((await memberRows(bobs, id)).map(({ userId }) => userId)).toEqual(shown);
  expect(await memberRows(anns, id)).toHaveLength(MEMBER_ROWS_SHOWN + 1);
});

test("who is banned is among the members for those alone who may ban", async () => {
  const id = await roomWithoutEve("PUBLIC");
  const rowsOf = async (who: Person) =>
    (await memberRows(await contextOf(server, who), id)).map(({ userId, role, isBanned }) => [userId, role, isBanned]);
  const inside = [
    [numberOf(ann), "OWNER", false],
    [numberOf(bob), "MEMBER", false],
  ];
  expect(await rowsOf(bob)).toEqual(inside);
  for (const who of [ann, root]) expect(await rowsOf(who)).toEqual([...inside, [numberOf(eve), "MEMBER", true]]);
});

test("nobody is shown the members of what does not exist for them", async () => {
  const [eves, bobs] = await contextsOf(server, eve, bob);
  for (const visibility of ["PUBLIC", "PRIVATE"] as const) {
    const id = await roomWithoutEve(visibility);
    expect(await refusalOf(memberRows(eves, id))).toBe("NOT_FOUND conversationId");
    expect(await memberRows(bobs, id)).toHaveLength(2);
  }
});
