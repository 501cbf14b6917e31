import type { Context } from "../kernel/context.ts";
import type { Pair } from "./pair.ts";

/** Carries every block that is made or lifted, to the nodes alone: whoever shows people to each other looks again. */
export const BLOCKS_TOPIC = "blocks";

export interface BlockNews {
  readonly userId: number;
  readonly blockedId: number;
}

/** Tells the nodes, after the commit, that what one user blocks of the other has changed. */
export function tellNodes(tx: Context, { me, other }: Pair): void {
  const news: BlockNews = { userId: me, blockedId: other };
  tx.afterCommit(() => tx.services.bus.publish(BLOCKS_TOPIC, news));
}
