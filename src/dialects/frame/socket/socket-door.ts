import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";

import { authenticateBearer } from "../../../auth/bearer.ts";
import { Context, type Origin, type Services } from "../../../kernel/context.ts";
import { badInput, Failure, serverFault, unauthenticated } from "../../../kernel/errors.ts";
import { Heartbeat } from "../../../realtime/heartbeat.ts";
import { type Connected, GOING_AWAY, sendAway } from "../../../realtime/send-away.ts";
import { socketOrigin } from "../../../realtime/socket-origin.ts";
import { closeCodeOf, SocketConnection } from "./connection.ts";
import { BEARER_PROTOCOL, credentialsOf, pathOf } from "./handshake.ts";
import { Inbox, type Turn } from "./inbox.ts";
import type { Stage, Voice } from "./live-socket.ts";
import type { Said, SocketDialect, SocketSession } from "./socket-dialect.ts";
import { SharedFrames } from "./shared-frames.ts";

/**
 * Bytes of a frame of an older protocol's client, at the most: a message of 5,000 characters, each escaped in JSON, with
 * room to spare.
 */
const FRAME_BYTES_MAXIMUM = 131_072;

/** The door of a dialect's plain WebSockets. */
export class SocketDoor implements Stage {
  readonly voice: Voice;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAXIMUM,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(BEARER_PROTOCOL) ? BEARER_PROTOCOL : false),
  });
  readonly #clients = new Set<Connected>();
  readonly #heartbeat = new Heartbeat<SocketConnection>(() => "");
  readonly #frames = new Map<number, SharedFrames>();
  readonly #origin: Origin;
  #stopped = false;

  constructor(
    private readonly services: Services,
    private readonly log: Logger,
    private readonly dialect: SocketDialect,
  ) {
    this.voice = dialect.voice;
    this.#origin = { requestId: dialect.name, ip: "", userAgent: "" };
    services.presence.census.countSubscriptions(dialect.name, () => this.#clients.size);
  }

  /** Whether a path is this door's. */
  readonly matches = (path: string): boolean => this.dialect.path.test(path);

  /** Takes over a connection that asked to be a WebSocket. */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const socket = stream as Socket;
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      // A malformed or oversized frame: `ws` closes with the code that RFC 6455 has for it.
      ws.on("error", (error) => this.log.debug({ err: error, door: this.dialect.name }, "a client broke the protocol"));
      // What the client says before it is known who it is stays where it is.
      ws.pause();
      void this.#admit(ws, socket, request);
    });
  };

  shared(): Context {
    return new Context(this.services, this.#origin, this.log, null);
  }

  framesOf(logId: number): SharedFrames {
    let frames = this.#frames.get(logId);
    if (frames === undefined) {
      frames = new SharedFrames(this.log, () => this.#frames.delete(logId));
      this.#frames.set(logId, frames);
    }
    return frames;
  }

  /** Sends everybody away, with a code after which clients connect again: at once, or when what is under way is finished. */
  close(): Promise<void> {
    this.#stopped = true;
    this.#heartbeat.stop();
    return sendAway(this.#clients, this.#sockets.clients);
  }

  async #admit(ws: WebSocket, socket: Socket, request: IncomingMessage): Promise<void> {
    const origin = socketOrigin(socket, request);
    try {
      const authenticated = await authenticateBearer(this.services, credentialsOf(request), origin);
      if (authenticated === null)
        throw unauthenticated("A token is missing: ?token=, Authorization or Sec-WebSocket-Protocol.");
      if (ws.readyState !== ws.OPEN) return;
      if (this.#stopped) return this.#sendAway(ws);
      const connection = new SocketConnection(ws, socket, origin, this.services, this.log, authenticated, this.dialect);
      await this.#stand(connection, this.dialect.path.exec(pathOf(request))?.slice(1) ?? []);
    } catch (error) {
      this.#refuse(ws, error, origin);
    }
  }

  /** Lets a client in whom one knows by now; it is told what it may not do, and hears of what happens from now on. */
  async #stand(connection: SocketConnection, params: readonly string[]): Promise<void> {
    const { ws } = connection;
    let session: SocketSession | null = null;
    const inbox = new Inbox(ws, (text, turn) => this.#take(connection, session, text, turn));
    const client: Connected = {
      ws,
      get isBusy() {
        return inbox.isBusy;
      },
      close: (code, reason) => connection.close(code, reason),
    };
    const calm = this.#heartbeat.add(connection);
    this.#clients.add(client);
    // Whoever says anything lives: behind all that it says its pong may be late.
    for (const sign of ["pong", "message"]) {
      ws.on(sign, () => {
        connection.isPingOpen = false;
      });
    }
    ws.once("close", () => {
      calm();
      this.#clients.delete(client);
      connection.release();
      session?.end();
    });
    try {
      const opened = await this.dialect.open(connection, params, this);
      if (ws.readyState === ws.CLOSED) return opened.end();
      session = opened;
    } catch (error) {
      connection.turnAway(this.#failureOf(error, connection.origin));
    }
    ws.resume();
  }

  async #take(connection: SocketConnection, session: SocketSession | null, text: string, turn: Turn): Promise<void> {
    this.services.presence.activeConnected(connection.viewer);
    try {
      await session?.take(saidIn(text), turn);
    } catch (error) {
      connection.say(this.dialect.refuse(this.#failureOf(error, connection.origin)));
    }
  }

  /** Closes with the code that a refusal stands for, an error frame before it: nobody knows yet who it is. */
  #refuse(ws: WebSocket, error: unknown, origin: Origin): void {
    const failure = this.#failureOf(error, origin);
    if (ws.readyState !== ws.OPEN) return;
    ws.resume();
    ws.send(JSON.stringify(this.dialect.refuse(failure)));
    ws.close(closeCodeOf(failure), failure.detail.reason ?? "");
  }

  /** The server stops, and it is not known any more who this is. */
  #sendAway(ws: WebSocket): void {
    ws.resume();
    ws.close(GOING_AWAY.code, GOING_AWAY.reason);
  }

  #failureOf(error: unknown, { requestId }: Origin): Failure {
    if (error instanceof Failure) return error;
    this.log.error({ err: error, requestId, door: this.dialect.name }, "a frame could not be answered");
    return serverFault();
  }
}

function saidIn(text: string): Said {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw badInput("frame", "A frame must be a JSON object.");
  }
  if (typeof said !== "object" || said === null || Array.isArray(said)) {
    throw badInput("frame", "A frame must be a JSON object.");
  }
  return said as Said;
}
