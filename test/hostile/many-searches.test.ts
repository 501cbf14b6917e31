import { afterAll, beforeAll, expect, test } from "vitest";

import { SEARCHES_OF_ONE_MAXIMUM } from "../../src/search/search.service.ts";
import { type Person, person } from "../support/people.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await Promise.all([person(server, "ann"), person(server, "bob")]);
});
afterAll(() => server.stop());

const searches = (count: number): string =>
  Array.from({ length: count }, (_, n) => `s${n}: searchMessages(query: "tea") { nodes { id } }`).join(" ");

test.each([
  ["by themselves", ""],
  // All of it is read on one connection to the database, which is held meanwhile.
  ["in a snapshot", "conversation(id: $id) { cursor }"],
])("nobody searches more than a few times at once, %s, and so keeps all others waiting", async (_, beside) => {
  const { id } = await room(ann);
  const asks = (who: Person, count: number) =>
    who.graphql(`query ($id: ID! = "conv_1") { node(id: $id) { id } ${searches(count)} ${beside} }`, { id });
  const [{ errors }, other] = await Promise.all([asks(ann, SEARCHES_OF_ONE_MAXIMUM + 1), asks(bob, 1)]);
  expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
    { code: "RATE_LIMITED", limit: SEARCHES_OF_ONE_MAXIMUM },
  ]);
  expect(other.errors).toBeUndefined();
  await expect.poll(async () => (await asks(ann, SEARCHES_OF_ONE_MAXIMUM)).errors).toBeUndefined();
});
