import { isObjectType } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildSchema } from "../../src/graphql/schema.ts";
import { administrator, does } from "../support/administration.ts";
import type { Person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let root: Person;
let room: string;

beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  room = (await does(root, "createRoom", { name: "Tea" }, "room { id }")).room.id;
  const { message } = await does(root, "sendMessage", { conversationId: room, content: "a word" }, "message { id }");
  await does(root, "editMessage", { messageId: message.id, content: "another" }, "message { id }");
});
afterAll(() => server.stop());

/** How the lists of a type are come to. */
const WAYS: Readonly<Record<string, (list: string) => string>> = {
  Query: (list) => list,
  Viewer: (list) => `viewer { ${list} }`,
  CascadeInfo: (list) => `cascade { ${list} }`,
  Room: (list) => `conversation(id: $room) { ... on Room { ${list} } }`,
  Message: (list) => `conversation(id: $room) { messages(last: 1) { nodes { ${list} } } }`,
};
/** Two have the lists of Room; what subscriptions take are other cursors. */
const ELSEWHERE = new Set(["Group", "DirectConversation", "Subscription"]);

const LISTS = Object.values(buildSchema().getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !ELSEWHERE.has(name))
  .flatMap((type) =>
    Object.values(type.getFields()).flatMap(({ name, args }) =>
      args
        .filter((argument) => ["after", "before"].includes(argument.name))
        .map((side) => [type.name, name, side.name] as const),
    ),
  );

const NUMBERS = [0, -1, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, 8.64e15, 0.5, 1e300];
const TEXTS = [
  "",
  "\0",
  "\uD800",
  "a",
  "x".repeat(600),
  "-",
  "+",
  "$",
  "0-0",
  "99999999999999999999-1",
  "1-99999999999999999999",
  "1 COUNT 1",
];
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const FORGED = [
  "",
  "\0",
  "%%%",
  ...[null, {}, [], "a", [[]], [null, null], [true]].map(encode),
  ...NUMBERS.flatMap((number) => [[number], [number, 1], [1, number], ["a", number]].map(encode)),
  ...TEXTS.flatMap((text) => [[text], [text, 1]].map(encode)),
];

/** It may be one that the list could have handed out, or it is refused. */
const REFUSED = "BAD_USER_INPUT";

test.each(LISTS)("no cursor that a client made lets %s.%s fail: %s", async (type, list, side) => {
  const way = WAYS[type];
  if (way === undefined) throw new Error(`there is no way to ${type}.${list}`);
  const others = list === "searchMessages" ? 'query: "tea", ' : "";
  const asked = way(`${list}(${others}${side}: $cursor) { pageInfo { hasNextPage } }`);
  const query = `query ($room: ID!, $cursor: String) { node(id: $room) { id } ${asked} }`;
  for (const cursor of FORGED) {
    const { errors = [] } = await root.graphql(query, { room, cursor });
    const unclear = errors.filter(({ extensions: { code, field } }) => code !== REFUSED || field !== side);
    expect({ cursor, unclear }).toEqual({ cursor, unclear: [] });
  }
});
