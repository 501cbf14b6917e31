import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { closeOf } from "../files/support/slow-upload.ts";
import { stored } from "../files/support/stored.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary-directory.ts";
import { type RestAnswer, request } from "./support/rest.ts";

/** Bytes of a file, at the most, at the server of these tests. */
const MAXIMUM = 100_000;
const BOUNDARY = "x-boundary-x";
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;

let dataDir: TemporaryDirectory;
let server: TestServer;
let ann: Person;

beforeAll(async () => {
  dataDir = await temporaryDirectory();
  server = await startServer({ dataDir: dataDir.path, maxUploadBytes: MAXIMUM });
  ann = await person(server, "ann");
});
afterAll(async () => {
  await server.stop();
  await dataDir[Symbol.asyncDispose]();
});

/** A part of a form, by its disposition and more headers. */
const part = (disposition: string, value: string, headers = ""): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n${headers}\r\n${value}\r\n`;
const field = (name: string, value: string): string => part(`name="${name}"`, value);
const file = (content = "some words", name = "file"): string =>
  part(`name="${name}"; filename="words.txt"`, content, "Content-Type: text/plain\r\n");
const END = `--${BOUNDARY}--\r\n`;

function post(body: string | ReadableStream, path = "/api/chat/upload", contentType = FORM): Promise<RestAnswer> {
  const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": contentType };
  return request(server, path, { method: "POST", headers, body, duplex: "half" });
}

/** Rows of files and messages, and files that are arriving. */
async function kept(): Promise<[files: number, messages: number, arriving: number]> {
  // Before the rows: what arrived is taken away only once its row is there.
  const { arriving } = await stored(dataDir.path);
  const { rows } = await server.services.database.pool.query(
    "select (select count(*)::int from files) as files, (select count(*)::int from messages) as messages",
  );
  return [rows[0].files, rows[0].messages, arriving];
}

describe("a form is refused, and nothing of it is kept,", () => {
  test.each<[string, string, string]>([
    ["without a file", field("room_id", "global") + END, "file"],
    ["without anything", END, "file"],
    ["that is empty", "", "file"],
    ["with an empty file", file("") + END, "file"],
    ["with a file in another field", file("words", "picture") + END, "file"],
    ["with a file in another field behind the right one", file() + file("words", "picture") + END, "one file"],
    ["with two files", file() + file() + END, "one file"],
    ["with the file as a field", field("file", "some words") + END, "file"],
    ["with a field that is too long", file() + field("room_id", "x".repeat(65_537)) + END, "room_id"],
    ["with too many fields", file() + field("a", "b").repeat(21) + END, "20 fields"],
    ["with too many fields before the file", field("a", "b").repeat(21) + file() + END, "20 fields"],
    ["with a prototype for a field", file() + field("__proto__", "x") + END, "body"],
    ["with a prototype for a file", file("words", "__proto__") + END, "body"],
    [
      "with a field of JSON that is none",
      file() + part('name="a"', "{", "Content-Type: application/json\r\n") + END,
      "body",
    ],
    ["that breaks off in the file", file().slice(0, -4), "file"],
    ["that breaks off in the head of a part", `--${BOUNDARY}\r\nContent-Dispo`, "body"],
    ["that breaks off behind the file", file(), "file"],
    ["that breaks off in a field behind the file", file() + field("room_id", "glo").slice(0, -2), "file"],
    ["of another boundary", (file() + END).replaceAll(BOUNDARY, "another"), "body"],
    ["that is garbage", "\0\u0001\u0002 garbage ".repeat(1_000), "body"],
    ["that is JSON", '{"room_id":"global"}', "body"],
    ["with a head of a part that never ends", `--${BOUNDARY}\r\nX: ${"x".repeat(200_000)}`, "body"],
  ])("%s", async (_, body, names) => {
    const before = await kept();
    const { status, body: answer } = await post(body);
    expect([status, answer.detail]).toEqual([400, expect.stringContaining(names)]);
    expect(await kept()).toEqual(before);
  });

  test.each([
    ["multipart/form-data", "body"],
    ["multipart/form-data; boundary=", "body"],
    [`multipart/form-data; boundary=${"b".repeat(300)}`, "body"],
    ["multipart/form-data; charset=utf-8", "body"],
    ["multipart/mixed; boundary=x-boundary-x", "body"],
    ["application/x-www-form-urlencoded", "body"],
    ["application/json", "body"],
    ["text/plain", "body"],
  ])("that is said to be %s", async (contentType, names) => {
    const before = await kept();
    const { status, body } = await post(file() + END, "/api/chat/upload", contentType);
    expect([status, body]).toEqual([400, { detail: expect.stringContaining(names) }]);
    expect(await kept()).toEqual(before);
  });

  test("where JSON is taken", async () => {
    const { status, body } = await post(field("content", "words") + END, "/api/chat/send");
    expect([status, body]).toEqual([400, { detail: expect.stringContaining("body") }]);
  });
});

describe("a form is taken", () => {
  test.each<[string, string]>([
    ["with twenty fields", field("a", "b").repeat(20) + file() + END],
    ["with a field as long as one may be", file() + field("a", "x".repeat(65_536)) + END],
    ["with parts that have no name", `${part("", "x")}${file()}${END}`],
    ["with words before and behind it", `A preamble.\r\n${file()}${END}An epilogue.`],
  ])("%s", async (_, body) => {
    expect((await post(body)).status).toBe(200);
  });
});

describe("a file that is too large is refused with 413, and nothing of it is kept,", () => {
  const large = (bytes: number): string => file("x".repeat(bytes)) + END;

  test.each([
    ["by a byte", MAXIMUM + 1],
    ["by as much as a form may have besides", MAXIMUM + 131_072],
    ["by far", 20 * MAXIMUM],
  ])("%s, whether its length is said or not", async (_, bytes) => {
    const before = await kept();
    const answers = [await post(large(bytes)), await post(streamOf(large(bytes)))];
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([413, { detail: expect.stringMatching(/^文件过大: A file .*100,000/) }]);
    }
    expect(await kept()).toEqual(before);
  });

  test("before a byte of it is read, where its length is said", async () => {
    const asked = open({ "content-length": 1_000_000_000 });
    asked.flushHeaders();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    asked.destroy();
  });

  test.each([
    ["a form", FORM, file("").slice(0, -2)],
    ["JSON, which is refused before", "application/json", '{"content":"'],
  ])("and is cut off where it never ends, be it %s", async (_, contentType, beginning) => {
    const before = await kept();
    const asked = open({ "content-type": contentType });
    asked.write(beginning);
    const [socket] = (await once(asked, "socket")) as [ClientRequest["socket"]];
    let isOpen = true;
    const closed = closeOf(socket as never).then(() => {
      isOpen = false;
    });
    const chunk = Buffer.alloc(1_048_576, "x");
    for (let sent = 0; isOpen && sent < 200; sent += 1) {
      if (!asked.write(chunk)) await Promise.race([once(asked, "drain").catch(() => undefined), closed]);
    }
    await closed;
    expect(isOpen).toBe(false);
    await expect.poll(kept).toEqual(before);
  });
});

describe("a form that breaks off leaves nothing,", () => {
  const KEPT = `${file()}--${BOUNDARY}\r\nContent-Disposition: form-data; name="room_id"\r\n\r\nglo`;

  /** A form of which something has come. */
  async function begun(sent: string, before: readonly number[]): Promise<ClientRequest> {
    const asked = open({});
    asked.write(sent);
    await expect.poll(async () => (await kept()).join() !== before.join()).toBe(true);
    return asked;
  }

  test.each([
    ["within the file", file().slice(0, -5)],
    ["behind the file, which was kept by then", KEPT],
  ])("because its sender hangs up %s", async (_, sent) => {
    const before = await kept();
    (await begun(sent, before)).destroy();
    await expect.poll(kept).toEqual(before);
  });

  test.each([
    ["within the file", file().slice(0, -5)],
    ["behind the file, which was kept by then", KEPT],
  ])("because it ends too early %s", async (_, sent) => {
    const before = await kept();
    const asked = await begun(sent, before);
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(400);
    response.resume();
    expect(await kept()).toEqual(before);
  });
});

test("a connection serves on after each refusal, however much of the form was yet to come", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const send = async (body: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> => {
    const asked = open({ "content-length": Buffer.byteLength(body), ...headers }, agent);
    asked.end(body);
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    ports.add(response.socket.localPort);
    response.resume();
    await once(response, "end");
    return response.statusCode;
  };
  const rest = field("a", "x".repeat(60_000)) + END;
  expect(await send(file("x".repeat(3_000_000)) + rest)).toBe(413);
  expect(await send(file("x".repeat(MAXIMUM + 1)) + rest)).toBe(413);
  expect(await send(file("words", "picture") + rest)).toBe(400);
  expect(await send(file() + file("x".repeat(90_000)) + END)).toBe(400);
  expect(await send(file("<html>") + rest, { authorization: "Bearer nonsense" })).toBe(401);
  expect(await send(file(`\0\u0001${"x".repeat(80_000)}`) + rest)).toBe(415);
  expect(await send(file() + END)).toBe(200);
  expect(ports.size).toBe(1);
  agent.destroy();
});

/** A form on its way, by hand. */
function open(headers: Readonly<Record<string, string | number>>, agent?: Agent): ClientRequest {
  const asked = httpRequest(`${server.url}/api/chat/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${ann.accessToken}`, "content-type": FORM, ...headers },
    ...(agent === undefined ? { agent: false } : { agent }),
  });
  asked.on("error", () => {
    // Who hangs up on whom is what the tests are about.
  });
  return asked;
}

/** A body whose length nobody says. */
const streamOf = (text: string): ReadableStream => new Blob([text]).stream();
