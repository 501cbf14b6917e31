import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { Logger } from "pino";
import { isSystemError } from "../../system-error.ts";

const run = promisify(execFile);

/** Seconds that a PostgreSQL gets to end in good order, and then at once. */
const PATIENCE = { SIGINT: 30, SIGQUIT: 10 } as const;
const LOOK_EVERY_MS = 20;

/**
 * Ends a PostgreSQL that a killed server left behind on this cluster. Call it only as the owner of the data directory:
 * whatever still runs on it then has lost its server.
 */
export async function stopOrphan(cluster: string, log: Logger): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = await pidIn(pidFile);
  if (pid === undefined) return;
  if (!(await isPostgresOf(pid, cluster))) {
    // The number may by now be that of another process, and PostgreSQL would take it for a rival and not start.
    if (exists(pid)) await rm(pidFile, { force: true });
    return;
  }
  log.info({ pid }, "stopping the PostgreSQL that a killed server left behind");
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    send(pid, signal);
    const until = Date.now() + PATIENCE[signal] * 1000;
    while (Date.now() < until) {
      if (!(await isPostgresOf(pid, cluster))) return;
      await pause(LOOK_EVERY_MS);
    }
  }
  throw new Error(`The PostgreSQL (process ${pid}) that a killed server left behind on ${cluster} does not end.`);
}

async function pidIn(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, "utf8").catch((error: unknown) => {
    if (!isSystemError(error, "ENOENT")) throw error;
    return "";
  });
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** Whether that process was started on this cluster; a finished one that nobody has collected yet has no command line. */
async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  return (await commandLine(pid)).includes(`-D ${cluster} `);
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return readFile(`/proc/${pid}/cmdline`, "utf8").then(
      (text) => text.replaceAll("\0", " "),
      () => "",
    );
  }
  return run("ps", ["-ww", "-o", "command=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => "",
  );
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, "EPERM");
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isSystemError(error, "ESRCH")) throw error;
  }
}
