import type { Bus } from "../realtime/bus.ts";

/**
 * Carries the ids of users of whom something changed that others may see. One topic for everybody: ids are told by the
 * thousand in one event, and each node picks those that somebody watches there, which costs less than a topic a user.
 */
export const PRESENCE_TOPIC = "presence";

export interface PresenceChanges {
  readonly userIds: readonly number[];
}

/** Ids that one event carries. */
const TOLD_AT_ONCE = 5_000;

/** Tells every node that these users may have come, gone or chosen another status. */
export function tellChanged(bus: Bus, userIds: readonly number[]): void {
  const distinct = [...new Set(userIds)];
  for (let start = 0; start < distinct.length; start += TOLD_AT_ONCE) {
    const changes: PresenceChanges = { userIds: distinct.slice(start, start + TOLD_AT_ONCE) };
    bus.publish(PRESENCE_TOPIC, changes);
  }
}
