import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** A directory for one test, gone with `await using`. Others may pass through it, as PostgreSQL must where tests run as root. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "parlance-test-"));
  await chmod(path, 0o711);
  // The PostgreSQL of a server that was killed writes into it until it has stopped, a moment later.
  const patiently = { recursive: true, force: true, maxRetries: 50, retryDelay: 100 };
  return { path, [Symbol.asyncDispose]: () => rm(path, patiently) };
}
