import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

/** The account of the operating system that PostgreSQL runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/** Nothing of our own environment: PGDATA and its kin would change what PostgreSQL does, and secrets are not its business. */
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * PostgreSQL refuses to run as root. A server that is root runs it as the owner of the existing cluster, else as `nobody`;
 * any other server runs it as itself (undefined). It has to be a listed account: initdb looks its name up.
 */
export async function accountFor(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(cluster).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const nobody = async (flag: string): Promise<number> => {
    const { stdout } = await run("id", [flag, "nobody"], { env: ENVIRONMENT });
    return Number(stdout);
  };
  return { uid: await nobody("-u"), gid: await nobody("-g") };
}

/** Runs a command to its end under `account`; rejects with what it wrote to stderr. */
export async function runAs(account: Account | undefined, command: string, args: readonly string[]): Promise<void> {
  await run(command, args, { ...account, env: ENVIRONMENT, cwd: "/" });
}

/** Whether `account` may enter `directory`: every directory above it has to let it through. */
export async function mayEnter(account: Account, directory: string): Promise<boolean> {
  return succeeds(account, "sh", ["-c", 'cd "$1"', "sh", directory]);
}

/** Whether the command can be run under `account` and ends well. */
export async function succeeds(
  account: Account | undefined,
  command: string,
  args: readonly string[],
): Promise<boolean> {
  return runAs(account, command, args).then(
    () => true,
    () => false,
  );
}

/**
 * Starts a long-lived process under `account`, in a session of its own so that Ctrl-C in a terminal reaches only us.
 * Where the system can do it (setpriv of util-linux), the kernel sends it SIGINT when we die, however we die.
 */
export async function spawnAs(
  account: Account | undefined,
  command: string,
  args: readonly string[],
): Promise<ChildProcessByStdio<null, null, Readable>> {
  const tied = ["--pdeathsig", "INT", "--"];
  const canTie = await succeeds(account, "setpriv", [...tied, "true"]);
  const [file, all] = canTie ? ["setpriv", [...tied, command, ...args]] : [command, args];
  return spawn(file, all, {
    ...account,
    env: ENVIRONMENT,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
}
