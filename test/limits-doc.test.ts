import "reflect-metadata";
import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { LIMITS } from "../src/graphql/limits.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** A bound is exported where others keep to it, and private where one file does; by its name one knows it. */
const BOUND = /(_MAXIMUM|_MINIMUM|_LIMIT)(_|$)/;
const EXPORTED_BOUND = new RegExp(
  `${BOUND.source}|_(AT_ONCE|AT_A_TIME|DAYS|HOURS|MINUTES|SECONDS|MS|DEFAULT|PIXELS|ATTEMPTS|MEMBERS|SHOWN|SENDERS)(_|$)|_(A|AN|PER)_[A-Z]+$`,
);

/** Bounds that no request meets: what the machine can do at all. */
const OF_THE_MACHINE = new Set(["src/notifications/push-subscription.service.ts TIME_MAXIMUM"]);

/** What is said of the bounds whose names say it all in the code, and of those that share a comment. */
const SAID: Readonly<Record<string, string>> = {
  "src/auth/passwords.ts PASSWORD_MINIMUM": "Characters of a password, at the least.",
  "src/auth/passwords.ts PASSWORD_MAXIMUM": "Characters of a password, at the most.",
  "src/auth/sessions.ts USER_AGENT_MAXIMUM":
    "Characters that are kept of the name that a program gives itself at login; the rest is cut off.",
  "src/files/content/picture.ts AVATAR_PIXELS": "Width and height of a person's picture.",
  "src/files/gate.ts UPLOADS_AT_A_TIME_OF_ONE": "Uploads of one user that are under way at a time on one node.",
  "src/files/gate.ts UPLOADS_AT_A_TIME": "Uploads of all users that are under way at a time on one node.",
  "src/files/quota.ts UNUSED_BYTES_MAXIMUM":
    "Bytes of one user's files that no message and no picture of theirs names yet.",
  "src/files/quota.ts UNUSED_FILES_MAXIMUM": "One user's files that no message and no picture of theirs names yet.",
  "src/kernel/pages.ts PAGE_MAXIMUM": "Items a page of any list, at the most.",
  "src/kernel/pages.ts PAGE_DEFAULT": "Items a page of any list, where no number is asked for.",
  "src/messages/scheduled.service.ts SCHEDULE_AHEAD_MINIMUM_SECONDS": "How soon a scheduled message can be sent.",
  "src/messages/scheduled.service.ts SCHEDULE_AHEAD_MAXIMUM_DAYS": "How late a scheduled message can be sent.",
  "src/operations/broadcast.service.ts BROADCAST_TITLE_MAXIMUM": "Characters of a broadcast's title, at the most.",
  "src/operations/broadcast.service.ts BROADCAST_CONTENT_MAXIMUM": "Characters of a broadcast's content, at the most.",
  "src/operations/reports.ts REPORT_COMMENT_MAXIMUM": "Characters of what a reporter says to a report, at the most.",
  "src/operations/reports.ts REPORT_NOTE_MAXIMUM":
    "Characters of what an administrator notes on a report, at the most.",
  "src/operations/retention.ts RETENTION_DAYS_MAXIMUM":
    "Days that a conversation's own rule keeps messages, at the most.",
  "src/operations/retention.ts RETENTION_MESSAGES_MAXIMUM":
    "Messages that a conversation's own rule keeps, at the most.",
  "src/rooms/invite.service.ts USES_MAXIMUM": "How often one invite can be accepted, at the most.",
  "src/rooms/moderation.service.ts NICKNAME_MAXIMUM": "Characters of a member's nickname, at the most.",
  "src/rooms/room-list.ts SEARCH_MAXIMUM": "Characters of a search for rooms, at the most.",
  "src/rooms/settings.ts MEMBERS_MINIMUM": "How many people a room or group takes, at the least.",
  "src/rooms/settings.ts MEMBERS_MAXIMUM": "How many people a room or group takes, at the most.",
  "src/rooms/settings.ts NAME_MAXIMUM": "Characters of a room's or group's name, at the most.",
  "src/rooms/settings.ts DESCRIPTION_MAXIMUM": "Characters of a room's or group's description, at the most.",
  "src/rooms/settings.ts SLUG_MAXIMUM": "Characters of a room's slug, at the most.",
  "src/users/contact.ts DISPLAY_NAME_MAXIMUM": "Characters of a display name, at the most; of a search for people too.",
  "src/users/contact.ts PHONE_MAXIMUM": "Characters of a telephone number, at the most.",
  "src/users/username.ts USERNAME_MINIMUM": "Characters of a user name, at the least.",
  "src/users/username.ts USERNAME_MAXIMUM": "Characters of a user name, at the most.",
  "src/auth/auth.service.ts LOGIN_MAXIMUM": "Characters of a user name or e-mail address at login, at the most.",
  "src/auth/auth.service.ts REFRESH_TOKEN_MAXIMUM":
    "Characters of a refresh token, at the most; our own have some 250.",
  "src/auth/foreign-issuer.ts SUBJECT_MAXIMUM":
    "Characters of the subject of another issuer's token, at the most (OpenID Connect Core, 2).",
  "src/files/content/picture.ts SECONDS_MAXIMUM": "Seconds that one image may be worked on.",
  "src/files/content/picture.ts THUMBNAIL_PIXELS": "Width and height of a thumbnail, at the most.",
  "src/friends/friends.service.ts MESSAGE_MAXIMUM": "Characters of what is said with a friend request, at the most.",
  "src/graphql/admission.ts RESUME_KEY_MAXIMUM": "UTF-16 units of a client's resumeKey, at the most.",
  "src/auth/bearer.ts TOKEN_MAXIMUM": "UTF-16 units of a token in a header, at the most.",
  "src/kernel/json.ts JSON_DEPTH_MAXIMUM":
    "Objects and lists inside each other in data that is given as JSON, at the most.",
  "src/messages/forward.service.ts SUFFIX_MAXIMUM":
    "Characters that are put behind the clientMessageId of forwardMessages, `:499` at the most, to name each message.",
  "src/messages/forward.service.ts FORWARD_ID_MAXIMUM":
    "Characters of the clientMessageId of forwardMessages, at the most.",
  "src/messages/unread.ts UNREAD_MAXIMUM": "Unread messages of a conversation are counted up to this.",
  "src/messages/send-input.ts ADDRESS_MAXIMUM": "Characters of the address of a LOCATION message, at the most.",
  "src/rooms/room-list.ts CURSOR_NAME_MAXIMUM": "Characters of the name in a cursor of the list of rooms, at the most.",
  "src/users/people.ts CURSOR_NAME_MAXIMUM": "Characters of the name in a cursor of a list of people, at the most.",
  "src/users/contact.ts EMAIL_MAXIMUM": "Characters of an e-mail address, at the most (RFC 5321, 4.5.3.1.3).",
  "src/operations/sync-users.ts SYNC_MAXIMUM": "People of one call of syncUsers, at the most.",
  "src/operations/audit-log.ts WORD_MAXIMUM":
    "Characters of an action or a target that the audit log is asked for, at the most.",
  "src/operations/export-job.ts EXPORT_REMEMBERED_DAYS": "Days for which an export is remembered.",
  "src/operations/export-job.ts EXPORT_KEPT_DAYS": "Days for which an export can be fetched.",
};

interface Limit {
  readonly file: string;
  readonly name: string;
  readonly value: number;
  readonly says: string;
}

const DECLARATION =
  /^(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?(?:\/\/[^\n]*\n)*(export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([^;]+);/gm;

/** The bounds that one file declares. */
async function limitsIn(file: string): Promise<Limit[]> {
  const source = await readFile(`${PROJECT}${file}`, "utf8");
  const limits: Limit[] = [];
  for (const [, comment, exported, name = "", expression = ""] of source.matchAll(DECLARATION)) {
    if (!(exported === undefined ? BOUND : EXPORTED_BOUND).test(name)) continue;
    if (OF_THE_MACHINE.has(`${file} ${name}`)) continue;
    const value = exported === undefined ? product(expression) : await exportOf(file, name);
    if (typeof value !== "number") continue;
    limits.push({ file, name, value, says: SAID[`${file} ${name}`] ?? sentence(comment ?? "") });
  }
  return limits;
}

const exportOf = async (file: string, name: string): Promise<unknown> =>
  ((await import(/* @vite-ignore */ `${PROJECT}${file}`)) as Record<string, unknown>)[name];

/** The value of `24 * 60 * 60`; NaN of what is no product of numbers. */
const product = (expression: string): number =>
  expression
    .split("*")
    .map((factor) => (/^\s*[\d_.]+\s*$/.test(factor) ? Number(factor.replaceAll("_", "")) : Number.NaN))
    .reduce((result, factor) => result * factor, 1);

const sentence = (comment: string): string =>
  comment
    .replaceAll(/^\s*\* ?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "$1")
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", "\\|")
    .trim();

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/BYTES/, "bytes"],
  [/_MS$/, "ms"],
  [/SECONDS$/, "seconds"],
  [/MINUTES$/, "minutes"],
  [/HOURS/, "hours"],
  [/DAYS/, "days"],
  [/PIXELS/, "pixels"],
];
const RATES: readonly (readonly [RegExp, string])[] = [
  [/_A_SECOND$/, " a second"],
  [/_A_MINUTE$/, " a minute"],
  [/_AN_HOUR$/, " an hour"],
  [/_PER_DAY$/, " a day"],
];

function bound({ name, value }: Limit): string {
  const unit = UNITS.find(([pattern]) => pattern.test(name))?.[1];
  const rate = RATES.find(([pattern]) => pattern.test(name))?.[1] ?? "";
  return `${value.toLocaleString("en")}${unit === undefined ? "" : ` ${unit}`}${rate}`;
}

/** What one request may ask for: src/graphql/limits.ts. */
async function requestLimits(): Promise<Limit[]> {
  const file = "src/graphql/limits.ts";
  const source = await readFile(`${PROJECT}${file}`, "utf8");
  const says = new Map(
    [...source.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(\w+): /gm)].map(
      ([, comment = "", name = ""]) => [name, sentence(comment)] as const,
    ),
  );
  return Object.entries(LIMITS).map(([name, value]) => ({ file, name, value, says: says.get(name) ?? "" }));
}

/** What an administrator sets: the numbers of src/config.ts. */
async function settings(): Promise<string[]> {
  const source = await readFile(`${PROJECT}src/config.ts`, "utf8");
  const number = (digits: string): string => Number(digits.replaceAll("_", "")).toLocaleString("en");
  return [...source.matchAll(/^ {2}([A-Z_0-9]+): number(?:IfAny)?\(([\d_]+), ([\d_]+)(?:, ([\d_]+))?\)/gm)].map(
    ([, name, least = "", most = "", otherwise]) =>
      `| \`${name}\` | ${otherwise === undefined ? "none" : number(otherwise)} | ${number(least)} | ${number(most)} |`,
  );
}

async function page(limits: readonly Limit[]): Promise<string> {
  const rows = limits.map(
    (limit) => `| ${limit.says} | ${bound(limit)} | \`${limit.file.slice(4)}\` \`${limit.name}\` |`,
  );
  return `# Limits

Every bound on what people and programs can send, ask for or keep, with the place in the code where it stands. A text is
counted in Unicode characters (code points) where nothing else is said. What goes past a bound is refused with BAD_USER_INPUT,
the argument's name in \`extensions.field\` and the bound in \`extensions.limit\`, unless the description of the field in
schema.graphql says otherwise; too much in too short a time is RATE_LIMITED.

This page is made from the code: \`npx vitest run test/limits-doc.test.ts -u\`, and the same test fails where they differ.

| what | bound | where |
|---|---|---|
${rows.join("\n")}

Set by environment variables (operations.md tells what they do):

| variable | unless told | at the least | at the most |
|---|---|---|---|
${(await settings()).join("\n")}
`;
}

async function allLimits(): Promise<Limit[]> {
  const files: string[] = [];
  for await (const file of glob("src/**/*.ts", { cwd: PROJECT })) files.push(file);
  files.sort();
  const found: Limit[] = await requestLimits();
  for (const file of files) found.push(...(await limitsIn(file)));
  return found;
}

test("every bound in the code says what it bounds, and docs/limits.md tells all of them as they are", async () => {
  const limits = await allLimits();
  expect(limits.length).toBeGreaterThan(100);
  const silent = limits.filter(({ says, value }) => says === "" || !Number.isFinite(value));
  expect(silent.map(({ file, name }) => `${file} ${name}`)).toEqual([]);
  await expect(await page(limits)).toMatchFileSnapshot("../docs/limits.md");
}, 60_000);

test("nothing is said of a bound that is no longer there", async () => {
  const there = new Set((await allLimits()).map(({ file, name }) => `${file} ${name}`));
  expect(Object.keys(SAID).filter((name) => !there.has(name))).toEqual([]);
}, 60_000);

test("a bound that is declared in any of the usual ways is seen", async () => {
  const seen = (await allLimits()).map(({ file, name, value }) => `${file} ${name} ${value}`);
  expect(seen).toContain("src/kernel/pages.ts PAGE_MAXIMUM 100");
  expect(seen).toContain("src/rooms/settings.ts NAME_MAXIMUM 100");
  expect(seen).toContain("src/graphql/limits.ts depth 16");
}, 60_000);
