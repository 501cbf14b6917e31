import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator, attempt, audited, does, nobody, refusalOf } from "./support/administration.ts";
import type { Data } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { countStatements, statementsOf } from "./log/support/statements.ts";
import { type TestServer, startServer } from "./support/server.ts";

const ANSWER =
  "failedCount results { externalId status user { id username displayName role avatarUrl } error { code field message } }";

let server: TestServer;
let root: Person;
let ann: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const sync = async (...users: object[]): Promise<Data[]> => (await does(root, "syncUsers", { users }, ANSWER)).results;
const fault = ({ status, user, error }: Data): unknown => [status, user, `${error?.code} ${error?.field}`];
const count = async (): Promise<number> =>
  Number((await server.services.database.pool.query("select count(*) as n from users")).rows[0].n);

describe("syncUsers", () => {
  test("makes accounts, brings them up to date, and leaves those that are so already", async () => {
    const eve = {
      externalId: "hr 7",
      username: "eve",
      displayName: "Eve",
      email: "eve@hospital.test",
      avatarUrl: "https://hospital.test/eve.png",
      role: "NURSE",
    };
    const [made] = await sync(eve);
    expect(made).toMatchObject({
      externalId: "hr 7",
      status: "CREATED",
      user: { username: "eve", displayName: "Eve", role: "NURSE", avatarUrl: eve.avatarUrl },
      error: null,
    });
    expect((await sync(eve))[0]).toEqual({ ...made, status: "UNCHANGED" });
    expect((await sync({ externalId: "hr 7" }))[0]?.status).toBe("UNCHANGED");
    const [changed] = await sync({ externalId: "hr 7", displayName: "Dr. Eve", role: "DOCTOR", avatarUrl: null });
    expect(changed).toMatchObject({
      status: "UPDATED",
      user: { id: made?.["user"].id, username: "eve", displayName: "Dr. Eve", role: "DOCTOR", avatarUrl: null },
    });
    const { data } = await root.graphql(
      `{ room(slug: "global") { members(first: 100) { nodes { user { username } } } } }`,
    );
    expect(data.room.members.nodes).toContainEqual({ user: { username: "eve" } });
  });

  test("names the fault of each row, and writes the others", async () => {
    const before = await count();
    const results = await sync(
      { externalId: "good 1", username: "good-1" },
      { externalId: "bad 1" },
      { externalId: "bad 2", username: "x" },
      { externalId: "bad 3", username: "ann" },
      { externalId: "bad 4", username: "good-4", email: "ANN@people.test" },
      { externalId: "bad 5", username: "good-5", email: "nobody" },
      { externalId: "bad 6", username: "good-6", displayName: " " },
      { externalId: "bad 7", username: "good-7", avatarUrl: "javascript:alert(1)" },
      { externalId: " ", username: "good-8" },
      { externalId: "x".repeat(256), username: "good-9" },
      { externalId: "good 1", username: "good-10" },
      { externalId: "bad 11", username: "GOOD-1" },
      { externalId: "good 2", username: "good-2", email: "two@people.test" },
      { externalId: "bad 12", username: "good-12", email: "Two@People.test" },
      // The first who wanted this name failed: it is free.
      { externalId: "good 3", username: "good-4" },
    );
    expect(results.map(({ status }) => status)).toEqual(
      "CREATED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,FAILED,CREATED,FAILED,CREATED".split(
        ",",
      ),
    );
    expect(results.filter(({ status }) => status === "FAILED").map(fault)).toEqual(
      [
        "BAD_USER_INPUT username",
        "BAD_USER_INPUT username",
        "CONFLICT username",
        "CONFLICT email",
        "BAD_USER_INPUT email",
        "BAD_USER_INPUT displayName",
        "BAD_USER_INPUT avatarUrl",
        "BAD_USER_INPUT externalId",
        "BAD_USER_INPUT externalId",
        "CONFLICT externalId",
        "CONFLICT username",
        "CONFLICT email",
      ].map((told) => ["FAILED", null, told]),
    );
    expect(await count()).toBe(before + 3);
  });

  test("two calls at once, and somebody who registers meanwhile, end with one account of each name", async () => {
    const users = Array.from({ length: 40 }, (_, n) => ({ externalId: `race ${n}`, username: `racer-${n}` }));
    const others = users.map(({ username }) => ({ externalId: `other ${username}`, username }));
    const [one, two] = await Promise.all([
      does(root, "syncUsers", { users }, ANSWER),
      does(root, "syncUsers", { users: others.toReversed() }, ANSWER),
      person(server, "racer-7").catch(() => null),
    ]);
    const made = [...one.results, ...two.results].filter(({ status }: Data) => status === "CREATED");
    expect([39, 40]).toContain(made.length);
    const { rows } = await server.services.database.pool.query(
      "select count(*) as n from users where username ^@ 'racer-'",
    );
    expect(rows[0].n).toBe("40");
  });

  test("does a thousand people with no more statements than ten", async () => {
    const people = (n: number, word: string) =>
      Array.from({ length: n }, (_, i) => ({ externalId: `${word} ${i}`, username: `${word}-${i}`, role: "NURSE" }));
    const statements = countStatements(server);
    const took = await statementsOf(statements, () => sync(...people(10, "few")));
    // What the server does by the clock meanwhile is counted too; one statement a person would be a thousand more.
    expect(await statementsOf(statements, () => sync(...people(1_000, "many")))).toBeLessThan(took + 100);
    expect(new Set((await sync(...people(1_000, "many"))).map(({ status }) => status))).toEqual(new Set(["UNCHANGED"]));
  });

  test("a role that it changes ends the account's sessions and stands in the audit log", async () => {
    await server.services.database.pool.query("update users set external_id = 'ann' where username = 'ann'");
    expect((await ann.graphql("{ viewer { email } }")).errors).toBeUndefined();
    await sync({ externalId: "ann", role: "ADMIN" }, { externalId: "boss", username: "boss", role: "ADMIN" });
    expect(refusalOf(await ann.graphql("{ viewer { email } }"))).toBe("UNAUTHENTICATED");
    const [entry] = await audited(root, { targetId: ann.id });
    expect(entry).toMatchObject({ action: "setUserRole", details: { from: "USER", to: "ADMIN", by: "syncUsers" } });
    const [call] = await audited(root, { action: "syncUsers" });
    expect(call).toMatchObject({ details: { CREATED: 1, UPDATED: 1, UNCHANGED: 0, FAILED: 0 } });
  });

  test("a new account has no password: nobody logs in to it with one", async () => {
    await sync({ externalId: "silent", username: "silent" });
    const { data, errors } = await nobody(server).graphql(
      `mutation { login(input: { username: "silent", password: "" }) { accessToken } }`,
    );
    expect([data?.login, errors?.length]).toEqual([undefined, 1]);
  });

  test("the last administrator stays one", async () => {
    const { rows } = await server.services.database.pool.query(
      "update users set role = 'USER' where role = 'ADMIN' and id <> $1 returning id",
      [Number(root.id.replace("user_", ""))],
    );
    expect(rows.length).toBeGreaterThan(0);
    await server.services.database.pool.query("update users set external_id = 'root' where username = $1", [
      root.username,
    ]);
    const deposed = await sync({ externalId: "root", role: "USER" });
    expect(deposed.map(fault)).toEqual([["FAILED", null, "CONFLICT role"]]);
  });

  test("is the administrators', and takes 1 to 1,000 people", async () => {
    const bob = await person(server, "bob");
    const users = [{ externalId: "sneaky", username: "sneaky", role: "ADMIN" }];
    expect(refusalOf(await attempt(bob, "syncUsers", { users }, ANSWER))).toBe("FORBIDDEN");
    expect(refusalOf(await attempt(nobody(server), "syncUsers", { users }, ANSWER))).toBe("UNAUTHENTICATED");
    expect(refusalOf(await attempt(root, "syncUsers", { users: [] }, ANSWER))).toBe("BAD_USER_INPUT users");
    const many = Array.from({ length: 1_001 }, (_, n) => ({ externalId: `${n}` }));
    expect(refusalOf(await attempt(root, "syncUsers", { users: many }, ANSWER))).toBe("BAD_USER_INPUT users");
    const { rows } = await server.services.database.pool.query("select 1 from users where username = 'sneaky'");
    expect(rows).toEqual([]);
  });
});
