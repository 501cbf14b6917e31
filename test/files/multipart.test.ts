import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { UPLOADS_AT_A_TIME_OF_ONE } from "../../src/files/gate.ts";
import { LIMITS } from "../../src/graphql/limits.ts";
import { refusalOf } from "../support/friends.ts";
import { ask, post } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary-directory.ts";
import { beginUpload, closeOf, said } from "./support/slow-upload.ts";
import { stored } from "./support/stored.ts";
import { UPLOAD, attemptUpload, form, postForm, upload } from "./support/uploads.ts";

const MAXIMUM = 100_000;
const TEXT = { content: "some words", name: "words.txt" };

let dataDir: TemporaryDirectory;
let server: TestServer;
let ada: Person;
beforeAll(async () => {
  dataDir = await temporaryDirectory();
  server = await startServer({ dataDir: dataDir.path, maxUploadBytes: MAXIMUM });
  ada = await person(server, "ada");
});
afterAll(async () => {
  await server.stop();
  await dataDir[Symbol.asyncDispose]();
});

const filesOf = async (who: Person): Promise<number> =>
  (await who.graphql(`{ viewer { files(first: 100) { nodes { id } } } }`)).data.viewer.files.nodes.length;

/** A form with these fields, in this order, and a file behind them. */
function fields(entries: Readonly<Record<string, string>>, files: readonly string[] = ["0"]): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(entries)) body.append(name, value);
  for (const name of files) body.append(name, new Blob(["some words"]), "words.txt");
  return body;
}
const operations = JSON.stringify({ query: UPLOAD, variables: { file: null } });
const map = JSON.stringify({ 0: ["variables.file"] });

describe("an upload is not taken", () => {
  test("from nobody", async () => {
    const answer = await postForm(server, form(UPLOAD, {}, TEXT), null);
    expect([answer.status, refusalOf(answer)]).toEqual([401, "UNAUTHENTICATED"]);
  });

  test("from somebody whose token does not hold", async () => {
    const answer = await postForm(server, form(UPLOAD, {}, TEXT), { ...ada, accessToken: "made.up.token" });
    expect([answer.status, refusalOf(answer)]).toEqual([401, "UNAUTHENTICATED"]);
  });

  test("from a form of another page, which cannot set headers", async () => {
    const answer = await postForm(server, form(UPLOAD, {}, TEXT), ada, { "apollo-require-preflight": "" });
    expect([answer.status, refusalOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });

  test.each<[string, FormData, string]>([
    ["without a map", fields({ operations }, []), "BAD_USER_INPUT body"],
    ["without operations", fields({ map }), "BAD_USER_INPUT body"],
    ["without fields", fields({}), "BAD_USER_INPUT body"],
    ["with the map first", fields({ map, operations }), "BAD_USER_INPUT body"],
    ["with operations that are no JSON", fields({ operations: "{", map }), "BAD_USER_INPUT body"],
    ["with a map that is no JSON", fields({ operations, map: "{" }), "BAD_USER_INPUT body"],
    ["with a map of numbers", fields({ operations, map: '{"0":[1]}' }), "BAD_USER_INPUT body"],
    ["with a path to nowhere", fields({ operations, map: '{"0":["a.b"]}' }), "BAD_USER_INPUT body"],
    ["with a path to a prototype", fields({ operations, map: '{"0":["__proto__.x"]}' }), "BAD_USER_INPUT body"],
    [
      "with more files than one",
      fields({ operations, map: '{"0":["variables.file"],"1":["variables.x"]}' }, ["0", "1"]),
      "BAD_USER_INPUT",
    ],
    ["without the file", fields({ operations, map }, []), "BAD_USER_INPUT file"],
    [
      "with a map that is too large",
      fields({ operations, map: `{"0":["${"x".repeat(LIMITS.bodyBytes)}"]}` }),
      "PAYLOAD_TOO_LARGE",
    ],
    [
      "with operations that are too large",
      fields({ operations: `"${"x".repeat(LIMITS.bodyBytes)}"`, map }),
      "PAYLOAD_TOO_LARGE",
    ],
    [
      "into a variable that takes no file",
      fields({ operations, map: '{"0":["variables.file","variables.conversationId"]}' }),
      "BAD_USER_INPUT conversationId",
    ],
  ])("%s", async (_, body, expected) => {
    const before = await filesOf(ada);
    expect(refusalOf(await postForm(server, body, ada))).toBe(expected);
    expect(await filesOf(ada)).toBe(before);
  });

  test("as JSON, or in the document, or over WebSocket", async () => {
    const client = ada.ws();
    const literal = `mutation { uploadFile(file: "words") { file { id } } }`;
    const answers = [
      await ada.graphql(UPLOAD, { file: "words" }),
      await ada.graphql(UPLOAD, { file: { promise: "words" } }),
      await ada.graphql(literal),
      await ask(client, UPLOAD, { file: "words" }),
    ];
    const refused = "BAD_USER_INPUT file";
    expect(answers.map(refusalOf)).toEqual([refused, refused, "BAD_USER_INPUT", refused]);
    await client.dispose();
  });

  test("twice in one operation", async () => {
    const twice = `mutation ($file: Upload!) {
      one: uploadFile(file: $file) { file { id } } two: uploadFile(file: $file) { file { id } } }`;
    const { data, errors } = await postForm(server, form(twice, {}, TEXT), ada);
    expect([data, errors?.[0]?.path]).toEqual([null, ["two"]]);
    expect(refusalOf({ errors: errors ?? [] })).toBe("BAD_USER_INPUT file");
  });

  test("that is empty", async () => {
    expect(refusalOf(await attemptUpload(server, ada, { content: "", name: "words.txt" }))).toBe("BAD_USER_INPUT file");
  });
});

describe("the size of a file", () => {
  test("may be all that is allowed, and not a byte more", async () => {
    expect((await upload(server, ada, { content: "x".repeat(MAXIMUM), name: "words.txt" })).size).toBe(MAXIMUM);
    const answer = await attemptUpload(server, ada, { content: "x".repeat(MAXIMUM + 1), name: "words.txt" });
    expect(refusalOf(answer)).toBe("PAYLOAD_TOO_LARGE file");
    expect(answer.errors?.[0]?.extensions.limit).toBe(MAXIMUM);
    expect((await stored(dataDir.path)).arriving).toBe(0);
  });

  test("is refused at once where the request says that it is far too long", async () => {
    const slow = await beginUpload(server, ada, { length: 1_000_000_000 });
    expect(await said(slow.socket)).toMatch(/^HTTP\/1.1 413 .*"code":"PAYLOAD_TOO_LARGE"/s);
    slow.socket.destroy();
  });

  test("is bounded where the request does not say it, and never ends", async () => {
    const slow = await beginUpload(server, ada);
    const closed = closeOf(slow.socket);
    let isOpen = true;
    void closed.then(() => {
      isOpen = false;
    });
    const chunk = Buffer.alloc(65_536, "x");
    for (let sent = 0; isOpen && sent < 200; sent += 1) await slow.write(chunk);
    await closed;
    await expect.poll(async () => (await stored(dataDir.path)).arriving).toBe(0);
  });
});

describe("an upload that breaks off", () => {
  test("because the connection does, leaves nothing", async () => {
    const before = [await filesOf(ada), (await stored(dataDir.path)).objects.length];
    const slow = await beginUpload(server, ada);
    await slow.write("the first words");
    await expect.poll(async () => (await stored(dataDir.path)).arriving).toBe(1);
    slow.socket.destroy();
    await expect.poll(async () => (await stored(dataDir.path)).arriving).toBe(0);
    expect([await filesOf(ada), (await stored(dataDir.path)).objects.length]).toEqual(before);
  });

  test("because the form ends too early, is refused", async () => {
    const slow = await beginUpload(server, ada);
    await slow.write("the first words");
    slow.socket.write("0\r\n\r\n");
    expect(await said(slow.socket)).toContain('"field":"file"');
    expect((await stored(dataDir.path)).arriving).toBe(0);
    slow.socket.destroy();
  });
});

test("a file that nobody asks for is thrown away, and the connection serves on", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const boundary = "b";
  const part = (name: string, value: string, more = "") =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const query = "query ($file: Upload) { viewer { email } __typename @skip(if: true) }";
  const sent =
    part("operations", JSON.stringify({ query: query.replace("($file: Upload)", ""), variables: { file: null } })) +
    part("map", map) +
    part("0", "x".repeat(MAXIMUM), '; filename="words.txt"') +
    `--${boundary}--\r\n`;
  const ports = new Set<number | undefined>();
  for (let turn = 0; turn < 3; turn += 1) {
    const asked = request(`${server.url}/graphql`, {
      agent,
      method: "POST",
      headers: {
        authorization: `Bearer ${ada.accessToken}`,
        "apollo-require-preflight": "true",
        "content-type": `multipart/form-data; boundary=${boundary}`,
        "content-length": Buffer.byteLength(sent),
      },
    });
    asked.end(sent);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    ports.add(response.socket.localPort);
    expect(response.statusCode).toBe(200);
    response.resume();
    await once(response, "end");
  }
  expect(ports.size).toBe(1);
  expect((await stored(dataDir.path)).arriving).toBe(0);
  agent.destroy();
});

test("uploads at once all arrive, and one too many is told to wait", async () => {
  const bea = await person(server, "bea");
  const slow = await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME_OF_ONE }, () => beginUpload(server, bea)));
  await Promise.all(slow.map((one, index) => one.write(`words of number ${index}`)));
  await expect.poll(async () => (await stored(dataDir.path)).arriving).toBe(UPLOADS_AT_A_TIME_OF_ONE);
  expect(refusalOf(await attemptUpload(server, bea, TEXT))).toBe("RATE_LIMITED file");
  expect((await upload(server, ada, TEXT)).name).toBe("words.txt");
  const answers = await Promise.all(slow.map((one) => one.end()));
  for (const answer of answers) expect(answer).toContain('"mimeType":"text/plain"');
  expect(await filesOf(bea)).toBe(UPLOADS_AT_A_TIME_OF_ONE);
  expect((await upload(server, bea, TEXT)).name).toBe("words.txt");
  for (const { socket } of slow) socket.destroy();
});

test("operations in a batch may carry a file", async () => {
  const body = fields({
    operations: JSON.stringify([
      { query: "{ viewer { user { username } } }" },
      { query: UPLOAD, variables: { file: null } },
    ]),
    map: JSON.stringify({ 0: ["1.variables.file"] }),
  });
  const answers = (await postForm(server, body, ada)) as unknown as Record<string, { data: { uploadFile?: object } }>;
  expect(answers["1"]?.data.uploadFile).toMatchObject({ file: { name: "words.txt", size: 10 } });
});

test("JSON is taken as ever beside it, and no other form", async () => {
  expect((await post(server.url, "{ __typename }")).data).toEqual({ __typename: "Query" });
  const answer = await fetch(`${server.url}/graphql`, { method: "POST", body: new URLSearchParams({ query: "{a}" }) });
  expect(answer.status).toBe(415);
});
