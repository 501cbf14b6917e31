import type { Asking, Readers } from "../load/readers.ts";
import type { Bench } from "../support/bench.ts";
import { chat8Page, djangoChatPage, onlineChatPage } from "../support/dialects.ts";
import { rate } from "../support/durable.ts";
import type { Outcome, Row } from "../support/figures.ts";
import { fillHistory, makeDirects, makePeople, makeRoom, type Person } from "../support/people.ts";
import { pageOf } from "../support/graphql.ts";
import { Process } from "../support/process.ts";

const MESSAGES = 10_000;
const MEMBERS = 50;
const READERS = 16;

/** (g) Pages of 50 a second that 16 readers get through each older protocol, against the same page by GraphQL over HTTP. */
export async function dialectPages(bench: Bench): Promise<Outcome> {
  const { database, server } = bench;
  const people = await makePeople(database, MEMBERS);
  const [reader, other] = people as [Person, Person, ...Person[]];
  const room = await makeRoom(database, people);
  const [direct] = (await makeDirects(database, [[reader, other]])) as [number];
  await fillHistory(database, room, people, MESSAGES);
  await fillHistory(database, direct, [reader, other], MESSAGES);
  await database.query("analyze");
  const rows = [
    await row(bench, "online-chat", reader, onlineChatPage(server.url, room), room),
    await row(bench, "django-chat", reader, djangoChatPage(server.url, room), room),
    await row(bench, "chat8", reader, chat8Page(server.url, other), direct),
  ];
  const notes = [
    `(g) ${READERS} readers at the newest page of ${MESSAGES.toLocaleString("en")} messages, with senders and files.`,
  ];
  return { rows, notes };
}

async function row(bench: Bench, dialect: string, { token }: Person, url: string, conversation: number): Promise<Row> {
  const { plan, server } = bench;
  await using stack = new AsyncDisposableStack();
  const open = async (asking: Asking): Promise<Process<Readers>> => {
    const readers = stack.use(new Process<Readers>("bench/load/readers.ts"));
    await readers.ask("open", { askings: Array.from({ length: READERS }, () => asking) });
    return readers;
  };
  const byDialect = await open({ url, token, body: null });
  const byGraphql = await open({ url: `${server.url}/graphql`, token, body: pageOf(conversation) });
  const product: number[] = [];
  const limit: number[] = [];
  for (let round = 0; round <= plan.rounds; round += 1) {
    const { seconds } = plan;
    product[round] = rate(await byDialect.ask("read", { seconds }));
    limit[round] = rate(await byGraphql.ask("read", { seconds }));
  }
  return {
    title: `(g) history through ${dialect}`,
    unit: "pages a second",
    // The first round is for the compilers of both.
    product: product.slice(1),
    against: "the same page by GraphQL over HTTP",
    limit: limit.slice(1),
    aim: { sign: "≥", ratio: 0.8 },
  };
}
