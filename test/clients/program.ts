import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Command, Line, Place, Shown } from "./keyboard.ts";

type Says<Kind extends Line["says"]> = Line & { readonly says: Kind };

/** A chat program in a process of its own, and the keyboard and screen of whoever uses it. */
export interface Program extends AsyncDisposable {
  /** What it has printed so far. */
  readonly lines: readonly Line[];
  /** Waits until `what` finds what it looks for in the lines, printed already or still to come. */
  sees<Found>(what: (lines: readonly Line[]) => Found | undefined): Promise<Found>;
  /** Types a command and waits until it is done. */
  type(command: Command): Promise<Says<"done">>;
  /** What is on the screen. */
  shows(place: Place): Promise<readonly Shown[]>;
}

/** Starts `apollo.ts` or `urql.ts` for somebody, and waits until they are registered. */
export async function startProgram(library: "apollo" | "urql", url: string, username: string): Promise<Program> {
  const file = fileURLToPath(new URL(`${library}.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, url, username], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: Line[] = [];
  const looks = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line) as Line);
    for (const look of [...looks]) look();
  });
  const ended = once(child, "exit");

  const sees: Program["sees"] = (what) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = what(lines);
        if (found === undefined) return;
        looks.delete(look);
        resolve(found);
      };
      looks.add(look);
      look();
      void ended.then(() => reject(new Error(`${username}'s program on ${library} has ended.`)));
    });

  let typed = 0;
  const type = async (command: Command): Promise<Says<"done">> => {
    const index = typed;
    typed += 1;
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return sees((printed) => said(printed, "done")[index]);
  };

  await sees((printed) => said(printed, "registered")[0]);
  return {
    lines,
    sees,
    type,
    shows: async (place) => (await type({ do: "show", in: place })).shown ?? [],
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The lines of one kind. */
export const said = <Kind extends Line["says"]>(lines: readonly Line[], kind: Kind): Says<Kind>[] =>
  lines.filter((line): line is Says<Kind> => line.says === kind);
