import { type Client, createClient } from "graphql-ws";
import WebSocket from "ws";

import type { Variables } from "../../support/graphql-client.ts";
import type { Person, Where } from "../../support/people.ts";

/** A stock graphql-ws client whose connection can be cut, and which comes back by itself, when and where it is let. */
export interface LossyClient extends AsyncDisposable {
  readonly client: Client;
  /** Cuts the connection, without a word to either side. */
  cut(): Promise<void>;
  /** Reads nothing more, until it is let. */
  pause(): void;
  resume(): void;
  /** Lets it come back, to a server. */
  comeBackTo(server: Where): void;
}

export function lossyClient(who: Person, server: Where, params: Variables): LossyClient {
  let place = server;
  let socket: WebSocket | undefined;
  let mayReturn = Promise.withResolvers<void>();
  class CapturedSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      // oxlint-disable-next-line typescript/no-this-alias -- graphql-ws shows its socket to nobody
      socket = this;
    }
  }
  const client = createClient({
    url: () => place.wsUrl,
    webSocketImpl: CapturedSocket,
    connectionParams: { token: who.accessToken, ...params },
    shouldRetry: () => true,
    retryWait: () => mayReturn.promise,
  });
  return {
    client,
    async cut() {
      mayReturn = Promise.withResolvers();
      const closed = new Promise<void>((resolve) => {
        const stop = client.on("closed", () => {
          stop();
          resolve();
        });
      });
      socket?.terminate();
      await closed;
    },
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    comeBackTo(other) {
      place = other;
      mayReturn.resolve();
    },
    async [Symbol.asyncDispose]() {
      mayReturn.resolve();
      await client.dispose();
    },
  };
}
