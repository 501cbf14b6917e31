import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { upload } from "../../files/support/uploads.ts";
import { countStatements, fewestStatements } from "../../log/support/statements.ts";
import { asks } from "../../log/support/talk.ts";
import { settled } from "../../support/notifications.ts";
import { add, type Chatter, chatter, done, join, roomOf, type Scene, says, startScene } from "./support.ts";

let scene: Scene;
let count: () => number;
let others: Chatter[];

beforeAll(async () => {
  // What the server looks at every few seconds is not what is counted.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  scene = await startScene();
  others = [scene.bob, scene.eve];
  for (const name of ["dan", "fay", "gil"]) others.push(await chatter(scene.server, name));
  count = countStatements(scene.server);
});
afterAll(async () => {
  await scene.server.stop();
  vi.useRealTimers();
});

const fewest = (work: () => Promise<unknown>): Promise<number> => fewestStatements(scene.server, count, work);

const taken = (who: Chatter, path: string): Promise<number> => fewest(() => done(who.chat.get(`/api/chat/${path}`)));

const HISTORY = `query ($id: ID!) { conversation(id: $id) {
  ... on Room { name }
  messages(last: 50) { nodes {
    id type content isEdited isDeleted createdAt updatedAt
    sender { id username displayName } file { url name size } externalFile { url name size }
  } }
} }`;

test("a page of history takes no more statements than through GraphQL, and fifty messages no more than five", async () => {
  const { server, ann } = scene;
  const { id } = await roomOf(ann);
  for (const other of others) await join(other, id);
  const { url } = await upload(server, ann, { content: "plain words", name: "a.txt", mimeType: "text/plain" });
  const first = await says(ann, id, "first", { file_url: url });
  for (let n = 0; n < 50; n += 1) {
    const more = n % 3 === 0 ? { file_url: url } : { reply_to: first.id };
    await says([ann, ...others][n % 6] as Chatter, id, `message ${n}`, more);
  }
  const page = await taken(ann, `rooms/${id}/messages/?page_size=50`);
  expect(page).toBe(await taken(ann, `rooms/${id}/messages/?page_size=5`));
  expect(page).toBeLessThanOrEqual(await fewest(() => asks(ann, HISTORY, { id: `conv_${id}` })));
});

test("a list of many rooms, of many members and of many notifications takes as many statements as one of few", async () => {
  const { server, ann } = scene;
  const hal = await chatter(server, "hal");
  const few = await roomOf(ann, { room_type: "group" });
  await add(ann, few.id, hal);
  await says(ann, few.id, "@hal hello");
  await settled(server);
  const counted = async (): Promise<number[]> => [
    await taken(hal, "rooms/"),
    await taken(hal, `rooms/${few.id}/`),
    await taken(hal, `rooms/${few.id}/members/`),
    await taken(hal, "notifications/"),
  ];
  const before = await counted();
  await add(ann, few.id, ...others);
  await says(ann, few.id, "hello all");
  for (const other of others) {
    const { id } = await roomOf(other, { room_type: "group" });
    await add(other, id, hal);
    await says(other, id, "@hal hello");
  }
  await settled(server);
  expect(await counted()).toEqual(before);
});

test("whoever is in a room sends with no more statements than through GraphQL, but for the room that the answer shows", async () => {
  const { ann } = scene;
  const { id } = await roomOf(ann);
  const sends = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id sender { username } } } }`;
  const byGraphql = await fewest(() => asks(ann, sends, { input: { conversationId: `conv_${id}`, content: "hello" } }));
  expect(await fewest(() => says(ann, id, "hello"))).toBeLessThanOrEqual(byGraphql + 1);
});
