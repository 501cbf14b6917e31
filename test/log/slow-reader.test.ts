import { afterAll, beforeAll, expect, test } from "vitest";

import { sendMany } from "./support/crowd.ts";
import { listen } from "./support/ear.ts";
import { lossyClient } from "./support/lossy-client.ts";
import { reads, send } from "./support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let ann: Person;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
});
afterAll(() => server.stop());

const SEQS = `subscription ($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { seq content } }`;
/** 20,000 bytes: nine hundred of them are more than the network and the server's buffer hold. */
const LONG = "🫖".repeat(5_000);
const MESSAGES = 900;

test("who reads too slowly is sent away with a code after which clients come back, and then has everything", async () => {
  const { id } = await room(ann);
  const { cursor } = await reads(ann, id);
  await using slow = lossyClient(ann, server, { resumeKey: "slow" });
  slow.comeBackTo(server);
  const codes: number[] = [];
  slow.client.on("closed", (event) => codes.push((event as { code: number }).code));
  const ear = listen<{ seq: number; content: string }>(slow.client, SEQS, { id, after: cursor });
  await send(ann, id, "first");
  await ear.until(({ length }) => length === 1);
  slow.pause();
  await sendMany(ann, id, MESSAGES, () => LONG);
  slow.resume();
  const last = await send(ann, id, "last");
  await ear.until((heard) => heard.some(({ seq }) => seq === last.seq));
  expect(codes).toEqual([1013]);
  const seqs = new Set(ear.heard.map(({ seq }) => seq));
  expect([...seqs].toSorted((a, b) => a - b)).toEqual(Array.from({ length: MESSAGES + 2 }, (_, n) => n + 2));
});
