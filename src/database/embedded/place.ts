import { createHash, randomBytes } from "node:crypto";
import { chown, lstat, mkdir, readlink, realpath, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { isSystemError } from "../../system-error.ts";
import { accountFor, mayEnter, type Account } from "./account.ts";

/** Where a server that runs as root keeps what another account has to reach and cannot reach below DATA_DIR. */
export const SHARED_PLACE = "/var/lib/parlance";

/** Where the cluster lies and whose it is. */
export interface Place {
  /** The absolute path without links; it need not exist yet, its parent does. */
  readonly cluster: string;
  readonly account: Account | undefined;
}

/**
 * The cluster lies in DATA_DIR/postgres. Where the account that has to run PostgreSQL cannot get there, it lies in
 * SHARED_PLACE, with DATA_DIR/postgres as a link to it.
 */
export async function findPlace(dataDir: string, log: Logger): Promise<Place> {
  const cluster = join(dataDir, "postgres");
  const entry = await lstat(cluster).catch(() => undefined);
  if (entry?.isSymbolicLink() === true) return followLink(cluster);
  const account = await accountFor(cluster);
  if (account === undefined || (await mayEnter(account, dataDir))) return { cluster, account };
  if (entry !== undefined) {
    throw new Error(`${cluster} belongs to user ${account.uid}, who cannot reach it: open the directories above it.`);
  }
  const moved = join(SHARED_PLACE, randomBytes(6).toString("hex"));
  await mkdir(moved, { recursive: true, mode: 0o711 });
  await symlink(join(moved, "postgres"), cluster);
  log.warn(
    { dataDir, moved },
    "PostgreSQL does not run as root, and no other user can reach DATA_DIR: its files are kept elsewhere",
  );
  return { cluster: join(moved, "postgres"), account };
}

async function followLink(link: string): Promise<Place> {
  const target = await readlink(link);
  const parent = await realpath(join(target, "..")).catch(() => undefined);
  if (parent === undefined) {
    throw new Error(`${link} points to ${target}, which is gone. Bring it back, or remove the link to start afresh.`);
  }
  const cluster = join(parent, "postgres");
  return { cluster, account: await accountFor(cluster) };
}

/** The path of a Unix socket ends after 103 bytes on macOS, 107 on Linux; PostgreSQL adds 14 to its directory's. */
const LONGEST_SOCKET_DIRECTORY = 88;

/**
 * The directory of the Unix socket: beside the cluster, or in /tmp where that path would be too long. Its name is fixed
 * so that a restart meets its own. Mode 0700 keeps everybody else out: PostgreSQL asks no password there.
 */
export async function makeSocketDirectory({ cluster, account }: Place): Promise<string> {
  const beside = join(cluster, "..", "socket");
  const short = join("/tmp", `parlance-${createHash("sha256").update(cluster).digest("hex").slice(0, 16)}`);
  const directory = Buffer.byteLength(beside) <= LONGEST_SOCKET_DIRECTORY ? beside : short;
  await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
    if (!isSystemError(error, "EEXIST")) throw error;
  });
  // In /tmp anybody may have made something of this name before us, and would sit between us and the database.
  const found = await lstat(directory);
  const makers = [account?.uid, process.getuid?.()];
  if (!found.isDirectory() || !makers.includes(found.uid) || (found.mode & 0o077) !== 0) {
    throw new Error(`${directory} exists and is not ours: remove it.`);
  }
  if (account !== undefined) await chown(directory, account.uid, account.gid);
  return directory;
}
