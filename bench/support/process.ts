import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Answer, Handlers, Question } from "./questions.ts";

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of Node. */
  readonly flags?: readonly string[];
  /** Whether its standard output is read, by `output`, and not shown. */
  readonly piped?: boolean;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

const STOP_WITHIN_MS = 10_000;
const running = new Set<AsyncDisposable>();

/** Ends every process that was started here and still runs. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...running].map((one) => one[Symbol.asyncDispose]()));
}

/** A process of its own that answers questions; `H` is the type of what it gave to `answerWith`. */
export class Process<H extends Handlers> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<unknown>;
  #asked = 0;

  /** @param file from the root of the repository */
  constructor(file: string, { env = {}, flags = [], piped = false }: ProcessOptions = {}) {
    const { PATH = "", HOME = "" } = process.env;
    this.#child = fork(fileURLToPath(new URL(`../../${file}`, import.meta.url)), {
      env: { PATH, HOME, ...env },
      execArgv: [...flags],
      // In a session of its own, so that Ctrl-C reaches only us, who end everything in order.
      detached: true,
      stdio: ["ignore", piped ? "pipe" : "inherit", "inherit", "ipc"],
    });
    running.add(this);
    this.#child.on("message", (answer: Answer) => this.#settle(answer));
    this.#ended = once(this.#child, "exit").then(([code, signal]: unknown[]) => {
      running.delete(this);
      const reason = new Error(`${file} ended (${String(code ?? signal)})`);
      for (const { reject } of this.#pending.values()) reject(reason);
      this.#pending.clear();
    });
  }

  /** Its standard output, where `piped` was told. */
  get output(): NodeJS.ReadableStream {
    if (this.#child.stdout === null) throw new Error("The output of this process is not piped.");
    return this.#child.stdout;
  }

  /** @throws what the handler threw, or that the process has ended */
  ask<K extends keyof H & string>(name: K, input: Parameters<H[K]>[0]): Promise<Awaited<ReturnType<H[K]>>> {
    return new Promise((resolve, reject) => {
      this.#asked += 1;
      const question: Question = { id: this.#asked, name, input };
      this.#pending.set(question.id, { resolve, reject });
      this.#child.send(question, (error) => {
        if (error !== null && this.#pending.delete(question.id)) reject(error);
      });
    });
  }

  /** Asks it to end, and sees to it that it does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
    await this.#ended;
    clearTimeout(late);
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.value as never);
  }
}
