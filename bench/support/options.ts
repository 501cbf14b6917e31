import { parseArgs } from "node:util";

/** How much is measured. */
export interface Plan {
  /** Rounds of each row; product and limit take turns. */
  readonly rounds: number;
  /** Seconds of one round. */
  readonly seconds: number;
  /** Seconds of one round of the latency. */
  readonly latencySeconds: number;
  /** Idle connections whose memory is taken. */
  readonly connections: number;
  /** Pages read of each room. */
  readonly pages: number;
}

const FULL: Plan = { rounds: 7, seconds: 5, latencySeconds: 10, connections: 5_000, pages: 2_000 };
const QUICK: Plan = { rounds: 3, seconds: 1, latencySeconds: 1, connections: 2_000, pages: 300 };

export interface Options {
  readonly plan: Plan;
  readonly isQuick: boolean;
  /** The letters of the rows that are wanted. */
  readonly only: readonly string[] | null;
  /** Where the figures go as JSON. */
  readonly json: string | null;
  /** A directory for CPU profiles of the server, one a row. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench -- [options]
  --quick          a short run, under a minute
  --only a,b       only these rows
  --json FILE      writes the figures to FILE as well
  --profile DIR    writes a CPU profile of the server into DIR for each row; that slows it down
  --help           says this`;

/** @returns null where help is asked for */
export function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      json: { type: "string" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    plan: values.quick ? QUICK : FULL,
    isQuick: values.quick,
    only: values.only?.split(",") ?? null,
    json: values.json ?? null,
    profile: values.profile ?? null,
  };
}
