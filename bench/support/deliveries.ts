import type { Broadcast } from "../bare/broadcast.ts";
import type { Throughput } from "../load/listeners.ts";
import type { Process } from "./process.ts";

/** What a round of fan-out took. */
export interface Measured extends Throughput {
  readonly serverCpu: number;
}

/** How busy the server was meanwhile. */
export async function measured(
  server: Process<Pick<Broadcast, "cpuSeconds">>,
  work: () => Promise<Throughput>,
): Promise<Measured> {
  const before = await server.ask("cpuSeconds", undefined);
  const throughput = await work();
  return { ...throughput, serverCpu: (await server.ask("cpuSeconds", undefined)) - before };
}

/** How many deliveries there were a second. */
export const deliveriesASecond = ({ deliveries, seconds }: Throughput): number => deliveries / seconds;
