import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { startApp } from "./app.ts";
import { ensureAdministrator } from "./auth/administrator.ts";
import { readConfig, type Config } from "./config.ts";
import { startEmbeddedPostgres } from "./database/embedded/postgres.ts";
import type { Services } from "./kernel/context.ts";
import { makeVapidKeys, type VapidKeys, vapidKeysIn } from "./notifications/vapid-keys.ts";
import { keptSecret } from "./secrets.ts";

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
  const jwtSecret = await signingSecret(config, log);
  const vapid = await pushKeys(config, log);
  // Before anybody can register: the name `admin` is nobody else's.
  const app = await startApp({ ...config, databaseUrl, jwtSecret, vapid }, log, (services) =>
    greetAdministrator(config, services),
  );
  running.defer(() => app.close());
  const url = app.url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, "//localhost");
  console.log(`Parlance is ready at ${url} — GraphiQL at ${url}/graphql`);
  await stop;
  log.info("stopping: answering what is under way, taking nothing new");
}

async function signingSecret({ jwtSecret, redisUrl, dataDir }: Config, log: Logger): Promise<string> {
  if (jwtSecret !== undefined) return jwtSecret;
  if (redisUrl !== undefined) log.warn("JWT_SECRET is not set: several nodes need the same one, or the same DATA_DIR");
  const { value } = await keptSecret(dataDir, "jwt-secret", () => randomBytes(32).toString("base64url"));
  return value;
}

/** A browser takes pushes from whoever has the keys that it subscribed with: they are made once. */
async function pushKeys({ vapid, redisUrl, dataDir }: Config, log: Logger): Promise<VapidKeys> {
  if (vapid !== undefined) return vapid;
  if (redisUrl !== undefined)
    log.warn("VAPID_PUBLIC_KEY is not set: several nodes need the same keys, or the same DATA_DIR");
  const { value } = await keptSecret(dataDir, "vapid-keys", makeVapidKeys);
  return vapidKeysIn(value, join(dataDir, "vapid-keys"));
}

/** An administrator that the first start made is shown to the operator this once. */
async function greetAdministrator({ admin, dataDir }: Config, services: Services): Promise<void> {
  const file = "admin-password";
  const made = await ensureAdministrator(services, admin, (make) => keptSecret(dataDir, file, make));
  if (made === null) return;
  console.log(`Administrator: ${made.username}, password ${made.password} (kept in ${join(dataDir, file)})`);
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
