import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { CloseCode, type Server, type SubscribePayload, handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { type WebSocket, WebSocketServer } from "ws";

import type { Services } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { type Params, type Protocol, admit } from "./admission.ts";
import { CLOSE_GOING_AWAY, GraphqlConnection } from "./connection.ts";
import type { Engine } from "./engine.ts";
import { refusal, translate } from "./errors.ts";
import { Heartbeat } from "../realtime/heartbeat.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";
import type { SocketOperation, Subscriptions } from "./socket-operation.ts";
import { speak } from "./speak.ts";

/** How long a client may take to say connection_init. */
const INIT_WITHIN_MS = 3_000;
/** How long what is under way may take when the server stops, how often that is looked at; and a closed socket to be gone. */
const FINISH_WITHIN_MS = 5_000;
const LOOKED_AT_EVERY_MS = 20;
const GONE_WITHIN_MS = 1_000;
/** Random bytes of a connection's id in the log. randomUUID() would leave half a KiB of string parts behind it. */
const REQUEST_ID_BYTES = 15;

/** GraphQL over WebSocket: graphql-transport-ws, as graphql-ws speaks it, on sockets that the upgrade router hands over. */
export class WebSocketDoor {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: LIMITS.bodyBytes,
    perMessageDeflate: false,
    handleProtocols,
  });
  readonly #protocol: Server<GraphqlConnection>;
  readonly #connections = new Set<GraphqlConnection>();
  readonly #heartbeat: Heartbeat<GraphqlConnection>;

  constructor(
    private readonly engine: Engine,
    private readonly services: Services,
    private readonly log: Logger,
    private readonly subscriptions: Subscriptions,
  ) {
    this.#heartbeat = new Heartbeat((connection) => subscriptions.pinging(connection));
    this.#protocol = makeServer<Params, GraphqlConnection>({
      connectionInitWaitTimeout: INIT_WITHIN_MS,
      onConnect: admit,
      onSubscribe: (protocol, id, payload) => this.#prepare(protocol, id, payload),
      execute: (operation) => this.#execute(operation as SocketOperation),
      subscribe: (operation) => this.#subscribe(operation as SocketOperation),
    });
  }

  /** Takes over an HTTP connection that asked to become a WebSocket. */
  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const socket = stream as Socket;
    const origin = {
      requestId: randomBytes(REQUEST_ID_BYTES).toString("base64url"),
      ip: socket.remoteAddress ?? "",
      userAgent: request.headers["user-agent"] ?? "",
    };
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      const connection = new GraphqlConnection(ws, socket, origin, this.services, this.log);
      this.#connections.add(connection);
      const calm = this.#heartbeat.add(connection);
      speak(connection, this.#protocol, {
        ponged: (mark) => this.subscriptions.ponged(connection, mark),
        closed: () => {
          calm();
          this.#connections.delete(connection);
        },
      });
    });
  };

  /** The clients that are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Sends everybody away, with a code after which clients connect again: at once, or when what is under way is finished. */
  async close(): Promise<void> {
    this.#heartbeat.stop();
    const deadline = Date.now() + FINISH_WITHIN_MS;
    let staying = [...this.#connections];
    const gone = Promise.all(staying.map(({ ws }) => closed(ws)));
    while (staying.length > 0) {
      const late = Date.now() > deadline;
      for (const connection of staying) {
        if (late || !connection.isBusy) connection.close(CLOSE_GOING_AWAY, "Going away");
      }
      staying = staying.filter(({ ws }) => ws.readyState === ws.OPEN);
      if (staying.length > 0) await pause(LOOKED_AT_EVERY_MS);
    }
    await Promise.race([gone, pause(GONE_WITHIN_MS, undefined, { ref: false })]);
    for (const { ws } of this.#connections) ws.terminate();
    await gone;
  }

  #prepare(protocol: Protocol, id: string, payload: SubscribePayload): ExecutionArgs | GraphQLError[] {
    const { extra: connection, subscriptions } = protocol;
    const { requestId } = connection.origin;
    if (id.length > LIMITS.operationIdLength) return [refusal(new LimitExceeded("operationIdLength"), requestId)];
    const open = Math.max(Object.keys(subscriptions).length, connection.underWay + 1);
    if (open > LIMITS.operationsPerSocket) {
      return [refusal(new LimitExceeded("operationsPerSocket"), requestId)];
    }
    const prepared = this.engine.prepare(payload);
    if ("errors" in prepared) return prepared.errors.map((error) => translate(error, connection));
    if (!connection.enter(id)) {
      connection.close(CloseCode.SubscriberAlreadyExists, "An operation of this id is under way");
      return [refusal(badInput("id", "An operation of this id is under way."), requestId)];
    }
    // graphql-ws keeps the payload as long as the operation lives: all that ask the same keep one text.
    (payload as { query: string }).query = prepared.args.document.loc?.source.body ?? payload.query;
    const operation: SocketOperation = {
      ...prepared.args,
      rootValue: undefined,
      contextValue: connection.context(),
      connection,
      id,
      prepared,
    };
    return operation;
  }

  async #execute({ prepared, contextValue, connection, id }: SocketOperation): Promise<ExecutionResult> {
    if (contextValue.viewer !== null) this.services.presence.activeConnected(contextValue.viewer);
    try {
      return await this.engine.execute(prepared, contextValue);
    } finally {
      connection.leave(id);
    }
  }

  async #subscribe(operation: SocketOperation): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    try {
      return await this.subscriptions.begin(operation);
    } finally {
      operation.connection.leave(operation.id);
    }
  }
}

const closed = (ws: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (ws.readyState === ws.CLOSED) resolve();
    else ws.once("close", () => resolve());
  });
