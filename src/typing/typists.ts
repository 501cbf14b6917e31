import { TYPING_LASTS_MS } from "./typing-board.ts";
import type { TypingNews } from "./typing-event.ts";

/** What one user says of typing in one conversation is told so often, at the most. */
export const TYPING_TOLD_EVERY_MS = 1_000;
/** Conversations in which one user types at a time, on one node; with one more the oldest is over. */
export const TYPING_AT_ONCE = 20;
/** How often it is looked for what has waited, and what is over. */
const LOOK_EVERY_MS = 250;

/** One user in one conversation. */
interface Typist {
  readonly userId: number;
  readonly conversationId: number;
  /** What they said last, and when. */
  isTyping: boolean;
  saidAt: number;
  /** What the nodes were told last, and when. */
  told: boolean | null;
  toldAt: number;
}

/** Those who type by this node: tells the nodes of it, and no more often than they need to hear it. */
export class Typists {
  readonly #ofUsers = new Map<number, Map<number, Typist>>();
  #looks: NodeJS.Timeout | undefined;

  /** @param tell publishes; false where it would be shown to nobody, and may be tried later */
  constructor(private readonly tell: (news: TypingNews) => boolean) {}

  say({ conversationId, userId, isTyping }: TypingNews): void {
    const now = performance.now();
    const typist = this.#typist(userId, conversationId);
    typist.isTyping = isTyping;
    typist.saidAt = now;
    if (now - typist.toldAt >= TYPING_TOLD_EVERY_MS) this.#tell(typist, now);
    this.#looks ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** The user has sent what they typed: the nodes see that by themselves, and nothing that waits is told any more. */
  sent(userId: number, conversationId: number): void {
    const typist = this.#ofUsers.get(userId)?.get(conversationId);
    if (typist === undefined) return;
    typist.isTyping = false;
    typist.told = false;
  }

  /** The user types nowhere any more. */
  stop(userId: number): void {
    for (const typist of this.#ofUsers.get(userId)?.values() ?? []) this.#drop(typist);
  }

  close(): void {
    clearInterval(this.#looks);
  }

  #typist(userId: number, conversationId: number): Typist {
    let ofUser = this.#ofUsers.get(userId);
    if (ofUser === undefined) {
      ofUser = new Map();
      this.#ofUsers.set(userId, ofUser);
    }
    const known = ofUser.get(conversationId);
    if (known !== undefined) return known;
    const [oldest] = ofUser.values();
    if (ofUser.size >= TYPING_AT_ONCE && oldest !== undefined) this.#drop(oldest);
    const typist = { userId, conversationId, isTyping: false, saidAt: 0, told: null, toldAt: -Infinity };
    ofUser.set(conversationId, typist);
    return typist;
  }

  #tell(typist: Typist, now: number): void {
    const { userId, conversationId, isTyping } = typist;
    typist.toldAt = now;
    if (this.tell({ userId, conversationId, isTyping })) typist.told = isTyping;
  }

  /** Tells what had to wait, and forgets who has not said anything for as long as typing lasts. */
  #look(): void {
    const now = performance.now();
    for (const typist of [...this.#ofUsers.values()].flatMap((ofUser) => [...ofUser.values()])) {
      if (now - typist.saidAt >= TYPING_LASTS_MS) this.#forget(typist);
      else if (typist.told !== typist.isTyping && now - typist.toldAt >= TYPING_TOLD_EVERY_MS) this.#tell(typist, now);
    }
    if (this.#ofUsers.size > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }

  #drop(typist: Typist): void {
    const { userId, conversationId, told } = typist;
    this.#forget(typist);
    if (told === true) this.tell({ userId, conversationId, isTyping: false });
  }

  #forget({ userId, conversationId }: Typist): void {
    const ofUser = this.#ofUsers.get(userId);
    ofUser?.delete(conversationId);
    if (ofUser?.size === 0) this.#ofUsers.delete(userId);
  }
}
