// A process of many readers, each with a connection of its own and one page under way.
import { answerWith } from "../support/questions.ts";
import { mustBeGood } from "./dialogue.ts";
import { HttpClient } from "./http-client.ts";
import { type Pace, everybody } from "./pace.ts";

/** How one reader asks for a page: what it posts, or null where it only asks for the address. */
export interface Asking {
  readonly url: string;
  readonly token: string;
  readonly body: string | null;
}

let readers: (() => Promise<void>)[] = [];

async function open({ askings }: { askings: readonly Asking[] }): Promise<void> {
  readers = askings.map(({ url, token, body }) => {
    const client = new HttpClient(new URL(url), token);
    return async () => {
      const answer = await (body === null ? client.get() : client.post(body));
      mustBeGood(answer, 0, answer.length);
    };
  });
}

/** Everybody reads, waits for the page and reads again. */
const read = ({ seconds }: { seconds: number }): Promise<Pace> =>
  everybody(readers.length, seconds, (who) => (readers[who] as () => Promise<void>)());

const handlers = { open, read };
export type Readers = typeof handlers;

answerWith(handlers);
