import type { Logger } from "pino";

import type { Database } from "../../kernel/database.ts";

/** How long a lost connection may take to come back. */
const KEPT_MINUTES = 10;
/** What arrived is written down for all connections together, so often. */
const FLUSH_MS = 200;
const CLEAN_UP_MS = 60_000;

/** Which subscription of which client it is: the same operation on the next connection has the same. */
export interface ResumeKey {
  readonly userId: number;
  /** The client's own random string, from connectionParams. */
  readonly resumeKey: string;
  /** SHA-256 of query, operation name and variables, in hex. */
  readonly operation: string;
}

/** Of each log, the position up to which everything has surely arrived. */
type Positions = ReadonlyMap<number, number>;

const WHERE = "user_id = $1 and resume_key = $2 and operation = decode($3, 'hex')";
const parameters = ({ userId, resumeKey, operation }: ResumeKey): [number, string, string] => [
  userId,
  resumeKey,
  operation,
];

/** How far the subscriptions of clients with a resumeKey have come, in PostgreSQL: for whichever node they come back to. */
export class ResumePoints {
  readonly #arrived = new Map<string, { key: ResumeKey; positions: Map<number, number> }>();
  #flush: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  readonly #cleanUp: NodeJS.Timeout;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {
    this.#cleanUp = setInterval(() => void this.#forgetOld(), CLEAN_UP_MS);
    this.#cleanUp.unref();
  }

  /** Where the operation goes on; null where it is new, or was gone for too long. */
  async find(key: ResumeKey): Promise<Map<number, number> | null> {
    await this.flush();
    const { rows } = await this.database.pool.query<{ positions: Record<string, number> }>(
      `update resume_points set touched_at = now()
       where ${WHERE} and epoch = $4 and touched_at > now() - interval '${KEPT_MINUTES} minutes' returning positions`,
      [...parameters(key), this.database.epoch],
    );
    const found = rows[0]?.positions;
    return found === undefined ? null : new Map(Object.entries(found).map(([logId, at]) => [Number(logId), at]));
  }

  /** Writes down where an operation begins. */
  async begin(key: ResumeKey, positions: Positions): Promise<void> {
    await this.database.pool.query(
      `insert into resume_points (user_id, resume_key, operation, epoch, positions)
       values ($1, $2, decode($3, 'hex'), $4, $5)
       on conflict (user_id, resume_key, operation)
       do update set epoch = excluded.epoch, positions = excluded.positions, touched_at = now()`,
      [...parameters(key), this.database.epoch, JSON.stringify(Object.fromEntries(positions))],
    );
  }

  /** The operation was completed, not lost: it is not gone on with. */
  end(key: ResumeKey): void {
    this.#arrived.delete(nameOf(key));
    this.#flushing = this.#flushing.then(() => this.#remove(key));
  }

  /** What the client's pong says has arrived. It is written down a moment later, with that of others. */
  advance(key: ResumeKey, positions: Positions): void {
    const known = this.#arrived.get(nameOf(key)) ?? { key, positions: new Map<number, number>() };
    for (const [logId, position] of positions) known.positions.set(logId, position);
    this.#arrived.set(nameOf(key), known);
    this.#flush ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes down what has arrived, now. */
  flush(): Promise<void> {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    this.#flushing = this.#flushing.then(() => this.#writeDown());
    return this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#cleanUp);
    await this.flush();
  }

  async #writeDown(): Promise<void> {
    if (this.#arrived.size === 0) return;
    const advances = [...this.#arrived.values()].map(({ key, positions }) => ({
      ...key,
      positions: Object.fromEntries(positions),
    }));
    this.#arrived.clear();
    try {
      await this.database.pool.query(
        `update resume_points r set positions = r.positions || a.positions, touched_at = now()
         from jsonb_to_recordset($1) as a ("userId" bigint, "resumeKey" text, operation text, positions jsonb)
         where r.user_id = a."userId" and r.resume_key = a."resumeKey" and r.operation = decode(a.operation, 'hex')`,
        [JSON.stringify(advances)],
      );
    } catch (error) {
      // What is not written down is sent once more after a resume: the client sees it twice, and misses nothing.
      this.log.warn({ err: error }, "resume points could not be written");
    }
  }

  async #remove(key: ResumeKey): Promise<void> {
    try {
      await this.database.pool.query(`delete from resume_points where ${WHERE}`, parameters(key));
    } catch (error) {
      // It is forgotten after its ten minutes.
      this.log.warn({ err: error }, "a resume point could not be removed");
    }
  }

  async #forgetOld(): Promise<void> {
    try {
      await this.database.pool.query(
        `delete from resume_points where touched_at < now() - interval '${KEPT_MINUTES} minutes'`,
      );
    } catch (error) {
      this.log.warn({ err: error }, "old resume points could not be removed");
    }
  }
}

const nameOf = ({ userId, resumeKey, operation }: ResumeKey): string => `${userId} ${operation} ${resumeKey}`;
