import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Endpoint } from "./support/endpoints.ts";
import type { Call } from "./support/scene.ts";
import { problemsOfCall, problemsOfFrames } from "./support/walk.ts";

/** A server that serves one endpoint, badly in many ways: the path's last word says how. */
const SERVES: Readonly<Record<string, (authorized: boolean) => [status: number, body: unknown]>> = {
  well: (authorized) => (authorized ? [201, { id: 7 }] : [401, { detail: "Who is there?" }]),
  open: () => [201, { id: 7 }],
  otherwise: (authorized) => (authorized ? [200, { id: 7 }] : [401, { detail: "Who is there?" }]),
  less: (authorized) => (authorized ? [201, {}] : [401, { detail: "Who is there?" }]),
  strangely: (authorized) => (authorized ? [201, { id: 7 }] : [401, { error: "Who is there?" }]),
};
const CALL = { as: { accessToken: "good" }, params: { id: "a/b" }, json: {} } as unknown as Call;
const ANSWER = { id: 1 };
const ERROR = { detail: "words" };

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(({ url: path = "", method, headers }, response) => {
    const word = /^\/things\/a%2Fb\/(\w+)$/.exec(path)?.[1] ?? "";
    const [status, body] = (method === "POST" ? SERVES[word] : undefined)?.(
      headers.authorization === "Bearer good",
    ) ?? [404, { detail: "There is nothing." }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const row = (word: string): Endpoint => {
  const path = `/things/{id}/${word}`;
  return { dialect: "any", method: "POST", path, success: 201, input: "", name: `POST ${path}` };
};
const walk = async (word: string): Promise<string[]> => problemsOfCall({ url }, row(word), CALL, ANSWER, ERROR);

test("an endpoint that is served as documented has no problem", async () => {
  expect(await walk("well")).toEqual([]);
});

test("an endpoint that is not served is a problem, with a token and without", async () => {
  const problems = await walk("nowhere");
  const answered = 'answered 404 instead of 201: {"detail":"There is nothing."}';
  expect(problems).toContain(`POST /things/{id}/nowhere: ${answered}`);
  expect(problems).toContain(`POST /things/{id}/nowhere with no token: ${answered.replace("201", "401")}`);
});

test.each([
  ["otherwise", 'POST /things/{id}/otherwise: answered 200 instead of 201: {"id":7}'],
  ["less", "POST /things/{id}/less: id: missing"],
  ["open", 'POST /things/{id}/open with no token: answered 201 instead of 401: {"id":7}'],
  ["strangely", "POST /things/{id}/strangely with Bearer: detail: missing"],
])("one that is served %s is a problem, which names row and field", async (word, problem) => {
  expect(await walk(word)).toContain(problem);
});

test("a word of the path for which nothing stands is no call", async () => {
  const call = { as: null, params: {} };
  await expect(problemsOfCall({ url }, row("well"), call, ANSWER, ERROR)).rejects.toThrow("Nothing stands for {id}");
});

test("a frame that never came is a problem, and so is one of another shape", () => {
  const shapes = { pong: { type: "pong" }, typing: { is_typing: true } };
  const socket = { ...row("well"), method: "WS", name: "WS /ws" };
  expect(problemsOfFrames(socket, [{ type: "typing", is_typing: "yes" }], shapes)).toEqual([
    "WS /ws: no pong came",
    'WS /ws typing: is_typing: a boolean is wanted, and it is "yes"',
  ]);
});
