import { LRUCache } from "lru-cache";

import type { ConversationFacts } from "./facts.ts";

declare module "../kernel/context.ts" {
  interface Services {
    conversationMemory: ConversationMemory;
  }
}

/** Conversations, and pairs of people, of which a process remembers what never changes. */
const REMEMBERED = 100_000;

/** What a process remembers of conversations: only what never changes, so that nobody has to tell it of anything. */
export class ConversationMemory {
  readonly facts = new LRUCache<number, ConversationFacts>({ max: REMEMBERED });
  /** The ids of direct conversations, by their keys. They are never deleted. */
  readonly directIds = new LRUCache<string, number>({ max: REMEMBERED });
}
