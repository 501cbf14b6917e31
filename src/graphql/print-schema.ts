import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { buildSchema, schemaText } from "./schema.ts";

/** Writes schema.graphql; with `--check` only tells, by its exit code, whether the file says what the code says. */
const file = fileURLToPath(new URL("../../schema.graphql", import.meta.url));
const text = schemaText(buildSchema());

if (process.argv.includes("--check")) {
  const written = await readFile(file, "utf8").catch(() => "");
  if (written !== text) {
    process.stderr.write("schema.graphql is not what the code says: run npm run schema.\n");
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
