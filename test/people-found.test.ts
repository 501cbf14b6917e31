import "reflect-metadata";
import { afterAll, beforeAll, expect, test } from "vitest";

import { everyFriend } from "../src/friends/lists.ts";
import { find } from "../src/users/people.ts";
import { contextOf, refusalOf, statementsBy } from "./support/context.ts";
import { send } from "./support/friends.ts";
import { type Person, person } from "./support/people.ts";
import { numberOf } from "./support/presence.ts";
import { does, inTurn } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = await inTurn(server, "oak-ann", "oak-bob", "Oak-Eve");
});
afterAll(() => server.stop());

const found = async (who: Person, words: string, limit = 100): Promise<string[]> =>
  (await find(await contextOf(server, who), words, limit)).map(({ username }) => username);

test("people are found by any part of their names, or by exactly their e-mail address, and nobody finds themselves", async () => {
  await does(bob, "updateProfile", { displayName: "Renée Ångström" });
  expect(await found(ann, "OAK")).toEqual(["oak-bob", "Oak-Eve"]);
  expect(await found(ann, "angst ren")).toEqual(["oak-bob"]);
  expect(await found(ann, " Oak-EVE@people.test ")).toEqual(["Oak-Eve"]);
  expect(await found(ann, "oak-eve@people")).toEqual([]);
  expect(await found(ann, "people.test")).toEqual([]);
  expect(await found(ann, "oak-ann@people.test")).toEqual([]);
  expect(await found(eve, "oak")).toEqual(["oak-ann", "oak-bob"]);
  expect(await found(ann, "\u200b")).toEqual([]);
});

test("as many are found as are asked for, a hundred at the most", async () => {
  await server.services.database.pool.query(
    "insert into users (username, display_name) select 'elm-' || lpad(n::text, 3, '0'), 'Elm' from generate_series(1, 101) n",
  );
  expect(await found(ann, "elm", 2)).toEqual(["elm-001", "elm-002"]);
  expect(await found(ann, "elm", 1_000)).toHaveLength(100);
});

test("whose account is out of use is not found, neither by name nor by address", async () => {
  const gone = await person(server, "ash-gone");
  await server.services.database.pool.query("update users set deactivated_at = now() where id = $1", [numberOf(gone)]);
  expect(await found(ann, "ash")).toEqual([]);
  expect(await found(ann, "ash-gone@people.test")).toEqual([]);
});

test.each(["", "   ", "x".repeat(255), "a\0b"])("a search for %j is refused by name", async (words) => {
  expect(await refusalOf(found(ann, words))).toBe("BAD_USER_INPUT search");
});

test("all friends are one statement, by name, and nobody else is among them", async () => {
  for (const friend of [eve, bob]) {
    await send(ann, friend);
    await send(friend, ann);
  }
  const stranger = await person(server, "oak-stranger");
  await send(ann, stranger);
  const ctx = await contextOf(server, ann);
  const ask = async () =>
    expect((await everyFriend(ctx)).map(({ username }) => username)).toEqual(["oak-bob", "Oak-Eve"]);
  expect(await statementsBy(ctx, ask)).toBe(1);
  expect(await everyFriend(await contextOf(server, stranger))).toEqual([]);
});
