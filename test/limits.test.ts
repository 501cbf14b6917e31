import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getIntrospectionQuery } from "graphql";
import type { Client } from "graphql-ws";

import { LIMITS, type LimitName } from "../src/graphql/limits.ts";
import { type Variables, ask, post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let client: Client;
beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  client = ann.ws();
});
afterAll(async () => {
  await client.dispose();
  await server.stop();
});

interface Asked {
  readonly query: string;
  readonly variables?: Variables;
}

/** What is just within a limit, and what is one past it. */
interface Edge {
  readonly limit: LimitName;
  readonly may: Asked;
  readonly mayNot: Asked;
}

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join(" ");
const ofQueryType = (fields: string): Asked => ({ query: `{ __schema { queryType { ${fields} } } }` });
const padded = (length: number): Asked => ({ query: "{ __typename }".padEnd(length) });
const operations = (count: number): Asked => ({
  query: `${times(count, (n) => `query q${n} { __typename }`)} { __typename }`.replace(/ \{ __typename \}$/, ""),
});
const typesInTypes = (depth: number): Asked => ({
  query: `{ __type(name: "Query") { fields { type ${"{ ofType ".repeat(depth - 4)} { name }${"}".repeat(depth - 4)} } } }`,
});
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const reactors = (first: number, messages = 98): Asked => ({
  query: `query ($first: Int!) {
    node(id: "conv_1") { ... on Room { messages(first: ${messages}) { nodes { reactions { users(first: $first) { id } } } } } }
  }`,
  variables: { first },
});

const EDGES: readonly Edge[] = [
  { limit: "documentLength", may: padded(65_536), mayNot: padded(65_537) },
  { limit: "comments", may: commented(500), mayNot: commented(501) },
  { limit: "depth", may: typesInTypes(16), mayNot: typesInTypes(17) },
  { limit: "fields", may: ofQueryType(times(498, () => "name")), mayNot: ofQueryType(times(499, () => "name")) },
  {
    limit: "rootFields",
    may: { query: `{ ${times(20, () => "__typename")} }` },
    mayNot: {
      query: `{ ${times(10, () => "__typename")} ...More } fragment More on Query { ${times(11, () => "__typename")} }`,
    },
  },
  {
    limit: "aliases",
    may: ofQueryType(times(50, (n) => `n${n}: __typename`)),
    mayNot: ofQueryType(times(51, (n) => `n${n}: __typename`)),
  },
  {
    limit: "directives",
    may: ofQueryType(times(50, () => "name @include(if: true)")),
    mayNot: ofQueryType(times(51, () => "name @include(if: true)")),
  },
  {
    limit: "fragmentCycles",
    may: { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { __typename }" },
    mayNot: { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }" },
  },
  { limit: "cost", may: reactors(19), mayNot: reactors(20) },
  {
    limit: "variableDepth",
    may: { query: "{ __typename }", variables: { deep: nested(16) } },
    mayNot: { query: "{ __typename }", variables: { deep: nested(17) } },
  },
];

function commented(count: number): Asked {
  return { query: `${"#\n".repeat(count)}{ __typename }` };
}

describe("what one operation may ask for", () => {
  it.each(EDGES)("$limit: what is just within it is answered", async ({ may }) => {
    const overHttp = await ann.graphql(may.query, may.variables);
    const overSocket = await ask(client, may.query, may.variables);
    expect([overHttp.status, overHttp.errors, overSocket.errors]).toEqual([200, undefined, undefined]);
  });

  it.each(EDGES)("$limit: what goes past it is refused by name, over HTTP with 400", async ({ limit, mayNot }) => {
    const overHttp = await ann.graphql(mayNot.query, mayNot.variables);
    const overSocket = await ask(client, mayNot.query, mayNot.variables);
    expect(overHttp.status).toBe(400);
    for (const { data, errors } of [overHttp, overSocket]) {
      expect(data).toBeUndefined();
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", reason: limit, limit: LIMITS[limit] });
    }
  });
});

describe("documents made to do harm", () => {
  it("a small query that asks for friends of friends, 60 deep, is refused before anything is executed", async () => {
    const query = `{ viewer { ${"friends { ".repeat(60)} id ${"}".repeat(60)} } }`;
    const { status, errors } = await post(server.url, query);
    expect([status, errors?.[0]?.extensions.reason]).toEqual([400, "depth"]);
  });

  it("fragments that double thirty times are counted, not walked", async () => {
    const doubling = times(30, (n) => `fragment F${n} on Query { __typename ...F${n + 1} ...F${n + 1} }`);
    const { errors } = await post(server.url, `{ ...F0 } ${doubling} fragment F30 on Query { __typename }`);
    expect(errors?.[0]?.extensions.reason).toBe("fields");
  });

  it("more tokens than are taken are refused by name", async () => {
    const { status, errors } = await post(server.url, operations(401).query);
    expect(status).toBe(400);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", reason: "tokens", limit: 2_000 });
    const within = await post(server.url, operations(400).query);
    expect(within.errors?.[0]?.extensions.field).toBe("operationName");
  });

  it("the whole schema may be asked for three times in a request, and not five times", async () => {
    const introspections = (count: number): string =>
      `{ ${times(count, (n) => `s${n}: __schema { types { name fields { name } } }`)} }`;
    expect((await post(server.url, introspections(3))).errors).toBeUndefined();
    expect((await post(server.url, introspections(5))).errors?.[0]?.extensions.reason).toBe("cost");
  });

  it("a page that a variable does not size counts as the default one", async () => {
    const query = reactors(1, 90).query.replace("$first: Int!", "$first: Int");
    expect((await ann.graphql(query)).errors).toBeUndefined();
    expect((await ann.graphql(query.replace("Int)", "Int = 30)"))).errors?.[0]?.extensions.reason).toBe("cost");
  });
});

describe("what an answer may hold", () => {
  const calls = (first: number): string =>
    `{ viewer { conversations(first: ${first}) { nodes { activeCall { parties { user { id } } } } } } }`;
  const texts = (last: number): string =>
    `{ viewer { conversations(first: 100) { nodes { messages(last: ${last}) { nodes { content } } } } } }`;
  const past = (first: number): string =>
    `{ viewer { conversations(first: 10) { nodes { messages(last: 10) { nodes { editHistory(first: ${first}) { nodes { content } } } } } } } }`;

  it.each([
    ["the people of calls", calls(95), calls(100)],
    ["long texts", texts(24), texts(25)],
    ["what messages said before", past(24), past(25)],
  ])("%s count as many as there may be", async (_, may, mayNot) => {
    expect((await ann.graphql(may)).errors).toBeUndefined();
    expect((await ann.graphql(mayNot)).errors?.[0]?.extensions.reason).toBe("cost");
  });
});

describe("what tools ask for", () => {
  it("GraphiQL's introspection passes", async () => {
    const query = getIntrospectionQuery({
      schemaDescription: true,
      inputValueDeprecation: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      oneOf: true,
    });
    const { errors, data } = await post(server.url, query);
    expect(errors).toBeUndefined();
    expect(data.__schema.types.length).toBeGreaterThan(10);
  });
});

describe("what one request may hold", () => {
  const batch = (count: number): Promise<Response> =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(Array.from({ length: count }, () => ({ query: "{ __typename }" }))),
    });

  it("ten operations are answered in their order, eleven are refused", async () => {
    const answers = (await (await batch(10)).json()) as unknown[];
    expect(answers).toEqual(Array.from({ length: 10 }, () => ({ data: { __typename: "Query" } })));
    const refused = await batch(11);
    const { errors } = (await refused.json()) as { errors: { extensions: object }[] };
    expect(refused.status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", reason: "batch", limit: 10 });
  });

  it("a body of a mebibyte is read, a larger one is refused with 413", async () => {
    const body = (bytes: number): string => {
      const rest = JSON.stringify({ query: "{ __typename }", extensions: { padding: "" } });
      return rest.replace('""', `"${"x".repeat(bytes - rest.length)}"`);
    };
    const send = (bytes: number): Promise<Response> =>
      fetch(`${server.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: body(bytes),
      });
    expect((await send(LIMITS.bodyBytes)).status).toBe(200);
    const refused = await send(LIMITS.bodyBytes + 1);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: "PAYLOAD_TOO_LARGE", limit: LIMITS.bodyBytes } }],
    });
  });
});
