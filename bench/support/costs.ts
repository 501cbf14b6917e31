import { setTimeout as pause } from "node:timers/promises";

/** Bytes that a process holds. */
export interface Memory {
  /** In JavaScript's heap and in buffers outside of it. */
  readonly heap: number;
  /** In physical memory, whatever for. */
  readonly resident: number;
}

/** CPU seconds that this process has used so far, in the kernel included. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

/** What the process holds once all garbage is collected; needs --expose-gc. */
export async function memory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error("Start this process with --expose-gc.");
  // What the first collection lets go of may run finalizers, whose garbage the next ones take.
  for (let round = 0; round < 4; round += 1) {
    await globalThis.gc({ type: "major", execution: "async", flavor: "last-resort" });
    await pause(100);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
