import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator } from "../support/rooms.ts";
import { buildSchema } from "../../src/graphql/schema.ts";
import { Guide, stepsOf } from "../support/guide.ts";
import { type TestServer, startServer } from "../support/server.ts";

const text = await readFile(new URL("../../docs/graphql.md", import.meta.url), "utf8");
const steps = stepsOf(text);
const schema = buildSchema();

describe("docs/graphql.md", () => {
  let server: TestServer;
  let guide: Guide;

  beforeAll(async () => {
    server = await startServer();
    guide = new Guide(server, await administrator(server));
  });
  afterAll(async () => {
    await guide.leave();
    await server.stop();
  });

  test("has somebody above each document", () => {
    expect(steps).toHaveLength(text.split(/```(?:graphql|sh)\n/).length - 1);
  });

  test("shows every query, mutation and subscription", () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
    const shown = new Set(steps.flatMap((step) => step.text.match(/\w+/g) ?? []));
    expect(fields.filter((field) => !shown.has(field))).toEqual([]);
  });

  // One after the other: what comes later stands on what was done before.
  test.each(steps.map((step) => [step.section, step.who, step.text.split("\n")[0], step] as const))(
    "%s: what %s does, %s",
    async (_section, _who, _line, step) => {
      const { errors = [] } = await guide.does(step);
      expect(errors.length > 0, JSON.stringify(errors)).toBe(step.isRefused);
    },
  );

  test("every subscription brings what it is shown for", async () => {
    expect(guide.heard.length).toBeGreaterThan(0);
    const silent = () => guide.heard.filter(({ answers }) => answers.length === 0).map(({ step }) => step.text);
    await expect.poll(silent, { timeout: 10_000 }).toEqual([]);
    for (const { step, answers } of guide.heard)
      expect({ section: step.section, errors: answers[0]?.errors }).toEqual({
        section: step.section,
        errors: undefined,
      });
  });
});
