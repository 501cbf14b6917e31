import { afterAll, beforeAll, expect, test } from "vitest";

import { send } from "./log/support/talk.ts";
import { post, type Variables } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { refusal, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const stranger = (query: string, variables: Variables): Promise<string> => refusal(post(server.url, query, variables));

test("who is not logged in is told the same of every room, whether there is one or not", async () => {
  const ROOM = "query ($id: ID, $slug: String) { room(id: $id, slug: $slug) { id } }";
  const { id } = await room(ann, { visibility: "PRIVATE", slug: "taken" });
  for (const asked of [{ slug: "taken" }, { slug: "free" }, { slug: "global" }, { id }, { id: "conv_999999" }]) {
    expect(await stranger(ROOM, asked), JSON.stringify(asked)).toBe("UNAUTHENTICATED");
  }
  expect(await refusal(ann.graphql(ROOM, { slug: "taken" }))).toBe("NONE");
  expect(await refusal(ann.graphql(ROOM, { slug: "free" }))).toBe("NOT_FOUND slug");
});

test("who is not logged in is told the same of every message, whether there is one or not", async () => {
  const MESSAGE = "query ($id: ID!) { message(id: $id) { id } }";
  const { id } = await send(ann, (await room(ann)).id, "for those who are logged in");
  for (const asked of [{ id }, { id: "msg_999999" }]) expect(await stranger(MESSAGE, asked)).toBe("UNAUTHENTICATED");
  expect((await ann.graphql(MESSAGE, { id })).data.message).toEqual({ id });
  expect((await ann.graphql(MESSAGE, { id: "msg_999999" })).data.message).toBeNull();
});
