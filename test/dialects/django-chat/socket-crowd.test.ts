import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { countStatements, statementsOf } from "../../log/support/statements.ts";
import { jobsDone } from "../../support/jobs.ts";
import { did } from "../../support/messages.ts";
import { type DialectSocket, roomSocket } from "../support/socket.ts";
import { done, join, roomOf, type Scene, says, startScene } from "./support.ts";

const SOCKETS = 200;

let scene: Scene;
let count: () => number;

beforeAll(async () => {
  // What the server looks at every few seconds is not what is counted.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  scene = await startScene();
  count = countStatements(scene.server);
});
afterAll(async () => {
  await scene.server.stop();
  vi.useRealTimers();
});

/** The fewest statements of a few tries, each of which is over when all have heard of it. */
async function fewest(sockets: readonly DialectSocket[], type: string, work: () => Promise<unknown>): Promise<number> {
  const { server } = scene;
  const counts: number[] = [];
  for (let tries = 0; tries < 4; tries += 1) {
    await jobsDone(server);
    const told = async (): Promise<void> => {
      await work();
      await Promise.all(sockets.map((socket) => socket.hears(type)));
    };
    counts.push(await statementsOf(count, told));
  }
  return Math.min(...counts);
}

test("what two hundred sockets of a room are told is made once, and each is told once", async () => {
  const { server, ann, bob, eve } = scene;
  const { id } = await roomOf(ann);
  await join(bob, id);
  await join(eve, id);
  const said = await says(ann, id, "first");
  const sends = () => says(ann, id, "hello");
  const edits = () =>
    did(ann, "editMessage", { messageId: `msg_${said.id}`, content: `${Math.random()}` }, "__typename");
  const reads = async () => bob.chat.post(`/api/chat/messages/${(await says(ann, id, "read me")).id}/read/`);

  const few = [await roomSocket(server, bob, id), await roomSocket(server, eve, id)];
  const before = [
    await fewest(few, "chat_message", sends),
    await fewest(few, "message_updated", edits),
    await fewest(few, "message_read", reads),
  ];
  const more = await Promise.all(
    Array.from({ length: SOCKETS }, (_, n) => roomSocket(server, n % 2 === 0 ? bob : eve, id)),
  );
  const after = [
    await fewest(more, "chat_message", sends),
    await fewest(more, "message_updated", edits),
    await fewest(more, "message_read", reads),
  ];
  expect(after).toEqual(before);
  for (const socket of more) {
    const ids = socket.of("chat_message").map(({ message }) => message.id);
    expect(ids).toHaveLength(8);
    expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
  }
  for (const socket of [...few, ...more]) await socket[Symbol.asyncDispose]();
  await done(bob.chat.get(`/api/chat/rooms/${id}/`));
});
