import { once } from "node:events";
import { connect } from "node:net";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { sendMany } from "../../log/support/crowd.ts";
import { type Person, person } from "../../support/people.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { roomSocket, socketOf, turnedAway } from "../support/socket.ts";
import { message, roomOf, saying } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  bob = await person(server, "bob");
});
afterAll(() => server.stop());

test("a client that says twenty thousand frames is not closed, and what it said last is done", async () => {
  const id = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  await using his = await roomSocket(server, bob, id);
  for (let n = 0; n < 10_000; n += 1) {
    hers.say("{");
    hers.say({ type: "typing", is_typing: n % 2 === 0 });
  }
  hers.say(message("last"));
  await his.hears("chat_message", saying("last"));
  await hers.hears("chat_message", saying("last"));
  expect(hers.of("error")).toHaveLength(10_000);
});

test("what a client says in one breath is written in its order, and what waits for it comes behind", async () => {
  const id = await roomOf(ann);
  await using hers = await roomSocket(server, ann, id);
  await using his = await roomSocket(server, bob, id);
  const contents = Array.from({ length: 200 }, (_, n) => String(n));
  for (const [n, content] of contents.entries()) {
    const file_url = n % 3 === 0 ? { file_url: `https://files.example/${n}.pdf` } : {};
    // An answer to nothing is refused, whatever stands around it.
    if (n % 7 === 0) hers.say({ ...message("refused"), reply_to: 9_007_199_254_740_991 });
    hers.say({ ...message(content), ...file_url });
  }
  hers.say({ type: "typing", is_typing: true });
  await his.hears("typing");
  expect(his.of("chat_message").map((frame) => frame.message.content)).toEqual(contents);
  await vi.waitFor(() => expect(hers.of("error")).toHaveLength(29));
});

/** 20,000 bytes: nine hundred of them are more than the network and the server's buffer hold. */
const LONG = "🫖".repeat(5_000);
const MESSAGES = 900;

test("a client that does not read is sent away with a code after which clients come back, and harms nobody", async () => {
  const id = await roomOf(ann);
  await using his = await roomSocket(server, bob, id);
  const hers = await roomSocket(server, ann, id);
  hers.ws.pause();
  await sendMany(ann, `conv_${id}`, MESSAGES, () => LONG);
  hers.ws.resume();
  expect((await hers.closed).code).toBe(1013);
  expect(hers.of("chat_message").length).toBeLessThan(MESSAGES);
  his.say(message("still here"));
  await his.hears("chat_message", saying("still here"));
  expect(his.of("chat_message").filter(saying(LONG))).toHaveLength(MESSAGES);
  await using back = await roomSocket(server, ann, id);
  back.say(message("back"));
  await back.hears("chat_message", saying("back"));
});

test("a frame that is too long closes its socket alone, and the longest that is taken does not", async () => {
  const id = await roomOf(ann);
  await using his = await roomSocket(server, bob, id);
  const hers = await roomSocket(server, ann, id);
  const around = JSON.stringify(message("")).length;
  hers.say(message("x".repeat(131_072 - around)));
  expect((await hers.hears("error")).message).toContain("content");
  hers.say(message("x".repeat(131_073 - around)));
  expect((await hers.closed).code).toBe(1009);
  his.say(message("still here"));
  await his.hears("chat_message", saying("still here"));
});

test("what a client says before it is greeted waits, and is done in its order", async () => {
  const id = await roomOf(ann);
  const headers = { authorization: `Bearer ${bob.accessToken}` };
  await using socket = await socketOf(`${server.url.replace("http", "ws")}/ws/chat/${id}/`, { headers });
  for (const content of ["1", "2", "3"]) socket.say(message(content));
  await socket.hears("chat_message", saying("3"));
  expect(socket.heard[0]).toMatchObject({ type: "connection_established" });
  expect(socket.of("chat_message").map((frame) => frame.message.content)).toEqual(["1", "2", "3"]);
});

test("what comes in one packet with the request to open is heard as well", async () => {
  const id = await roomOf(ann);
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const request = [
    `GET /ws/chat/${id}/?token=${bob.accessToken} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await using his = await roomSocket(server, bob, id);
  socket.write(
    Buffer.concat([Buffer.from(`${request.join("\r\n")}\r\n\r\n`), masked(JSON.stringify(message("early")))]),
  );
  await his.hears("chat_message", saying("early"));
  socket.destroy();
  await once(socket, "close");
});

test("what a stranger says before they are sent away is heard by nobody", async () => {
  const id = await roomOf(ann);
  await using his = await roomSocket(server, bob, id);
  const stranger = await socketOf(`${server.url.replace("http", "ws")}/ws/chat/${id}/?token=nonsense`);
  for (let n = 0; n < 100; n += 1) stranger.say(message("hello"));
  expect((await stranger.closed).code).toBe(4401);
  expect((await turnedAway(server, `/ws/chat/${id}/`)).code).toBe(4401);
  his.say(message("last"));
  await his.hears("chat_message", saying("last"));
  expect(his.of("chat_message").map((frame) => frame.message.content)).not.toContain("hello");
});

/** A text frame of a client: masked, by a key of zeros (RFC 6455, 5.3). */
function masked(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 125) throw new RangeError("Only short frames are made here.");
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}
