import { CloseCode, type Server } from "graphql-ws";

import type { GraphqlConnection } from "./connection.ts";

/** Bytes that may wait for a client that asks and does not read. */
const UNREAD_MAXIMUM = 8 * 1_048_576;

/** Bytes that may wait for a client before it is waited for. */
const WAITED_FOR = 65_536;

/** What a connection tells of itself. */
interface Ears {
  /** @param mark what the ping carried that was answered */
  ponged(mark: string): void;
  closed(): void;
}

/** Lets graphql-ws speak its protocol over a WebSocket, as its own adapter for `ws` does (graphql-ws/use/ws). */
export function speak(connection: GraphqlConnection, protocol: Server<GraphqlConnection>, ears: Ears): void {
  const { ws, log, origin } = connection;

  const closed = protocol.opened(
    {
      protocol: ws.protocol,
      send: (data) => send(connection, data),
      close: (code, reason) => connection.close(code ?? CloseCode.InternalServerError, reason ?? ""),
      onMessage: (take) => {
        ws.on("message", (data: Buffer) => {
          // `ws` goes on reading while it waits for the client's close frame: who was sent away has no say any more.
          if (ws.readyState !== ws.OPEN) return;
          take(data.toString()).catch((error: unknown) => {
            if (isUnexpected(error)) return connection.close(CloseCode.BadRequest, "Unexpected message received");
            log.error({ err: error, requestId: origin.requestId }, "a message could not be handled");
            connection.close(CloseCode.InternalServerError, "Internal server error");
          });
        });
      },
    },
    connection,
  );

  // A malformed or oversized frame: `ws` closes with the code that RFC 6455 has for it.
  ws.on("error", (error) => log.debug({ err: error, requestId: origin.requestId }, "a client broke the protocol"));
  ws.on("pong", (data) => {
    connection.isPingOpen = false;
    ears.ponged(data.toString());
  });
  ws.once("close", (code: number, reason: Buffer) => {
    connection.release();
    closed(code, reason.toString()).then(
      () => ears.closed(),
      (error: unknown) => log.error({ err: error, requestId: origin.requestId }, "a connection could not be left"),
    );
  });
}

/** What graphql-ws throws at a message that only servers send: a stranger's fault, and nothing for the log. */
const isUnexpected = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("Unexpected message of type");

/**
 * Sends what graphql-ws says. Everything of one turn goes out in one write: an answer and its end are two messages.
 *
 * @returns where the client is behind, what resolves when it has taken this; graphql-ws goes on then
 */
function send(connection: GraphqlConnection, data: string): Promise<void> | void {
  const { ws } = connection;
  connection.beforeSend?.();
  if (ws.readyState !== ws.OPEN) return;
  if (ws.bufferedAmount > UNREAD_MAXIMUM) {
    // A close frame would wait behind all of it.
    ws.terminate();
    return;
  }
  connection.gatherWrites();
  if (ws.bufferedAmount < WAITED_FOR) return ws.send(data);
  return new Promise((resolve) => {
    // An error is the end of the connection, which is told by its "close".
    ws.send(data, () => resolve());
  });
}
