import type { Client } from "graphql-ws";
import { expect, test } from "vitest";

import { contents, globalRoom, history } from "./support/talk.ts";
import { ask } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id seq content } } }`;
const MESSAGES = 2_000;
const CONNECTIONS = 4;
/** Messages that a connection has under way at a time. */
const WINDOW = 50;

interface Acknowledged {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
}

const whereIs = ({ url }: ServerProcess) => ({ url, wsUrl: `${url.replace("http", "ws")}/graphql` });

/** Sends messages, each under its content as clientMessageId. @returns those that were acknowledged before the end */
async function sendAll(
  who: Person,
  conversationId: string,
  messages: readonly string[],
  onAcknowledged: () => void,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  const left = [...messages];
  const one = async (client: Client): Promise<void> => {
    for (let content = left.shift(); content !== undefined; content = left.shift()) {
      const input = { conversationId, content, clientMessageId: content };
      const { data } = await ask(client, SEND, { input });
      acknowledged.push(data.sendMessage.message as Acknowledged);
      onAcknowledged();
    }
  };
  const clients = Array.from({ length: CONNECTIONS }, () => who.ws());
  // Whoever is cut off stops; what was acknowledged counts.
  await Promise.allSettled(clients.flatMap((client) => Array.from({ length: WINDOW }, () => one(client))));
  await Promise.allSettled(clients.map((client) => client.dispose()));
  return acknowledged;
}

test("killed in the middle of two thousand sends, the server has every message that it acknowledged, once and without a hole", async () => {
  await using directory = await temporaryDirectory();
  const settings = { DATA_DIR: directory.path, LOG_LEVEL: "fatal" };
  const first = await startServerProcess(settings);
  const ann = await person(whereIs(first), "ann");
  const conversationId = await globalRoom(ann);
  const messages = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
  let count = 0;
  const before = await sendAll(ann, conversationId, messages, () => {
    count += 1;
    if (count === MESSAGES / 2) first.signal("SIGKILL");
  });
  expect(await first.ended).toBe("SIGKILL");
  expect(before.length).toBeGreaterThanOrEqual(MESSAGES / 2);
  expect(before.length).toBeLessThan(MESSAGES);

  await using second = await startServerProcess(settings);
  const again = ann.at(whereIs(second));
  const stored = await history(again, conversationId);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(new Set(contents(stored)).size).toBe(stored.length);
  const byId = new Map(stored.map((message) => [message.id, message]));
  for (const message of before) expect(byId.get(message.id)).toMatchObject(message);

  const known = new Set(before.map(({ content }) => content));
  const retried = await sendAll(
    again,
    conversationId,
    messages.filter((content) => !known.has(content)),
    () => {},
  );
  expect(before.length + retried.length).toBe(MESSAGES);
  const all = await history(again, conversationId);
  expect(all.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
  expect(contents(all).toSorted()).toEqual(messages.toSorted());
  second.signal("SIGTERM");
  expect(await second.ended).toBe(0);
});
