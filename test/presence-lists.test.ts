import { afterAll, beforeAll, expect, test } from "vitest";

import { BLOCK, about } from "./support/friends.ts";
import { ask, connect, type Data } from "./support/graphql-client.ts";
import { listen } from "./log/support/ear.ts";
import { type Person, person } from "./support/people.ts";
import { chooses, comesToBe } from "./support/presence.ts";
import { administrator } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const USERS = `query ($search: String, $online: Boolean, $first: Int, $after: String) {
  users(search: $search, online: $online, first: $first, after: $after) {
    nodes { username } pageInfo { hasNextPage endCursor }
  }
}`;

async function users(who: Person, variables: Record<string, unknown>): Promise<Data> {
  const { data, errors } = await who.graphql(USERS, variables);
  expect(errors).toBeUndefined();
  return { names: data.users.nodes.map(({ username }: Data) => username), ...data.users.pageInfo };
}

const STATS = `{ connectionStats {
  connections subscriptions onlineUsers
  doors { door connections subscriptions } nodes { id connections subscriptions onlineUsers doors { door connections } }
} }`;

test("administrators are told how much is connected, and nobody else is", async () => {
  const root = await administrator(server);
  const somebody = await person(server, "somebody");
  const [first, second, nobody] = [somebody.ws(), somebody.ws(), connect(server.wsUrl)];
  for (const client of [first, second, nobody]) await ask(client, "{ __typename }");
  const ear = listen(first, "subscription { friendshipChanged { change } }");
  await comesToBe(somebody, somebody, "ONLINE");
  await chooses(somebody, "OFFLINE");
  await expect.poll(async () => (await root.graphql(STATS)).data.connectionStats.subscriptions).toBe(1);
  await server.services.presence.attendance.settled();

  const { data } = await root.graphql(STATS);
  const stats = data.connectionStats;
  // The administrator is here by their requests, and one person by two connections, whatever they choose to be shown as; one
  // connection is nobody's.
  const counts = { connections: 3, subscriptions: 1 };
  const others = ["chat8", "django-chat"];
  expect(stats).toEqual({
    ...counts,
    onlineUsers: 2,
    doors: [...others.map((door) => ({ door, connections: 0, subscriptions: 0 })), { door: "graphql", ...counts }],
    nodes: [
      {
        id: server.services.lease.id,
        ...counts,
        onlineUsers: 1,
        doors: [...others.map((door) => ({ door, connections: 0 })), { door: "graphql", connections: 3 }],
      },
    ],
  });
  const { errors } = await somebody.graphql(STATS);
  expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
  ear.stop();
  await Promise.all([first, second, nobody].map((client) => client.dispose()));
});

test("those who are here are found, with a name and page by page, and those whom the viewer may not see are not", async () => {
  const names = ["oak-asker", "oak-away", "oak-blocked", "oak-gone", "oak-hidden", "oak-here", "elm-here"];
  const [asker, away, blocked, , hidden, here, elm] = (await Promise.all(
    names.map((name) => person(server, name)),
  )) as [Person, Person, Person, Person, Person, Person, Person];
  const clients = [away, blocked, hidden, here, elm].map((who) => who.ws());
  await Promise.all([away, blocked, hidden, here, elm].map((who) => comesToBe(who, asker, "ONLINE")));
  await chooses(away, "AWAY");
  await chooses(hidden, "OFFLINE");
  await about(blocked, BLOCK, asker);

  const online = await users(asker, { online: true, first: 4 });
  expect(online.names).toEqual(["elm-here", "oak-asker", "oak-away", "oak-here"]);
  const first = await users(asker, { online: true, search: "OAK", first: 2 });
  expect(first).toMatchObject({ names: ["oak-asker", "oak-away"], hasNextPage: true });
  const rest = await users(asker, { online: true, search: "OAK", first: 2, after: first.endCursor });
  expect(rest).toMatchObject({ names: ["oak-here"], hasNextPage: false });
  expect((await users(asker, { online: false, search: "oak" })).names).toEqual([
    "oak-blocked",
    "oak-gone",
    "oak-hidden",
  ]);
  expect((await users(asker, { search: "oak" })).names).toHaveLength(6);
  await Promise.all(clients.map((client) => client.dispose()));
});
