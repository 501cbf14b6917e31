import fc, { type Arbitrary } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { JSONS, NUMBERS, STRANGE, TEXTS } from "../hostile/support/arbitrary-input.ts";
import { type Person, person } from "../support/people.ts";
import { numberOf } from "../support/presence.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type DialectSocket, type Frame, roomSocket, userSocket } from "./support/socket.ts";

/** What a socket is told, by the type of the frame, and the members of each. */
interface Speech {
  open(): Promise<DialectSocket>;
  readonly types: Readonly<Record<string, readonly string[]>>;
  /** Says something harmless, and waits for what answers it: what was said before has been done. */
  settle(socket: DialectSocket): Promise<unknown>;
  /** The text of an error frame. */
  textOf(frame: Frame): unknown;
}

let server: TestServer;
let ann: Person;
let bob: Person;
let roomNumber: number;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id });
  roomNumber = numberOf({ id });
});
afterAll(() => server.stop());

const SOCKETS: Readonly<Record<string, Speech>> = {
  "django-chat": {
    open: () => roomSocket(server, ann, roomNumber),
    types: {
      chat_message: ["content", "message_type", "reply_to", "file_url", "file_name", "file_size"],
      typing: ["is_typing"],
      user_join: ["user"],
      user_leave: ["user"],
    },
    settle(socket) {
      const content = `settled ${socket.heard.length}`;
      socket.say({ type: "chat_message", content });
      return socket.hears("chat_message", ({ message }) => message.content === content);
    },
    textOf: ({ message }) => message,
  },
  chat8: {
    open: () => userSocket(server, ann),
    types: {
      typing: ["to_user_id", "is_typing"],
      voice_call_invite: ["to_user_id"],
      video_call_invite: ["to_user_id"],
      call_accept: ["call_id"],
      call_reject: ["call_id"],
      call_end: ["call_id"],
    },
    settle(socket) {
      socket.say({ type: "ping" });
      return socket.hears("pong");
    },
    textOf: ({ data, error, message }) => message ?? data?.message ?? error?.message,
  },
};

const NAMES = ["connection_established", "error", "__proto__", "constructor", "toString", "", "PING"];
const RAW = [
  "",
  "{",
  "null",
  "[]",
  "7",
  '"ping"',
  "\0",
  '{"type":{}}',
  '{"type":null}',
  '{"__proto__":{"type":"ping"}}',
];

/** A frame: one of those that are understood, with members that are at times what they ought to be, or anything else. */
function frames(types: Speech["types"], known: readonly unknown[]): Arbitrary<unknown> {
  const member = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<unknown>(true, false, "text", "words", ...known) },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...TEXTS, ...NUMBERS) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE, ...JSONS) },
  );
  const understood = Object.entries(types).map(([type, members]) =>
    fc
      .record(Object.fromEntries(members.map((name) => [name, member])), { requiredKeys: [] })
      .map((fields) => ({ ...fields, type })),
  );
  return fc.oneof(
    ...understood.map((arbitrary) => ({ weight: 4, arbitrary })),
    { weight: 2, arbitrary: fc.constantFrom(...RAW, "[".repeat(20_000)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES, ...STRANGE).map((type) => ({ type, content: "x" })) },
  );
}

test.each(Object.entries(SOCKETS))(
  "whatever is said on a socket of %s, it stays open, and says what it refuses",
  async (_, speech) => {
    const known = [numberOf(ann), numberOf(bob), String(numberOf(bob)), roomNumber, 1];
    const said = fc.array(frames(speech.types, known), { minLength: 15, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(said, async (all) => {
        await using socket = await speech.open();
        for (const one of all) socket.say(one);
        await speech.settle(socket);
        const errors = socket.of("error").map(speech.textOf);
        for (const text of errors) expect(text).toEqual(expect.stringMatching(/\S/));
        expect(errors.filter((text) => String(text).includes("The server failed"))).toEqual([]);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  },
);

test.each(Object.entries(SOCKETS))(
  "a socket of %s answers a frame that is none by an error, and goes on",
  async (_, speech) => {
    await using socket = await speech.open();
    for (const frame of ["{", "[]", '{"type":"no such type"}', "{}", Buffer.from([1, 2, 3])]) {
      socket.say(frame);
      expect(speech.textOf(await socket.hears("error"))).toEqual(expect.stringMatching(/\S/));
    }
    await speech.settle(socket);
  },
);
