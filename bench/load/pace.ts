import { cpuSeconds } from "../support/costs.ts";

/** How fast something was done. */
export interface Pace {
  readonly done: number;
  readonly seconds: number;
  /** CPU seconds of this process. */
  readonly cpu: number;
}

/** Lets everybody do the same thing over and over for a while, each one thing at a time. `act` is given 0, 1, 2 … */
export async function everybody(
  count: number,
  seconds: number,
  act: (who: number, turn: number) => Promise<void>,
): Promise<Pace> {
  const cpu = cpuSeconds();
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  let done = 0;
  const goOn = async (who: number): Promise<void> => {
    while (performance.now() < end) {
      turn += 1;
      await act(who, turn);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, who) => goOn(who)));
  return { done, seconds: (performance.now() - begin) / 1_000, cpu: cpuSeconds() - cpu };
}

/** Counts on from round to round, so that no number comes twice. */
let turn = 0;
