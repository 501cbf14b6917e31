import { defineConfig, type OxlintOverride } from "oxlint";

/**
 * The folders of src from the ground up. A folder imports only from those before it; everybody may import those that
 * EVERYBODY_MAY_IMPORT names. Whoever adds a folder writes it here, in its place.
 */
const ORDER = [
  "kernel",
  "realtime",
  "users",
  "auth",
  "friends",
  "conversations",
  "rooms",
  "files",
  "messages",
  "search",
  "typing",
  "presence",
  "calls",
  "notifications",
  "operations",
  "graphql",
  "dialects",
  "http",
];
const DIALECTS = ["online-chat", "django-chat", "chat8", "im", "socketio-chat"];

interface Ban {
  readonly regex: string;
  readonly message: string;
  readonly allowTypeImports?: boolean;
}

const folderBan = (folder: string, message: string): Ban => ({ regex: `^(\\./)?(\\.\\./)+${folder}/`, message });
const fileBan = (file: string, message: string): Ban => ({ regex: `^(\\./)?(\\.\\./)+${file}\\.ts$`, message });

const RESOLVERS: Ban = { regex: "\\.resolver\\.ts$", message: "Only graphql/ imports resolvers." };
const COMPOSITION: Ban[] = [
  fileBan("(app|main|jobs)", "Nothing imports the composition root."),
  {
    ...fileBan("config(-values)?", "Only app.ts and main.ts read the configuration; take its type."),
    allowTypeImports: true,
  },
  fileBan("secrets", "Only app.ts and main.ts keep secrets."),
  folderBan("database", "Only app.ts and main.ts set the database up; use kernel/database.ts."),
];

function bansIn(folder: string): Ban[] {
  const above = ORDER.slice(ORDER.indexOf(folder) + 1);
  const order = above.map((upper) => folderBan(upper, `${folder}/ lies below ${upper}/ and does not know it.`));
  return folder === "graphql" ? [...COMPOSITION, ...order] : [RESOLVERS, ...COMPOSITION, ...order];
}

function bansInDialect(dialect: string): Ban[] {
  const others = DIALECTS.filter((name) => name !== dialect);
  return [
    ...bansIn("dialects"),
    ...others.map((name) => folderBan(name, "A dialect does not know another one.")),
    folderBan("graphql", "A dialect calls services, not GraphQL."),
    folderBan("kernel/database", "A dialect calls services, not the database."),
    fileBan("kernel/database", "A dialect calls services, not the database."),
    { regex: "^(@mikro-orm/|pg$|kysely$)", message: "A dialect calls services, not the database." },
  ];
}

function zone(files: string, patterns: Ban[]): OxlintOverride {
  return { files: [files], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const ZONES: OxlintOverride[] = [
  ...ORDER.map((folder) => zone(`src/${folder}/**/*.ts`, bansIn(folder))),
  // The frame that all dialects are made of knows none of them, and no more of the house than they do.
  ...[...DIALECTS, "frame"].map((dialect) => zone(`src/dialects/${dialect}/**/*.ts`, bansInDialect(dialect))),
  zone("src/database/**/*.ts", [RESOLVERS, ...COMPOSITION.slice(0, 3)]),
];

export default defineConfig({
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "node", "vitest"],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: ["dist/**", "test/generated/**", "test/samples/*.js"],
  env: { node: true, es2024: true },
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "import/no-self-import": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-unsafe-argument": "error",
    "typescript/no-unsafe-assignment": "error",
    "typescript/no-unsafe-call": "error",
    "typescript/no-unsafe-member-access": "error",
    "typescript/no-unsafe-return": "error",
    "typescript/no-unsafe-function-type": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/only-throw-error": "error",
    "typescript/prefer-promise-reject-errors": "error",
    "typescript/return-await": ["error", "in-try-catch"],
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/use-unknown-in-catch-callback-variable": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-deprecated": "error",
    "typescript/strict-boolean-expressions": "error",
    "eslint/eqeqeq": ["error", "always", { null: "ignore" }],
    "eslint/no-console": "error",
    "eslint/no-param-reassign": "error",
    "eslint/no-var": "error",
    "eslint/prefer-const": "error",
    "eslint/max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    "node/no-process-env": "error",
    // Rows of hand-written statements get their types by assertion, and one thing after the other is often meant.
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/no-unnecessary-type-arguments": "off",
    "typescript/no-unnecessary-type-parameters": "off",
    "typescript/consistent-return": "off",
    "eslint/no-await-in-loop": "off",
    "eslint/no-underscore-dangle": "off",
    "oxc/no-map-spread": "off",
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
    "import/no-unassigned-import": "off",
    "import/no-named-as-default": "off",
    "promise/always-return": "off",
    "unicorn/consistent-function-scoping": "off",
    // A copy is what keeps a loop over a set safe from what its body adds or removes.
    "unicorn/no-useless-spread": "off",
  },
  overrides: [
    ...ZONES,
    { files: ["src/config.ts"], rules: { "node/no-process-env": "off" } },
    { files: ["src/main.ts"], rules: { "eslint/no-console": "off" } },
    {
      files: ["test/**/*.ts", "bench/**/*.ts", "demo/**/*.ts", "scripts/**/*.ts"],
      rules: { "eslint/no-console": "off", "node/no-process-env": "off" },
    },
    {
      // Tests say of each answer of the server what they expect; nothing is gained by saying it in types first.
      files: ["test/**/*.ts"],
      rules: {
        "typescript/no-unsafe-argument": "off",
        "typescript/no-unsafe-assignment": "off",
        "typescript/no-unsafe-call": "off",
        "typescript/no-unsafe-member-access": "off",
        "typescript/no-unsafe-return": "off",
        // Clients are objects of closures, told by no type; what their libraries call a promise is one at times only.
        "typescript/unbound-method": "off",
        "typescript/await-thenable": "off",
        // Waiting for what must come is an expectation: the test fails where it does not.
        "vitest/expect-expect": "off",
        "eslint/no-unmodified-loop-condition": "off",
        "import/no-named-as-default-member": "off",
      },
    },
    {
      files: ["*.config.ts", "migrations/**/*.ts", "test/support/global-setup.ts"],
      rules: { "import/no-default-export": "off" },
    },
  ],
});
