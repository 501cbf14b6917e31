import { expect, vi } from "vitest";

import { type ConversationEvent, conversationTopic } from "../../src/realtime/events.ts";
import type { Person } from "./people.ts";
import { numberOf } from "./presence.ts";
import type { TestServer } from "./server.ts";

/** What is told on one node of who comes into a room and goes. */
export interface AttendanceEar {
  /** Everything up to now: `ada comes`, `bea goes`. */
  readonly heard: readonly string[];
  /** Waits until exactly this was told, in this order. */
  hears(...told: string[]): Promise<void>;
  stop(): void;
}

/** Listens, and hears other nodes from the beginning. @param names by which the test calls people */
export async function listen(
  { services }: Pick<TestServer, "services">,
  conversationId: number,
  names: Readonly<Record<string, Person>>,
): Promise<AttendanceEar> {
  const byId = new Map(Object.entries(names).map(([name, who]) => [numberOf(who), name]));
  const heard: string[] = [];
  const topic = services.bus.listen(conversationTopic(conversationId), (payload) => {
    const event = payload as ConversationEvent;
    if (event.type === "attendance") heard.push(`${byId.get(event.userId)} ${event.isHere ? "comes" : "goes"}`);
  });
  await topic.ready;
  return {
    heard,
    hears: (...told) => vi.waitFor(() => expect(heard).toEqual(told), { timeout: 20_000 }),
    stop: () => topic.stop(),
  };
}
