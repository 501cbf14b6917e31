import type { Broadcast } from "../bare/broadcast.ts";
import type { Listeners } from "../load/listeners.ts";
import type { Opening, Sending } from "../load/dialogue.ts";
import { bareListener, bareSender, bareSending } from "../support/bare.ts";
import type { Bench } from "../support/bench.ts";
import type { Memory } from "../support/costs.ts";
import type { Outcome } from "../support/figures.ts";
import { connectionOf, listenerOf, sendingTo } from "../support/graphql.ts";
import { type Person, makePeople, makeRoom } from "../support/people.ts";
import { Process } from "../support/process.ts";
import { cursorIn } from "../support/server.ts";

/**
 * (d) Memory of an idle subscription, one a connection and each another user's, against an idle connection of a bare
 * `ws` server: what a fresh process with as many of them already holds more of when they are there. So what it makes
 * once, compiled code and room for young objects, is not counted as theirs.
 */
export async function memory({ plan, database, freshServer }: Bench): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const people = await makePeople(database, 2 * plan.connections + 1);
  const [author, ...audience] = people as [Person, ...Person[]];
  const room = await makeRoom(database, people);
  const server = await freshServer(stack);
  const product = await perConnection(server.probe, {
    count: plan.connections,
    // The cursor is taken anew each time: nobody has to be told of what was said before they came.
    listeners: async (from, to) => {
      const cursor = await cursorIn(server, author, room);
      return audience.slice(from, to).map((person) => listenerOf(server.url, person, room, cursor));
    },
    sender: connectionOf(server.url, author),
    sending: sendingTo(room, "memory"),
  });

  const bare = stack.use(new Process<Broadcast>("bench/bare/broadcast.ts", { flags: ["--expose-gc"] }));
  const url = await bare.ask("serve", undefined);
  const limit = await perConnection(bare, {
    count: plan.connections,
    listeners: (from, to) => Promise.resolve(audience.slice(from, to).map(() => bareListener(url))),
    sender: bareSender(url),
    sending: bareSending(product.sample),
  });

  const row = (title: string, of: keyof Memory) => ({
    title: `(d) ${title} of an idle subscription`,
    unit: "bytes",
    product: [product[of]],
    against: "an idle connection of a bare ws server",
    limit: [limit[of]],
    aim: { sign: "≤", ratio: 2 } as const,
  });
  return {
    rows: [row("heap and buffers", "heap"), row("resident memory", "resident")],
    notes: [
      `(d) ${plan.connections} connections beside as many, each of another user, after a message to all and a garbage collection.`,
    ],
  };
}

interface Audience {
  readonly count: number;
  /** How those from one number to another come to listen. */
  readonly listeners: (from: number, to: number) => Promise<Opening[]>;
  readonly sender: Opening;
  readonly sending: Sending;
}

async function perConnection(
  server: Process<Pick<Broadcast, "memory">>,
  { count, listeners, sender, sending }: Audience,
): Promise<Memory & { sample: string }> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(new Process<Listeners>("bench/load/listeners.ts"));
  await load.ask("listen", { listeners: await listeners(0, count), sender });
  await load.ask("tellOne", { sending });
  const before = await server.ask("memory", undefined);
  await load.ask("listen", { listeners: await listeners(count, 2 * count), sender });
  // Everybody has it only when every subscription stands.
  const sample = await load.ask("tellOne", { sending });
  const after = await server.ask("memory", undefined);
  return {
    sample,
    heap: (after.heap - before.heap) / count,
    resident: (after.resident - before.resident) / count,
  };
}
