import type { InsertAndSend } from "../bare/insert-and-send.ts";
import type { Latency, Paced } from "../load/paced.ts";
import { bareListener, bareMessage, bareSender } from "../support/bare.ts";
import type { Bench } from "../support/bench.ts";
import { type Outcome, busy, median } from "../support/figures.ts";
import { connectionOf, listenerOf, sendingTo } from "../support/graphql.ts";
import { Process } from "../support/process.ts";
import { makeWriters, ROOMS, SENDERS, type Writer } from "../support/senders.ts";
import { cursorIn } from "../support/server.ts";

/**
 * (c) From the send to the receipt by a subscriber of the room: 256 senders in 32 rooms, one subscriber in each, at a
 * fixed rate; against a bare `ws` server that INSERTs the row and then sends it, at the same rate.
 *
 * @param rate messages a second
 */
export async function latency({ plan, server, database, databaseUrl }: Bench, rate: number): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const writers = await makeWriters(database);
  const readers = [...Map.groupBy(writers, ({ room }) => room).values()].map(([one]) => one as Writer);

  const load = stack.use(new Process<Paced>("bench/load/paced.ts"));
  const listening = readers.map(async ({ person, room }) =>
    listenerOf(server.url, person, room, await cursorIn(server, person, room)),
  );
  await load.ask("open", {
    listeners: await Promise.all(listening),
    senders: {
      openings: writers.map(({ person }) => connectionOf(server.url, person)),
      sendings: writers.map(({ room }) => sendingTo(room, "latency")),
    },
  });

  const bare = stack.use(new Process<InsertAndSend>("bench/bare/insert-and-send.ts"));
  const bareUrl = await bare.ask("serve", { databaseUrl });
  const bareLoad = stack.use(new Process<Paced>("bench/load/paced.ts"));
  await bareLoad.ask("open", {
    listeners: readers.map(({ room }) => bareListener(bareUrl, room)),
    senders: {
      openings: writers.map(() => bareSender(bareUrl)),
      sendings: writers.map(({ person, room }) => bareMessage(room, person.id)),
    },
  });

  const product: Latency[] = [];
  const limit: Latency[] = [];
  for (let round = 0; round <= plan.rounds; round += 1) {
    const pace = { rate, seconds: plan.latencySeconds };
    product[round] = await load.ask("send", pace);
    limit[round] = await bareLoad.ask("send", pace);
  }
  // The first round is for the compilers of both.
  product.shift();
  limit.shift();

  const row = (part: "p50" | "p99") => ({
    title: `(c) from send to receipt, ${part} at ${Math.round(rate).toLocaleString("en")} messages a second`,
    unit: "milliseconds",
    product: product.map((one) => one[part]),
    against: "a bare ws server: INSERT, then ws.send",
    limit: limit.map((one) => one[part]),
    aim: null,
  });
  const achieved = (rounds: readonly Latency[]): string =>
    Math.round(median(rounds.map((one) => one.rate))).toLocaleString("en");
  const loadCpu = busy(product.map(({ cpu, seconds }) => ({ cpuSeconds: cpu, seconds, things: rate * seconds })));
  return {
    rows: [row("p50"), row("p99")],
    notes: [
      `(c) ${SENDERS} senders in ${ROOMS} rooms, a subscriber in each, at half of the lower rate of (b), WebSocket or INSERTs. Sent were ` +
        `${achieved(product)} and ${achieved(limit)} a second; CPU of the load ${loadCpu}.`,
    ],
  };
}
