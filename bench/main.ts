// Measures the product beside its limits and prints one table: `npm run bench`, `npm run bench -- --help`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { dialectFanOut } from "./rows/dialect-fan-out.ts";
import { dialectPages } from "./rows/dialect-pages.ts";
import { dialectSends } from "./rows/dialect-sends.ts";
import { fanOut } from "./rows/fan-out.ts";
import { history } from "./rows/history.ts";
import { latency } from "./rows/latency.ts";
import { memory } from "./rows/memory.ts";
import { writes } from "./rows/writes.ts";
import { type Bench, openBench } from "./support/bench.ts";
import type { Outcome } from "./support/figures.ts";
import { circumstances } from "./support/machine.ts";
import { type Options, readOptions, USAGE } from "./support/options.ts";
import { jsonOf, reportOf } from "./support/report.ts";

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

async function bench(options: Options): Promise<number> {
  const begun = performance.now();
  const where = circumstances();
  const stopped = signalled();
  await using stack = new AsyncDisposableStack();
  // A signal that comes while things are starting waits until all that has to be ended is known.
  const opened = await openBench(options, stack);
  const done = await Promise.race([measure(opened, options), stopped]);
  if (typeof done === "number") return done;
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(reportOf(where, options.isQuick, seconds, done));
  if (options.json !== null) await writeFile(options.json, jsonOf(where, options.isQuick, seconds, done));
  return 0;
}

async function measure(opened: Bench, { only, profile }: Options): Promise<Outcome[]> {
  if (profile !== null) await mkdir(profile, { recursive: true });
  const outcomes: Outcome[] = [];
  const wants = (row: string): boolean => only?.includes(row) !== false;
  const take = async (row: string, measuring: () => Promise<Outcome>): Promise<void> => {
    process.stderr.write(`measuring (${row})\n`);
    const { probe } = opened.server;
    if (profile !== null) await probe.ask("startProfile", undefined);
    outcomes.push(await measuring());
    if (profile !== null) await probe.ask("stopProfile", { file: join(profile, `${row}.cpuprofile`) });
  };
  if (wants("a")) await take("a", () => fanOut(opened));
  if (wants("b") || wants("c")) {
    let sustained = 0;
    await take("b", async () => {
      const outcome = await writes(opened);
      ({ sustained } = outcome);
      return outcome;
    });
    if (wants("c")) await take("c", () => latency(opened, sustained / 2));
  }
  if (wants("d")) await take("d", () => memory(opened));
  if (wants("e")) await take("e", () => history(opened));
  if (wants("f")) await take("f", () => dialectSends(opened));
  if (wants("g")) await take("g", () => dialectPages(opened));
  if (wants("h")) await take("h", () => dialectFanOut(opened));
  return outcomes;
}

/** @returns the exit code, by the first signal that asks to stop */
function signalled(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => resolve(code));
  });
}

const options = readOptions();
if (options === null) console.log(USAGE);
else process.exit(await bench(options));
