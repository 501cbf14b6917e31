import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/**
 * Makes this process the one owner of the data directory; returns what gives it up.
 *
 * The lock is one of the kernel's file locks: it is taken atomically, needs no tidying, and is gone the moment its
 * process is, kill -9 included, so neither a reused process id nor a leftover file can be mistaken for an owner.
 * Node has no call for it, but the SQLite that Node carries takes one; the file itself stays empty.
 */
export function takeOwnership(dataDir: string): () => void {
  const lock = new DatabaseSync(join(dataDir, "postgres.lock"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY)) throw error;
    throw new Error(
      `Another Parlance server is running on the data directory ${dataDir}. ` +
        "Stop it, or give this one a DATA_DIR of its own.",
      { cause: error },
    );
  }
  return () => lock.close();
}
