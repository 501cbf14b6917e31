import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe } from "vitest";

import type { Data } from "../../support/graphql-client.ts";
import type { Where } from "../../support/people.ts";

const SAMPLES = fileURLToPath(new URL("..", import.meta.url));

/** Whether there is a Python. In CI there has to be one: there, a missing python3 is a failure. */
const available = spawnSync("python3", ["--version"]).status === 0 || (process.env["CI"] ?? "") !== "";

/** `describe` for what needs a Python. */
export const describeWithPython = available ? describe : sayWhySkipped();

function sayWhySkipped(): typeof describe.skip {
  console.warn("There is no python3 on the PATH: the tests of the Python sample are left out.");
  return describe.skip;
}

/** Runs document 002's Python sample. @param given user name, password, receiver and words; nothing: as it stands */
export async function pythonClient({ url }: Pick<Where, "url">, ...given: (string | number)[]): Promise<Data> {
  const args = [`${SAMPLES}support/chat8_client.py`, `${SAMPLES}chat8.py`, `${url}/api/v1`, ...given.map(String)];
  const env = { ...process.env, PYTHONPATH: SAMPLES, PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8" };
  const { stdout } = await promisify(execFile)("python3", args, { env, encoding: "utf8" });
  return JSON.parse(stdout);
}
