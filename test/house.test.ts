import { execFile } from "node:child_process";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));

describe("the linter", () => {
  test("lets a folder import those below it, the kernel and the realtime, but no other", async () => {
    const findings = await lint("eslint(no-restricted-imports)", {
      "src/kernel/ids.ts": `import "../users/user.ts";`,
      "src/realtime/hub.ts": `import "../kernel/ids.ts";\nimport "../messages/message.ts";`,
      "src/users/user.ts": `import "../kernel/ids.ts";\nimport "../realtime/hub.ts";`,
      "src/rooms/room.ts": `import "../users/user.ts";\nimport "../messages/message.ts";`,
      "src/messages/deep/message.ts": `import "../../rooms/room.ts";\nimport type { Call } from "../../calls/call.ts";`,
      "src/graphql/schema.ts": `import "../messages/message.ts";\nimport "../http/health.ts";`,
      "src/http/health.ts": `import "../graphql/schema.ts";`,
    });
    expect(findings).toEqual([
      "src/graphql/schema.ts:2 graphql/ lies below http/ and does not know it.",
      "src/kernel/ids.ts:1 kernel/ lies below users/ and does not know it.",
      "src/messages/deep/message.ts:2 messages/ lies below calls/ and does not know it.",
      "src/realtime/hub.ts:2 realtime/ lies below messages/ and does not know it.",
      "src/rooms/room.ts:2 rooms/ lies below messages/ and does not know it.",
    ]);
  });

  test("lets graphql/ alone import resolvers", async () => {
    const findings = await lint("eslint(no-restricted-imports)", {
      "src/graphql/schema.ts": `import "../users/user.resolver.ts";`,
      "src/messages/message.ts": `import "../users/user.resolver.ts";`,
      "src/users/user.ts": `import "./user.resolver.ts";`,
    });
    expect(findings).toEqual([
      "src/messages/message.ts:1 Only graphql/ imports resolvers.",
      "src/users/user.ts:1 Only graphql/ imports resolvers.",
    ]);
  });

  test("keeps a dialect from other dialects, from GraphQL and from the database", async () => {
    const findings = await lint("eslint(no-restricted-imports)", {
      "src/dialects/im/index.ts": [
        `import "../../messages/message.service.ts";`,
        `import "../../kernel/errors.ts";`,
        `import "../wire.ts";`,
        `import "../chat8/index.ts";`,
        `import "../../graphql/server.ts";`,
        `import "../../kernel/database.ts";`,
        `import "@mikro-orm/postgresql";`,
      ].join("\n"),
    });
    expect(findings).toEqual([
      "src/dialects/im/index.ts:4 A dialect does not know another one.",
      "src/dialects/im/index.ts:5 A dialect calls services, not GraphQL.",
      "src/dialects/im/index.ts:6 A dialect calls services, not the database.",
      "src/dialects/im/index.ts:7 A dialect calls services, not the database.",
    ]);
  });

  test("lets app.ts and main.ts alone put things together", async () => {
    const findings = await lint("eslint(no-restricted-imports)", {
      "src/app.ts": `import "./config.ts";\nimport "./database/open.ts";`,
      "src/database/entities.ts": `import "../users/user.ts";\nimport "../users/user.resolver.ts";`,
      "src/users/user.ts": `import "../app.ts";\nimport "../database/open.ts";\nimport type { Config } from "../config.ts";`,
      "src/users/greeting.ts": `import { readConfig } from "../config.ts";\nexport const read = readConfig;`,
    });
    expect(findings).toEqual([
      "src/database/entities.ts:2 Only graphql/ imports resolvers.",
      "src/users/greeting.ts:1 Only app.ts and main.ts read the configuration; take its type.",
      "src/users/user.ts:1 Nothing imports the composition root.",
      "src/users/user.ts:2 Only app.ts and main.ts set the database up; use kernel/database.ts.",
    ]);
  });

  test("finds a circle of imports, one of types too", async () => {
    const findings = await lint("import(no-cycle)", {
      "src/users/user.ts": `import { name } from "./name.ts";\nexport const user = name;`,
      "src/users/name.ts": `import { card } from "./card.ts";\nexport const name = card;`,
      "src/users/card.ts": `import { user } from "./user.ts";\nexport const card = user;`,
      "src/rooms/room.ts": `import type { Door } from "./door.ts";\nexport interface Room { door: Door }`,
      "src/rooms/door.ts": `import type { Room } from "./room.ts";\nexport interface Door { room: Room }`,
    });
    expect(findings).toEqual(
      ["rooms/door", "rooms/room", "users/card", "users/name", "users/user"].map(
        (file) => `src/${file}.ts:1 Dependency cycle detected`,
      ),
    );
  });

  test.each([
    ["typescript(no-floating-promises)", "async function greet(): Promise<void> {}\ngreet();"],
    ["typescript(no-misused-promises)", "[1].forEach(async () => {});"],
    ["typescript(no-explicit-any)", "export type Guest = any;"],
    ["typescript(no-unsafe-assignment)", "export const guest: string = JSON.parse('1');"],
    ["eslint(eqeqeq)", "export const same = Number('1') == Number('2');"],
    ["node(no-process-env)", "export const home = process.env['HOME'];"],
  ])("reports %s", async (rule, text) => {
    expect(await lint(rule, { "src/users/user.ts": text })).toHaveLength(1);
  });
});

/** Lints files, given by path and text, as the project's; answers with what `rule` found, as "path:line message", sorted. */
async function lint(rule: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  await using project = await temporaryDirectory();
  await symlink(join(PROJECT, "node_modules"), join(project.path, "node_modules"));
  for (const name of ["oxlint.config.ts", "tsconfig.json"]) {
    await copyFile(join(PROJECT, name), join(project.path, name));
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(project.path, name)), { recursive: true });
    await writeFile(join(project.path, name), `${text}\n`);
  }
  const oxlint = join(PROJECT, "node_modules", "oxlint", "bin", "oxlint");
  // It exits with 1 where it finds something, which is not a failure here: the report is read either way.
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, [oxlint, "-f", "json", "src"], { cwd: project.path, timeout: 20_000 }, (_, stdout) =>
      resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(report) as { diagnostics: Finding[] };
  return diagnostics
    .filter(({ code }) => code === rule)
    .map(({ filename, labels, message, help }) => {
      const ours = message.includes("is restricted from being used") ? help : undefined;
      return `${filename}:${labels[0]?.span.line ?? "?"} ${ours ?? message}`;
    })
    .toSorted();
}

/** What oxlint's report says of one place. */
interface Finding {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}
