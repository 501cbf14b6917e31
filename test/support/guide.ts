import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { OperationTypeNode, getOperationAST, parse } from "graphql";
import type { Client } from "graphql-ws";
import { vi } from "vitest";

import { type Data, type GraphqlAnswer, connect, post } from "./graphql-client.ts";
import { jobsDone } from "./jobs.ts";
import type { Voice } from "./rooms.ts";
import type { TestServer } from "./server.ts";

/** One document of a guide, whose it is, and what is said of it in the comment above it. */
export interface Step {
  /** The heading that it stands under. */
  readonly section: string;
  readonly who: string;
  readonly isRefused: boolean;
  /** Words in capitals that stand for a value of the answer from here on: `ROOM` → `createRoom.room.id`. */
  readonly keeps: ReadonlyMap<string, string>;
  readonly language: "graphql" | "sh";
  readonly text: string;
  readonly variables: string;
}

const PART =
  /^#+ (?<heading>[^\n]*)$|<!-- (?<note>[^\n]*?) -->\n+```(?<language>graphql|sh)\n(?<text>.*?)```(?:\n+```json\n(?<variables>.*?)```)?/gms;

/**
 * The steps of a guide: code blocks with a comment above them that says who does it, `<!-- Ann -->`, and then, after
 * commas, `is refused` or what of the answer later blocks need: `<!-- Ann, ROOM = createRoom.room.id -->`. A block of
 * JSON that follows is its variables.
 */
export function stepsOf(guide: string): Step[] {
  const steps: Step[] = [];
  let section = "";
  for (const { groups = {} } of guide.matchAll(PART)) {
    if (groups.heading !== undefined) {
      section = groups.heading;
      continue;
    }
    const [who = "", ...notes] = (groups.note ?? "").split(", ");
    const keeps = notes.filter((note) => note.includes("=")).map((note) => note.split(" = ") as [string, string]);
    steps.push({
      section,
      who,
      isRefused: notes.includes("is refused"),
      keeps: new Map(keeps),
      language: groups.language as Step["language"],
      text: groups.text ?? "",
      variables: groups.variables ?? "{}",
    });
  }
  return steps;
}

/** What a subscription of a guide brought. */
export interface Heard {
  readonly step: Step;
  readonly answers: readonly GraphqlAnswer[];
}

/** Everybody who follows a guide at one server, with a token each and the values that they were told. */
export class Guide {
  readonly heard: Heard[] = [];
  readonly #values = new Map([["IN_AN_HOUR", new Date(Date.now() + 3_600_000).toISOString()]]);
  readonly #tokens = new Map<string, string>();
  readonly #clients: Client[] = [];

  constructor(
    private readonly server: TestServer,
    private readonly administrator: Voice,
  ) {}

  /** Does what a step says, once everything that follows the steps before it has been done. */
  async does(step: Step): Promise<GraphqlAnswer> {
    await jobsDone(this.server);
    const text = this.#filledIn(step.text);
    const variables = JSON.parse(this.#filledIn(step.variables)) as Record<string, unknown>;
    const token = this.#tokens.get(step.who);
    if (step.language === "sh") return this.#run(text, token, step);
    if (getOperationAST(parse(text))?.operation === OperationTypeNode.SUBSCRIPTION) {
      await this.#listen(step, text, variables, token);
      return {};
    }
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return this.#keep(step, await post(this.server.url, text, variables, headers));
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map(async (client) => client.dispose()));
  }

  #filledIn(text: string): string {
    return text.replace(/\b[A-Z][A-Z_]+\b/g, (word) => this.#values.get(word) ?? word);
  }

  #keep(step: Step, answer: GraphqlAnswer): GraphqlAnswer {
    for (const [word, path] of step.keeps) {
      const value = path.split(".").reduce<Data>((at, name) => at?.[name], answer.data);
      if (typeof value !== "string") throw new Error(`${step.section}: ${path} is not in ${JSON.stringify(answer)}`);
      if (word === "TOKEN") this.#tokens.set(step.who, value);
      else this.#values.set(word, value);
    }
    return answer;
  }

  async #run(script: string, token: string | undefined, step: Step): Promise<GraphqlAnswer> {
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
      env: { ...process.env, URL: this.server.url, TOKEN: token ?? "" },
    });
    return this.#keep(step, JSON.parse(stdout) as GraphqlAnswer);
  }

  /** Resolves when the subscription stands. */
  async #listen(
    step: Step,
    query: string,
    variables: Record<string, unknown>,
    token: string | undefined,
  ): Promise<void> {
    const before = await this.#standing();
    const client = connect(this.server.wsUrl, { token });
    this.#clients.push(client);
    const answers: GraphqlAnswer[] = [];
    client.subscribe(
      { query, variables },
      {
        next: (answer) => answers.push(this.#keep(step, answer as GraphqlAnswer)),
        error: (errors) => answers.push({ errors: errors as GraphqlAnswer["errors"] & object }),
        complete: () => {},
      },
    );
    this.heard.push({ step, answers });
    await vi.waitFor(async () => {
      if ((await this.#standing()) <= before) throw new Error(`A subscription of ${step.section} does not stand.`);
    }, 10_000);
  }

  /** How many subscriptions the server has, as an administrator is told. */
  async #standing(): Promise<number> {
    const { data } = await this.administrator.graphql("{ connectionStats { subscriptions } }");
    return data.connectionStats.subscriptions;
  }
}
