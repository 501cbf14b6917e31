import { LRUCache } from "lru-cache";

import type { MessageChange } from "../messages/change.ts";
import type { Bus } from "../realtime/bus.ts";
import { conversationTopic } from "../realtime/events.ts";
import type { Hub } from "../realtime/hub.ts";
import { TypingBoard } from "./typing-board.ts";
import type { Typing, TypingNews } from "./typing-event.ts";
import { Typists } from "./typists.ts";

declare module "../kernel/context.ts" {
  interface Services {
    typing: LiveTyping;
  }
}

/** For so long who may write somewhere is taken to be allowed to type there: typing asks no database at every key. */
export const TYPING_ALLOWED_FOR_MS = 5_000;
const ALLOWED_REMEMBERED = 100_000;

/** Who types, as this node is told of it and shows it. None of it is stored. */
export class LiveTyping {
  readonly #board: TypingBoard;
  readonly #typists: Typists;
  readonly #allowed = new LRUCache<string, true>({ max: ALLOWED_REMEMBERED, ttl: TYPING_ALLOWED_FOR_MS });

  constructor(
    private readonly bus: Bus,
    hub: Hub<MessageChange>,
  ) {
    this.#board = new TypingBoard(hub);
    this.#typists = new Typists((news) => this.#tell(news));
    hub.beforeHandOut(({ added, logId, message: { senderId } }) => {
      if (added && senderId !== null) this.#typists.sent(senderId, logId);
    });
  }

  say(news: TypingNews): void {
    this.#typists.say(news);
  }

  /** The user types nowhere any more: they are gone. */
  stop(userId: number): void {
    this.#typists.stop(userId);
  }

  /** Whether the user was allowed to type there a moment ago. */
  isAllowed({ conversationId, userId }: TypingNews): boolean {
    return this.#allowed.has(`${conversationId} ${userId}`);
  }

  allow({ conversationId, userId }: TypingNews): void {
    this.#allowed.set(`${conversationId} ${userId}`, true);
  }

  close(): void {
    this.#typists.close();
    this.#board.close();
  }

  #tell(news: TypingNews): boolean {
    if (news.isTyping && this.#board.isCrowded(news)) return false;
    const event: Typing = { type: "typing", ...news };
    this.bus.publish(conversationTopic(news.conversationId), event);
    return true;
  }
}
