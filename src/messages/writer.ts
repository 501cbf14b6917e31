import type { Logger } from "pino";

import type { LogChanges, LogRow } from "../conversations/log.ts";
import { type Database, isDatabaseError } from "../kernel/database.ts";
import { Failure } from "../kernel/errors.ts";
import type { Bus } from "../realtime/bus.ts";
import { conversationTopic } from "../realtime/events.ts";
import type { Message } from "./message.ts";
import { messageOf } from "./row.ts";
import { type Answer, REFUSALS, type Send, rowOf } from "./send.ts";

/** A message that was written, or the number of the one that an earlier try had written. */
export type Written = { readonly message: Message } | { readonly repeatOf: number };

/** Sends written by one statement, at the most. */
const BATCH_MAXIMUM = 500;
/** Sends that wait, at the most: with more the database is far behind, and waiting longer helps nobody. */
const QUEUE_MAXIMUM = 20_000;

interface Waiting {
  readonly send: Send;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes messages: one statement takes all that queued while the one before it was on its way, so that an idle server
 * answers at once and a busy one writes many for the price of one. Senders hear after the commit, always.
 */
export class Writer {
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
    private readonly log: Logger,
  ) {}

  /**
   * Writes a message into its conversation's log.
   *
   * @throws NOT_FOUND, FORBIDDEN, CONFLICT as {@link REFUSALS} says; RATE_LIMITED where too many wait; after an
   *   INTERNAL_SERVER_ERROR the message may have been written or not, and sending it again under its clientMessageId is safe
   */
  send(send: Send): Promise<Written> {
    if (this.#queue.length >= QUEUE_MAXIMUM) throw new Failure("RATE_LIMITED", "Too many messages wait to be written.");
    return new Promise((resolve, reject) => {
      this.#queue.push({ send, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything that was queued is written. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // What arrives in this tick goes along.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) await this.#write(batch);
    // In the same breath as the look at the empty queue: a send that came in between would wait for ever.
    this.#running = undefined;
  }

  /** Takes what fits into one statement; of two sends under one clientMessageId the second waits for the first. */
  #take(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const keys = new Set<string>();
    for (const waiting of this.#queue) {
      const { senderId, clientMessageId } = waiting.send;
      const key = clientMessageId === null ? null : `${senderId} ${clientMessageId}`;
      if (batch.length >= BATCH_MAXIMUM || (key !== null && keys.has(key))) later.push(waiting);
      else batch.push(waiting);
      if (key !== null) keys.add(key);
    }
    this.#queue = later;
    return batch;
  }

  async #write(batch: readonly Waiting[], again = false): Promise<void> {
    let answers: Answer[];
    try {
      answers = await this.#statement(batch);
    } catch (error) {
      // One by one only where PostgreSQL said that it took nothing: a poisonous message must harm nobody else. Where
      // the connection broke, whether it was committed is not known, and only the sender's own retry is safe.
      if (batch.length > 1 && tookNothing(error)) {
        this.log.warn({ err: error, sends: batch.length }, "a batch failed; its messages are written one by one");
        for (const waiting of batch) await this.#write([waiting]);
      } else if (!again && lostARace(error)) {
        await this.#write(batch, true);
      } else {
        for (const waiting of batch) waiting.reject(error);
      }
      return;
    }
    this.#settle(batch, answers);
  }

  async #statement(batch: readonly Waiting[]): Promise<Answer[]> {
    const sends = batch.map(({ send }, ord) => ({
      ord,
      conversation: send.conversationId,
      sender: send.senderId,
      type: send.type,
      content: send.content,
      location: send.location,
      reply: send.replyToId,
      file: send.fileId,
      external: send.externalFile,
      forwarded: send.forwardedFromId,
      encrypted: send.isEncrypted,
      client: send.clientMessageId,
      fingerprint: send.fingerprint,
      names: send.names,
    }));
    const { rows } = await this.database.pool.query<Answer>("select * from write_messages($1)", [
      JSON.stringify(sends),
    ]);
    return rows;
  }

  #settle(batch: readonly Waiting[], answers: readonly Answer[]): void {
    const changes = new Map<number, LogRow[]>();
    for (const answer of answers) {
      const waiting = batch[answer.ord] as Waiting;
      const { send } = waiting;
      if (answer.outcome === "REPEAT") {
        waiting.resolve({ repeatOf: Number(answer.message_id) });
      } else if (answer.outcome === "WRITTEN") {
        const row = rowOf(send, answer);
        const rows = changes.get(send.conversationId);
        if (rows === undefined) changes.set(send.conversationId, [row]);
        else rows.push(row);
        waiting.resolve({ message: messageOf(row) });
      } else {
        waiting.reject(REFUSALS[answer.outcome]());
      }
    }
    for (const [conversationId, rows] of changes) {
      rows.sort((one, other) => Number(one.position) - Number(other.position));
      this.bus.publish(conversationTopic(conversationId), { changes: rows } satisfies LogChanges);
    }
  }
}

/**
 * Whether PostgreSQL refused the statement for what stood in it, so that nothing of it was kept: data (22), constraints
 * (23), an aborted transaction (40), a name (42), a resource (53, 54) (PostgreSQL, appendix A).
 */
function tookNothing(error: unknown): boolean {
  return isDatabaseError(error) && /^(22|23|40|42|53|54)...$/.test(error.code);
}

/**
 * Whether another node came first, so that a second try finds what it left: a message under the same clientMessageId in
 * another conversation (23505), a deadlock (40P01).
 */
const lostARace = (error: unknown): boolean =>
  isDatabaseError(error) && (error.code === "23505" || error.code === "40P01");
