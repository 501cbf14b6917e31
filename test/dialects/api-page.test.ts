import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { DOORS } from "../../src/dialects/dialects.ts";
import { validatorCompiler } from "../../src/dialects/frame/validation.ts";
import type { Data } from "../support/graphql-client.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const get = (path: string): Promise<Response> => fetch(`${server.url}${path}`);

describe("/docs", () => {
  test("is a page that needs nothing from any other server, and may call none", async () => {
    const page = await get("/docs");
    expect([page.status, page.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
    const html = await page.text();
    const used = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);
    expect(used.length).toBeGreaterThan(3);
    for (const address of used) {
      const url = new URL(address, page.url);
      expect(url.origin).toBe(server.url);
      expect([address, (await fetch(url)).status]).toEqual([address, 200]);
    }
    expect(html).not.toMatch(/https?:\/\//);
    // It describes this server, and has nobody else look at the description.
    const settings = used.find((address) => address.endsWith("swagger-initializer.js")) ?? "";
    const script = await (await fetch(new URL(settings, page.url))).text();
    expect(script).toContain("url: resolveUrl('./json')");
    expect(script).toContain('"validatorUrl":null');
  });
});

describe("/docs/json", () => {
  let api: Data;
  beforeAll(async () => {
    api = await (await get("/docs/json")).json();
  });

  test("has every endpoint of every dialect, in a section of its own, in both languages", () => {
    const operations = Object.values<Data>(api.paths).flatMap((path) => Object.entries<Data>(path));
    for (const { DIALECT, ROUTES } of DOORS) {
      expect(api.tags.map(({ name }: Data) => name)).toContain(DIALECT.name);
      for (const { method, id, status = 200, isPublic } of ROUTES) {
        const [verb, operation] = operations.find(([, { operationId }]) => operationId === id) ?? [];
        expect([id, verb, operation?.tags]).toEqual([id, method.toLowerCase(), [DIALECT.name]]);
        expect(operation.summary).toMatch(/\p{Script=Han}.* \/ .*[a-z]/u);
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining([String(status), "400", "500"]));
        expect([id, operation.security ?? api.security]).toEqual([id, isPublic === true ? [] : [{ bearer: [] }]]);
      }
    }
  });

  test("names no server but the one that is asked, and no endpoint of any other door", () => {
    expect(api.openapi).toMatch(/^3\.1\./);
    expect(api.servers).toEqual([{ url: "/" }]);
    for (const path of Object.keys(api.paths)) expect(path).toMatch(/^\/api\/(?:chat|v1)\//);
    expect(JSON.stringify(api)).not.toContain('"head"');
  });

  test("has for every body of JSON something to try that is taken as it stands", () => {
    const validate = validatorCompiler as unknown as (of: {
      schema: object;
      httpPart: string;
    }) => (said: unknown) => boolean;
    const bodies = Object.entries<Data>(api.paths).flatMap(([path, methods]) =>
      Object.entries<Data>(methods).map(([verb, { requestBody }]) => {
        const schema = requestBody?.content["application/json"]?.schema;
        return [`${verb} ${path}`, schema, requestBody?.content["application/json"]?.example] as const;
      }),
    );
    const tried = bodies.filter(([, schema]) => schema !== undefined);
    expect(tried.length).toBeGreaterThan(10);
    for (const [endpoint, schema, example] of tried) {
      expect([endpoint, Object.keys(example).length > 0, validate({ schema, httpPart: "body" })(example)]).toEqual([
        endpoint,
        true,
        true,
      ]);
    }
  });

  test("has the form of an upload with its file", () => {
    const { requestBody } = api.paths["/api/chat/upload"].post;
    const { properties, required } = requestBody.content["multipart/form-data"].schema;
    expect([Object.keys(properties), required]).toEqual([["file", "room_id"], ["file"]]);
  });
});
