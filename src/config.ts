import { z } from "zod";

import { base64url, flag, iceUrls, number, numberIfAny, origin, text, timeZone, url } from "./config-values.ts";

/** Everything that can be set from outside. Times are in seconds. */
export interface Config {
  /** PORT: the TCP port of everything, 8000 unless told; 0 takes any that is free. */
  readonly port: number;
  /** HOST: the address to listen on; 0.0.0.0, which is all of them, unless told. */
  readonly host: string;
  /** DATA_DIR: where the embedded PostgreSQL, uploads and made secrets lie; `.data` unless told. */
  readonly dataDir: string;
  /** DATABASE_URL: a PostgreSQL to use; without it the server starts one of its own in DATA_DIR. */
  readonly databaseUrl: string | undefined;
  /** DATABASE_POOL: connections to PostgreSQL at the most, 1 to 200; 10 unless told. */
  readonly databasePool: number;
  /** REDIS_URL: the bus between several nodes; without it this node is the only one. */
  readonly redisUrl: string | undefined;
  /** ADMIN_USERNAME and ADMIN_PASSWORD: an administrator that is made, or brought up to date, at each start. */
  readonly admin: { readonly username: string; readonly password: string } | undefined;
  /** JWT_SECRET: signs our access tokens, 32 bytes and more; without it one is made and kept in DATA_DIR. */
  readonly jwtSecret: string | undefined;
  /** JWT_ISSUER and JWT_JWKS_URL: whose tokens are accepted besides our own, and where that issuer's keys are. */
  readonly foreignIssuer: { readonly issuer: string; readonly jwksUrl: string } | undefined;
  /** PUBLIC_URL: how the world reaches this server, without a slash at the end; http://localhost:PORT unless told. */
  readonly publicUrl: string;
  /** CORS_ORIGINS: origins, separated by commas, whose pages may call; `*` is all. Unless told, none but our own. */
  readonly corsOrigins: readonly string[] | "*";
  /** MAX_UPLOAD_BYTES: bytes of a file that is uploaded, at the most, 1,024 to 500,000,000; 10,485,760 unless told. */
  readonly maxUploadBytes: number;
  /**
   * S3_BUCKET: where files are kept, with S3_ENDPOINT (of another service than AWS), S3_REGION (us-east-1 unless told),
   * S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY (what the machine provides unless told) and S3_FORCE_PATH_STYLE (true unless
   * told where there is an endpoint, else false). Without a bucket they are kept in DATA_DIR.
   */
  readonly s3:
    | {
        readonly bucket: string;
        readonly endpoint: string | undefined;
        readonly region: string;
        readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
        readonly forcePathStyle: boolean;
      }
    | undefined;
  /** LOG_LEVEL: fatal, error, warn, info, debug, trace or silent; info unless told. */
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** OPEN_REGISTRATION: whether anybody may make an account; true unless told. */
  readonly openRegistration: boolean;
  /** ACCESS_TOKEN_SECONDS: how long an access token is good for, 60 to 86,400; 1800 unless told. */
  readonly accessTokenSeconds: number;
  /** RECALL_WINDOW_SECONDS: how long a sender may recall a message, 0 (never) to 31,536,000; 120 unless told. */
  readonly recallWindowSeconds: number;
  /** CASCADE: whether what happens is told in a Redis Stream too; true unless told, and needs REDIS_URL. All nodes alike. */
  readonly cascade: boolean;
  /** CASCADE_STREAM_MAXLEN: events that the stream keeps, 1,000 to 100,000,000; 100,000 unless told. */
  readonly cascadeStreamMaximum: number;
  /** RETENTION_DAYS: how many days messages are kept, 1 to 36,500; for good unless told. */
  readonly retentionDays: number | undefined;
  /** RETENTION_MESSAGES: how many messages a conversation keeps, 100 to 100,000,000; all unless told. */
  readonly retentionMessages: number | undefined;
  /** STUN_URLS: stun: and stuns: addresses for calls, separated by commas; none unless told. */
  readonly stunUrls: readonly string[];
  /**
   * TURN_URLS and TURN_SECRET: turn: and turns: addresses, separated by commas, and the secret that the TURN server shares
   * with this one. TURN_TTL_SECONDS: how long a credential made of it holds, 300 to 86,400; 3600 unless told.
   */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string; readonly ttlSeconds: number } | undefined;
  /** VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY: how push services know us; without them a pair is made and kept in DATA_DIR. */
  readonly vapid: { readonly publicKey: string; readonly privateKey: string } | undefined;
  /** VAPID_SUBJECT: whom push services write to, a mailto: or https: URL; PUBLIC_URL, where that is https, unless told. */
  readonly vapidSubject: string;
  /** LEGACY_TIME_ZONE: the IANA name of the zone whose clock older clients are shown where a time says no zone; UTC unless told. */
  readonly legacyTimeZone: string;
  /** PUSH_ALLOW_PRIVATE: whether pushes may go to private addresses, and over plain HTTP; false unless told. For development. */
  readonly pushAllowPrivate: boolean;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const SHORTEST_SECRET_BYTES = 32;
/** Push services want an address, and most take any. */
const NO_SUBJECT = "mailto:parlance@localhost";

const environment = z.object({
  PORT: number(0, 65_535, 8000),
  HOST: text.default("0.0.0.0"),
  DATA_DIR: text.default(".data"),
  DATABASE_URL: url("postgres", "postgresql").optional(),
  DATABASE_POOL: number(1, 200, 10),
  REDIS_URL: url("redis", "rediss").optional(),
  ADMIN_USERNAME: text.optional(),
  ADMIN_PASSWORD: text.optional(),
  JWT_SECRET: text
    .refine(
      (value) => Buffer.byteLength(value) >= SHORTEST_SECRET_BYTES,
      `is shorter than ${SHORTEST_SECRET_BYTES} bytes`,
    )
    .optional(),
  JWT_ISSUER: text.optional(),
  JWT_JWKS_URL: url("http", "https").optional(),
  PUBLIC_URL: url("http", "https").optional(),
  CORS_ORIGINS: text
    .transform((value) => value.split(",").map((part) => part.trim()))
    .pipe(z.union([z.tuple([z.literal("*")]).transform(() => "*" as const), z.array(origin)]))
    .default([]),
  MAX_UPLOAD_BYTES: number(1_024, 500_000_000, 10_485_760),
  S3_BUCKET: text.optional(),
  S3_ENDPOINT: url("http", "https").optional(),
  S3_REGION: text.optional(),
  S3_ACCESS_KEY_ID: text.optional(),
  S3_SECRET_ACCESS_KEY: text.optional(),
  S3_FORCE_PATH_STYLE: z.enum(["true", "false"], "is neither true nor false").optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(", ")}`).default("info"),
  OPEN_REGISTRATION: flag("true"),
  ACCESS_TOKEN_SECONDS: number(60, 86_400, 1800),
  VAPID_PUBLIC_KEY: base64url(65).optional(),
  VAPID_PRIVATE_KEY: base64url(32).optional(),
  VAPID_SUBJECT: text
    .refine(
      (value) => value.startsWith("mailto:") || URL.parse(value)?.protocol === "https:",
      "is not a URL that begins with mailto: or https://",
    )
    .optional(),
  PUSH_ALLOW_PRIVATE: flag("false"),
  LEGACY_TIME_ZONE: timeZone.default("UTC"),
  RECALL_WINDOW_SECONDS: number(0, 31_536_000, 120),
  CASCADE: flag("true"),
  CASCADE_STREAM_MAXLEN: number(1_000, 100_000_000, 100_000),
  RETENTION_DAYS: numberIfAny(1, 36_500).optional(),
  RETENTION_MESSAGES: numberIfAny(100, 100_000_000).optional(),
  STUN_URLS: iceUrls("stun", "stuns").default([]),
  TURN_URLS: iceUrls("turn", "turns").optional(),
  TURN_SECRET: text.optional(),
  TURN_TTL_SECONDS: number(300, 86_400, 3600),
});

/** What only makes sense together. */
const PAIRS = [
  ["ADMIN_USERNAME", "ADMIN_PASSWORD"],
  ["JWT_ISSUER", "JWT_JWKS_URL"],
  ["TURN_URLS", "TURN_SECRET"],
  ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"],
  ["VAPID_PUBLIC_KEY", "VAPID_PRIVATE_KEY"],
] as const;
/** What says nothing without S3_BUCKET. */
const OF_BUCKET = [
  "S3_ENDPOINT",
  "S3_REGION",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "S3_FORCE_PATH_STYLE",
] as const;

/**
 * Reads the configuration; an empty variable counts as none.
 *
 * @throws an Error whose message lists every fault, by variable, and never says a secret
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ""));
  const parsed = environment.safeParse(given);
  const faults = [
    ...(parsed.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}`) ?? []),
    ...PAIRS.flatMap(([a, b]) => faultOfPair(a, b, given)),
    ...faultOfBucket(given),
  ];
  if (!parsed.success || faults.length > 0) {
    throw new Error(["The configuration cannot be used:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
  }
  const { data } = parsed;
  return Object.freeze({
    port: data.PORT,
    host: data.HOST,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    databasePool: data.DATABASE_POOL,
    redisUrl: data.REDIS_URL,
    admin: pair(data.ADMIN_USERNAME, data.ADMIN_PASSWORD, (username, password) => ({ username, password })),
    jwtSecret: data.JWT_SECRET,
    foreignIssuer: pair(data.JWT_ISSUER, data.JWT_JWKS_URL, (issuer, jwksUrl) => ({ issuer, jwksUrl })),
    publicUrl: (data.PUBLIC_URL ?? `http://localhost:${data.PORT}`).replace(/\/+$/, ""),
    corsOrigins: data.CORS_ORIGINS === "*" ? "*" : Object.freeze(data.CORS_ORIGINS),
    maxUploadBytes: data.MAX_UPLOAD_BYTES,
    s3: bucketOf(data),
    logLevel: data.LOG_LEVEL,
    openRegistration: data.OPEN_REGISTRATION === "true",
    accessTokenSeconds: data.ACCESS_TOKEN_SECONDS,
    vapid: pair(data.VAPID_PUBLIC_KEY, data.VAPID_PRIVATE_KEY, (publicKey, privateKey) => ({ publicKey, privateKey })),
    vapidSubject: data.VAPID_SUBJECT ?? (data.PUBLIC_URL?.startsWith("https:") === true ? data.PUBLIC_URL : NO_SUBJECT),
    legacyTimeZone: data.LEGACY_TIME_ZONE,
    pushAllowPrivate: data.PUSH_ALLOW_PRIVATE === "true",
    recallWindowSeconds: data.RECALL_WINDOW_SECONDS,
    cascade: data.CASCADE === "true",
    cascadeStreamMaximum: data.CASCADE_STREAM_MAXLEN,
    retentionDays: data.RETENTION_DAYS,
    retentionMessages: data.RETENTION_MESSAGES,
    stunUrls: Object.freeze(data.STUN_URLS),
    turn: pair(data.TURN_URLS, data.TURN_SECRET, (urls, secret) => ({
      urls: Object.freeze(urls),
      secret,
      ttlSeconds: data.TURN_TTL_SECONDS,
    })),
  });
}

function faultOfPair(a: string, b: string, given: Readonly<Record<string, unknown>>): string[] {
  if ((given[a] === undefined) === (given[b] === undefined)) return [];
  const [missing, present] = given[a] === undefined ? [a, b] : [b, a];
  return [`${missing} is missing: ${present} is set, and they go together`];
}

function faultOfBucket(given: Readonly<Record<string, unknown>>): string[] {
  const first = OF_BUCKET.find((name) => given[name] !== undefined);
  if (first === undefined || given["S3_BUCKET"] !== undefined) return [];
  return [`S3_BUCKET is missing: ${first} is set, which says nothing without it`];
}

function bucketOf(data: z.infer<typeof environment>): Config["s3"] {
  if (data.S3_BUCKET === undefined) return undefined;
  return Object.freeze({
    bucket: data.S3_BUCKET,
    endpoint: data.S3_ENDPOINT,
    region: data.S3_REGION ?? "us-east-1",
    credentials: pair(data.S3_ACCESS_KEY_ID, data.S3_SECRET_ACCESS_KEY, (accessKeyId, secretAccessKey) => ({
      accessKeyId,
      secretAccessKey,
    })),
    forcePathStyle: (data.S3_FORCE_PATH_STYLE ?? String(data.S3_ENDPOINT !== undefined)) === "true",
  });
}

function pair<A, B, T>(a: A | undefined, b: B | undefined, make: (a: A, b: B) => T): T | undefined {
  return a === undefined || b === undefined ? undefined : Object.freeze(make(a, b));
}
