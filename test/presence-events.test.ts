import { afterAll, beforeAll, expect, test } from "vitest";

import { listen } from "./log/support/ear.ts";
import { BLOCK, REMOVE, UNBLOCK, about, friendsAndStranger, send } from "./support/friends.ts";
import { ask, connect } from "./support/graphql-client.ts";
import { person } from "./support/people.ts";
import { chooses, comesToBe, forgetHttp, shown } from "./support/presence.ts";
import { Herald, watching } from "./support/presence-ear.ts";
import { does } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Two friends and a stranger, none of whom is here, and a herald whom the first two are friends with. */
async function cast() {
  const [ada, bea, eve] = await friendsAndStranger(server);
  const herald = await Herald.of(server);
  for (const who of [ada, bea, eve]) {
    await send(who, herald.who);
    await send(herald.who, who);
  }
  await forgetHttp(server, ada, bea, eve);
  return { ada, bea, eve, herald };
}

test.concurrent("friends are told when somebody comes and goes, once each, and a stranger is not", async () => {
  const { ada, bea, eve, herald } = await cast();
  const [adaHears, eveHears] = [await watching(ada, herald), await watching(eve, herald)];
  const first = bea.ws();
  const told = await adaHears.hears(bea, "ONLINE");
  expect(told.presence).toEqual(await shown(bea, ada));
  const second = bea.ws();
  await ask(second, "{ __typename }");
  await first.dispose();
  await ask(second, "{ __typename }");
  expect(await adaHears.news()).toEqual(["bea ONLINE"]);
  await second.dispose();
  await adaHears.hears(bea, "OFFLINE");
  expect(await adaHears.news()).toEqual(["bea OFFLINE"]);
  expect(await eveHears.news()).toEqual([]);
  await Promise.all([adaHears.close(), eveHears.close()]);
});

test.concurrent("who loses a connection and is back at once was never gone", async () => {
  const { ada, bea, eve, herald } = await cast();
  const adaHears = await watching(ada, herald, [bea, eve]);
  const first = bea.ws();
  await adaHears.hears(bea, "ONLINE");
  await first.dispose();
  const second = bea.ws();
  await ask(second, "{ __typename }");
  // Whoever leaves after them is seen to go: their own absence would have been by then.
  const other = eve.ws();
  await adaHears.hears(eve, "ONLINE");
  await other.dispose();
  await adaHears.hears(eve, "OFFLINE");
  expect(await adaHears.news()).toEqual(["bea ONLINE", "eve ONLINE", "eve OFFLINE"]);
  await Promise.all([second.dispose(), adaHears.close()]);
});

test.concurrent("a chosen status is told, and one that shows nothing new is not", async () => {
  const { ada, bea, herald } = await cast();
  const adaHears = await watching(ada, herald);
  const client = bea.ws();
  await adaHears.hears(bea, "ONLINE");
  await chooses(bea, "AWAY");
  await adaHears.hears(bea, "AWAY");
  await chooses(bea, "AWAY");
  await chooses(bea, "OFFLINE");
  await adaHears.hears(bea, "OFFLINE");
  const second = bea.ws();
  await ask(second, "{ __typename }");
  await Promise.all([client.dispose(), second.dispose()]);
  expect(await adaHears.news()).toEqual(["bea ONLINE", "bea AWAY", "bea OFFLINE"]);
  await adaHears.close();
});

test.concurrent("who names users is told of them and of nobody else, friends or not", async () => {
  const { ada, bea, eve, herald } = await cast();
  const adaHears = await watching(ada, herald, [eve]);
  const clients = [bea.ws(), eve.ws()];
  await adaHears.hears(eve, "ONLINE");
  await comesToBe(bea, herald.who, "ONLINE");
  expect(await adaHears.news()).toEqual(["eve ONLINE"]);
  await Promise.all([...clients.map((client) => client.dispose()), adaHears.close()]);
});

test.concurrent("people in direct conversations are watched too, from the first on; who is no friend any more is not", async () => {
  const { ada, bea, eve, herald } = await cast();
  const adaHears = await watching(ada, herald);
  await does(ada, "openDirectConversation", { userId: eve.id });
  await about(ada, REMOVE, bea);
  const clients = [eve.ws(), bea.ws()];
  await adaHears.hears(eve, "ONLINE");
  await comesToBe(bea, ada, "ONLINE");
  expect(await adaHears.news()).toEqual(["eve ONLINE"]);
  await Promise.all([...clients.map((client) => client.dispose()), adaHears.close()]);
});

test.concurrent("a block makes the two OFFLINE to each other at once, and hides all that follows", async () => {
  const { ada, bea, herald } = await cast();
  const [adaHears, beaHears] = [await watching(ada, herald, [bea]), await watching(bea, herald, [ada])];
  await adaHears.hears(bea, "ONLINE");
  await about(ada, BLOCK, bea);
  const nothing = { status: "OFFLINE", lastActiveAt: null };
  expect((await adaHears.hears(bea, "OFFLINE")).presence).toEqual(nothing);
  expect((await beaHears.hears(ada, "OFFLINE")).presence).toEqual(nothing);
  await chooses(ada, "AWAY");
  await chooses(bea, "AWAY");
  expect([await adaHears.news(), await beaHears.news()]).toEqual([["bea ONLINE", "bea OFFLINE"], ["ada OFFLINE"]]);
  await about(ada, UNBLOCK, bea);
  await adaHears.hears(bea, "AWAY");
  await beaHears.hears(ada, "AWAY");
  await Promise.all([adaHears.close(), beaHears.close()]);
});

test.concurrent("nobody watches without a login, nor too many, nor what is no user", async () => {
  const ada = await person(server, "ada-who-asks");
  const client = ada.ws();
  const refusalOf = async (userIds: readonly string[]): Promise<unknown> => {
    const query = `subscription ($userIds: [ID!]) { presenceChanged(userIds: $userIds) { id } }`;
    return listen(client, query, { userIds }).ended;
  };
  const many = Array.from({ length: 201 }, (_, n) => `user_${n + 1}`);
  expect(await refusalOf(many)).toMatchObject([
    { extensions: { code: "BAD_USER_INPUT", field: "userIds", limit: 200 } },
  ]);
  const nobody = listen(connect(server.wsUrl), "subscription { presenceChanged { id } }");
  expect(await nobody.ended).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  expect(await refusalOf(["conv_1"])).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", field: "userIds" } }]);
  await client.dispose();
});
