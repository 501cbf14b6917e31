import { afterAll, beforeAll, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import { type AttendanceEar, listen } from "./support/attendance-ear.ts";
import { type CountingContext, contextsOf, refusalOf } from "./support/context.ts";
import { strangers } from "./support/friends.ts";
import type { Person } from "./support/people.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

interface Scene {
  readonly id: number;
  readonly ear: AttendanceEar;
  readonly ada: CountingContext;
  readonly bea: CountingContext;
  readonly eve: CountingContext;
  readonly owner: Person;
  readonly member: Person;
  readonly roomId: string;
}

/** A room of ada's with bea in it, and eve outside. */
async function scene(visibility: "PUBLIC" | "PRIVATE" = "PUBLIC"): Promise<Scene> {
  const [ada, bea, eve] = await strangers(server);
  const tea = await room(ada, { visibility });
  await does(ada, "addMembers", { conversationId: tea.id, userIds: [bea.id] });
  const id = rowId("conversation", String(tea.id), "id");
  const ear = await listen(server, id, { ada, bea, eve });
  const [adas, beas, eves] = await contextsOf(server, ada, bea, eve);
  return { id, ear, ada: adas, bea: beas, eve: eves, owner: ada, member: bea, roomId: String(tea.id) };
}

const attendance = () => server.services.roomAttendance;

/** The rows of a room. */
async function rowsOf(id: number): Promise<number> {
  const { rowCount } = await server.services.database.pool.query(
    "select 1 from room_attendance where conversation_id = $1",
    [id],
  );
  return rowCount ?? 0;
}

test("the first connection that opens a room is told, and the last one that is closed", async () => {
  const { id, ear, ada, bea } = await scene();
  const first = await attendance().enter(ada, id);
  expect(ear.heard).toEqual(["ada comes"]);
  const second = await attendance().enter(ada, id);
  const other = await attendance().enter(bea, id);
  expect(await rowsOf(id)).toBe(2);
  await first.leave();
  await first.leave();
  expect(ear.heard).toEqual(["ada comes", "bea comes"]);
  await second.leave();
  expect(ear.heard).toEqual(["ada comes", "bea comes", "ada goes"]);
  await other.leave();
  expect(ear.heard).toEqual(["ada comes", "bea comes", "ada goes", "bea goes"]);
  expect(await rowsOf(id)).toBe(0);
});

test("of one room nothing is told in another", async () => {
  const [here, elsewhere] = [await scene(), await scene()];
  await attendance().enter(here.ada, here.id);
  expect(elsewhere.ear.heard).toEqual([]);
});

test("who opens and closes at once, in any order, ends as they are", async () => {
  const { id, ear, ada, bea } = await scene();
  const kept = Array.from({ length: 10 }, async () => {
    const [one, other] = await Promise.all([attendance().enter(ada, id), attendance().enter(ada, id)]);
    const leaving = one.leave();
    const third = await attendance().enter(ada, id);
    await Promise.all([leaving, third.leave()]);
    return other;
  });
  const passing = Array.from({ length: 10 }, async () => (await attendance().enter(bea, id)).leave());
  const [seats] = await Promise.all([Promise.all(kept), Promise.all(passing)]);
  expect(await rowsOf(id)).toBe(1);
  expect(ear.heard.filter((told) => told.startsWith("ada"))).toEqual(["ada comes"]);
  const ofBea = ear.heard.filter((told) => told.startsWith("bea"));
  expect(ofBea).toEqual(ofBea.map((_, place) => (place % 2 === 0 ? "bea comes" : "bea goes")));
  expect(ofBea.at(-1)).toBe("bea goes");
  await Promise.all(seats.map((seat) => seat.leave()));
  expect(ear.heard.at(-1)).toBe("ada goes");
  expect(await rowsOf(id)).toBe(0);
});

test("who comes while the database takes nothing is told once it does, and so is who goes", async () => {
  const { id, ear, ada, bea } = await scene();
  const { pool } = server.services.database;
  const gone = await attendance().enter(bea, id);
  await pool.query("alter table room_attendance rename to room_attendance_away");
  const [seat] = await Promise.all([attendance().enter(ada, id), gone.leave()]);
  expect(ear.heard).toEqual(["bea comes"]);
  await pool.query("alter table room_attendance_away rename to room_attendance");
  await expect.poll(() => ear.heard.toSorted(), { timeout: 10_000 }).toEqual(["ada comes", "bea comes", "bea goes"]);
  await seat.leave();
  expect(ear.heard.at(-1)).toBe("ada goes");
});

test("nobody comes into a room that they are not in", async () => {
  const [open, closed] = [await scene("PUBLIC"), await scene("PRIVATE")];
  for (const [{ eve, id, ear }, code] of [[open, "FORBIDDEN"] as const, [closed, "NOT_FOUND"] as const]) {
    expect(await refusalOf(attendance().enter(eve, id))).toBe(`${code} conversationId`);
    expect(await refusalOf(attendance().announce(eve, id, true))).toBe(`${code} conversationId`);
    expect(ear.heard).toEqual([]);
    expect(await rowsOf(id)).toBe(0);
  }
  await does(open.owner, "removeMember", { conversationId: open.roomId, userId: open.member.id });
  expect(await refusalOf(attendance().enter(open.bea, open.id))).toBe("FORBIDDEN conversationId");
});

test("what a client says of itself is told, and once where it is said again at once", async () => {
  const { id, ear, ada, bea } = await scene();
  const seat = await attendance().enter(ada, id);
  const said = [true, true, false, true, false].map((isHere) => attendance().announce(ada, id, isHere));
  await Promise.all(said);
  expect(ear.heard.toSorted()).toEqual(["ada comes", "ada comes", "ada goes"]);
  await attendance().announce(bea, id, true);
  expect(ear.heard.at(-1)).toBe("bea comes");
  // It is no connection, and nothing is counted by it.
  expect(await rowsOf(id)).toBe(1);
  await seat.leave();
  expect(ear.heard.at(-1)).toBe("ada goes");
});
