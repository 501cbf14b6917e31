import type { Socket } from "node:net";

import { CloseCode } from "graphql-ws";
import type { Logger } from "pino";
import type { WebSocket } from "ws";

import type { Authenticated } from "../auth/authenticate.ts";
import type { OpenConnection } from "../presence/live.ts";
import { Context, type Origin, type Services, type Viewer } from "../kernel/context.ts";

/** The close code of this door beside those of graphql-transport-ws; clients reconnect after it. */
export const CLOSE_TRY_AGAIN_LATER = 1013;

/** What this door is called where connections are counted. */
export const GRAPHQL_DOOR = "graphql";

/** Operations of a connection by their ids: null while one is being executed or begun, else a subscription. */
type Operations = Readonly<Record<string, unknown>>;

/**
 * One client on a WebSocket: graphql-ws's `extra`. There are tens of thousands of them, nearly all of them idle, so it
 * holds no timer and nothing of the request that opened it but {@link Origin}.
 */
export class GraphqlConnection {
  /** Who it is; null for nobody, and until connection_init is answered. */
  viewer: Viewer | null = null;
  /** Under which name the client wants its subscriptions to be remembered; null where it gave none. */
  resumeKey: string | null = null;
  /** When the token's time is over, in milliseconds since 1970. */
  expiresAt = Infinity;
  /** Whether a ping has had no answer yet. */
  isPingOpen = false;
  /** Is called before `ws` writes anything, so that what others wrote to the socket comes first. */
  beforeSend: (() => void) | null = null;
  /** Ids of operations that are being executed or begun, whatever the client has said of them since. */
  #underWay: Set<string> | null = null;
  #protocol: { readonly subscriptions: Operations } | null = null;
  #stopListening: (() => void) | null = null;
  #present: OpenConnection | null = null;

  constructor(
    readonly ws: WebSocket,
    /** What `ws` writes to: frames that are ready may be written to it between those of `ws`. */
    readonly socket: Socket,
    readonly origin: Origin,
    readonly services: Services,
    readonly log: Logger,
  ) {}

  /** What an operation of this connection works with. */
  context(): Context {
    return new Context(this.services, this.origin, this.log, this.viewer);
  }

  /** Takes note of who it is; the connection ends with their session, or the token's time. */
  identify(authenticated: Authenticated | null, protocol: { readonly subscriptions: Operations }): void {
    this.#protocol = protocol;
    // It may have been closed, and released, while the token was looked at.
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.#present = this.services.presence.connected(authenticated?.viewer ?? null, GRAPHQL_DOOR);
    if (authenticated === null) return;
    const { viewer, expiresAt } = authenticated;
    this.viewer = viewer;
    this.expiresAt = expiresAt.getTime();
    this.#stopListening = this.services.sessions.onEnd(viewer.sessionId, () => this.forbid("Logged out"));
  }

  /**
   * An operation begins to be executed.
   *
   * @returns false where one of the same id is under way: graphql-ws, with one place an id, would take one for the other
   */
  enter(operationId: string): boolean {
    this.#underWay ??= new Set();
    if (this.#underWay.has(operationId)) return false;
    this.#underWay.add(operationId);
    return true;
  }

  /** An operation has been executed, or its subscription stands. */
  leave(operationId: string): void {
    this.#underWay?.delete(operationId);
    if (this.#underWay?.size === 0) this.#underWay = null;
  }

  /** Operations that are under way and that graphql-ws may not know of any more. */
  get underWay(): number {
    return this.#underWay?.size ?? 0;
  }

  /** Whether a query or mutation is under way, or a subscription is being begun. */
  get isBusy(): boolean {
    return Object.values(this.#protocol?.subscriptions ?? {}).includes(null);
  }

  /** The token does not hold, or not any more. @param reason at most 123 bytes */
  forbid(reason: string): void {
    this.close(CloseCode.Forbidden, reason);
  }

  /** Holds back what is written to the socket until the end of this turn of the event loop, and writes it at once then. */
  gatherWrites(): void {
    if (this.socket.writableCorked > 0) return;
    this.socket.cork();
    process.nextTick(uncork, this.socket);
  }

  close(code: number, reason: string): void {
    this.beforeSend?.();
    this.ws.close(code, reason);
  }

  /** Lets go of what the connection holds; call it once it is closed. */
  release(): void {
    this.#stopListening?.();
    this.#present?.close();
    this.beforeSend = null;
  }
}

const uncork = (socket: Socket): void => socket.uncork();
