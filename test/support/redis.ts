import { spawn, spawnSync, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { describe } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

export interface TestRedis {
  readonly url: string;
  /** It keeps its connections and answers nothing, like a host that has hung. */
  pause(): void;
  resume(): void;
  /** Killed, and started again on the same port with nothing remembered. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Process = ChildProcessByStdio<null, Readable, null>;

/** Whether tests on Redis run here. In CI they always do: there, a missing redis-server is a failure. */
export const redisAvailable = spawnSync("redis-server", ["--version"]).status === 0 || (process.env["CI"] ?? "") !== "";

/** `describe` for what needs a Redis. */
export const describeWithRedis = redisAvailable ? describe : sayWhySkipped();

function sayWhySkipped(): typeof describe.skip {
  console.warn("There is no redis-server on the PATH: the tests that need one are left out.");
  return describe.skip;
}

/** A redis-server of the test's own, on a port that was free, which keeps nothing. */
export async function startRedis(): Promise<TestRedis> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  let server = await launch(port, directory.path);
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void server.kill("SIGSTOP"),
    resume: () => void server.kill("SIGCONT"),
    async restart() {
      await kill(server);
      server = await launch(port, directory.path);
    },
    async stop() {
      await kill(server);
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function launch(port: number, directory: string): Promise<Process> {
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory];
  const server = spawn("redis-server", flags, { stdio: ["ignore", "pipe", "ignore"] });
  const killWithUs = (): void => void server.kill("SIGKILL");
  process.once("exit", killWithUs);
  server.once("exit", () => process.off("exit", killWithUs));
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: server.stdout }).on("line", (line) => {
      if (line.includes("Ready to accept connections")) resolve();
    });
  });
  const ended = once(server, "exit").then(() => {
    throw new Error(`redis-server ended instead of listening on port ${port}`);
  });
  await Promise.race([ready, ended]);
  return server;
}

async function kill(server: Process): Promise<void> {
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
