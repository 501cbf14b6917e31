import { afterAll, beforeAll, expect, test } from "vitest";

import { Context, type Viewer } from "../src/kernel/context.ts";
import { rowId } from "../src/kernel/ids.ts";
import type { OpenConnection } from "../src/presence/live.ts";
import { TYPISTS_SHOWN } from "../src/typing/typing-board.ts";
import { setTyping } from "../src/typing/typing.service.ts";
import { countStatements } from "./log/support/statements.ts";
import { type Person, person } from "./support/people.ts";
import { numberOf } from "./support/presence.ts";
import { Herald, type PresenceEar, watching } from "./support/presence-ear.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { hearing } from "./support/typing-ear.ts";

const CROWD = 2_000;
const TYPISTS = 1_000;

let server: TestServer;
let ada: Person;
let crowd: Viewer[];
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
  const { rows } = await server.services.database.pool.query<{ id: string; session_id: string }>(
    `with made as (
       insert into users (username, display_name) select 'crowd-' || n, 'Crowd ' || n from generate_series(1, $1) n
       returning id),
     befriended as (
       insert into friendships (user_id, friend_id)
       select id, $2::bigint from made union all select $2::bigint, id from made)
     select id, gen_random_uuid() as session_id from made`,
    [CROWD, numberOf(ada)],
  );
  crowd = rows.map((row) => ({ userId: Number(row.id), sessionId: row.session_id, role: "USER" }));
});
afterAll(() => server.stop());

/** Connects everybody, as a door does. */
const connectAll = (who: readonly Viewer[]): OpenConnection[] =>
  who.map((viewer) => server.services.presence.connected(viewer, "graphql"));

const told = ({ ear }: PresenceEar, status: string): string[] =>
  ear.heard
    .filter(({ username, presence }) => username.startsWith("crowd-") && presence.status === status)
    .map(({ id }) => id);

test("when two thousand come back at once each watcher is told once of each, and the database in a few statements", async () => {
  const herald = await Herald.of(server);
  const ears = [await allOf(herald), await allOf(herald), await allOf(herald)];
  const everyOne = async (status: string): Promise<void> => {
    for (const ear of ears) {
      await ear.hears(herald.who, await herald.change());
      await ear.ear.until(() => told(ear, status).length >= CROWD);
      expect(told(ear, status)).toHaveLength(CROWD);
      expect(new Set(told(ear, status)).size).toBe(CROWD);
    }
  };

  const count = countStatements(server);
  const before = count();
  const first = connectAll(crowd);
  await everyOne("ONLINE");
  // Who came and who was active is written in one turn or two, and looked up in as many; the rest are the herald's
  // changes, and what the server does anyway.
  expect(count() - before).toBeLessThan(100);

  // Cut, and back before the grace is over: nobody was gone. Who is really gone is told behind them.
  const [last, ...others] = first as [OpenConnection, ...OpenConnection[]];
  for (const connection of others) connection.close();
  const second = connectAll(crowd.slice(1));
  last.close();
  for (const ear of ears) await ear.ear.until(() => told(ear, "OFFLINE").length === 1);
  for (const ear of ears) expect(told(ear, "OFFLINE")).toEqual([`user_${crowd[0]?.userId}`]);

  // Cut for longer, and back.
  for (const connection of second) connection.close();
  await everyOne("OFFLINE");
  for (const ear of ears) ear.ear.forget();
  const third = connectAll(crowd);
  await everyOne("ONLINE");
  for (const ear of ears) expect(told(ear, "OFFLINE")).toEqual([]);
  for (const connection of third) connection.close();
  await Promise.all(ears.map((ear) => ear.close()));
}, 90_000);

/** Watches all of one's friends. */
async function allOf(herald: Herald): Promise<PresenceEar> {
  await server.services.database.pool.query(
    `insert into friendships (user_id, friend_id) values ($1, $2), ($2, $1) on conflict do nothing`,
    [numberOf(ada), numberOf(herald.who)],
  );
  return watching(ada, herald);
}

test("where a thousand type at once ten of them are shown", async () => {
  const herald = await person(server, "typing-herald");
  const tea = await room(ada, { visibility: "PUBLIC", maxMembers: 10_000 });
  await does(herald, "joinRoom", { roomId: tea.id });
  const conversationId = rowId("conversation", tea.id, "id");
  const typists = crowd.slice(0, TYPISTS);
  await server.services.database.pool.query(
    "insert into members (conversation_id, user_id) select $1, unnest($2::bigint[])",
    [conversationId, typists.map(({ userId }) => userId)],
  );
  const adaHears = await hearing(server, ada, tea, herald);
  const origin = { requestId: "test", ip: "", userAgent: "" };
  await Promise.all(
    typists.map((viewer) => {
      const ctx = new Context(server.services, origin, server.services.auth.log, viewer);
      return setTyping(ctx, { conversationId, isTyping: true });
    }),
  );
  const shown = (isTyping: boolean): string[] =>
    adaHears.ear.heard
      .filter((event) => event.isTyping === isTyping && event.user.id !== herald.id)
      .map(({ user }) => user.id);
  await adaHears.ear.until(() => shown(false).length === TYPISTS_SHOWN);
  expect(new Set(shown(true)).size).toBe(TYPISTS_SHOWN);
  expect(shown(false).toSorted()).toEqual(shown(true).toSorted());
  await adaHears.close();
});
