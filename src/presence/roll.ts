import type { Viewer } from "../kernel/context.ts";
import type { Source } from "./presence-store.ts";

/**
 * How long after their last connection somebody still counts as connected: clients that lose one take 1.3 to 4 seconds to
 * make the next, and nobody is to see them blink.
 */
export const GRACE_MS = 5_000;

/** One login of somebody, with connections to this node, or none for a moment. */
interface Login {
  readonly userId: number;
  readonly sessionId: string;
  connections: number;
  /** When it counts as gone, where it has no connection. */
  goesAt: number;
}

/** Who is connected to this node, by which logins: what is in memory of presence. */
export class Roll {
  readonly #logins = new Map<string, Login>();
  /** How many logins of each user there are. */
  readonly #users = new Map<number, number>();
  /** Logins without a connection, in the order in which they go. */
  readonly #going = new Set<Login>();

  /** Whether the user is connected, or was a moment ago. */
  has(userId: number): boolean {
    return this.#users.has(userId);
  }

  /** Whether the login is connected, or was a moment ago. */
  hasLogin(sessionId: string): boolean {
    return this.#logins.has(sessionId);
  }

  userIds(): number[] {
    return [...this.#users.keys()];
  }

  /** One more connection. @returns whether the user was not here before, and whether the login was not */
  add({ userId, sessionId }: Viewer): { user: boolean; login: boolean } {
    let login = this.#logins.get(sessionId);
    const isNew = { user: !this.#users.has(userId), login: login === undefined };
    if (login === undefined) {
      login = { userId, sessionId, connections: 0, goesAt: 0 };
      this.#logins.set(sessionId, login);
      this.#users.set(userId, (this.#users.get(userId) ?? 0) + 1);
    }
    login.connections += 1;
    this.#going.delete(login);
    return isNew;
  }

  /** One connection less. @returns whether it was the login's last */
  remove({ sessionId }: Viewer, now: number): boolean {
    const login = this.#logins.get(sessionId);
    if (login === undefined) return false;
    login.connections -= 1;
    if (login.connections > 0) return false;
    login.goesAt = now + GRACE_MS;
    this.#going.add(login);
    return true;
  }

  /** Takes out those whose time is over. @returns the logins, and the users who have no other one here */
  takeGone(now: number): { logins: Source[]; userIds: number[] } {
    const logins: Source[] = [];
    const userIds: number[] = [];
    for (const login of this.#going) {
      if (login.goesAt > now) break;
      const { userId, sessionId } = login;
      this.#going.delete(login);
      this.#logins.delete(sessionId);
      logins.push({ userId, source: sessionId });
      const others = (this.#users.get(userId) ?? 1) - 1;
      if (others > 0) this.#users.set(userId, others);
      else if (this.#users.delete(userId)) userIds.push(userId);
    }
    return { logins, userIds };
  }
}
