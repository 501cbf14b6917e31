import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, lstat, mkdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { accountFor, spawnAs, type Account } from "../src/database/embedded/account.ts";
import { findBinaries } from "../src/database/embedded/binaries.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../src/database/embedded/postgres.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const log = pino({ level: "silent" });
const SERVER = fileURLToPath(new URL("support/embedded-server.ts", import.meta.url));
const runsAsRoot = process.getuid?.() === 0;
const NOBODY: Account = { uid: 65534, gid: 65534 };

describe("an embedded PostgreSQL", () => {
  test("keeps what was written from one start to the next", async () => {
    await using directory = await temporaryDirectory();
    const first = await startEmbeddedPostgres({ dataDir: directory.path, log });
    await query(first, "CREATE TABLE kept AS SELECT 'Zoë 你好' AS word");
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir: directory.path, log });
    expect(await query(second, "SELECT word FROM kept")).toEqual([{ word: "Zoë 你好" }]);
    await second.stop();
  });

  test("speaks UTF-8 and UTC, waits for the disk, and finds Chinese letters", async () => {
    await using directory = await temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log });
    const settings = `SELECT current_setting('server_encoding') AS encoding, current_setting('timezone') AS zone,
      current_setting('fsync') AS fsync, current_setting('listen_addresses') AS addresses, lower('ÄÉ') AS lower`;
    expect(await query(postgres, settings)).toEqual([
      { encoding: "UTF8", zone: "UTC", fsync: "on", addresses: "", lower: "äé" },
    ]);
    await query(postgres, "CREATE EXTENSION pg_trgm");
    expect(await query(postgres, "SELECT cardinality(show_trgm('你好')) > 0 AS found")).toEqual([{ found: true }]);
    await postgres.stop();
  });

  test("refuses a second server on the same directory, and names it", async () => {
    await using directory = await temporaryDirectory();
    const first = await startEmbeddedPostgres({ dataDir: directory.path, log });
    await expect(startEmbeddedPostgres({ dataDir: directory.path, log })).rejects.toThrow(
      `Another Parlance server is running on the data directory ${directory.path}.`,
    );
    expect(await query(first, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await first.stop();
    const next = await startEmbeddedPostgres({ dataDir: directory.path, log });
    await next.stop();
    await next.stop();
  });

  test("refuses a directory for as long as the server of another process lives", async () => {
    await using directory = await temporaryDirectory();
    const server = await startServerProcess(directory.path, undefined);
    await server.writes(1);
    await expect(startEmbeddedPostgres({ dataDir: directory.path, log })).rejects.toThrow(
      "Another Parlance server is running",
    );
    await server.kill();
    await (await startEmbeddedPostgres({ dataDir: directory.path, log })).stop();
  });

  test.each(runsAsRoot ? ["ourselves", "an ordinary user"] : ["ourselves"])(
    "loses nothing when its server is killed with kill -9 and started again at once, as %s",
    async (who) => {
      await using directory = await temporaryDirectory();
      const account = who === "ourselves" ? undefined : NOBODY;
      if (account !== undefined) await chown(directory.path, account.uid, account.gid);
      const server = await startServerProcess(directory.path, account);
      await server.writes(200);
      const acknowledged = await server.kill();
      const again = await startServerProcess(directory.path, account);
      await again.writes(1);
      await again.kill();
      const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log });
      const found = await query(postgres, `SELECT count(*)::int AS rows FROM written WHERE id <= ${acknowledged}`);
      expect(found).toEqual([{ rows: acknowledged }]);
      await postgres.stop();
    },
  );

  test("stops a PostgreSQL that a killed server left running", async () => {
    await using directory = await temporaryDirectory();
    await (await startEmbeddedPostgres({ dataDir: directory.path, log })).stop();
    const cluster = join(directory.path, "postgres");
    const account = await accountFor(cluster);
    const { postgres } = await findBinaries(account, log);
    const flags = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${cluster}`];
    const orphan = await spawnAs(account, postgres, ["-D", cluster, ...flags]);
    const ended = once(orphan, "exit");
    for await (const line of createInterface({ input: orphan.stderr })) if (line.includes("ready to accept")) break;
    const next = await startEmbeddedPostgres({ dataDir: directory.path, log });
    expect(await ended).toEqual([0, null]);
    expect(await query(next, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await next.stop();
  });

  test("starts, and leaves the other alone, when a leftover process id now belongs to somebody else", async () => {
    await using directory = await temporaryDirectory();
    await (await startEmbeddedPostgres({ dataDir: directory.path, log })).stop();
    const cluster = join(directory.path, "postgres");
    const account = await accountFor(cluster);
    const other = spawn("sleep", ["600"], { ...account });
    const pidFile = join(cluster, "postmaster.pid");
    await writeFile(pidFile, `${other.pid}\n${cluster}\n`, { mode: 0o600 });
    if (account !== undefined) await chown(pidFile, account.uid, account.gid);
    const next = await startEmbeddedPostgres({ dataDir: directory.path, log });
    expect(await query(next, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    await next.stop();
    other.kill();
  });

  test("starts after a first start that was cut short", async () => {
    await using directory = await temporaryDirectory();
    await mkdir(join(directory.path, "postgres.unfinished"));
    await writeFile(join(directory.path, "postgres.unfinished", "PG_VERSION"), "18");
    const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log });
    expect(await query(postgres, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await postgres.stop();
  });

  test("tells when PostgreSQL ends by itself", async () => {
    await using directory = await temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log });
    const pid = Number.parseInt(await readFile(join(directory.path, "postgres", "postmaster.pid"), "utf8"), 10);
    process.kill(pid, "SIGINT");
    expect((await postgres.died).message).toContain("PostgreSQL ended by itself");
    await postgres.stop();
  });

  test("is open to nobody but its server, and refuses a socket directory that others could have made", async () => {
    await using directory = await temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dataDir: directory.path, log });
    const socketDirectory = decodeURIComponent(new URL(postgres.url).hostname);
    expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700);
    await postgres.stop();
    await mkdir(socketDirectory);
    await chmod(socketDirectory, 0o777);
    await expect(startEmbeddedPostgres({ dataDir: directory.path, log })).rejects.toThrow("exists and is not ours");
  });

  test("has its socket where the path is short enough, however long that of its directory", async () => {
    await using directory = await temporaryDirectory();
    const postgres = await startEmbeddedPostgres({ dataDir: join(directory.path, "long".repeat(40)), log });
    expect(decodeURIComponent(new URL(postgres.url).hostname)).toMatch(/^\/tmp\/parlance-[0-9a-f]{16}$/);
    expect(await query(postgres, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await postgres.stop();
  });

  test("does not take a foreign directory for its own", async () => {
    await using directory = await temporaryDirectory();
    await mkdir(join(directory.path, "postgres"));
    await writeFile(join(directory.path, "postgres", "diary.txt"), "not a database");
    await expect(startEmbeddedPostgres({ dataDir: directory.path, log })).rejects.toThrow(
      "is not the data directory of a PostgreSQL",
    );
  });

  test.runIf(runsAsRoot)("is kept elsewhere where root's closed directory would lock PostgreSQL out", async () => {
    await using directory = await temporaryDirectory();
    await chmod(directory.path, 0o700);
    const dataDir = join(directory.path, "data");
    const first = await startEmbeddedPostgres({ dataDir, log });
    await query(first, "CREATE TABLE kept AS SELECT 1 AS one");
    await first.stop();
    expect((await lstat(join(dataDir, "postgres"))).isSymbolicLink()).toBe(true);
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(await query(second, "SELECT one FROM kept")).toEqual([{ one: 1 }]);
    await second.stop();
    await rm(dirname(await realpath(join(dataDir, "postgres"))), { recursive: true });
    await expect(startEmbeddedPostgres({ dataDir, log })).rejects.toThrow("which is gone");
  });
});

async function query(postgres: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}

/** A server process which writes rows; `writes` waits for so many, `kill` answers with the last row it acknowledged. */
async function startServerProcess(dataDir: string, account: Account | undefined) {
  const child = spawn(process.execPath, [SERVER, dataDir], { ...account, stdio: ["ignore", "pipe", "inherit"] });
  await once(child, "spawn");
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  let acknowledged = 0;
  lines.on("line", (line) => (acknowledged = Number(line)));
  return {
    async writes(count: number): Promise<void> {
      for (let seen = 0; seen < count; seen++) await once(lines, "line", { signal: AbortSignal.timeout(20_000) });
    },
    async kill(): Promise<number> {
      const closed = once(lines, "close");
      child.kill("SIGKILL");
      await Promise.all([exited, closed]);
      return acknowledged;
    },
  };
}
