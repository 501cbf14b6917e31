import type { Sink } from "graphql-ws";
import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly field?: string;
    readonly reason?: string;
    readonly limit?: number;
    readonly cursor?: string;
    readonly requestId?: string;
  };
}

// Tests say what they expect of an answer; the compiler is not asked.
// oxlint-disable-next-line typescript/no-explicit-any
export type Data = any;

export interface GraphqlAnswer {
  readonly data?: Data;
  readonly errors?: readonly GraphqlError[];
}

export type Variables = Readonly<Record<string, unknown>>;

/** One operation over HTTP. */
export async function post(
  url: string,
  query: string,
  variables: Variables = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphqlAnswer & { readonly status: number }> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as GraphqlAnswer) };
}

/** A client over WebSocket that connects at once and never again. */
export function connect(wsUrl: string, connectionParams: Variables = {}): Client {
  return createClient({
    url: wsUrl,
    webSocketImpl: WebSocket,
    connectionParams,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
  });
}

/** One query or mutation over WebSocket. */
export function ask(client: Client, query: string, variables: Variables = {}): Promise<GraphqlAnswer> {
  return new Promise((resolve, reject) => {
    let answer: GraphqlAnswer = {};
    const sink: Sink<GraphqlAnswer> = {
      next: (value) => {
        answer = value;
      },
      error: (reason) => {
        if (Array.isArray(reason)) resolve({ errors: reason as GraphqlError[] });
        else reject(reason instanceof Error ? reason : new Error("the socket closed", { cause: reason }));
      },
      complete: () => resolve(answer),
    };
    client.subscribe({ query, variables }, sink);
  });
}
