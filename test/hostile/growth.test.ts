import { afterAll, beforeAll, expect, test } from "vitest";

import { REQUESTS_A_DAY } from "../../src/friends/friends.service.ts";
import { CONVERSATIONS_A_DAY } from "../../src/rooms/founding.ts";
import { rowId } from "../../src/kernel/ids.ts";
import { administrator, attempt, does, refusalOf } from "../support/administration.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
});
afterAll(() => server.stop());

/** Lets somebody have done something so often today. */
const spent = ({ id }: { id: string }, what: string, used: number): Promise<unknown> =>
  server.services.database.pool.query(
    `insert into daily_quotas (user_id, what, day, used) values ($1, $2, (now() at time zone 'UTC')::date, $3)
     on conflict (user_id, what) do update set used = excluded.used`,
    [rowId("user", id, "userId"), what, used],
  );

test("rooms and groups are made so many times a day, administrators aside", async () => {
  const root = await administrator(server);
  await spent(ann, "conversations", CONVERSATIONS_A_DAY - 1);
  await spent(root, "conversations", CONVERSATIONS_A_DAY);
  await does(ann, "createRoom", { name: "Tea" }, "room { id }");
  expect(refusalOf(await attempt(ann, "createRoom", { name: "Tea" }, "room { id }"))).toBe("RATE_LIMITED");
  const group = { name: "Two", memberIds: [bob.id] };
  expect(refusalOf(await attempt(ann, "createGroup", group, "group { id }"))).toBe("RATE_LIMITED");
  await does(root, "createRoom", { name: "Tea" }, "room { id }");
});

test("who asks to be friends, takes it back and asks again, tells the other so many times a day", async () => {
  const asks = () => attempt(ann, "sendFriendRequest", { userId: bob.id }, "friendRequest { id }");
  await spent(ann, "friendRequests", REQUESTS_A_DAY - 1);
  const { data } = await asks();
  const { id: friendRequestId } = data.sendFriendRequest.friendRequest;
  expect(refusalOf(await asks())).toBe("RATE_LIMITED");
  await does(ann, "cancelFriendRequest", { friendRequestId }, "friendRequest { id }");
  expect(refusalOf(await asks())).toBe("RATE_LIMITED");
  // Others still can.
  await does(bob, "sendFriendRequest", { userId: ann.id }, "friendRequest { id }");
});

test("of invites that hold no more the latest are remembered, however many were made", async () => {
  const { room } = await does(bob, "createRoom", { name: "Tea" }, "room { id }");
  const conversation = rowId("conversation", room.id, "conversationId");
  await server.services.database.pool.query(
    `insert into invites (code, conversation_id, created_by_id, max_uses, uses, created_at)
       select 'spent-' || n, $1, $2, 1, 1, now() - n * interval '1 minute' from generate_series(1, 700) n`,
    [conversation, rowId("user", bob.id, "userId")],
  );
  await does(bob, "createInvite", { conversationId: room.id }, "invite { code }");
  const { rows } = await server.services.database.pool.query<{ codes: number; recent: boolean }>(
    `select count(*)::int as codes, min(created_at) > now() - interval '501 minutes' as recent
     from invites where conversation_id = $1`,
    [conversation],
  );
  expect(rows).toEqual([{ codes: 501, recent: true }]);
});
