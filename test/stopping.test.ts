import { once } from "node:events";
import { connect } from "node:net";

import { expect, test, vi } from "vitest";

import { person } from "./support/people.ts";
import { startServer } from "./support/server.ts";

const JSON_TYPE = "application/json";
const FORM = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n';

test.each([
  ["/graphql", JSON_TYPE, JSON.stringify({ query: "{ viewer { user { id } } }" })],
  ["/api/chat/send", JSON_TYPE, JSON.stringify({ content: "hello" })],
  ["/api/chat/upload", "multipart/form-data; boundary=x", FORM],
])("what %s answers while the server stops is the last on its connection", async (path, type, body) => {
  const server = await startServer();
  const ann = await person(server, "ann");
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${ann.accessToken}`,
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    "Expect: 100-continue",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  await once(socket, "data");
  const stopped = server.stop();
  // It listens no more.
  await vi.waitFor(() => expect(fetch(server.url)).rejects.toThrow("fetch failed"));
  socket.write(body);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*connection: close\r\n/i);
  await once(socket, "close");
  await stopped;
});
