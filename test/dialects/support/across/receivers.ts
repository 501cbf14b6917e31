import { expect, vi } from "vitest";

import { conversationTopic } from "../../../../src/realtime/events.ts";
import { listen } from "../../../log/support/ear.ts";
import { EVENTS, type LogEvent, READ } from "../../../log/support/events.ts";
import { reads } from "../../../log/support/talk.ts";
import type { TestServer } from "../../../support/server.ts";
import { numberOf } from "../../../support/presence.ts";
import { hearing } from "../../../support/typing-ear.ts";
import { type DialectSocket, type Frame, roomSocket, userSocket } from "../socket.ts";
import type { AcrossScene, Kind } from "./scene.ts";

/** A message of Bob's that Ann reads. */
export interface Question {
  readonly number: number;
  readonly seq: number;
  readonly content: string;
}

/** Bob, by one door: what he heard of Ann, in the same words whichever door it is. */
export interface Receiver extends AsyncDisposable {
  /** Of messages, in order: `+ words`, `~ other words`, `- words`. */
  log(): string[];
  /** Of what no log keeps: `reads words`, `types`, `stops`. */
  passing(): string[];
}

export interface ReceivingDoor {
  readonly name: string;
  readonly kinds: readonly Kind[];
  open(server: TestServer, scene: AcrossScene, question: Question): Promise<Receiver>;
}

/** How long words take that nobody hears before they are given up. */
const PATIENCE = { timeout: 20_000 };

async function graphql(server: TestServer, scene: AcrossScene, question: Question): Promise<Receiver> {
  const { ann, herald, conversationId, tag } = scene;
  const bob = scene.bob.at(server);
  const client = bob.ws();
  const { cursor } = await reads(bob, conversationId);
  const log = listen<LogEvent>(client, EVENTS, { id: conversationId, after: cursor });
  const read = listen<{ seq: number; user: { username: string } }>(client, READ, { id: conversationId });
  const typing = await hearing(server, bob, { id: conversationId }, herald);
  // Nothing says when a subscription has begun, but that it hears something: somebody else's reading of nothing.
  await vi.waitFor(() => {
    const [number, userId] = [numberOf({ id: conversationId }), numberOf(herald)];
    const news = { type: "read", conversationId: number, userId, seq: 0, readAt: new Date().toISOString() };
    server.services.bus.publish(conversationTopic(number), news);
    expect(read.heard.length).toBeGreaterThan(0);
  }, PATIENCE);
  return {
    log: () => inWords(log.heard.flatMap(told), tag),
    passing: () => [
      ...read.heard
        .filter(({ user }) => user.username === ann.username)
        .map(({ seq }) => `reads ${seq === question.seq ? question.content : seq}`),
      ...typing.ear.heard
        .filter(({ user }) => user.username === ann.username)
        .map(({ isTyping }) => (isTyping ? "types" : "stops")),
    ],
    async [Symbol.asyncDispose]() {
      await typing.close();
      await client.dispose();
    },
  };
}

/** What happened to a message, by its id. */
interface Told {
  readonly sign: "+" | "~" | "-";
  readonly id: string;
  readonly words?: string;
}

function told(event: LogEvent): Told[] {
  if (event.__typename === "ResyncRequired") throw new Error("The log is to be read anew.");
  if (event.__typename === "MessageAdded") {
    const { id, content } = event.edge.node;
    return [{ sign: "+", id, words: content }];
  }
  const { id, content, isDeleted } = event.message;
  return [isDeleted ? { sign: "-", id } : { sign: "~", id, words: content }];
}

/** The same with the words of what is told by its id alone; words of others in the room are left out. */
function inWords(all: readonly Told[], tag: string): string[] {
  const said = new Map<string, string>();
  return all.flatMap(({ sign, id, words = said.get(id) ?? "" }) => {
    said.set(id, words);
    return words.startsWith(tag) ? [`${sign} ${words}`] : [];
  });
}

/** The signs of frames that tell of messages. */
const SIGNS: Readonly<Record<string, Told["sign"]>> = {
  chat_message: "+",
  new_message: "+",
  message_updated: "~",
  message_deleted: "-",
};

async function djangoChat(server: TestServer, scene: AcrossScene, question: Question): Promise<Receiver> {
  const socket = await roomSocket(server, scene.bob, scene.number);
  const ofAnn = ({ user }: Frame): boolean => user?.id === numberOf(scene.ann);
  return fromSocket(socket, scene.tag, {
    told: ({ type, message, message_id }) =>
      SIGNS[type] === undefined ? [] : [{ sign: SIGNS[type], id: message?.id ?? message_id, words: message?.content }],
    passing: (frame) => {
      if (!ofAnn(frame)) return [];
      if (frame.type === "typing") return [frame.is_typing === true ? "types" : "stops"];
      return frame.type === "message_read" ? [readsOf(frame.message_id, question)] : [];
    },
  });
}

async function chat8(server: TestServer, scene: AcrossScene, question: Question): Promise<Receiver> {
  const socket = await userSocket(server, scene.bob);
  return fromSocket(socket, scene.tag, {
    told: ({ type, data }) =>
      SIGNS[type] === undefined ? [] : [{ sign: SIGNS[type], id: data.id, words: data.content }],
    passing: ({ type, data }) => {
      if (data?.user_id !== numberOf(scene.ann)) return [];
      if (type === "typing") return [data.is_typing === true ? "types" : "stops"];
      return type === "message_read" ? [readsOf(data.message_id, question)] : [];
    },
  });
}

const readsOf = (messageId: number, { number, content }: Question): string =>
  `reads ${messageId === number ? content : messageId}`;

interface Reading {
  told(frame: Frame): Told[];
  passing(frame: Frame): string[];
}

const fromSocket = (socket: DialectSocket, tag: string, reading: Reading): Receiver => ({
  log: () =>
    inWords(
      socket.heard.flatMap((frame) => reading.told(frame)),
      tag,
    ),
  passing: () => socket.heard.flatMap((frame) => reading.passing(frame)),
  [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
});

export const RECEIVERS: readonly ReceivingDoor[] = [
  {
    name: "GraphQL",
    kinds: ["the global room", "a public room", "a group", "a direct conversation"],
    open: graphql,
  },
  { name: "django-chat", kinds: ["the global room", "a public room", "a group"], open: djangoChat },
  { name: "chat8", kinds: ["a direct conversation"], open: chat8 },
];
