import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ensureAdministrator } from "../src/auth/administrator.ts";
import { post } from "./support/graphql-client.ts";
import { person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { accessToken user { id role } } }`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe("the administrator", () => {
  const keeping = (value: string) => async (): Promise<{ value: string }> => ({ value });
  const login = (where: TestServer, username: string, password: string) =>
    post(where.url, LOGIN, { input: { username, password } });

  test("is made at the first start, once", async () => {
    const fresh = await startServer();
    try {
      const starts = [1, 2, 3].map(() => ensureAdministrator(fresh.services, undefined, keeping("kept at the start")));
      const made = (await Promise.all(starts)).filter((administrator) => administrator !== null);
      expect(made).toEqual([{ username: "admin", password: "kept at the start" }]);
      expect((await login(fresh, "admin", "kept at the start")).data.login.user.role).toBe("ADMIN");
    } finally {
      await fresh.stop();
    }
  });

  test("that is configured is made, and brought up to date, which ends their sessions", async () => {
    const configured = await startServer();
    try {
      const { services } = configured;
      const first = { username: "root", password: "the first password" };
      expect(await ensureAdministrator(services, first, keeping("unused"))).toBeNull();
      const before = await login(configured, "root", first.password);
      expect(before.data.login.user.role).toBe("ADMIN");
      const authorization = `Bearer ${before.data.login.accessToken}`;

      await ensureAdministrator(services, first, keeping("unused"));
      expect(
        (await post(configured.url, `{ viewer { user { role } } }`, {}, { authorization })).data.viewer,
      ).not.toBeNull();

      await ensureAdministrator(services, { ...first, password: "the second password" }, keeping("unused"));
      expect((await post(configured.url, `{ viewer { email } }`, {}, { authorization })).status).toBe(401);
      expect((await login(configured, "root", first.password)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
      expect((await login(configured, "root", "the second password")).errors).toBeUndefined();
    } finally {
      await configured.stop();
    }
  });

  test("that is configured becomes one who was an ordinary user", async () => {
    const ivy = await person(server, "ivy");
    await ensureAdministrator(server.services, { username: "IVY", password: "a longer password" }, keeping("unused"));
    expect((await login(server, "ivy", ivy.password)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    expect((await login(server, "ivy", "a longer password")).data.login.user).toEqual({ id: ivy.id, role: "ADMIN" });
    expect((await ivy.graphql(`{ viewer { email } }`)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test("is not made of somebody who took the name admin first", async () => {
    const fresh = await startServer();
    try {
      await person(fresh, "Admin");
      await expect(ensureAdministrator(fresh.services, undefined, keeping("unused"))).rejects.toThrow("ADMIN_USERNAME");
    } finally {
      await fresh.stop();
    }
  });

  test("cannot have a password that nobody could have", async () => {
    const configured = { username: "root", password: "short" };
    await expect(ensureAdministrator(server.services, configured, keeping("unused"))).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      detail: { field: "ADMIN_PASSWORD" },
    });
  });
});
