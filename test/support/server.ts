import { pino } from "pino";

import { startApp } from "../../src/app.ts";
import type { Config } from "../../src/config.ts";
import type { Services } from "../../src/kernel/context.ts";
import { type FreshDatabase, freshDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A server of the test's own, in this process. */
export interface TestServer {
  /** http://127.0.0.1:… */
  readonly url: string;
  /** ws://127.0.0.1:…/graphql */
  readonly wsUrl: string;
  readonly services: Services;
  /** What its tokens are signed with. */
  readonly jwtSecret: string;
  stop(): Promise<void>;
}

const JWT_SECRET = "a secret of the tests, which is long enough";

/** What every server of the tests is started with, but for what a test says itself. */
const CONFIG: Omit<Config, "dataDir"> = {
  port: 0,
  host: "127.0.0.1",
  databaseUrl: undefined,
  databasePool: 10,
  redisUrl: undefined,
  admin: undefined,
  jwtSecret: JWT_SECRET,
  foreignIssuer: undefined,
  publicUrl: "http://parlance.test",
  corsOrigins: [],
  maxUploadBytes: 10_485_760,
  s3: undefined,
  logLevel: "fatal",
  openRegistration: true,
  accessTokenSeconds: 1_800,
  vapid: {
    publicKey: "BDO9wbdc-Q9PNEFWoN1EeAvtT-1Kkvj1Te3n-eodnvwhqP63WJNLnLPbCYz8QJNu9Zj0Hcl-hwNCw0hYJKAT_RM",
    privateKey: "dZ74gHunnSzKeEcyiqMyQf07eDgpwnKuyKK2iFVQP8I",
  },
  vapidSubject: "mailto:push@parlance.test",
  pushAllowPrivate: true,
  legacyTimeZone: "UTC",
  recallWindowSeconds: 120,
  cascade: true,
  cascadeStreamMaximum: 100_000,
  retentionDays: undefined,
  retentionMessages: undefined,
  stunUrls: [],
  turn: undefined,
};

/** A server on an empty database of its own. */
export async function startServer(options: Partial<Config> = {}): Promise<TestServer> {
  const database = await freshDatabase();
  return start({ ...options, databaseUrl: database.url }, database);
}

/** One more server, on a database and a Redis that it shares with others and leaves behind. */
export function startNode(
  databaseUrl: string,
  redisUrl: string | undefined,
  options: Partial<Config> = {},
): Promise<TestServer> {
  return start({ ...options, databaseUrl, redisUrl });
}

async function start(options: Partial<Config>, database?: FreshDatabase): Promise<TestServer> {
  const directory = options.dataDir === undefined ? await temporaryDirectory() : undefined;
  const config = { ...CONFIG, dataDir: directory?.path ?? "", ...options };
  const app = await startApp(config, pino({ level: config.logLevel }));
  return {
    url: app.url,
    wsUrl: `${app.url.replace("http", "ws")}/graphql`,
    services: app.services,
    jwtSecret: config.jwtSecret ?? JWT_SECRET,
    async stop() {
      await app.close();
      await database?.drop();
      await directory?.[Symbol.asyncDispose]();
    },
  };
}
