import type { Pace } from "../load/pace.ts";
import type { Bench } from "./bench.ts";

/** What a round took. */
export interface Taken extends Pace {
  /** CPU seconds of the product. */
  readonly serverCpu: number;
}

/** Lets messages be written. @throws where the table has not as many rows more as were answered */
export async function durable({ server, database }: Bench, table: string, work: () => Promise<Pace>): Promise<Taken> {
  const count = async (): Promise<number> => {
    const { rows } = await database.query<{ count: string }>(`select count(*) from ${table}`);
    return Number(rows[0]?.count);
  };
  const before = await count();
  const cpuBefore = await server.probe.ask("cpuSeconds", undefined);
  const pace = await work();
  const serverCpu = (await server.probe.ask("cpuSeconds", undefined)) - cpuBefore;
  const written = (await count()) - before;
  if (written !== pace.done) throw new Error(`${pace.done} messages were answered and ${written} are in ${table}.`);
  return { ...pace, serverCpu };
}

/** How many were done a second. */
export const rate = ({ done, seconds }: Pace): number => done / seconds;
