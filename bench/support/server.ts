import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { HttpClient } from "../load/http-client.ts";
import { cursorOf } from "./graphql.ts";
import { JWT_SECRET, type Person } from "./people.ts";
import type { Probe } from "./probe.ts";
import { Process } from "./process.ts";

/** The product, as `npm start` runs it, with a probe in it. */
export interface Server {
  /** http://127.0.0.1:… */
  readonly url: string;
  readonly probe: Process<Probe>;
}

export interface ServerPlace {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

const PROBE = fileURLToPath(new URL("probe.ts", import.meta.url));

/** Starts a server; it ends with `stack`. */
export async function startServer(place: ServerPlace, stack: AsyncDisposableStack): Promise<Server> {
  const probe = stack.use(
    new Process<Probe>("dist/main.js", {
      env: {
        HOST: "127.0.0.1",
        PORT: "0",
        DATABASE_URL: place.databaseUrl,
        DATA_DIR: place.dataDir,
        JWT_SECRET,
        LOG_LEVEL: "warn",
      },
      flags: ["--expose-gc", "--import", PROBE],
      piped: true,
    }),
  );
  for await (const line of createInterface({ input: probe.output })) {
    const url = /ready at (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return { url, probe };
  }
  throw new Error("The server ended before it was ready.");
}

/** Where the room's log stands, so that a listener who begins there misses nothing. */
export async function cursorIn(server: Server, person: Person, room: number): Promise<string> {
  const client = new HttpClient(new URL(`${server.url}/graphql`), person.token);
  const answer = await client.post(cursorOf(room));
  client.close();
  const { data } = JSON.parse(answer.toString()) as { data: { conversation: { cursor: string } } };
  return data.conversation.cursor;
}
