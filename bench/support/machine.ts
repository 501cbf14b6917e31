import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** Where and of what the figures were taken. */
export interface Circumstances {
  readonly date: string;
  /** The commit, and whether something was changed since; null outside of a repository. */
  readonly commit: string | null;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

export function circumstances(): Circumstances {
  return {
    date: new Date().toISOString(),
    commit: commitOf(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

function commitOf(): string | null {
  const cwd = import.meta.dirname;
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", ":/src", ":/migrations") !== "";
    return git("rev-parse", "--short", "HEAD") + (changed ? " and changes" : "");
  } catch {
    // Without git, or in an unpacked archive, there is no commit to tell.
    return null;
  }
}
