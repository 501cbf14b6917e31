import type { SocketConnection, SocketWords } from "./connection.ts";
import type { Turn } from "./inbox.ts";
import type { Stage, Voice } from "./live-socket.ts";

/** What a client says: a JSON object. */
export type Said = Readonly<Record<string, unknown>>;

/** A socket of a dialect that stands. */
export interface SocketSession {
  /** Does what a frame asks for. @throws a Failure, which is told by an error frame */
  take(said: Said, turn: Turn): Promise<void>;
  /** The connection is closed. */
  end(): void;
}

/** A dialect's socket: what is its own of it. */
export interface SocketDialect extends SocketWords {
  /** Which paths are its own. */
  readonly path: RegExp;
  readonly voice: Voice;
  /**
   * Begins; frames that come meanwhile wait.
   *
   * @param params what the path's groups hold
   * @throws a Failure: the socket is closed with the code that it stands for
   */
  open(connection: SocketConnection, params: readonly string[], stage: Stage): Promise<SocketSession>;
}
