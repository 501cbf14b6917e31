import { request } from "node:http";
import { Script } from "node:vm";
import { gunzipSync } from "node:zlib";

import { type DefinitionNode, Kind, type OperationDefinitionNode, OperationTypeNode, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { START_SCRIPT } from "../src/graphql/graphiql/start-script.ts";
import { TABS } from "../src/graphql/graphiql/tabs.ts";
import { connect } from "./support/graphql-client.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
const filesIn = (page: string): string[] =>
  [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? "");

describe("GraphiQL", () => {
  it("is what a browser gets, also with a query in the address, and a program does not", async () => {
    for (const address of ["/graphql", "/graphql?query={__typename}"]) {
      const page = await fetch(server.url + address, { headers: BROWSER });
      expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    }
    const data = await fetch(`${server.url}/graphql?query={__typename}`, {
      headers: { accept: "application/json", "apollo-require-preflight": "1" },
    });
    expect(await data.json()).toEqual({ data: { __typename: "Query" } });
  });

  it("comes from this server alone, and may talk to no other", async () => {
    const page = await fetch(`${server.url}/graphql`, { headers: BROWSER });
    const policy = page.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/\*|https?:|unsafe-eval/);
    const text = await page.text();
    expect(text.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|\/\/\w/);
    expect(filesIn(text)).toContain("/graphiql/graphiql.js");
  });

  it("every file that the page or its script names is there, once and then from the browser's cache", async () => {
    const page = await (await fetch(`${server.url}/graphql`, { headers: BROWSER })).text();
    const workers = [...START_SCRIPT.matchAll(/"(\/graphiql\/[^"]+)"/g)].map(([, path]) => path ?? "");
    expect(workers).toHaveLength(3);
    for (const path of [...filesIn(page), ...workers]) {
      const file = await fetch(server.url + path);
      expect([path, file.status]).toEqual([path, 200]);
      expect((await file.text()).length).toBeGreaterThan(1_000);
      const etag = file.headers.get("etag") ?? "";
      expect((await fetch(server.url + path, { headers: { "if-none-match": etag } })).status).toBe(304);
      expect((await fetch(server.url + path, { headers: { "if-none-match": '"old"' } })).status).toBe(200);
    }
    expect((await fetch(`${server.url}/graphiql/nothing.js`)).status).toBe(404);
  });

  it("is compressed for whoever takes that", async () => {
    const raw = (acceptEncoding: string): Promise<{ encoding: string | undefined; body: Buffer }> =>
      new Promise((resolve, reject) => {
        request(`${server.url}/graphiql/start.js`, { headers: { "accept-encoding": acceptEncoding } }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(chunks) }),
          );
        })
          .on("error", reject)
          .end();
      });
    const [gzipped, plain, unwanted] = [await raw("gzip, br"), await raw("identity"), await raw("gzip;q=0")];
    expect([gzipped.encoding, plain.encoding, unwanted.encoding]).toEqual(["gzip", undefined, undefined]);
    expect(gunzipSync(gzipped.body).equals(plain.body)).toBe(true);
  });

  it("has a script that is JavaScript", () => {
    expect(() => new Script(START_SCRIPT)).not.toThrow();
  });
});

describe("the tour of the welcome tabs", () => {
  const steps = TABS.flatMap(({ query }) =>
    parse(query)
      .definitions.filter(isOperation)
      .map(({ operation, name }) => ({ query, operation, operationName: name?.value })),
  );
  let token: string | undefined;

  async function take(step: (typeof steps)[number] | undefined): Promise<void> {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(step),
    });
    const answer = (await response.json()) as { data: Record<string, { accessToken?: string }>; errors?: unknown };
    expect([step?.operationName, answer.errors]).toEqual([step?.operationName, undefined]);
    token = Object.values(answer.data)[0]?.accessToken ?? token;
  }

  it("works on a fresh server, from the first operation to the last", async () => {
    for (const step of steps.filter(({ operation }) => operation !== OperationTypeNode.SUBSCRIPTION)) await take(step);
    const client = connect(server.wsUrl, { token });
    const heard = new Set<string | undefined>();
    for (const { query, operationName } of steps.filter(
      ({ operation }) => operation === OperationTypeNode.SUBSCRIPTION,
    )) {
      client.subscribe(
        { query, operationName },
        {
          next: ({ errors }) => heard.add(errors === undefined ? operationName : "errors"),
          error: () => heard.add("error"),
          complete: () => {},
        },
      );
    }
    const send = steps.find(({ operationName }) => operationName === "Send");
    await expect.poll(async () => take(send).then(() => heard)).toEqual(new Set(["Listen", "Log"]));
    await client.dispose();
  });
});

function isOperation(node: DefinitionNode): node is OperationDefinitionNode {
  return node.kind === Kind.OPERATION_DEFINITION;
}
