import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { describe } from "vitest";

import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** A DATA_DIR whose uploaded files lie on a file system of their own, of so many bytes. */
export interface SmallDisk extends AsyncDisposable {
  readonly dataDir: string;
}

const mountable = process.platform === "linux" && process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  // In a mount namespace of its own, which ends with the command.
  return spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
}

/** `describe` for what needs a file system that can be filled. */
export const describeWithSmallDisk = mountable ? describe : sayWhySkipped();

function sayWhySkipped(): typeof describe.skip {
  console.warn("Only root may mount a small file system: the tests of a full disk are left out.");
  return describe.skip;
}

export async function smallDisk(bytes: number): Promise<SmallDisk> {
  const directory = await temporaryDirectory();
  const folder = join(directory.path, "files");
  await mkdir(folder);
  run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder);
  return {
    dataDir: directory.path,
    async [Symbol.asyncDispose]() {
      run("umount", "--lazy", folder);
      await directory[Symbol.asyncDispose]();
    },
  };
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.toString()}`);
}
