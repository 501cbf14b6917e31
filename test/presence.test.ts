import { afterAll, beforeAll, expect, test } from "vitest";

import { BLOCK, UNBLOCK, about, friendsAndStranger, refusalOf, strangers } from "./support/friends.ts";
import { ask, post } from "./support/graphql-client.ts";
import { chooses, comesToBe, forgetHttp, numberOf, shown } from "./support/presence.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const HEARTBEAT = `mutation { heartbeat { user { presence { status lastActiveAt } } } }`;

test.concurrent("who was never here is OFFLINE, and is ONLINE as soon as they connect", async () => {
  const [ada, bea] = await strangers(server);
  expect(await shown(bea, ada)).toEqual({ status: "OFFLINE", lastActiveAt: null });
  const client = bea.ws();
  await comesToBe(bea, ada, "ONLINE");
  const { lastActiveAt } = await shown(bea, ada);
  expect(Date.now() - Date.parse(String(lastActiveAt))).toBeLessThan(20_000);
  await client.dispose();
});

test.concurrent("who has several connections is here until the last of them is closed", async () => {
  const [ada, bea] = await strangers(server);
  const [first, second] = [bea.ws(), bea.ws()];
  await Promise.all([ask(first, "{ __typename }"), ask(second, "{ __typename }")]);
  await comesToBe(bea, ada, "ONLINE");
  await first.dispose();
  // Another's connection, closed at the same time, is gone by now: so would theirs be.
  const eve = await person(server, `eve-${numberOf(bea)}`);
  const other = eve.ws();
  await comesToBe(eve, ada, "ONLINE");
  await other.dispose();
  await comesToBe(eve, ada, "OFFLINE");
  expect((await shown(bea, ada)).status).toBe("ONLINE");
  await second.dispose();
  await comesToBe(bea, ada, "OFFLINE");
});

test.concurrent("who only sends requests is here, and 30 minutes after the last one is not", async () => {
  const [ada, bea] = await strangers(server);
  const { data } = await bea.graphql(HEARTBEAT);
  expect(data.heartbeat.user.presence.status).toBe("ONLINE");
  expect((await shown(bea, ada)).status).toBe("ONLINE");
  const { rows } = await server.services.database.pool.query<{ minutes: string }>(
    "select extract(epoch from until - now()) / 60 as minutes from presence_sources where user_id = $1",
    [numberOf(bea)],
  );
  expect(rows.map(({ minutes }) => Math.ceil(Number(minutes)))).toEqual([30]);
  const { lastActiveAt } = await shown(bea, ada);
  await forgetHttp(server, bea);
  expect(await shown(bea, ada)).toEqual({ status: "OFFLINE", lastActiveAt });
});

test.concurrent("who closes their last connection is not kept here by the requests of the same login", async () => {
  const [ada, bea] = await strangers(server);
  await bea.graphql(HEARTBEAT);
  const client = bea.ws();
  await ask(client, "{ __typename }");
  await bea.graphql(HEARTBEAT);
  await client.dispose();
  await comesToBe(bea, ada, "OFFLINE");
});

test.concurrent("who logs out is gone", async () => {
  const [ada, bea] = await strangers(server);
  await bea.graphql(HEARTBEAT);
  await bea.graphql("mutation { logout { __typename } }");
  await comesToBe(bea, ada, "OFFLINE");
});

test.concurrent("a heartbeat and a status need a login", async () => {
  const status = `mutation { setStatus(input: { status: AWAY }) { user { id } } }`;
  for (const document of [HEARTBEAT, status]) {
    expect(refusalOf(await post(server.url, document))).toBe("UNAUTHENTICATED");
  }
});

test.concurrent("requests of one login within a minute are one write", async () => {
  const [, bea] = await strangers(server);
  await bea.graphql(HEARTBEAT);
  const { rows: before } = await activityOf(bea);
  await bea.graphql(HEARTBEAT);
  await server.services.presence.attendance.settled();
  const { rows: after } = await activityOf(bea);
  expect(after).toEqual(before);
  expect(after).toHaveLength(1);
});

const activityOf = (who: Person) =>
  server.services.database.pool.query("select active_at, xmin from user_statuses where user_id = $1", [numberOf(who)]);

test.concurrent("AWAY is shown while one is here, on whatever connection, and stays chosen", async () => {
  const [ada, bea] = await strangers(server);
  await chooses(bea, "AWAY");
  expect((await shown(bea, ada)).status).toBe("AWAY");
  await forgetHttp(server, bea);
  expect((await shown(bea, ada)).status).toBe("OFFLINE");
  const client = bea.ws();
  await comesToBe(bea, ada, "AWAY");
  const { data } = await ask(client, "{ viewer { chosenStatus user { presence { status } } } }");
  expect(data.viewer).toEqual({ chosenStatus: "AWAY", user: { presence: { status: "AWAY" } } });
  await client.dispose();
});

test.concurrent("who chose OFFLINE is shown to nobody, knows it, and leaves no trace of being active", async () => {
  const [ada, bea] = await strangers(server);
  const client = bea.ws();
  await comesToBe(bea, ada, "ONLINE");
  await chooses(bea, "OFFLINE");
  const hidden = await shown(bea, ada);
  expect(hidden.status).toBe("OFFLINE");
  await client.dispose();
  await server.services.presence.attendance.settled();
  await forgetHttp(server, bea);
  const another = bea.ws();
  const { data } = await ask(another, "{ viewer { chosenStatus } }");
  expect(data.viewer.chosenStatus).toBe("OFFLINE");
  await bea.graphql(HEARTBEAT);
  expect(await shown(bea, ada)).toEqual(hidden);
  await chooses(bea, "ONLINE");
  expect((await shown(bea, ada)).status).toBe("ONLINE");
  await another.dispose();
});

test.concurrent("two of whom one has blocked the other are OFFLINE to each other, and as before afterwards", async () => {
  const [ada, bea, eve] = await friendsAndStranger(server);
  for (const who of [ada, bea, eve]) await who.graphql(HEARTBEAT);
  await about(ada, BLOCK, bea);
  const nothing = { status: "OFFLINE", lastActiveAt: null };
  expect([await shown(ada, bea), await shown(bea, ada)]).toEqual([nothing, nothing]);
  expect((await shown(ada, eve)).status).toBe("ONLINE");
  expect((await shown(ada, ada)).status).toBe("ONLINE");
  await about(ada, UNBLOCK, bea);
  expect([(await shown(ada, bea)).status, (await shown(bea, ada)).status]).toEqual(["ONLINE", "ONLINE"]);
});
