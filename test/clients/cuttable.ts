import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut, below whatever the two ends speak, and mended to lead to another. */
export interface CuttableWay extends AsyncDisposable {
  /** http://127.0.0.1:… */
  readonly url: string;
  /** Destroys all connections, and every new one at once, until it is mended. */
  cut(): void;
  mend(url: string): void;
}

/** Opens a way to the server at `url`. */
export async function openWay(url: string): Promise<CuttableWay> {
  const sockets = new Set<Socket>();
  let end: URL | null = new URL(url);

  const server = createServer((near) => {
    if (end === null) return near.destroy();
    const far = connect(Number(end.port), end.hostname);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(one);
      // Being destroyed is what these sockets are for; each takes the other along.
      one.on("error", () => {});
      one.once("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const cut = (): void => {
    end = null;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: (to) => {
      end = new URL(to);
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
