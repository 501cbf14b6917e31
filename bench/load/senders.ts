// A process of many senders, each with a connection of its own and one message under way.
import { answerWith } from "../support/questions.ts";
import { type Opening, type Sending, mustBeGood, numbered, openAll } from "./dialogue.ts";
import { HttpClient } from "./http-client.ts";
import { type Pace, everybody } from "./pace.ts";
import type { WebSocketClient } from "./web-socket.ts";

/** Sends a text; resolves when it is answered. */
type Line = (text: string) => Promise<void>;

interface Sender {
  readonly sending: Sending;
  readonly line: Line;
}

let senders: Sender[] = [];

async function overWebSocket(input: { openings: readonly Opening[]; sendings: readonly Sending[] }): Promise<void> {
  const clients = await openAll(input.openings, () => {});
  senders = input.sendings.map((sending, who) => ({
    sending,
    line: lineOf(clients[who] as WebSocketClient, sending.answers),
  }));
}

async function overHttp(input: {
  urls: readonly string[];
  tokens: readonly string[];
  sendings: readonly Sending[];
}): Promise<void> {
  senders = input.sendings.map((sending, who) => {
    const client = new HttpClient(new URL(input.urls[who] as string), input.tokens[who] as string);
    return {
      sending,
      line: async (text) => {
        const answer = await client.post(text);
        mustBeGood(answer, 0, answer.length);
      },
    };
  });
}

function lineOf(client: WebSocketClient, answers: number): Line {
  return (text) =>
    new Promise((resolve) => {
      let left = answers;
      client.onText = (bytes, start, end) => {
        mustBeGood(bytes, start, end);
        left -= 1;
        if (left === 0) resolve();
      };
      client.send(text);
    });
}

/** Everybody sends, waits for the answer and sends again. */
function send({ seconds }: { seconds: number }): Promise<Pace> {
  return everybody(senders.length, seconds, (who, turn) => {
    const { sending, line } = senders[who] as Sender;
    return line(numbered(sending, turn));
  });
}

const handlers = { overWebSocket, overHttp, send };
export type Senders = typeof handlers;

answerWith(handlers);
