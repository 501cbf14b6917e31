import { afterAll, beforeAll, expect, test } from "vitest";

import { roomSocket } from "../support/socket.ts";
import { roomOf, type Scene, startScene, wordsIn } from "./support.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.server.stop());

const message = (more: object): object => ({ type: "chat_message", ...more });

test.each([
  ["{", "frame"],
  ["", "frame"],
  ["null", "frame"],
  ["[]", "frame"],
  ['"chat_message"', "frame"],
  [Buffer.from('{"type":"typing","is_typing":true}'), "frame"],
  [{}, "type"],
  [{ type: 5 }, "type"],
  [{ type: "toString" }, "type"],
  [{ type: "__proto__" }, "type"],
  [{ type: "connection_established" }, "type"],
  [message({}), "content"],
  [message({ content: "" }), "content"],
  [message({ content: 5 }), "content"],
  [message({ content: "x".repeat(5_001) }), "content"],
  [message({ content: "a\u0000b" }), "content"],
  [message({ content: "hello", message_type: "system" }), "message_type"],
  [message({ content: "hello", message_type: "audio" }), "message_type"],
  [message({ content: "hello", reply_to: "1" }), "reply_to"],
  [message({ content: "hello", reply_to: 999_999_999 }), "reply_to"],
  [message({ content: "hello", file_url: "javascript:alert(1)" }), "file_url"],
  [message({ content: "", file_url: "https://example.com/a", file_size: -1 }), "file_size"],
  [{ type: "typing" }, "is_typing"],
  [{ type: "typing", is_typing: "yes" }, "is_typing"],
])("of the frame %j the client is told what is wrong with it, and its socket stays", async (frame, naming) => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  await using socket = await roomSocket(server, ann, id);
  socket.say(frame);
  const refused = await socket.hears("error");
  expect(refused).toEqual({ type: "error", message: expect.stringContaining(naming) });
  socket.say(message({ content: "good" }));
  await socket.hears("chat_message", ({ message: said }) => said.content === "good");
  expect(await wordsIn(ann, id)).toEqual(["good"]);
});

test("what a client says is done in its order", async () => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  await using socket = await roomSocket(server, ann, id);
  const words = Array.from({ length: 100 }, (_, n) => String(n));
  for (const content of words) socket.say(message({ content }));
  await socket.hears("chat_message", ({ message: said }) => said.content === "99");
  expect(socket.of("chat_message").map(({ message: said }) => said.content)).toEqual(words);
  expect(await wordsIn(ann, id)).toHaveLength(100);
});
