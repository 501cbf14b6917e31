import { once } from "node:events";
import { mkdir, realpath, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Client } from "pg";
import type { Logger } from "pino";
import { spawnAs } from "./account.ts";
import { findBinaries } from "./binaries.ts";
import { ensureCluster, OWN_NAME } from "./cluster.ts";
import { stopOrphan } from "./orphan.ts";
import { takeOwnership } from "./owner-lock.ts";
import { findPlace, makeSocketDirectory, type Place } from "./place.ts";

/** A PostgreSQL of our own. */
export interface EmbeddedPostgres {
  /** What node-postgres and libpq take as a connection string; it names the Unix socket. */
  readonly url: string;
  /** Resolves, with the reason, if PostgreSQL ends without having been told to. */
  readonly died: Promise<Error>;
  /** Ends all connections, writes everything down, stops, and gives the data directory free. Calling it again is harmless. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Where everything lies; made if it is missing. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Settings of PostgreSQL above ours, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** How long a fast shutdown may take, in milliseconds, before PostgreSQL is told to stop at once and recover later. */
const STOP_WITHIN_MS = 60_000;
const LINES_KEPT = 20;

const SETTINGS = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "100",
  shared_buffers: "128MB",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "",
  lc_messages: "C",
  // Leaves out refused statements: they belong to the caller, and their details quote what people wrote.
  log_min_messages: "log",
};

/**
 * Starts a PostgreSQL on DATA_DIR, making it at the first start. Rejects with a message for people if another server
 * runs on this directory or PostgreSQL cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log.child({ part: "postgres" });
  await mkdir(options.dataDir, { recursive: true, mode: 0o711 });
  const dataDir = await realpath(options.dataDir);
  const giveUp = takeOwnership(dataDir);
  try {
    const place = await findPlace(dataDir, log);
    const binaries = await findBinaries(place.account, log);
    await ensureCluster(place, binaries, log);
    await stopOrphan(place.cluster, log);
    const socketDirectory = await makeSocketDirectory(place);
    const settings = { ...SETTINGS, ...options.settings, unix_socket_directories: socketDirectory };
    const server = await launch(place, binaries.postgres, settings, log);
    const url = urlOf(socketDirectory, OWN_NAME);
    await ensureDatabase(socketDirectory).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(socketDirectory, { recursive: true, force: true });
      giveUp();
    };
    let stopped: Promise<void> | undefined;
    return { url, died: server.died, stop: () => (stopped ??= stop()) };
  } catch (error) {
    giveUp();
    throw error;
  }
}

/** Runs the server process until it is ready; rejects with its last lines if it ends before. */
async function launch(
  place: Place,
  postgres: string,
  settings: Readonly<Record<string, string>>,
  log: Logger,
): Promise<Pick<EmbeddedPostgres, "died" | "stop">> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = await spawnAs(place.account, postgres, ["-D", place.cluster, ...flags]);
  const ended = once(child, "close");
  const lastLines: string[] = [];
  let stopping = false;
  let announceReady: () => void;
  const ready = new Promise<void>((resolve) => (announceReady = resolve));
  createInterface({ input: child.stderr }).on("line", (line) => {
    log.debug(line);
    lastLines.push(line);
    if (lastLines.length > LINES_KEPT) lastLines.shift();
    if (line.includes("database system is ready to accept connections")) announceReady();
  });
  const died = new Promise<Error>((resolve) => {
    ended.then(
      ([code, signal]: unknown[]) => {
        const reason = `PostgreSQL ended by itself (${String(signal ?? code)}):\n${lastLines.join("\n")}`;
        if (!stopping) resolve(new Error(reason));
      },
      (cause: unknown) => resolve(new Error("PostgreSQL could not be run", { cause })),
    );
  });
  const failure = await Promise.race([ready, died]);
  if (failure !== undefined) throw failure;
  return {
    died,
    async stop() {
      stopping = true;
      child.kill("SIGINT");
      const impatience = setTimeout(() => child.kill("SIGQUIT"), STOP_WITHIN_MS);
      await ended;
      clearTimeout(impatience);
    },
  };
}

async function ensureDatabase(socketDirectory: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(socketDirectory, "postgres") });
  await client.connect();
  try {
    const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [OWN_NAME]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${OWN_NAME}`);
  } finally {
    await client.end();
  }
}

/** The directory stands in the place of the host, which both node-postgres and MikroORM understand. */
function urlOf(socketDirectory: string, database: string): string {
  return `postgresql://${OWN_NAME}@${encodeURIComponent(socketDirectory)}/${database}`;
}
