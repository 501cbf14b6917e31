import type { Amid, LogChange } from "./log-source.ts";

/** From where a reader goes on: a position, and the life of the database that gave it. */
export interface ReadFrom {
  readonly epoch: string;
  readonly position: number;
  readonly amid: Amid | null;
}

/** Which part of a viewer's world a subscription hears of. */
export type LiveScope =
  | { readonly kind: "log"; readonly logId: number; readonly after: ReadFrom | null }
  | { readonly kind: "everything" }
  | { readonly kind: "user" }
  | { readonly kind: "feed"; readonly open: OpenFeed };

/**
 * Begins to hand one subscriber what neither a log nor their own topic carries, and no more of it than they may see.
 * What is told to several at once must be one and the same object for all of them, told to one after the other.
 *
 * @returns how to end it
 */
export type OpenFeed = (tell: (event: object) => void) => Promise<() => void>;

/**
 * What a subscription field answers when it is subscribed to: whatever happens is shown to it, and it says what of it
 * is an event of the field (the payload) and what is none of its business (null). It is not iterated: the door that
 * serves the subscription delivers, with one execution for all who asked the same.
 */
export class LiveSource<C extends LogChange> implements AsyncIterable<never> {
  readonly scope: LiveScope;
  readonly onChange: (change: C) => unknown;
  readonly onPassing: (event: unknown) => unknown;
  readonly onUserEvent: (event: unknown) => unknown;
  readonly onFeed: (event: unknown) => unknown;
  /** Whether a passing event is any business of this subscriber: asked of each before what is made of it is shared. */
  readonly concerns: (event: unknown, userId: number) => boolean;
  /** The event that tells a reader to start over, and where to go on after; without it the subscription ends with EXPIRED. */
  readonly resync: ((logId: number, position: number) => unknown) | null;
  /** What sets it apart from others of the same document and variables: those that are alike share each execution. */
  readonly apart: string;
  /** Runs when the subscription stands; what it returns runs when the subscription has ended. */
  readonly attend: () => () => void;

  constructor(scope: LiveScope, hears: Partial<Omit<LiveSource<C>, "scope">>) {
    this.scope = scope;
    this.onChange = hears.onChange ?? nothing;
    this.onPassing = hears.onPassing ?? nothing;
    this.onUserEvent = hears.onUserEvent ?? nothing;
    this.onFeed = hears.onFeed ?? nothing;
    this.concerns = hears.concerns ?? everybody;
    this.resync = hears.resync ?? null;
    this.apart = hears.apart ?? "";
    this.attend = hears.attend ?? (() => nothing);
  }

  /** Whether it follows logs, and so can go on where a lost connection left it. */
  get followsLogs(): boolean {
    return this.onChange !== nothing;
  }

  get hearsPassing(): boolean {
    return this.onPassing !== nothing;
  }

  get hearsUserEvents(): boolean {
    return this.onUserEvent !== nothing;
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new TypeError("A live source is delivered by its door.");
  }
}

const nothing = (): null => null;
const everybody = (): boolean => true;
