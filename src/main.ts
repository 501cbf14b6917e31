import { pino } from "pino";
import { startApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { startEmbeddedPostgres } from "./database/embedded/postgres.ts";

/** Under npm one Ctrl-C arrives twice, from the terminal and from npm; what comes this soon is the same one. */
const SAME_SIGNAL_MS = 500;

/** From the first signal on it resolves; a further one ends the process at once. */
async function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (): void => {
      if (firstAt !== undefined && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
      firstAt ??= performance.now();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onSignal);
  });
}

/** What was started stops in the opposite order: the doors, which answer what they have taken in, and the database last. */
async function serve(): Promise<void> {
  const stop = toldToStop();
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  await using running = new AsyncDisposableStack();
  let { databaseUrl } = config;
  if (databaseUrl === undefined) {
    const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    running.defer(() => postgres.stop());
    void postgres.died.then(exitWith);
    databaseUrl = postgres.url;
  }
  const app = await startApp({ ...config, databaseUrl }, log);
  running.defer(() => app.close());
  console.log(`Parlance is ready at ${app.url} — GraphiQL at ${app.url}/graphql`);
  await stop;
  log.info("stopping: answering what is under way, taking nothing new");
}

function exitWith(error: unknown): never {
  console.error(`Parlance cannot run. ${reasonOf(error)}`);
  process.exit(1);
}

/** The reason in words, the causes below it and what failed while stopping included. */
function reasonOf(error: unknown): string {
  if (error instanceof SuppressedError) return `${reasonOf(error.suppressed)}\n${reasonOf(error.error)}`;
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("\n");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${reasonOf(error.cause)}`;
}

serve().then(() => process.exit(0), exitWith);
