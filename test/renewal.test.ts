import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";

import { renew } from "../src/auth/auth.service.ts";
import { contextOf, refusalOf } from "./support/context.ts";
import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let names = 0;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const somebody = (): Promise<Person> => person(server, `somebody-${(names += 1)}`);

const VIEWER = "{ viewer { user { id } } }";
const REFRESH = `mutation ($token: String!) { refreshToken(input: { refreshToken: $token }) { accessToken } }`;

test("a session is gone on with by its access token alone, and each token is another one", async () => {
  const ada = await somebody();
  const ctx = await contextOf(server, ada);
  const renewed = await Promise.all([renew(ctx), renew(ctx)]);
  expect(new Set([ada.accessToken, ...renewed.map(({ accessToken }) => accessToken)]).size).toBe(3);
  for (const { accessToken, expiresIn } of renewed) {
    expect(expiresIn).toBe(1_800);
    expect(decodeJwt(accessToken)["sid"]).toBe(decodeJwt(ada.accessToken)["sid"]);
    expect((await ada.as(accessToken).graphql(VIEWER)).data.viewer.user.id).toBe(ada.id);
  }
});

test("the token that asked holds on, and so does the refresh token", async () => {
  const ada = await somebody();
  await renew(await contextOf(server, ada));
  expect((await ada.graphql(VIEWER)).errors).toBeUndefined();
  const { data } = await post(server.url, REFRESH, { token: ada.refreshToken });
  expect((await ada.as(data.refreshToken.accessToken).graphql(VIEWER)).errors).toBeUndefined();
});

test("a session that is renewed lives on", async () => {
  const ada = await somebody();
  const ctx = await contextOf(server, ada);
  const { pool } = server.services.database;
  await pool.query(
    "update sessions set last_used_at = '2020-01-01', expires_at = now() + interval '1 minute' where id = $1",
    [ctx.me.sessionId],
  );
  await renew(ctx);
  const { rows } = await pool.query(
    `select last_used_at > now() - interval '1 minute' as used, expires_at > now() + interval '29 days' as lives, generation
     from sessions where id = $1`,
    [ctx.me.sessionId],
  );
  expect(rows).toEqual([{ used: true, lives: true, generation: 0 }]);
});

test("a session that has ended is not renewed", async () => {
  const [revoked, expired] = [await somebody(), await somebody()];
  const [revokeds, expireds] = [await contextOf(server, revoked), await contextOf(server, expired)];
  await revoked.graphql("mutation { logout { __typename } }");
  await server.services.database.pool.query("update sessions set expires_at = now() where id = $1", [
    expireds.me.sessionId,
  ]);
  for (const ctx of [revokeds, expireds]) expect(await refusalOf(renew(ctx))).toBe("UNAUTHENTICATED");
});
