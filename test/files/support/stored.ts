import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What lies below a DATA_DIR of uploaded files: the keys of objects, and how many files are arriving. */
export async function stored(dataDir: string): Promise<{ objects: string[]; arriving: number }> {
  const folder = join(dataDir, "files");
  const objects: string[] = [];
  let arriving = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const isFile = await stat(join(folder, name)).then(
      (found) => found.isFile(),
      () => false,
    );
    if (!isFile) continue;
    if (name.startsWith("incoming/")) arriving += 1;
    else objects.push(name);
  }
  return { objects, arriving };
}
