// The limit of (b): a process whose senders write their rows themselves, each a statement and a commit.
import { type Pace, everybody } from "../load/pace.ts";
import { answerWith } from "../support/questions.ts";
import { Inserts } from "./insert.ts";

interface Writer {
  readonly room: number;
  readonly sender: number;
}

let inserts: Inserts;
let writers: readonly Writer[] = [];
let words: string;

async function open(input: { databaseUrl: string; writers: readonly Writer[]; words: string }): Promise<void> {
  inserts = new Inserts(input.databaseUrl);
  await inserts.begin();
  ({ writers, words } = input);
}

function write({ seconds }: { seconds: number }): Promise<Pace> {
  return everybody(writers.length, seconds, (who, turn) => {
    const { room, sender } = writers[who] as Writer;
    return inserts.add(room, sender, `#${turn} ${words}`, `writes-${turn}`);
  });
}

const handlers = { open, write };
export type BareInserts = typeof handlers;

answerWith(handlers);
