import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError } from "./system-error.ts";

/** A secret that lives in DATA_DIR; `created` where this very call made it. */
export interface KeptSecret {
  readonly value: string;
  readonly created: boolean;
}

/**
 * Reads the secret `name` from DATA_DIR, or makes it and keeps it there in a file of mode 0600. Of several processes
 * that make it at once one wins, and all of them answer with its value.
 *
 * @throws an Error for people if the file is empty, or cannot be read or written
 */
export async function keptSecret(
  dataDir: string,
  name: string,
  make: () => string | Promise<string>,
): Promise<KeptSecret> {
  const file = join(dataDir, name);
  const kept = await read(file);
  if (kept !== undefined) return { value: kept, created: false };
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const value = await make();
  const created = await writeUnlessThere(file, value);
  return created ? { value, created } : keptSecret(dataDir, name, make);
}

async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  });
  if (text?.trim() === "")
    throw new Error(`${file} is empty. Write the secret into it, or remove it to have a new one.`);
  return text?.trim();
}

/** A link is made only where no file is, and by then the text is whole and on the disk: nobody ever reads half of it. */
async function writeUnlessThere(file: string, value: string): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${value}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
