import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator, does, refusalOf } from "./support/administration.ts";
import { type Person, person } from "./support/people.ts";
import { planOf } from "./support/plans.ts";
import { type TestServer, startServer } from "./support/server.ts";

const ACCOUNT = "user { id }";

let server: TestServer;
let root: Person;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
});
afterAll(() => server.stop());

describe("the list of accounts", () => {
  const LIST = `query ($role: UserRole, $isDeactivated: Boolean, $search: String, $first: Int, $after: String) {
    accounts(role: $role, isDeactivated: $isDeactivated, search: $search, first: $first, after: $after) {
      nodes { user { username role } email hasPassword sessionCount lastUsedAt deactivatedAt }
      pageInfo { hasNextPage endCursor }
    }
  }`;
  const names = async (asked: object): Promise<string[]> => {
    const { data } = await root.graphql(LIST, { ...asked });
    return data.accounts.nodes.map(({ user }: { user: { username: string } }) => user.username);
  };

  test("shows what administrators see, by role, state and name, page by page", async () => {
    const [eva, evb, evc] = [
      await person(server, "evelyn-a"),
      await person(server, "evelyn-b"),
      await person(server, "evelyn-c"),
    ];
    await does(root, "setUserRole", { userId: evb.id, role: "NURSE" }, ACCOUNT);
    await does(root, "deactivateUser", { userId: evc.id }, ACCOUNT);

    const first = await root.graphql(LIST, { search: "EVELYN", first: 2 });
    expect(first.data.accounts.nodes).toMatchObject([
      { user: { username: eva.username }, email: "evelyn-a@people.test", hasPassword: true, sessionCount: 1 },
      { user: { username: evb.username, role: "NURSE" }, sessionCount: 0, lastUsedAt: null },
    ]);
    const { endCursor, hasNextPage } = first.data.accounts.pageInfo;
    expect(hasNextPage).toBe(true);
    expect(await names({ search: "EVELYN", after: endCursor })).toEqual([evc.username]);

    expect(await names({ role: "NURSE" })).toEqual([evb.username]);
    expect(await names({ isDeactivated: true, search: "evelyn" })).toEqual([evc.username]);
    expect(await names({ isDeactivated: false, search: "evelyn" })).toEqual([eva.username, evb.username]);
    expect(await names({ search: "EVELYN-C@people.test" })).toEqual([evc.username]);
    const { data } = await root.graphql(`query ($id: ID!) { account(userId: $id) { email deactivatedAt } }`, {
      id: evc.id,
    });
    expect(data.account).toEqual({ email: "evelyn-c@people.test", deactivatedAt: expect.any(String) });
    expect(refusalOf(await root.graphql(`{ account(userId: "user_999999") { email } }`))).toBe("NOT_FOUND userId");
  });
});

test("no question to a long list of accounts reads all of them", async () => {
  const crowded = await startServer();
  try {
    const { pool } = crowded.services.database;
    const admin = await administrator(crowded);
    await pool.query("alter table users disable trigger all");
    await pool.query(
      `insert into users (username, display_name, email, role, deactivated_at)
       select 'crowd-' || n, 'Crowd ' || n, 'crowd-' || n || '@people.test',
         (array['USER', 'NURSE'])[1 + (n % 400 = 0)::int], case when n % 500 = 0 then now() end
       from generate_series(1, 40000) n`,
    );
    await pool.query("analyze users");
    const LIST = `query ($role: UserRole, $isDeactivated: Boolean, $search: String, $after: String) {
      accounts(role: $role, isDeactivated: $isDeactivated, search: $search, after: $after) {
        nodes { user { username } sessionCount } pageInfo { endCursor } } }`;
    const after = (await admin.graphql(LIST)).data.accounts.pageInfo.endCursor;
    const questions = [
      {},
      { after },
      { role: "NURSE" },
      { role: "USER" },
      { isDeactivated: true },
      { isDeactivated: false },
      { search: "crowd-399" },
      { search: "crowd-399@people.test" },
      { search: "crowd", role: "NURSE", isDeactivated: true },
    ];
    for (const asked of questions) {
      const plan = await planOf(crowded, () => admin.graphql(LIST, asked));
      expect(plan, JSON.stringify(asked)).not.toContain("Seq Scan on users");
      expect(plan, JSON.stringify(asked)).not.toContain("Seq Scan on sessions");
    }
  } finally {
    await crowded.stop();
  }
});
