/** One durable change of a log. */
export interface LogChange {
  readonly logId: number;
  /** 1, 2, 3 … in each log, in the order of commits, with no hole. */
  readonly position: number;
  /** The position at which the thing that changed was added. */
  readonly addedPosition: number;
  /**
   * Whether the change adds the thing for whoever it is handed to: it was added after the last position they had.
   * Set by whoever hands out.
   */
  added: boolean;
  /**
   * The position after which a reader goes on who has this change and all that were handed out before it. Set by
   * whoever hands out; for a change that is handed out as it happens, its own position.
   */
  cursor: number;
  /** Where the reader stands who is cut off after this change: in the middle of a page, else null. Set with `cursor`. */
  amid: Amid | null;
}

/**
 * In the middle of a page that begins after `base` and speaks of everything up to `head`. Who was given it up to a
 * cursor has what was added between `base` and that cursor as it was at `head`.
 */
export interface Amid {
  readonly base: number;
  readonly head: number;
}

/** What a log holds after a position: each thing that changed since, once, in its latest state, by position. */
export interface LogPage<C extends LogChange> {
  readonly changes: readonly C[];
  /** The position up to which the page speaks: the log's own, unless `more`. */
  readonly head: number;
  /** Whether the page was cut at the limit; the next one begins after `head`. */
  readonly more: boolean;
}

/**
 * The order in which a page is handed out to readers who have everything up to `base`: what was added since stands where
 * it was added, everything else where it last changed. So a reader who is cut off in the middle and goes on after the
 * last cursor is given what it has not got: whatever was added after that cursor is new to it, whatever became of it.
 *
 * @param base the position that the readers had before the page, and the pages that it continues, were read
 */
export function inHandOutOrder<C extends LogChange>(page: LogPage<C>, base: number): readonly C[] {
  for (const change of page.changes) {
    change.added = change.addedPosition > base;
    // Before the whole is read, something added early may still come late: a reader who is cut off begins again.
    change.cursor = page.more ? base : change.added ? change.addedPosition : change.position;
    change.amid = page.more ? null : { base, head: page.head };
  }
  const ordered = page.changes.toSorted((one, other) => one.cursor - other.cursor);
  const last = ordered.at(-1);
  if (last !== undefined && !page.more) {
    last.cursor = page.head;
    last.amid = null;
  }
  return ordered;
}

/** Whose right to see a log a change in it may have altered. */
export interface Audience {
  /** Users who may not see it any more. */
  readonly out: readonly number[];
  /** Users who may see it from now on. */
  readonly in: readonly number[];
  /** Whether everybody else who sees it without being a member must be asked about again. */
  readonly recheck: boolean;
}

/** Somebody's membership that changed lately. */
export interface MembershipChange {
  readonly logId: number;
  readonly userId: number;
  readonly present: boolean;
}

/** A log that a user is a member of, and where it stood when they came in. */
export interface Membership {
  readonly logId: number;
  readonly joinedPosition: number;
}

/** The logs, as the hub needs them; src/messages has the one implementation. */
export interface LogSource<C extends LogChange> {
  /** The topic of the bus that carries a log's changes and its passing events. */
  topic(logId: number): string;
  /** The topic that carries what concerns one user. */
  userTopic(userId: number): string;
  /** The changes in what the bus carried, in the order of their positions; null where it is something else. */
  parse(payload: unknown): C[] | null;
  /** Reads on from a position; null where the log is no more. */
  after(logId: number, position: number): Promise<LogPage<C> | null>;
  /** The positions of logs; those that are no more are left out. */
  heads(logIds: readonly number[]): Promise<Map<number, number>>;
  /** What a change does to the right to see the log; null where it does nothing. Its `added` is set. */
  audience(change: C): Audience | null;
  /** What an event to one user says of their membership in a log; null where it says nothing of it. */
  membershipHint(event: unknown): { readonly logId: number; readonly present: boolean } | null;
  memberships(userId: number): Promise<Membership[]>;
  /** Of these users, those who may see the log now, members or not. */
  audienceAmong(logId: number, userIds: readonly number[]): Promise<Set<number>>;
  /** Memberships that changed in transactions not older than `since`, and what to ask from the next time. */
  membershipChanges(since: string | null): Promise<{ changes: MembershipChange[]; next: string }>;
}
