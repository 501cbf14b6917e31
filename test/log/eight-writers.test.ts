import type { Client } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Ear, listen } from "./support/ear.ts";
import { EVENTS, type LogEvent, positionOf } from "./support/events.ts";
import { Picture } from "./support/picture.ts";
import { type Said, history, reads, says, send } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let writers: Person[];

beforeAll(async () => {
  server = await startServer();
  writers = await Promise.all(Array.from({ length: 8 }, (_, n) => person(server, `writer-${n}`)));
});
afterAll(() => server.stop());

/** Writes without end, in one way after the other, until it is told to stop. */
async function writes(who: Person, conversationId: string, told: AbortSignal): Promise<void> {
  const own: Said[] = [];
  for (let n = 0; !told.aborted; n += 1) {
    const target = own[(n * 7) % Math.max(own.length, 1)];
    if (target === undefined || n % 3 === 0) own.push(await send(who, conversationId, `${who.username} ${n}`));
    else if (n % 3 === 1)
      await says(who, "editMessage", { messageId: target.id, content: `${target.content}, at ${n}` });
    else if (n % 6 === 2) await says(who, "addReaction", { messageId: target.id, emoji: n % 4 === 0 ? "👍" : "🎉" });
    else await says(who, "deleteMessage", { messageId: own.splice(own.indexOf(target), 1)[0]?.id });
  }
}

test("who reads a conversation and subscribes after its cursor ends up with what is there, though eight write all the while", async () => {
  const [ann] = writers as [Person];
  const { id } = await room(ann);
  await Promise.all(writers.slice(1).map((who) => does(who, "joinRoom", { roomId: id })));
  const stop = new AbortController();
  const writing = Promise.all(writers.map((who) => writes(who, id, stop.signal)));

  const clients = Array.from({ length: 4 }, () => ann.ws());
  const readers: { picture: Picture; ear: Ear<LogEvent> }[] = [];
  for (let lastSeq = 0; lastSeq < 120 || readers.length < 16;) {
    const page = await reads(ann, id, { last: 100 });
    ({ lastSeq } = page);
    if (readers.length >= 16) continue;
    const client = clients[readers.length % clients.length] as Client;
    readers.push({ picture: new Picture(page), ear: listen<LogEvent>(client, EVENTS, { id, after: page.cursor }) });
  }
  stop.abort();
  await writing;

  const { cursor } = await reads(ann, id);
  const head = positionOf(cursor, id);
  const all = await history(ann, id);
  for (const { picture, ear } of readers) {
    await ear.until((heard) => picture.isAt(cursor) || heard.some((event) => positionOf(event.cursor, id) >= head));
    for (const event of ear.heard) picture.apply(event);
    expect(picture.messages).toEqual(picture.oughtToShow(all));
  }
  await Promise.all(clients.map((client) => client.dispose()));
});
