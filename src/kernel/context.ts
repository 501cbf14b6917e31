import type { EntityManager } from "@mikro-orm/postgresql";
import DataLoader from "dataloader";
import type { Logger } from "pino";

import { type Database, type Row, type SqlParameter, runInSnapshot, runInTransaction, sqlOf } from "./database.ts";
import { unauthenticated } from "./errors.ts";

/**
 * What lives as long as the process and belongs to a slice: each slice adds its own by declaration merging
 * (`declare module "../kernel/context.ts" { interface Services { writer: Writer } }`), and the composition root fills it.
 */
export interface Services {
  database: Database;
}

/** Who asks: taken from a token that held, never from what a client says of itself. */
export interface Viewer {
  readonly userId: number;
  /** The login that the token belongs to; revoking it ends the token. */
  readonly sessionId: string;
  readonly role: string;
}

/** Where a request came from and how the log knows it. */
export interface Origin {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** One request, or one operation over a socket: who asks, from where, and what the verbs work with. */
export class Context {
  #em: EntityManager | undefined;
  #afterCommit: (() => void)[] | undefined;
  /** Made when the first is asked for: most contexts live as long as an idle subscription, and load nothing. */
  #loaders: Map<unknown, DataLoader<unknown, unknown>> | undefined;

  constructor(
    readonly services: Services,
    readonly origin: Origin,
    readonly log: Logger,
    private readonly who: Viewer | null,
    em?: EntityManager,
    afterCommit?: (() => void)[],
  ) {
    this.#em = em;
    this.#afterCommit = afterCommit;
  }

  /** Who asks, or null when nobody is logged in. */
  get viewer(): Viewer | null {
    return this.who;
  }

  /** Who asks. @throws UNAUTHENTICATED when nobody is logged in */
  get me(): Viewer {
    if (this.viewer === null) throw unauthenticated();
    return this.viewer;
  }

  /** Whether statements run in a transaction or a snapshot that is under way, and on its connection. */
  get isInTransaction(): boolean {
    return this.#afterCommit !== undefined;
  }

  /** The same unit of work on behalf of somebody else: jobs act for whoever left them. */
  as(viewer: Viewer): Context {
    return new Context(this.services, this.origin, this.log, viewer, this.#em, this.#afterCommit);
  }

  /** This request's unit of work. Hot paths use {@link sql} instead. */
  get em(): EntityManager {
    this.#em ??= this.services.database.em.fork();
    return this.#em;
  }

  /** Runs one statement, inside the transaction where there is one. Parameters are $1, $2 …; rows come as plain objects. */
  sql<R extends Row = Row>(text: string, parameters: readonly SqlParameter[] = []): Promise<R[]> {
    return sqlOf<R>(this.services.database, this.#em, text, parameters);
  }

  /**
   * Runs a verb's changes in one transaction, again once if PostgreSQL chose it to break a deadlock. What was handed
   * to {@link afterCommit} meanwhile runs once it is committed, and not at all if it is not.
   */
  async transaction<T>(work: (tx: Context) => Promise<T>): Promise<T> {
    if (this.#afterCommit !== undefined) return work(this);
    const [result, effects] = await runInTransaction(this.services.database, async (em) => {
      const collected: (() => void)[] = [];
      const tx = new Context(this.services, this.origin, this.log, this.who, em, collected);
      return [await work(tx), collected] as const;
    });
    for (const effect of effects) effect();
    return result;
  }

  /**
   * Runs reads that must all see one state of the database: nothing that is committed meanwhile shows in any of them.
   * Writing fails.
   */
  snapshot<T>(work: (reads: Context) => Promise<T>): Promise<T> {
    if (this.#afterCommit !== undefined) return work(this);
    return runInSnapshot(this.services.database, (em) =>
      work(new Context(this.services, this.origin, this.log, this.who, em, [])),
    );
  }

  /** Runs `effect` after the commit of the transaction that is under way; at once where there is none. */
  afterCommit(effect: () => void): void {
    if (this.#afterCommit === undefined) effect();
    else this.#afterCommit.push(effect);
  }

  /**
   * The loader that gathers what one tick asks for into a single call of `batch` (which answers in the order of its
   * keys). One a context and `batch` function; nothing is remembered between ticks, so nothing is stale.
   */
  load<K, V>(batch: (ctx: Context, keys: readonly K[]) => Promise<readonly (V | Error)[]>, key: K): Promise<V> {
    this.#loaders ??= new Map();
    let loader = this.#loaders.get(batch) as DataLoader<K, V> | undefined;
    if (loader === undefined) {
      loader = new DataLoader<K, V>((keys) => batch(this, [...new Set(keys)]).then((values) => inOrder(keys, values)), {
        cache: false,
      });
      this.#loaders.set(batch, loader);
    }
    return loader.load(key);
  }
}

function inOrder<K, V>(keys: readonly K[], values: readonly V[]): V[] {
  const distinct = [...new Set(keys)];
  if (distinct.length === keys.length) return [...values];
  const found = new Map(distinct.map((key, index) => [key, values[index] as V]));
  return keys.map((key) => found.get(key) as V);
}
