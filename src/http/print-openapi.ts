import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { fastify } from "fastify";

import { openEndpoints } from "../dialects/dialects.ts";
import type { Services } from "../kernel/context.ts";
import { describeApi } from "./openapi.ts";

/** Writes openapi.json; with `--check` only tells, by its exit code, whether the file says what the code says. */
const file = fileURLToPath(new URL("../../openapi.json", import.meta.url));

const server = fastify();
await describeApi(server);
openEndpoints(server, {} as Services);
await server.ready();
const text = `${JSON.stringify(server.swagger(), null, 2)}\n`;

if (process.argv.includes("--check")) {
  const written = await readFile(file, "utf8").catch(() => "");
  if (written !== text) {
    process.stderr.write("openapi.json is not what the code says: run npm run openapi.\n");
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
await server.close();
