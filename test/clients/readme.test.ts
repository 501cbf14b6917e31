import { readFile } from "node:fs/promises";

import { OperationTypeNode, getOperationAST, parse } from "graphql";
import type { Client } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Data, type GraphqlAnswer, connect, post } from "../support/graphql-client.ts";
import { administrator } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

/** What the README tells somebody to do: an operation, one that is refused, or to stop their subscription. */
interface Step {
  readonly who: string;
  readonly note: "" | "is refused" | "hangs up";
  readonly operation: string;
}

const STEP = /<!-- (?<who>Ann|Bob) ?(?<note>is refused|hangs up|) ?-->(?:\n```graphql\n(?<operation>.*?)```)?/gs;
const stepsOf = (text: string): Step[] =>
  [...text.matchAll(STEP)].map(({ groups }) => ({ operation: "", ...groups }) as unknown as Step);

/** Somebody who follows the README with a browser's tab of their own. */
class Reader {
  readonly heard: string[] = [];
  #token: string | undefined;
  #client: Client | undefined;
  #wake = (): void => {};
  /** The newest log cursor that they were shown. */
  #cursor = "";

  constructor(private readonly server: TestServer) {}

  async does(operation: string): Promise<GraphqlAnswer> {
    const query = operation.replace("CURSOR", this.#cursor);
    if (getOperationAST(parse(query))?.operation === OperationTypeNode.SUBSCRIPTION) return this.#listen(query);
    const answer = await post(
      this.server.url,
      query,
      {},
      this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` },
    );
    this.#token ??= answer.data?.register?.accessToken;
    this.#cursor = answer.data?.joinRoom?.room.cursor ?? this.#cursor;
    return answer;
  }

  async hears(count: number): Promise<string[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.heard;
  }

  async hangsUp(): Promise<void> {
    await this.#client?.dispose();
  }

  #listen(query: string): GraphqlAnswer {
    this.#client = connect(this.server.wsUrl, { token: this.#token });
    const stop = (reason: unknown): never => {
      throw new Error("The README's subscription failed.", { cause: reason });
    };
    this.#client.subscribe<{ conversationEvents: { cursor: string; edge: { node: { content: string } } } }>(
      { query },
      {
        next: ({ data, errors }) => {
          if (data == null) stop(errors);
          this.#cursor = data?.conversationEvents.cursor ?? "";
          this.heard.push(data?.conversationEvents.edge.node.content ?? "");
          this.#wake();
        },
        error: stop,
        complete: () => {},
      },
    );
    return {};
  }
}

describe("who follows the README", () => {
  let server: TestServer;
  const answers: { readonly step: Step; readonly answer: GraphqlAnswer }[] = [];
  let bob: Reader;

  beforeAll(async () => {
    server = await startServer();
    // As at every first start: the ids that the README tells are those of who comes next.
    await administrator(server);
    bob = new Reader(server);
    const readers: Record<string, Reader> = { Ann: new Reader(server), Bob: bob };
    for (const step of stepsOf(await read("README.md"))) {
      const reader = readers[step.who] as Reader;
      if (step.note === "hangs up") {
        await reader.hears(1);
        await reader.hangsUp();
      } else {
        answers.push({ step, answer: await reader.does(step.operation) });
      }
    }
  });
  afterAll(async () => {
    await bob.hangsUp();
    await server.stop();
  });

  const dataOf = (word: string): Data => answers.find(({ step }) => step.operation.includes(word))?.answer.data;

  test("meets every operation that it shows, and none fails but the one that it says is refused", async () => {
    expect(answers).toHaveLength((await read("README.md")).split("```graphql").length - 1);
    const refused = answers.filter(({ answer }) => answer.errors !== undefined).map(({ step }) => step);
    expect(refused).toEqual([expect.objectContaining({ note: "is refused" })]);
  });

  test("hears what was said, and what was missed once and in order", async () => {
    expect(await bob.hears(3)).toEqual(["Hello @bob, 喝茶吗？", "Are you there?", "The water boils."]);
    const { one, again, two } = dataOf("clientMessageId");
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
  });

  test("finds friends, conversations and what is unread at the end", () => {
    const { viewer } = dataOf("unreadMessageCount");
    expect(viewer.unreadMessageCount).toBe(1);
    expect(viewer.friends.nodes).toEqual([{ username: "bob" }]);
    const titles = viewer.conversations.nodes.map(({ title }: { title: string }) => title);
    expect(titles.toSorted()).toEqual(["Bob", "Global", "Tea"]);
  });

  test("is refused as the README says", async () => {
    const refused = answers.find(({ step }) => step.note === "is refused")?.answer.errors?.[0];
    const [, said = ""] = /```json\n(.*?)```/s.exec(await read("README.md")) ?? [];
    expect(refused?.extensions).toMatchObject(JSON.parse(said) as object);
  });
});

test("the README names every option of the configuration, and no other", async () => {
  const [, table = ""] = /## Configuration\n(.*?)\n## /s.exec(await read("README.md")) ?? [];
  const [, options = ""] = /const environment = z\.object\(\{\n(.*?)\n\}\);/s.exec(await read("src/config.ts")) ?? [];
  const rows = [...table.matchAll(/^\| (.*?) \|/gm)].map(([, names = ""]) => names);
  const named = rows.flatMap((names) => names.match(/[A-Z][A-Z0-9_]{3,}/g) ?? []);
  const known = [...options.matchAll(/^ {2}([A-Z0-9_]+):/gm)].map(([, name = ""]) => name);
  expect(named.toSorted()).toEqual(known.toSorted());
});

test("every npm script and every file that README and docs name is there", async () => {
  const { scripts } = JSON.parse(await read("package.json")) as { scripts: Record<string, string> };
  for (const page of ["README.md", "docs/realtime.md", "docs/operations.md", "docs/graphql.md"]) {
    const text = await read(page);
    for (const [, script = ""] of text.matchAll(/npm run (\w+)/g)) expect(Object.keys(scripts), page).toContain(script);
    for (const [, path = ""] of text.matchAll(/\]\((?!https?:)([\w./-]+)\)/g)) {
      await expect(read(page.startsWith("docs/") ? `docs/${path}` : path), `${page}: ${path}`).resolves.not.toBe("");
    }
    for (const [, path = ""] of text.matchAll(/`((?:src|test)\/[\w./-]+\.ts)`/g)) {
      await expect(read(path), `${page}: ${path}`).resolves.not.toBe("");
    }
  }
});
