import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { keptSecret } from "../src/secrets.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

describe("the configuration", () => {
  test("needs nothing, and has no secret of its own", () => {
    expect(readConfig({})).toEqual({
      port: 8000,
      host: "0.0.0.0",
      dataDir: ".data",
      databaseUrl: undefined,
      databasePool: 10,
      redisUrl: undefined,
      admin: undefined,
      jwtSecret: undefined,
      foreignIssuer: undefined,
      publicUrl: "http://localhost:8000",
      corsOrigins: [],
      maxUploadBytes: 10_485_760,
      s3: undefined,
      logLevel: "info",
      openRegistration: true,
      accessTokenSeconds: 1800,
      vapid: undefined,
      vapidSubject: "mailto:parlance@localhost",
      pushAllowPrivate: false,
      legacyTimeZone: "UTC",
      recallWindowSeconds: 120,
      cascade: true,
      cascadeStreamMaximum: 100_000,
      retentionDays: undefined,
      retentionMessages: undefined,
      stunUrls: [],
      turn: undefined,
    });
  });

  test("takes every variable, and an empty one for none", () => {
    const config = readConfig({
      PORT: " 9000 ",
      HOST: "127.0.0.1",
      DATA_DIR: "/srv/parlance",
      DATABASE_URL: "postgresql://parlance@db/parlance?sslmode=require",
      DATABASE_POOL: "25",
      REDIS_URL: "rediss://cache:6380",
      ADMIN_USERNAME: "root",
      ADMIN_PASSWORD: "correct horse",
      JWT_SECRET: "0123456789abcdef0123456789abcdef",
      JWT_ISSUER: "https://id.example.org",
      JWT_JWKS_URL: "https://id.example.org/jwks",
      PUBLIC_URL: "https://chat.example.org/",
      CORS_ORIGINS: "https://a.example.org, http://localhost:5173",
      MAX_UPLOAD_BYTES: "1024",
      S3_BUCKET: "chat",
      S3_ENDPOINT: "https://s3.example.org",
      S3_REGION: "eu-central-1",
      S3_ACCESS_KEY_ID: "key",
      S3_SECRET_ACCESS_KEY: "secret",
      S3_FORCE_PATH_STYLE: "false",
      LOG_LEVEL: "",
      OPEN_REGISTRATION: "false",
      ACCESS_TOKEN_SECONDS: "60",
      VAPID_PUBLIC_KEY: `B${"A".repeat(86)}`,
      VAPID_PRIVATE_KEY: "A".repeat(43),
      VAPID_SUBJECT: "mailto:push@example.org",
      PUSH_ALLOW_PRIVATE: "true",
      LEGACY_TIME_ZONE: "Asia/Shanghai",
      RECALL_WINDOW_SECONDS: "0",
      CASCADE: "false",
      CASCADE_STREAM_MAXLEN: "5000",
      RETENTION_DAYS: "365",
      RETENTION_MESSAGES: "10000",
      STUN_URLS: "stun:stun.example.org, stun:stun.example.org:3478",
      TURN_URLS: "turn:turn.example.org?transport=udp,turns:turn.example.org:5349",
      TURN_SECRET: "shared with coturn",
      TURN_TTL_SECONDS: "600",
    });
    expect(config).toEqual({
      port: 9000,
      host: "127.0.0.1",
      dataDir: "/srv/parlance",
      databaseUrl: "postgresql://parlance@db/parlance?sslmode=require",
      databasePool: 25,
      redisUrl: "rediss://cache:6380",
      admin: { username: "root", password: "correct horse" },
      jwtSecret: "0123456789abcdef0123456789abcdef",
      foreignIssuer: { issuer: "https://id.example.org", jwksUrl: "https://id.example.org/jwks" },
      publicUrl: "https://chat.example.org",
      corsOrigins: ["https://a.example.org", "http://localhost:5173"],
      maxUploadBytes: 1024,
      s3: {
        bucket: "chat",
        endpoint: "https://s3.example.org",
        region: "eu-central-1",
        credentials: { accessKeyId: "key", secretAccessKey: "secret" },
        forcePathStyle: false,
      },
      logLevel: "info",
      openRegistration: false,
      accessTokenSeconds: 60,
      vapid: { publicKey: `B${"A".repeat(86)}`, privateKey: "A".repeat(43) },
      vapidSubject: "mailto:push@example.org",
      pushAllowPrivate: true,
      legacyTimeZone: "Asia/Shanghai",
      recallWindowSeconds: 0,
      cascade: false,
      cascadeStreamMaximum: 5_000,
      retentionDays: 365,
      retentionMessages: 10_000,
      stunUrls: ["stun:stun.example.org", "stun:stun.example.org:3478"],
      turn: {
        urls: ["turn:turn.example.org?transport=udp", "turns:turn.example.org:5349"],
        secret: "shared with coturn",
        ttlSeconds: 600,
      },
    });
    expect(readConfig({ CORS_ORIGINS: "*" }).corsOrigins).toBe("*");
    const { s3 } = readConfig({ S3_BUCKET: "chat" });
    const bucket = { bucket: "chat", endpoint: undefined, region: "us-east-1", credentials: undefined };
    expect(s3).toEqual({ ...bucket, forcePathStyle: false });
    expect(readConfig({ S3_BUCKET: "chat", S3_ENDPOINT: "http://minio:9000" }).s3?.forcePathStyle).toBe(true);
    expect(readConfig({ PUBLIC_URL: "https://chat.example.org" }).vapidSubject).toBe("https://chat.example.org");
  });

  test("reports all faults at once, and says no secret", () => {
    const fault = () =>
      readConfig({
        PORT: "65536",
        DATABASE_URL: "mysql://db/parlance",
        DATABASE_POOL: "1e3",
        REDIS_URL: "cache",
        ADMIN_PASSWORD: "correct horse",
        JWT_SECRET: "too short a secret",
        JWT_ISSUER: "https://id.example.org",
        PUBLIC_URL: "chat.example.org",
        CORS_ORIGINS: "https://a.example.org,*",
        MAX_UPLOAD_BYTES: "10 MB",
        S3_ENDPOINT: "minio:9000",
        S3_SECRET_ACCESS_KEY: "secret of S3",
        S3_FORCE_PATH_STYLE: "1",
        LOG_LEVEL: "loud",
        OPEN_REGISTRATION: "yes",
        ACCESS_TOKEN_SECONDS: "-1",
        STUN_URLS: "stun.example.org",
        TURN_URLS: "turn:user:secret@turn.example.org",
        TURN_TTL_SECONDS: "1",
        VAPID_PUBLIC_KEY: "too short a key",
        VAPID_SUBJECT: "push@example.org",
        PUSH_ALLOW_PRIVATE: "no",
        LEGACY_TIME_ZONE: "Middle-earth/Shire",
      });
    expect(fault).toThrow(
      new Error(
        [
          "The configuration cannot be used:",
          "  PORT is not a whole number from 0 to 65535",
          "  DATABASE_URL is not a URL that begins with postgres:// or postgresql://",
          "  DATABASE_POOL is not a whole number from 1 to 200",
          "  REDIS_URL is not a URL that begins with redis:// or rediss://",
          "  JWT_SECRET is shorter than 32 bytes",
          "  PUBLIC_URL is not a URL that begins with http:// or https://",
          "  CORS_ORIGINS has something else than origins, which look like https://chat.example.org, separated by commas",
          "  MAX_UPLOAD_BYTES is not a whole number from 1024 to 500000000",
          "  S3_ENDPOINT is not a URL that begins with http:// or https://",
          "  S3_FORCE_PATH_STYLE is neither true nor false",
          "  LOG_LEVEL is not one of fatal, error, warn, info, debug, trace, silent",
          "  OPEN_REGISTRATION is neither true nor false",
          "  ACCESS_TOKEN_SECONDS is not a whole number from 60 to 86400",
          "  VAPID_PUBLIC_KEY is not 65 bytes in base64url",
          "  VAPID_SUBJECT is not a URL that begins with mailto: or https://",
          "  PUSH_ALLOW_PRIVATE is neither true nor false",
          "  LEGACY_TIME_ZONE is no time zone such as UTC or Asia/Shanghai",
          "  STUN_URLS has something else than addresses that begin with stun: or stuns:, separated by commas",
          "  TURN_URLS has something else than addresses that begin with turn: or turns:, separated by commas",
          "  TURN_TTL_SECONDS is not a whole number from 300 to 86400",
          "  ADMIN_USERNAME is missing: ADMIN_PASSWORD is set, and they go together",
          "  JWT_JWKS_URL is missing: JWT_ISSUER is set, and they go together",
          "  TURN_SECRET is missing: TURN_URLS is set, and they go together",
          "  S3_ACCESS_KEY_ID is missing: S3_SECRET_ACCESS_KEY is set, and they go together",
          "  VAPID_PRIVATE_KEY is missing: VAPID_PUBLIC_KEY is set, and they go together",
          "  S3_BUCKET is missing: S3_ENDPOINT is set, which says nothing without it",
        ].join("\n"),
      ),
    );
  });

  test("cannot be changed by whoever holds it", () => {
    const config = readConfig({ ADMIN_USERNAME: "root", ADMIN_PASSWORD: "correct horse" });
    expect([config, config.admin, config.corsOrigins].every((part) => Object.isFrozen(part))).toBe(true);
  });
});

describe("a kept secret", () => {
  test("is made once, for its owner's eyes only, and read from then on", async () => {
    await using directory = await temporaryDirectory();
    const dataDir = join(directory.path, "made", "for it");
    expect(await keptSecret(dataDir, "jwt-secret", () => "first")).toEqual({ value: "first", created: true });
    expect(await keptSecret(dataDir, "jwt-secret", () => "second")).toEqual({ value: "first", created: false });
    expect((await stat(join(dataDir, "jwt-secret"))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(["jwt-secret"]);
  });

  test("is the same for all who make it at once", async () => {
    await using directory = await temporaryDirectory();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => keptSecret(directory.path, "jwt-secret", () => `secret ${index}`)),
    );
    expect(new Set(made.map(({ value }) => value)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await readdir(directory.path)).toEqual(["jwt-secret"]);
  });

  test("is not replaced when its file is empty or is no file", async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, "empty"), "\n");
    await mkdir(join(directory.path, "directory"));
    await expect(keptSecret(directory.path, "empty", () => "new")).rejects.toThrow("empty is empty");
    await expect(keptSecret(directory.path, "directory", () => "new")).rejects.toThrow("EISDIR");
  });
});
