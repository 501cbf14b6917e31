import type { Socket } from "node:net";

import type { Logger } from "pino";
import type { WebSocket } from "ws";

import type { Authenticated } from "../../../auth/authenticate.ts";
import { Context, type Origin, type Services, type Viewer } from "../../../kernel/context.ts";
import { type Failure, unauthenticated } from "../../../kernel/errors.ts";
import type { OpenConnection } from "../../../presence/live.ts";
import { FrameWriter } from "../../../realtime/frames.ts";
import type { Beating } from "../../../realtime/heartbeat.ts";

/** Close codes of every dialect (docs/older-apis.md, Sockets); after TRY_AGAIN_LATER clients come back. */
export const CLOSE = {
  TRY_AGAIN_LATER: 1013,
  UNAUTHENTICATED: 4401,
  FORBIDDEN: 4403,
  NOT_FOUND: 4404,
} as const;

/** The close code that a refusal stands for; what the server is at fault of is worth another try. */
const CODES: Partial<Record<Failure["code"], number>> = {
  UNAUTHENTICATED: CLOSE.UNAUTHENTICATED,
  FORBIDDEN: CLOSE.FORBIDDEN,
  CONFLICT: CLOSE.FORBIDDEN,
  NOT_FOUND: CLOSE.NOT_FOUND,
  BAD_USER_INPUT: CLOSE.NOT_FOUND,
};

export const closeCodeOf = ({ code }: Failure): number => CODES[code] ?? CLOSE.TRY_AGAIN_LATER;

/** As much of a dialect as its connections need to know. */
export interface SocketWords {
  /** What it is called where connections are counted. */
  readonly name: string;
  /** The frame that tells of a refusal. */
  refuse(failure: Failure): object;
}

/** Bytes of a close frame's reason, at the most (RFC 6455, 5.5). */
const REASON_BYTES_MAXIMUM = 123;

/** One client on a WebSocket of a dialect, once it is known who it is. */
export class SocketConnection implements Beating {
  readonly viewer: Viewer;
  readonly expiresAt: number;
  #isPingOpen = false;
  readonly beforeSend = (): void => this.#writer.flush();
  readonly #writer: FrameWriter;
  readonly #present: OpenConnection;
  readonly #stopListening: () => void;

  constructor(
    readonly ws: WebSocket,
    socket: Socket,
    readonly origin: Origin,
    readonly services: Services,
    readonly log: Logger,
    { viewer, expiresAt }: Authenticated,
    private readonly dialect: SocketWords,
  ) {
    this.viewer = viewer;
    this.expiresAt = expiresAt.getTime();
    this.#writer = new FrameWriter(socket, ws);
    this.#present = services.presence.connected(viewer, dialect.name);
    this.#stopListening = services.sessions.onEnd(viewer.sessionId, () => this.forbid("Logged out"));
  }

  /** While its socket is not read, for all that it has said already, no pong of the client's could be heard. */
  get isPingOpen(): boolean {
    return this.#isPingOpen && !this.ws.isPaused;
  }

  set isPingOpen(open: boolean) {
    this.#isPingOpen = open;
  }

  /** What one frame of the client's, or an event of its user's, works with. */
  context(): Context {
    return new Context(this.services, this.origin, this.log, this.viewer);
  }

  /** Says something to this client alone. */
  say(frame: object): void {
    this.#writer.write("", Buffer.from(JSON.stringify(frame)), "");
  }

  /** Hands on a whole frame that was made ready for many. */
  write(frame: Buffer): void {
    this.#writer.writeFrame(frame);
  }

  /** Resolves when the client has taken most of what it was given, or is gone. */
  drained(): Promise<void> {
    return this.#writer.drained();
  }

  forbid(reason: string): void {
    this.turnAway(unauthenticated("The token does not hold any more.", reason));
  }

  /** Closes with the code that a refusal stands for, an error frame before it. */
  turnAway(failure: Failure): void {
    this.say(this.dialect.refuse(failure));
    this.close(closeCodeOf(failure), failure.detail.reason ?? "");
  }

  close(code: number, reason: string): void {
    this.#writer.flush();
    this.ws.close(code, Buffer.from(reason).subarray(0, REASON_BYTES_MAXIMUM).toString());
  }

  /** Lets go of what the connection holds; call it once it is closed. */
  release(): void {
    this.#stopListening();
    this.#present.close();
  }
}
