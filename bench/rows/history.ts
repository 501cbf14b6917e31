import type { Pages } from "../load/pages.ts";
import type { Bench } from "../support/bench.ts";
import { type Outcome, median, quantile } from "../support/figures.ts";
import { historyOf } from "../support/graphql.ts";
import { fillHistory, makePeople, makeRoom, type Person } from "../support/people.ts";
import { Process } from "../support/process.ts";

const SMALL = 1_000;
const LARGE = 200_000;
const MEMBERS = 50;

/** (e) The newest page of a history, 50 messages with their senders, in a large room against a small one. */
export async function history({ plan, server, database }: Bench): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const people = await makePeople(database, MEMBERS);
  const [reader] = people as [Person, ...Person[]];
  const small = await makeRoom(database, people);
  const large = await makeRoom(database, people);
  await fillHistory(database, small, people, SMALL);
  await fillHistory(database, large, people, LARGE);
  await database.query("analyze");

  const load = stack.use(new Process<Pages>("bench/load/pages.ts"));
  const times = Math.ceil(plan.pages / plan.rounds);
  const asked = {
    url: `${server.url}/graphql`,
    token: reader.token,
    pages: [historyOf(large), historyOf(small)],
    times,
  };
  const ofLarge: number[][] = [];
  const ofSmall: number[][] = [];
  // The first round is for the compilers.
  for (let round = 0; round <= plan.rounds; round += 1) {
    [ofLarge[round], ofSmall[round]] = (await load.ask("read", asked)) as [number[], number[]];
  }
  ofLarge.shift();
  ofSmall.shift();
  const row = {
    title: `(e) a page of 50 out of ${LARGE.toLocaleString("en")} messages`,
    unit: "milliseconds",
    product: ofLarge.map(median),
    against: `the same in a room of ${SMALL.toLocaleString("en")}`,
    limit: ofSmall.map(median),
    aim: { sign: "≤", ratio: 1.3 },
  } as const;
  const late = (rounds: readonly number[][]): string => `${quantile(rounds.flat(), 0.99).toFixed(1)} ms`;
  return {
    rows: [row],
    notes: [
      `(e) ${times * plan.rounds} pages of each room over HTTP, in turns. 99 % came within ${late(ofLarge)} and ${late(ofSmall)}.`,
    ],
  };
}
