import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { ExecutionArgs, ExecutionResult, GraphQLError } from "graphql";
import { CloseCode, type Server, type SubscribePayload, handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";

import type { Services } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { type Params, type Protocol, admit } from "./admission.ts";
import { GraphqlConnection } from "./connection.ts";
import type { Engine } from "./engine.ts";
import { refusal, translate } from "./errors.ts";
import { Heartbeat } from "../realtime/heartbeat.ts";
import { sendAway } from "../realtime/send-away.ts";
import { socketOrigin } from "../realtime/socket-origin.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";
import type { SocketOperation, Subscriptions } from "./socket-operation.ts";
import { speak } from "./speak.ts";

/** How long a client may take to say connection_init. */
const INIT_WITHIN_MS = 3_000;

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
    const origin = socketOrigin(socket, request);
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
  close(): Promise<void> {
    this.#heartbeat.stop();
    return sendAway(this.#connections);
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
