import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A whole server in a process of its own, run from dist as `npm start` runs it. */
export interface ServerProcess {
  /** Where it listens. */
  readonly url: string;
  readonly pid: number;
  /** Everything it has printed so far, on both streams. */
  printed(): string;
  /** Waits for a line with `text`, seen already or still to come. */
  prints(text: string): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it; kill -9 among them. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Ends it if it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Starts a server with this environment and no other; rejects with what it printed if it ends before it is ready. */
export async function startServerProcess(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = runServerProcess(process.execPath, [MAIN], environment);
  const ready = await server.prints("Parlance is ready at ");
  const url = /http:\/\/\S+/.exec(ready)?.[0];
  if (url === undefined) throw new Error(`No URL in: ${ready}`);
  return { ...server, url };
}

/** The same by any command, and without waiting for it to be ready. */
export function runServerProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Omit<ServerProcess, "url"> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], HOST: "127.0.0.1", PORT: "0", ...environment };
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      for (const look of [...waiting]) look(line);
    });
  }
  const ended = once(child, "close").then(([code, signal]: unknown[]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    pid: child.pid ?? 0,
    ended,
    printed: () => lines.join("\n"),
    signal: (signal) => void child.kill(signal),
    async prints(text) {
      const seen = lines.find((line) => line.includes(text));
      if (seen !== undefined) return seen;
      return new Promise<string>((resolve, reject) => {
        const look = (line: string): void => {
          if (line.includes(text)) resolve(line);
        };
        waiting.add(look);
        void ended.then(() => reject(new Error(`The server ended without a word of "${text}":\n${lines.join("\n")}`)));
      });
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
