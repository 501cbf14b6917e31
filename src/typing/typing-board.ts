import { LRUCache } from "lru-cache";

import type { MessageChange } from "../messages/change.ts";
import type { ConversationEvent } from "../realtime/events.ts";
import type { Hub } from "../realtime/hub.ts";
import type { Typing, TypingNews } from "./typing-event.ts";

/** Somebody of whom nothing is heard for so long types no more. */
export const TYPING_LASTS_MS = 6_000;
/** People who are shown as typing in one conversation at a time; whoever types besides is not. */
export const TYPISTS_SHOWN = 10;
/** Deliveries a second that typing in one conversation may take on one node; a beginning and its end are two a listener. */
export const TYPING_DELIVERIES_A_SECOND = 10_000;
/** Beginnings a second in one conversation, however few listen. */
export const TYPING_BEGINNINGS_A_SECOND = 10;
/** What is saved up of them, for several who begin at once. */
const SAVED_UP_MS = 1_000;

/** Conversations of which a node remembers when somebody began there. */
const BEGINNINGS_REMEMBERED = 10_000;

/**
 * What this node shows of who types. It hears everything that is said of typing in the conversations that somebody
 * listens to here, and hands out beginnings and ends alone. It ends by itself what nobody goes on with, so that nothing
 * hangs on the typist's node.
 */
export class TypingBoard {
  /** By conversation those who type there, and what will end it. */
  readonly #typing = new Map<number, Map<number, NodeJS.Timeout>>();
  /** By conversation the time up to which its beginnings are spent (a leaky bucket, GCRA). */
  readonly #spentUpTo = new LRUCache<number, number>({ max: BEGINNINGS_REMEMBERED });

  constructor(private readonly hub: Hub<MessageChange>) {
    hub.siftPassing = (_, event) => this.#sift(event as ConversationEvent);
    hub.beforeHandOut((change) => this.#endBy(change));
  }

  /** Whether one more who types there would not be shown. */
  isCrowded({ conversationId, userId }: TypingNews): boolean {
    const typists = this.#typing.get(conversationId);
    return typists !== undefined && typists.size >= TYPISTS_SHOWN && !typists.has(userId);
  }

  close(): void {
    for (const typists of this.#typing.values()) for (const timer of typists.values()) clearTimeout(timer);
    this.#typing.clear();
  }

  /** @returns what is handed out: null for what is no news */
  #sift(event: ConversationEvent): unknown {
    if (event.type !== "typing") return event;
    return (event.isTyping ? this.#begin(event) : this.#end(event)) ? event : null;
  }

  /** @returns whether it is a beginning */
  #begin({ conversationId, userId }: Typing): boolean {
    const typists = this.#typing.get(conversationId) ?? new Map<number, NodeJS.Timeout>();
    const typing = typists.get(userId);
    if (typing !== undefined) {
      typing.refresh();
      return false;
    }
    if (typists.size >= TYPISTS_SHOWN || !this.#spend(conversationId)) return false;
    typists.set(userId, setTimeout(() => this.#tellEnd(conversationId, userId), TYPING_LASTS_MS).unref());
    this.#typing.set(conversationId, typists);
    return true;
  }

  /** @returns false where too many have begun there of late */
  #spend(conversationId: number): boolean {
    const now = performance.now();
    const spent = Math.max(this.#spentUpTo.get(conversationId) ?? 0, now);
    if (spent - now >= SAVED_UP_MS) return false;
    const deliveries = 2 * this.hub.audienceOf(conversationId);
    const one = Math.max(1 / TYPING_BEGINNINGS_A_SECOND, deliveries / TYPING_DELIVERIES_A_SECOND) * 1_000;
    this.#spentUpTo.set(conversationId, spent + one);
    return true;
  }

  /** @returns whether they were shown as typing */
  #end({ conversationId, userId }: TypingNews): boolean {
    const typists = this.#typing.get(conversationId);
    const typing = typists?.get(userId);
    if (typists === undefined || typing === undefined) return false;
    clearTimeout(typing);
    typists.delete(userId);
    if (typists.size === 0) this.#typing.delete(conversationId);
    return true;
  }

  #tellEnd(conversationId: number, userId: number): void {
    const over: Typing = { type: "typing", conversationId, userId, isTyping: false };
    if (this.#end(over)) this.hub.pass(conversationId, over);
  }

  /** Who has sent a message has typed it; who is out of the conversation types there no more. */
  #endBy(change: MessageChange): void {
    if (!this.#typing.has(change.logId)) return;
    const { senderId } = change.message;
    if (change.added && senderId !== null) this.#tellEnd(change.logId, senderId);
    for (const userId of this.hub.source.audience(change)?.out ?? []) this.#tellEnd(change.logId, userId);
  }
}
