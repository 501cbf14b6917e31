import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Person } from "../../support/people.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { request } from "../support/rest.ts";
import { chat8, refusal, somebody, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startServer();
  ann = await somebody(server);
});
afterAll(() => server.stop());

const posts = (path: string, body: string | null, contentType: string | null = "application/json") =>
  request(server, `/api/v1${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${ann.accessToken}`,
      ...(contentType === null ? {} : { "content-type": contentType }),
    },
    body,
  });

test("a refusal names the argument and the bound, in both languages", async () => {
  const { status, body } = await chat8(server, ann).post("/messages", { receiver_id: 1, content: "x".repeat(5_001) });
  expect([status, body]).toEqual([
    422,
    {
      success: false,
      error: {
        code: "VALIDATION_ERROR",
        message: "请求参数错误: content may have at most 5000 characters.",
        details: { field: "content", limit: 5_000 },
      },
      timestamp: TIME,
    },
  ]);
});

describe("a body", () => {
  test.each([
    ["that breaks off", "{"],
    ["that is a list", "[]"],
    ["that is null", "null"],
    ["that is a word", '"x"'],
    ["that is empty", ""],
    ["that changes what objects are made of", '{"__proto__":{"receiver_id":1}}'],
  ])("%s is a malformed request", async (_, body) => {
    expect(await refusal(posts("/messages", body))).toBe("400 BAD_REQUEST body");
  });

  test("that is not there at all is a malformed request", async () => {
    expect(await refusal(posts("/messages", null, null))).toBe("400 BAD_REQUEST body");
  });

  test.each(["text/plain", "application/xml", "image/png"])("of the type %s is a malformed request", async (type) => {
    expect(await refusal(posts("/messages", '{"receiver_id":1,"content":"x"}', type))).toBe("400 BAD_REQUEST body");
  });

  test("of a megabyte and more is refused", async () => {
    const body = JSON.stringify({ receiver_id: 1, content: "x".repeat(1_100_000) });
    expect(await refusal(posts("/messages", body))).toBe("400 BAD_REQUEST body");
  });
});

test("a request without a body may say that it is JSON, as the document's client does", async () => {
  expect((await posts("/auth/refresh", "")).status).toBe(200);
});

test("an unknown path below /api/v1 is told in the words of all that answer there", async () => {
  const { status, body } = await chat8(server, ann).get("/nothing/here");
  expect([status, body]).toEqual([
    404,
    {
      success: false,
      detail: expect.any(String),
      message: expect.any(String),
      error: { code: "NOT_FOUND", message: expect.any(String), details: {} },
      timestamp: TIME,
    },
  ]);
});
