import { afterAll, beforeAll, expect, test } from "vitest";

import { notified, settled } from "./support/notifications.ts";
import type { Person } from "./support/people.ts";
import { does, inTurn, type Voice } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

let server: TestServer;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = await inTurn(server, "ann", "bob");
});
afterAll(() => server.stop());

const write = (who: Voice, conversationId: string, content: string, input = {}) =>
  does(who, "sendMessage", { conversationId, content, ...input });
const direct = async (one: Voice, other: Voice): Promise<string> =>
  (await does(one, "openDirectConversation", { userId: other.id })).conversation.id;

test("a direct message", async () => {
  const id = await direct(ann, bob);
  await write(ann, id, "hello");
  await write(ann, id, "hello again");
  await settled(server);
  expect(await notified(bob)).toMatchObject([{ type: "MESSAGE", title: "ann", content: "hello again", count: 2 }]);
  expect(await notified(ann)).toEqual([]);
});
