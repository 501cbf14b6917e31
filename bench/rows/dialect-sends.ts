import type { Senders } from "../load/senders.ts";
import type { Bench } from "../support/bench.ts";
import { chat8Posting, djangoChatPosting, onlineChatPosting, type Posting } from "../support/dialects.ts";
import { durable, rate } from "../support/durable.ts";
import type { Outcome, Row } from "../support/figures.ts";
import { postingAll } from "../support/graphql.ts";
import { type Person, makeDirects, makePeople } from "../support/people.ts";
import { Process } from "../support/process.ts";
import { makeWriters, SENDERS } from "../support/senders.ts";

/** One of many senders, as an older protocol's client and as one of GraphQL. */
interface Sender {
  readonly person: Person;
  readonly posting: Posting;
  readonly conversation: number;
}

/** (f) Messages a second that 256 senders write through each older protocol, against the same by sendMessage over HTTP. */
export async function dialectSends(bench: Bench): Promise<Outcome> {
  const { database, server } = bench;
  const writers = await makeWriters(database);
  const receivers = await makePeople(database, SENDERS);
  const pairs = writers.map(({ person }, who) => [person, receivers[who] as Person] as const);
  const directs = await makeDirects(database, pairs);
  const intoRooms = (posting: (url: string, room: number) => Posting): Sender[] =>
    writers.map(({ person, room }) => ({ person, posting: posting(server.url, room), conversation: room }));
  const rows = [
    await row(bench, "online-chat", intoRooms(onlineChatPosting)),
    await row(bench, "django-chat", intoRooms(djangoChatPosting)),
    await row(
      bench,
      "chat8",
      pairs.map(([person, receiver], who) => ({
        person,
        posting: chat8Posting(server.url, receiver),
        conversation: directs[who] as number,
      })),
    ),
  ];
  const notes = [
    `(f) ${SENDERS} senders, each waits for its answer; both sides are answered with the message, its sender and file.`,
  ];
  return { rows, notes };
}

async function row(bench: Bench, dialect: string, senders: readonly Sender[]): Promise<Row> {
  const { plan, server } = bench;
  await using stack = new AsyncDisposableStack();
  const tokens = senders.map(({ person }) => person.token);
  const byDialect = stack.use(new Process<Senders>("bench/load/senders.ts"));
  await byDialect.ask("overHttp", {
    urls: senders.map(({ posting }) => posting.url),
    tokens,
    sendings: senders.map(({ posting }) => posting.sending),
  });
  const byGraphql = stack.use(new Process<Senders>("bench/load/senders.ts"));
  await byGraphql.ask("overHttp", {
    urls: senders.map(() => `${server.url}/graphql`),
    tokens,
    sendings: senders.map(({ conversation }) => postingAll(conversation)),
  });
  const product: number[] = [];
  const limit: number[] = [];
  for (let round = 0; round <= plan.rounds; round += 1) {
    const { seconds } = plan;
    product[round] = rate(await durable(bench, "messages", () => byDialect.ask("send", { seconds })));
    limit[round] = rate(await durable(bench, "messages", () => byGraphql.ask("send", { seconds })));
  }
  return {
    title: `(f) sends through ${dialect}`,
    unit: "messages a second",
    // The first round is for the compilers of both.
    product: product.slice(1),
    against: "the same by sendMessage over HTTP",
    limit: limit.slice(1),
    aim: { sign: "≥", ratio: 0.8 },
  };
}
