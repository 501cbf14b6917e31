// Measures what two thousand people cost who come, are cut off and come back: `npm run build && node bench/presence.ts`.
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";

import { WebSocketClient } from "./load/web-socket.ts";
import { openBench } from "./support/bench.ts";
import { circumstances } from "./support/machine.ts";
import { type Person, makePeople } from "./support/people.ts";

const CROWD = 2_000;
const WATCHERS = 3;
/** Connections that are being made at a time. */
const AT_ONCE = 200;
const CHANGES = "subscription { presenceChanged { id presence { status } } }";

interface Watcher {
  readonly heard: Map<string, number>;
  readonly client: WebSocketClient;
}

/** Connects as somebody, and waits for the server's word that it stands. */
async function connect(
  url: URL,
  { token }: Person,
  onText: (text: string) => void = () => {},
): Promise<WebSocketClient> {
  const client = await WebSocketClient.connect(url, "graphql-transport-ws");
  await new Promise<void>((resolve) => {
    client.onText = (bytes, start, end) => {
      const text = bytes.toString("utf8", start, end);
      if (text.includes("connection_ack")) resolve();
      else onText(text);
    };
    client.send(JSON.stringify({ type: "connection_init", payload: { token } }));
  });
  return client;
}

async function watch(url: URL, person: Person): Promise<Watcher> {
  const heard = new Map<string, number>();
  const client = await connect(url, person, (text) => {
    const status = /"type":"next".*"status":"(\w+)"/.exec(text)?.[1];
    if (status !== undefined) heard.set(status, (heard.get(status) ?? 0) + 1);
  });
  client.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: CHANGES } }));
  return { heard, client };
}

async function connectAll(url: URL, people: readonly Person[]): Promise<WebSocketClient[]> {
  const clients: WebSocketClient[] = [];
  for (let done = 0; done < people.length; done += AT_ONCE) {
    clients.push(...(await Promise.all(people.slice(done, done + AT_ONCE).map((person) => connect(url, person)))));
  }
  return clients;
}

async function befriendAll(database: Client, one: Person, others: readonly Person[]): Promise<void> {
  await database.query(
    `insert into friendships (user_id, friend_id)
     select $1::bigint, id from unnest($2::bigint[]) u (id) union all select id, $1::bigint from unnest($2::bigint[]) u (id)`,
    [one.id, others.map(({ id }) => id)],
  );
}

/** Waits until every watcher has heard so much. @returns the seconds that it took */
async function until(watchers: readonly Watcher[], status: string, count: number): Promise<string> {
  const begun = performance.now();
  while (watchers.some(({ heard }) => (heard.get(status) ?? 0) < count)) await pause(10);
  return ((performance.now() - begun) / 1_000).toFixed(1);
}

const transactions = async (database: Client): Promise<number> => {
  // An idle connection of PostgreSQL writes its counters down after ten seconds.
  await pause(11_000);
  await database.query("select pg_stat_clear_snapshot()");
  const { rows } = await database.query<{ n: string }>(
    "select xact_commit as n from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0]?.n);
};

const inWords = (watchers: readonly Watcher[]): string =>
  watchers.map(({ heard }) => `${heard.get("ONLINE") ?? 0} ONLINE, ${heard.get("OFFLINE") ?? 0} OFFLINE`).join("; ");

async function measure(stack: AsyncDisposableStack): Promise<void> {
  const plan = { rounds: 1, seconds: 1, latencySeconds: 1, connections: CROWD, pages: 1 };
  const { database, server } = await openBench({ plan, isQuick: true, only: null, json: null, profile: null }, stack);
  const url = new URL(`${server.url.replace("http", "ws")}/graphql`);
  const [ada, ...crowd] = (await makePeople(database, CROWD + 1)) as [Person, ...Person[]];
  await befriendAll(database, ada, crowd);
  const watchers = await Promise.all(Array.from({ length: WATCHERS }, () => watch(url, ada)));
  await pause(1_000);

  const { cpu, cores, commit } = circumstances();
  console.log(`${cores} × ${cpu}, commit ${commit ?? "unknown"}; ${CROWD} people, ${WATCHERS} watchers of all of them`);
  let begun = performance.now();
  let clients = await connectAll(url, crowd);
  console.log(`connected in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  console.log(`all told ${await until(watchers, "ONLINE", CROWD)} s later: ${inWords(watchers)}`);

  const before = await transactions(database);
  begun = performance.now();
  await Promise.all(clients.map((client) => client.close()));
  clients = await connectAll(url, crowd);
  console.log(`cut and back in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  // Longer than the grace, and the turn after it.
  await pause(7_000);
  console.log(`told of it: ${inWords(watchers)}`);
  const done = (await transactions(database)) - before;
  console.log(`transactions of the server meanwhile, those of its clocks included: ${done}`);

  await Promise.all(clients.map((client) => client.close()));
  console.log(`cut for good: all told after ${await until(watchers, "OFFLINE", CROWD)} s: ${inWords(watchers)}`);
  await Promise.all(watchers.map(({ client }) => client.close()));
}

await using stack = new AsyncDisposableStack();
await measure(stack);
