import { expect, vi } from "vitest";

import { history, send } from "../../../log/support/talk.ts";
import type { TestServer } from "../../../support/server.ts";
import { HISTORIES } from "./histories.ts";
import { RECEIVERS, type Receiver } from "./receivers.ts";
import { KINDS, type AcrossScene, type Kind, openAcross } from "./scene.ts";
import { SENDERS, type SendingDoor } from "./senders.ts";

/** Every door that sends, in every conversation that it sees. */
export const SENDINGS = KINDS.flatMap((kind) =>
  SENDERS.filter(({ kinds }) => kinds.includes(kind)).map((sender) => [sender.name, kind, sender] as const),
);

/** What Ann says, one after the other. */
const WORDS = ["1", "2", "3", "4", "5"];
const PATIENCE = { timeout: 20_000 };

/**
 * Ann does by one door whatever it is good for, while Bob listens at every door there is: each tells him of each thing once
 * and in order, and has it in its history once.
 *
 * @param hears where Bob is; another node, or the same one
 */
export async function walk(sends: TestServer, hears: TestServer, kind: Kind, door: SendingDoor): Promise<void> {
  const scene = await openAcross(sends, kind);
  const { bob, conversationId, tag } = scene;
  const asked = await send(bob.at(hears), conversationId, `${tag}a question`);
  const question = { number: Number(asked.id.split("_")[1]), seq: asked.seq, content: asked.content };

  await using opened = new AsyncDisposableStack();
  const receivers = new Map<string, Receiver>();
  for (const { name, kinds, open } of RECEIVERS) {
    if (kinds.includes(kind)) receivers.set(name, opened.use(await open(hears, scene, question)));
  }
  const sender = opened.use(await door.open(sends, scene));
  const heard = (what: "log" | "passing") =>
    Object.fromEntries([...receivers].map(([name, receiver]) => [name, receiver[what]()]));
  const comes = (what: "log" | "passing", wanted: string[]) =>
    vi.waitFor(() => expect(heard(what)).toEqual(atEvery(wanted)), PATIENCE);
  const atEvery = <T>(value: T) => Object.fromEntries([...receivers.keys()].map((name) => [name, value]));

  await sender.reads?.(question.number);
  await sender.types?.(true);
  await sender.types?.(false);
  const passing = [
    ...(sender.reads === undefined ? [] : [`reads ${question.content}`]),
    ...(sender.types === undefined ? [] : ["types", "stops"]),
  ];
  await comes("passing", passing);

  const ids: string[] = [];
  for (const word of WORDS) ids.push(await sender.says(`${tag}${word}`));
  await sender.edits?.(String(ids[3]), `${tag}4, to be exact`);
  await sender.deletes?.(String(ids[1]));
  const last = await sender.says(`${tag}6`);
  expect(new Set([...ids, last]).size).toBe(WORDS.length + 1);
  const log = [
    ...WORDS.map((word) => `+ ${tag}${word}`),
    ...(sender.edits === undefined ? [] : [`~ ${tag}4, to be exact`]),
    ...(sender.deletes === undefined ? [] : [`- ${tag}2`]),
    `+ ${tag}6`,
  ];
  await comes("log", log);
  // A second time would have come by the time that one thing more has.
  await sender.says(`${tag}7`);
  await comes("log", [...log, `+ ${tag}7`]);
  expect(heard("passing")).toEqual(atEvery(passing));
  expect(sender.overheard?.() ?? []).toEqual([]);
  await checkHistories(hears, scene, sender.edits !== undefined, sender.deletes !== undefined);
}

/** How much is said by each door at once. */
const AT_ONCE = 20;

/** Ann speaks by every door at once: every door tells Bob all of it, in the order in which it stands in the log. */
export async function speaksAtOnce(sends: TestServer, hears: TestServer, kind: Kind): Promise<void> {
  const scene = await openAcross(sends, kind);
  const { bob, conversationId, tag } = scene;
  const asked = await send(bob.at(hears), conversationId, `${tag}a question`);
  const question = { number: Number(asked.id.split("_")[1]), seq: asked.seq, content: asked.content };
  await using opened = new AsyncDisposableStack();
  const receivers = new Map<string, Receiver>();
  for (const { name, kinds, open } of RECEIVERS) {
    if (kinds.includes(kind)) receivers.set(name, opened.use(await open(hears, scene, question)));
  }
  const senders = SENDERS.filter(({ kinds }) => kinds.includes(kind));
  const all = senders.length * AT_ONCE;
  await Promise.all(
    senders.map(async ({ name, open }) => {
      const sender = opened.use(await open(sends, scene));
      for (let n = 1; n <= AT_ONCE; n += 1) await sender.says(`${tag}${name} ${n}`);
    }),
  );
  const log = (await history(bob.at(hears), conversationId))
    .filter(({ content }) => content.startsWith(tag) && content !== question.content)
    .map(({ content }) => `+ ${content}`);
  expect(log).toHaveLength(all);
  await vi.waitFor(() => {
    for (const [name, receiver] of receivers) expect([name, receiver.log().length]).toEqual([name, all]);
  }, PATIENCE);
  for (const [name, receiver] of receivers) expect([name, receiver.log()]).toEqual([name, log]);
}

async function checkHistories(server: TestServer, scene: AcrossScene, edited: boolean, deleted: boolean) {
  const { kind, tag } = scene;
  const said = ["a question", "1", deleted ? null : "2", "3", edited ? "4, to be exact" : "4", "5", "6", "7"];
  for (const { name, kinds, showsDeleted, read } of HISTORIES.filter((door) => door.kinds.includes(kind))) {
    if (!kinds.includes(kind)) continue;
    const shown = await read(server, scene);
    const words = said.filter((one) => one !== null).map((one) => `${tag}${one}`);
    expect([name, shown.filter((one) => one.startsWith(tag))]).toEqual([name, words]);
    // The global room has what others deleted as well.
    if (kind === "the global room") continue;
    const gone = shown.filter((one) => one === "-").length;
    expect([name, gone]).toEqual([name, deleted && showsDeleted ? 1 : 0]);
  }
}
