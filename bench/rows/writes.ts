import type { BareInserts } from "../bare/inserts.ts";
import type { Pace } from "../load/pace.ts";
import type { Senders } from "../load/senders.ts";
import type { Bench } from "../support/bench.ts";
import { type Outcome, busy, median } from "../support/figures.ts";
import { connectionOf, postingTo, sendingTo, WORDS } from "../support/graphql.ts";
import { Process } from "../support/process.ts";
import { durable, rate, type Taken } from "../support/durable.ts";
import { makeWriters, ROOMS, SENDERS } from "../support/senders.ts";

/**
 * (b) Messages a second that 256 senders write, each waiting for the answer before it sends again; over WebSocket and
 * over HTTP, against single-row INSERTs that as many senders in one process make through a pool of 10 connections.
 *
 * @returns also the messages a second that both the product over WebSocket and the INSERTs sustain
 */
export async function writes(bench: Bench): Promise<Outcome & { sustained: number }> {
  const { plan, server, database, databaseUrl } = bench;
  await using stack = new AsyncDisposableStack();
  const writers = await makeWriters(database);
  const overWebSocket = stack.use(new Process<Senders>("bench/load/senders.ts"));
  await overWebSocket.ask("overWebSocket", {
    openings: writers.map(({ person }) => connectionOf(server.url, person)),
    sendings: writers.map(({ room }) => sendingTo(room, "web-socket")),
  });
  const overHttp = stack.use(new Process<Senders>("bench/load/senders.ts"));
  await overHttp.ask("overHttp", {
    urls: writers.map(() => `${server.url}/graphql`),
    tokens: writers.map(({ person }) => person.token),
    sendings: writers.map(({ room }) => postingTo(room, "http")),
  });
  const bare = stack.use(new Process<BareInserts>("bench/bare/inserts.ts"));
  await bare.ask("open", {
    databaseUrl,
    writers: writers.map(({ person, room }) => ({ room, sender: person.id })),
    words: WORDS,
  });

  const taken: Record<"webSocket" | "http" | "bare", Taken[]> = { webSocket: [], http: [], bare: [] };
  for (let round = 0; round <= plan.rounds; round += 1) {
    const { seconds } = plan;
    taken.webSocket[round] = await durable(bench, "messages", () => overWebSocket.ask("send", { seconds }));
    taken.bare[round] = await durable(bench, "bare_messages", () => bare.ask("write", { seconds }));
    taken.http[round] = await durable(bench, "messages", () => overHttp.ask("send", { seconds }));
  }
  // The first round is for the compilers of all.
  const [webSocket, http, limit] = [taken.webSocket, taken.http, taken.bare].map((all) => all.slice(1)) as Rounds;
  const against = "single-row INSERTs through a pool of 10, prepared, no foreign keys";
  const unit = "messages a second";
  return {
    sustained: Math.min(median(webSocket.map(rate)), median(limit.map(rate))),
    rows: [
      {
        title: `(b) sendMessage by ${SENDERS} senders over WebSocket`,
        unit,
        product: webSocket.map(rate),
        against,
        limit: limit.map(rate),
        aim: { sign: ">", ratio: 1 },
      },
      {
        title: `(b) sendMessage by ${SENDERS} senders over HTTP`,
        unit,
        product: http.map(rate),
        against,
        limit: limit.map(rate),
        aim: { sign: "≥", ratio: 0.5 },
      },
    ],
    notes: [
      `(b) ${ROOMS} rooms, each message with a clientMessageId, every answered one found in the table. Over WebSocket: CPU of ` +
        `the server ${cpu(webSocket)}, of its load ${loadCpu(webSocket)}; over HTTP ${cpu(http)} and ${loadCpu(http)}; ` +
        `of the process that inserts ${loadCpu(limit)}.`,
    ],
  };
}

type Rounds = [Taken[], Taken[], Taken[]];

const cpu = (rounds: readonly Taken[]): string =>
  busy(rounds.map(({ serverCpu, seconds, done }) => ({ cpuSeconds: serverCpu, seconds, things: done })));

const loadCpu = (rounds: readonly Pace[]): string =>
  busy(rounds.map(({ cpu: cpuSeconds, seconds, done }) => ({ cpuSeconds, seconds, things: done })));
