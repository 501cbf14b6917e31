import { afterAll, beforeAll, expect, test } from "vitest";

import { lastLoginAt } from "../src/auth/auth.service.ts";
import { addressOf, peopleOnline } from "../src/presence/online-people.ts";
import { administrator, login } from "./support/administration.ts";
import { contextOf, contextsOf, refusalOf, statementsBy } from "./support/context.ts";
import { BLOCK, about, strangers } from "./support/friends.ts";
import { type Person, person } from "./support/people.ts";
import { chooses, comesToBe, forgetHttp, numberOf } from "./support/presence.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let root: Person;
beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
afterAll(() => server.stop());

/** The names of those whom somebody is shown as here, as far as the test is about them. */
async function online(who: Person, among: readonly Person[]): Promise<string[]> {
  const people = await peopleOnline(await contextOf(server, who));
  const names = new Set(among.map(({ username }) => username));
  return people.map(({ user }) => user.username).filter((name) => names.has(name));
}

const query = (text: string, parameters: unknown[]) => server.services.database.pool.query(text, parameters);

test("those who are here are listed by name, but for who hides, is blocked, or is gone", async () => {
  const names = [
    "oak-f-asker",
    "oak-a-away",
    "oak-b-blocked",
    "oak-c-gone",
    "oak-d-hidden",
    "oak-e-here",
    "oak-g-closed",
  ];
  const people = (await Promise.all(names.map((name) => person(server, name)))) as [Person, ...Person[]];
  const [asker, away, blocked, gone, hidden, here, closed] = people as [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  const [blocker] = await strangers(server);
  await Promise.all(people.map((who) => comesToBe(who, who, "ONLINE")));
  await chooses(away, "AWAY");
  await chooses(hidden, "OFFLINE");
  await about(blocked, BLOCK, asker);
  await about(asker, BLOCK, blocker);
  await comesToBe(blocker, blocker, "ONLINE");
  await query("update users set deactivated_at = now() where id = $1", [numberOf(closed)]);
  await forgetHttp(server, gone);

  const all = [...people, blocker];
  expect(await online(asker, all)).toEqual(["oak-a-away", "oak-e-here", "oak-f-asker"]);
  expect(await online(blocked, all)).toEqual([blocker.username, "oak-a-away", "oak-b-blocked", "oak-e-here"]);
  expect(await online(here, all)).toHaveLength(5);
  const ctx = await contextOf(server, asker);
  expect(await statementsBy(ctx, () => peopleOnline(ctx))).toBe(2);
});

test("address and program of those who are here are told to themselves and to administrators, and to nobody else", async () => {
  const [ada, bea] = await strangers(server);
  await comesToBe(ada, ada, "ONLINE");
  await comesToBe(bea, bea, "ONLINE");
  await query("update sessions set ip = '192.0.2.7', user_agent = 'Ada 1.0' where user_id = $1", [numberOf(ada)]);
  const seenBy = async (who: Person) =>
    (await peopleOnline(await contextOf(server, who))).find(({ user }) => user.username === ada.username);
  const known = { ip: "192.0.2.7", userAgent: "Ada 1.0" };
  expect(await seenBy(ada)).toMatchObject(known);
  expect(await seenBy(root)).toMatchObject(known);
  expect(await seenBy(bea)).toMatchObject({ ip: "", userAgent: "" });
});

test("the login that is told of is the latest that lives, and activity is the latest", async () => {
  const [ada] = await strangers(server);
  await query("update sessions set ip = '192.0.2.1', created_at = '2020-01-01' where user_id = $1", [numberOf(ada)]);
  const latest = ada.as((await login(server, ada.username, ada.password)).data.login.accessToken);
  await query(
    `update sessions set ip = '192.0.2.2', created_at = '2021-01-01' where user_id = $1 and ip <> '192.0.2.1'`,
    [numberOf(ada)],
  );
  await comesToBe(ada, ada, "ONLINE");
  await query(
    `insert into user_statuses (user_id, active_at) values ($1, '2022-02-02')
     on conflict (user_id) do update set active_at = excluded.active_at`,
    [numberOf(ada)],
  );
  const ctx = await contextOf(server, ada);
  const told = async () => (await peopleOnline(ctx)).find(({ user }) => user.id === numberOf(ada));
  expect(await told()).toMatchObject({
    ip: "192.0.2.2",
    loggedInAt: new Date("2021-01-01"),
    lastActiveAt: new Date("2022-02-02"),
  });
  expect(await addressOf(ctx, numberOf(ada))).toBe("192.0.2.2");
  expect(await lastLoginAt(ctx)).toEqual(new Date("2021-01-01"));

  await latest.graphql("mutation { logout { __typename } }");
  expect(await told()).toMatchObject({ ip: "192.0.2.1", loggedInAt: new Date("2020-01-01") });
  expect(await addressOf(ctx, numberOf(ada))).toBe("192.0.2.1");
  expect(await lastLoginAt(ctx)).toEqual(new Date("2021-01-01"));
});

test("an address is for oneself and administrators, and others are not told whether there is such a user", async () => {
  const [ada, bea, eve] = await strangers(server);
  const [adas, roots] = await contextsOf(server, ada, root);
  await query("update sessions set ip = '192.0.2.9', revoked_at = now() where user_id = $1", [numberOf(bea)]);
  await query("delete from sessions where user_id = $1", [numberOf(eve)]);
  expect(await addressOf(roots, numberOf(bea))).toBe("192.0.2.9");
  expect(await refusalOf(addressOf(adas, numberOf(bea)))).toBe("FORBIDDEN userId");
  expect(await refusalOf(addressOf(adas, 999_999))).toBe("FORBIDDEN userId");
  expect(await refusalOf(addressOf(roots, 999_999))).toBe("NOT_FOUND userId");
  expect(await refusalOf(addressOf(roots, numberOf(eve)))).toBe("NOT_FOUND userId");
});
