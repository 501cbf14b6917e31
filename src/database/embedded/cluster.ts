import { chown, mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { runAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";

/** The role and the database that Parlance has to itself in its embedded PostgreSQL. */
export const OWN_NAME = "parlance";

/** The collation is PostgreSQL's own, the same on every machine; pg_trgm asks the C library what a letter is. */
const LETTERS = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";

/** Makes the cluster if it is not there. A killed initdb leaves nothing half done: it works beside the place, then renames. */
export async function ensureCluster({ cluster, account }: Place, binaries: Binaries, log: Logger): Promise<void> {
  if ((await stat(cluster).catch(() => undefined)) !== undefined) {
    await stat(join(cluster, "PG_VERSION")).catch((cause: unknown) => {
      throw new Error(`${cluster} is not the data directory of a PostgreSQL that this user may read.`, { cause });
    });
    return;
  }
  log.info({ cluster }, "first start: making the database");
  const unfinished = `${cluster}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (account !== undefined) await chown(unfinished, account.uid, account.gid);
  await runAs(account, binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${OWN_NAME}`,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    `--lc-ctype=${LETTERS}`,
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ]);
  await rename(unfinished, cluster);
}
