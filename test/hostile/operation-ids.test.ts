import { afterAll, beforeAll, expect, test } from "vitest";

import { ADDED } from "../log/support/events.ts";
import { send } from "../log/support/talk.ts";
import { type Person, person } from "../support/people.ts";
import { type RawSocket, closeOf, rawSocket } from "../support/raw-socket.ts";
import { room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { gate } from "./support/gate.ts";

let server: TestServer;
let ann: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  ann = await person(server, "ann");
  tea = (await room(ann)).id;
});
afterAll(() => server.stop());

async function admitted(): Promise<RawSocket> {
  const socket = await rawSocket(server.wsUrl);
  socket.say({ type: "connection_init", payload: { token: ann.accessToken } });
  expect(await socket.hear()).toEqual({ type: "connection_ack" });
  return socket;
}

const VIEWER = "{ viewer { user { username } } }";
const begins = ({ say }: RawSocket, query: string, id: string | null = tea): void =>
  say({ id: "1", type: "subscribe", payload: { query, variables: { id } } });
const completes = ({ say }: RawSocket): void => say({ id: "1", type: "complete" });

/** Waits until the server holds nothing on behalf of anybody. */
async function nothingIsKept(): Promise<void> {
  const { hub, viewers } = server.services;
  await expect.poll(() => [hub.size, viewers.size], { timeout: 10_000 }).toEqual([0, 0]);
}

const SEND = `mutation ($id: ID!) { sendMessage(input: { conversationId: $id, content: "once" }) { __typename } }`;

test.each([
  ["a subscription to a conversation", ADDED, true, () => gate(server.services.hub.source, "audienceAmong", "before")],
  ["a subscription to everything", ADDED, false, () => gate(server.services.hub.source, "memberships", "after")],
  ["a mutation", SEND, true, () => gate(server.services.writer, "send", "before")],
])(
  "the id of %s, used again while it is begun, ends the connection, and nothing is kept",
  async (_, query, ofTea, hold) => {
    const socket = await admitted();
    const closed = closeOf(socket.ws);
    using held = hold();
    begins(socket, query, ofTea ? tea : null);
    await held.calls(1);
    completes(socket);
    begins(socket, ADDED);
    expect(await closed).toMatchObject({ code: 4409 });
    held.open();
    await nothingIsKept();
  },
);

/** The messages that come before the answer to a ping. */
async function heardUpToNow(socket: RawSocket): Promise<unknown[]> {
  const heard: unknown[] = [];
  socket.say({ type: "ping" });
  for (;;) {
    const message = (await socket.hear()) as { type: string };
    if (message.type === "pong") return heard;
    heard.push(message);
  }
}

test("an id may be used again and again, each time after its operation was answered, refused or completed", async () => {
  const socket = await admitted();
  for (let round = 0; round < 3; round += 1) {
    begins(socket, VIEWER);
    expect(await socket.hear()).toMatchObject({ id: "1", type: "next", payload: { data: {} } });
    expect(await socket.hear()).toEqual({ id: "1", type: "complete" });
    begins(socket, "{ nothing }");
    expect(await socket.hear()).toMatchObject({ id: "1", type: "error" });
    begins(socket, ADDED, "conv_999999");
    expect(await socket.hear()).toMatchObject({ id: "1", type: "next", payload: { errors: [{}] } });
    expect(await socket.hear()).toEqual({ id: "1", type: "complete" });
    begins(socket, ADDED);
    const content = `round ${round}`;
    // What was let go of before may be written only now, and is heard as well.
    const ofThisRound = (message: unknown): boolean => JSON.stringify(message).includes(content);
    let heard: unknown[] = [];
    while (!heard.some(ofThisRound)) {
      await send(ann, tea, content);
      heard = await heardUpToNow(socket);
    }
    expect(heard.find(ofThisRound)).toMatchObject({ id: "1", payload: { data: { messageAdded: { content } } } });
    completes(socket);
    await nothingIsKept();
    await heardUpToNow(socket);
  }
  socket.ws.terminate();
});
