import type { Broadcast } from "../bare/broadcast.ts";
import type { Opening, Sending } from "../load/dialogue.ts";
import type { Listeners } from "../load/listeners.ts";
import { bareListener, bareSender, bareSending } from "../support/bare.ts";
import type { Bench } from "../support/bench.ts";
import { deliveriesASecond, measured } from "../support/deliveries.ts";
import { chat8Socket, djangoChatSaying, djangoChatSocket } from "../support/dialects.ts";
import type { Outcome, Row } from "../support/figures.ts";
import { connectionOf, sendingTo } from "../support/graphql.ts";
import { makeDirects, makePeople, makeRoom, type Person } from "../support/people.ts";
import { Process } from "../support/process.ts";

const LISTENERS = 500;
/** Sends of the one sender that are not answered yet. */
const IN_FLIGHT = 8;
/** How long nothing is heard any more once all have come in: presence is told every quarter of a second. */
const CALM_MS = 1_500;

interface Audience {
  readonly listeners: readonly Opening[];
  readonly sender: Opening;
  readonly sending: Sending;
}

/**
 * (h) One sender, 500 sockets of an older protocol, against a bare `ws` server that sends the same bytes to as many. The
 * sockets of django-chat are each another user's, in one room; those of chat8 are all of the one who is written to.
 */
export async function dialectFanOut(bench: Bench): Promise<Outcome> {
  const { database, server } = bench;
  const people = await makePeople(database, LISTENERS + 1);
  const [author, ...audience] = people as [Person, ...Person[]];
  const room = await makeRoom(database, people);
  const [receiver] = audience as [Person, ...Person[]];
  const [direct] = (await makeDirects(database, [[author, receiver]])) as [number];
  const rows = [
    await row(bench, "django-chat", {
      listeners: audience.map((person) => djangoChatSocket(server.url, person, room)),
      sender: djangoChatSocket(server.url, author, room),
      sending: djangoChatSaying(),
    }),
    await row(bench, "chat8", {
      listeners: audience.map(() => chat8Socket(server.url, receiver)),
      sender: connectionOf(server.url, author),
      sending: sendingTo(direct, "dialect-fan-out"),
    }),
  ];
  return { rows, notes: [`(h) ${LISTENERS} sockets, ${IN_FLIGHT} sends in flight.`] };
}

async function row({ plan, server }: Bench, dialect: string, { listeners, sender, sending }: Audience): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(new Process<Listeners>("bench/load/listeners.ts"));
  await load.ask("listen", { listeners, sender });
  await load.ask("calm", { milliseconds: CALM_MS });
  const sample = await load.ask("tellOne", { sending });

  const bare = stack.use(new Process<Broadcast>("bench/bare/broadcast.ts"));
  const bareUrl = await bare.ask("serve", undefined);
  const bareLoad = stack.use(new Process<Listeners>("bench/load/listeners.ts"));
  await bareLoad.ask("listen", { listeners: listeners.map(() => bareListener(bareUrl)), sender: bareSender(bareUrl) });

  const product: number[] = [];
  const limit: number[] = [];
  for (let round = 0; round <= plan.rounds; round += 1) {
    const pace = { seconds: plan.seconds, inFlight: IN_FLIGHT };
    product[round] = deliveriesASecond(await measured(server.probe, () => load.ask("tell", { sending, ...pace })));
    limit[round] = deliveriesASecond(
      await measured(bare, () => bareLoad.ask("tell", { sending: bareSending(sample), ...pace })),
    );
  }
  return {
    title: `(h) fan-out to ${LISTENERS} sockets of ${dialect}`,
    unit: "deliveries a second",
    // The first round is for the compilers of both.
    product: product.slice(1),
    against: "a bare ws server: one frame in, ws.send of the same bytes to all",
    limit: limit.slice(1),
    aim: { sign: "≥", ratio: 0.8 },
  };
}
