import type { Broadcast } from "../bare/broadcast.ts";
import type { Listeners } from "../load/listeners.ts";
import { bareListener, bareSender, bareSending } from "../support/bare.ts";
import type { Bench } from "../support/bench.ts";
import { type Outcome, busy } from "../support/figures.ts";
import { connectionOf, listenerOf, sendingTo } from "../support/graphql.ts";
import { type Person, makePeople, makeRoom } from "../support/people.ts";
import { Process } from "../support/process.ts";
import { deliveriesASecond, measured, type Measured } from "../support/deliveries.ts";
import { cursorIn } from "../support/server.ts";

const SUBSCRIBERS = 500;
/** Sends of the one sender that are not answered yet. */
const IN_FLIGHT = 8;

/**
 * (a) One sender, 500 subscribers of messageAdded, each another user; against a bare `ws` server that sends the same
 * bytes to as many. Each server and each load is a process of its own.
 */
export async function fanOut({ plan, server, database }: Bench): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const people = await makePeople(database, SUBSCRIBERS + 1);
  const [author, ...audience] = people as [Person, ...Person[]];
  const room = await makeRoom(database, people);
  const cursor = await cursorIn(server, author, room);

  const load = stack.use(new Process<Listeners>("bench/load/listeners.ts"));
  const sending = sendingTo(room, "fan-out");
  await load.ask("listen", {
    listeners: audience.map((person) => listenerOf(server.url, person, room, cursor)),
    sender: connectionOf(server.url, author),
  });
  const sample = await load.ask("tellOne", { sending });

  const bare = stack.use(new Process<Broadcast>("bench/bare/broadcast.ts"));
  const bareUrl = await bare.ask("serve", undefined);
  const bareLoad = stack.use(new Process<Listeners>("bench/load/listeners.ts"));
  const listeners = audience.map(() => bareListener(bareUrl));
  await bareLoad.ask("listen", { listeners, sender: bareSender(bareUrl) });

  const product: Measured[] = [];
  const limit: Measured[] = [];
  // The first round is for the compilers of both.
  for (let round = 0; round <= plan.rounds; round += 1) {
    const pace = { seconds: plan.seconds, inFlight: IN_FLIGHT };
    product[round] = await measured(server.probe, () => load.ask("tell", { sending, ...pace }));
    limit[round] = await measured(bare, () => bareLoad.ask("tell", { sending: bareSending(sample), ...pace }));
  }
  const row = {
    title: `(a) fan-out, one sender to ${SUBSCRIBERS} subscribers`,
    unit: "deliveries a second",
    product: product.slice(1).map(deliveriesASecond),
    against: "a bare ws server: one frame in, ws.send of the same bytes to all",
    limit: limit.slice(1).map(deliveriesASecond),
    aim: { sign: "≥", ratio: 0.8 },
  } as const;
  const notes = [
    `(a) ${sample.length} bytes a delivery, ${IN_FLIGHT} sends in flight. CPU of the server ${cpu(product)}, of its load ` +
      `${loadCpu(product)}; of the bare server ${cpu(limit)}, of its load ${loadCpu(limit)}.`,
  ];
  return { rows: [row], notes };
}

const cpu = (rounds: readonly Measured[]): string =>
  busy(rounds.map(({ serverCpu, seconds, deliveries }) => ({ cpuSeconds: serverCpu, seconds, things: deliveries })));

const loadCpu = (rounds: readonly Measured[]): string =>
  busy(rounds.map(({ cpu: cpuSeconds, seconds, deliveries }) => ({ cpuSeconds, seconds, things: deliveries })));
