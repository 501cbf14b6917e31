import { isReached, median, type Outcome, ratioOf } from "./figures.ts";
import type { Circumstances } from "./machine.ts";
import { tableOf } from "./table.ts";

/** All that was found, for people. */
export function reportOf(
  where: Circumstances,
  isQuick: boolean,
  seconds: number,
  outcomes: readonly Outcome[],
): string {
  const { date, commit, cpu, cores, memoryGiB, system, node } = where;
  return [
    "",
    `Parlance ${commit ?? ""}, ${date.slice(0, 16).replace("T", " ")} UTC, ${isQuick ? "a quick run of" : "a run of"} ${seconds} s`,
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, embedded PostgreSQL with fsync on`,
    "",
    tableOf(outcomes.flatMap(({ rows }) => rows)),
    "",
    "Figures are medians of rounds in which Parlance and its limit took turns. CPU is in parts of one core.",
    ...outcomes.flatMap(({ notes }) => notes),
  ].join("\n");
}

/** The same for programs, with the figure of each round. */
export function jsonOf(where: Circumstances, isQuick: boolean, seconds: number, outcomes: readonly Outcome[]): string {
  const rows = outcomes
    .flatMap((outcome) => outcome.rows)
    .map((row) => ({
      ...row,
      medians: { product: median(row.product), limit: median(row.limit) },
      ratio: ratioOf(row),
      reached: isReached(row),
    }));
  const report = { ...where, isQuick, seconds, rows, notes: outcomes.flatMap(({ notes }) => notes) };
  return `${JSON.stringify(report, null, 2)}\n`;
}
