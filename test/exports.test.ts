import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { administrator, attempt, audited, does, nobody, refusalOf } from "./support/administration.ts";
import type { Data, Variables } from "./support/graphql-client.ts";
import { comeTime, jobsDone } from "./support/jobs.ts";
import { type Person, person } from "./support/people.ts";
import { room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./support/temporary-directory.ts";

const EXPORT = "export { id kind state records size isCompressed url expiresAt user { id } conversation { id } }";
const ASKED = `query ($id: ID!) { ${EXPORT.replace("export", "export(id: $id)")} }`;

interface Line {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

let server: TestServer;
let directory: TemporaryDirectory;
let root: Person;
let count = 0;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await startServer({ dataDir: directory.path });
  root = await administrator(server);
});
afterAll(async () => {
  await server.stop();
  await directory[Symbol.asyncDispose]();
});

const somebody = (name = "somebody"): Promise<Person> => person(server, `${name}-${(count += 1)}`);
const sql = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
const numberOf = (id: string): number => Number(id.split("_")[1]);
const say = async (who: Person, conversationId: string, content: string, more: object = {}): Promise<Data> =>
  (await does(who, "sendMessage", { conversationId, content, ...more }, "message { id seq }")).message;
const ask = async (who: Person, verb: string, input: Variables = {}): Promise<Data> =>
  (await does(who, verb, input, EXPORT)).export;
const now = async (who: Person, { id }: Data): Promise<Data> => (await who.graphql(ASKED, { id })).data.export;

/** An export that is done. */
async function ready(who: Person, verb: string, input: Variables = {}): Promise<Data> {
  const asked = await ask(who, verb, input);
  await jobsDone(server);
  return now(who, asked);
}

/** Fetches the file at an export's address, and reads it. */
async function fetched({ url, isCompressed }: Data): Promise<{ header: Data; lines: Line[]; text: string }> {
  const response = await fetch(String(url).replace("http://parlance.test", server.url));
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = (isCompressed === true ? gunzipSync(bytes) : bytes).toString();
  expect(text.endsWith("\n")).toBe(true);
  const [header, ...lines] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { header, lines, text };
}
const of = (lines: readonly Line[], type: string) => lines.filter((line) => line.type === type).map(({ data }) => data);

/** A room of somebody's with somebody else in it. */
async function shared(): Promise<{ ann: Person; bob: Person; id: string }> {
  const [ann, bob] = [await somebody("ann"), await somebody("bob")];
  const { id } = await room(ann);
  await does(bob, "joinRoom", { roomId: id }, "room { id }");
  return { ann, bob, id };
}

describe("exportMyData", () => {
  test("holds what the server knows of its user, nothing of others, and no secret", async () => {
    const { ann, bob, id } = await shared();
    const { id: messageId } = await say(ann, id, "My own words");
    await say(bob, id, "The words of somebody else");
    await say(ann, id, "c2VjcmV0", { isEncrypted: true });
    const gone = await say(ann, id, "Taken back");
    await does(ann, "deleteMessage", { messageId: gone.id }, "message { id }");
    await does(ann, "addReaction", { messageId, emoji: "👍" }, "message { id }");
    await does(ann, "editMessage", { messageId, content: "My own better words" }, "message { id }");
    await does(bob, "sendFriendRequest", { userId: ann.id }, "friendRequest { id }");
    await jobsDone(server);
    const done = await ready(ann, "exportMyData");
    expect(done).toMatchObject({ kind: "USER", state: "READY", user: { id: ann.id }, conversation: null });
    const { header, lines, text } = await fetched(done);

    expect(header).toMatchObject({ format: "parlance-export", version: 1, kind: "USER", of: ann.id });
    expect(lines.at(-1)).toEqual({ type: "end", data: { records: lines.length - 1 } });
    expect(done["records"]).toBe(lines.length - 1);
    expect(of(lines, "profile")).toMatchObject([
      { id: ann.id, username: ann.username, email: `${ann.username}@people.test` },
    ]);
    expect(of(lines, "session")).toHaveLength(1);
    expect(of(lines, "membership").map(({ conversation }) => (conversation as Data).id)).toContain(id);
    expect(of(lines, "message").map(({ content }) => content)).toEqual(["My own better words", "c2VjcmV0", ""]);
    expect(of(lines, "messageEdit")).toMatchObject([{ messageId, content: "My own words" }]);
    expect(of(lines, "reaction")).toMatchObject([{ messageId, emoji: "👍" }]);
    expect(of(lines, "friendRequest")).toMatchObject([{ fromUserId: bob.id, status: "PENDING" }]);
    expect(of(lines, "notification").map(({ type }) => type)).toContain("FRIEND_REQUEST");

    expect(text).not.toContain("somebody else");
    const { rows } = await sql("select password_hash from users where id = $1", [numberOf(ann.id)]);
    for (const secret of [rows[0].password_hash, ann.password, ann.accessToken, ann.refreshToken, "Taken back"]) {
      expect(text).not.toContain(secret);
    }
  });

  test("shows one moment, however many pages it takes, and is as long without gzip", async () => {
    const { ann, id } = await shared();
    await sql(
      `with moved as (update conversations set last_seq = last_seq + 2500, position = position + 2500 where id = $1 returning id)
       insert into messages (conversation_id, seq, position, added_position, sender_id, type, content)
       select m.id, n + 2, n + 2, n + 2, $2, 'TEXT', 'number ' || n from moved m, generate_series(1, 2500) n`,
      [numberOf(id), numberOf(ann.id)],
    );
    const [plain, packed] = [
      await ready(ann, "exportConversation", { conversationId: id, compress: false }),
      await ready(ann, "exportConversation", { conversationId: id }),
    ];
    const [one, other] = [await fetched(plain), await fetched(packed)];
    expect(of(one.lines, "message").map(({ seq }) => seq)).toEqual(Array.from({ length: 2_502 }, (_, n) => n + 1));
    expect(other.lines).toEqual(one.lines);
    expect(plain["size"]).toBe(Buffer.byteLength(one.text));
    expect(packed["size"]).toBeLessThan(plain["size"] / 5);
    const mine = await ready(ann, "exportMyData");
    expect(of((await fetched(mine)).lines, "message")).toHaveLength(2_500);
  });

  test("is one at a time, and ten a day", async () => {
    const ann = await somebody();
    const told = await Promise.all([1, 2, 3].map(() => attempt(ann, "exportMyData", {}, EXPORT)));
    await jobsDone(server);
    expect(told.map(refusalOf).filter((code) => code !== "NONE" && code !== "CONFLICT input")).toEqual([]);
    expect(told.map(refusalOf)).toContain("NONE");
    await sql("delete from exports where requested_by_id = $1", [numberOf(ann.id)]);
    await sql(
      `insert into exports (kind, state, requested_by_id, user_id, token)
       select 'USER', 'FAILED', $1, $1, 'old ' || n from generate_series(1, 10) n`,
      [numberOf(ann.id)],
    );
    expect(refusalOf(await attempt(ann, "exportMyData", {}, EXPORT))).toBe("RATE_LIMITED");
    expect(refusalOf(await attempt(nobody(server), "exportMyData", {}, EXPORT))).toBe("UNAUTHENTICATED");
  });

  test("tells its user when it is done, live and by a notification, and an outsider hears nothing", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const [clients, heard] = [[ann.ws(), bob.ws()], [[], []] as Data[][]];
    clients.forEach((client, index) =>
      client.subscribe<Data>(
        { query: `subscription { exportChanged { id state url } }` },
        {
          next: ({ data, errors }) => heard[index]?.push(data?.["exportChanged"] ?? errors),
          error: () => undefined,
          complete: () => undefined,
        },
      ),
    );
    try {
      // Nothing says when a subscription has begun, but that it hears something.
      let first: Data = {};
      for (let tries = 0; heard[0]?.length === 0 && tries < 9; tries += 1) first = await ready(ann, "exportMyData");
      const bobs: string[] = [];
      while (heard[1]?.length === 0 && bobs.length < 9) bobs.push((await ready(bob, "exportMyData"))["id"]);
      const last = await ready(ann, "exportMyData");
      await expect.poll(() => heard[0]?.at(-1)).toEqual({ id: last["id"], state: "READY", url: last["url"] });
      expect(heard[0]).toContainEqual({ id: first["id"], state: "READY", url: first["url"] });
      const bobHeard = (heard[1] ?? []).map(({ id }) => id as string);
      expect(bobHeard).not.toEqual([]);
      expect(bobs).toEqual(expect.arrayContaining(bobHeard));
      const { data } = await ann.graphql(`{ viewer { notifications(type: SYSTEM) { nodes { title data } } } }`);
      expect(data.viewer.notifications.nodes[0]).toEqual({
        title: "Your export is ready",
        data: { exportId: last["id"] },
      });
    } finally {
      await Promise.all(clients.map((client) => client.dispose()));
    }
  });
});

describe("an export", () => {
  test("is seen by whoever asked for it alone; its address is the right to the file, for seven days", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    const done = await ready(ann, "exportMyData");
    expect(refusalOf(await bob.graphql(ASKED, { id: done["id"] }))).toBe("NOT_FOUND id");
    expect(refusalOf(await root.graphql(ASKED, { id: done["id"] }))).toBe("NOT_FOUND id");
    const list = `{ viewer { exports { nodes { id } } } }`;
    expect((await ann.graphql(list)).data.viewer.exports.nodes).toEqual([{ id: done["id"] }]);
    expect((await bob.graphql(list)).data.viewer.exports.nodes).toEqual([]);
    expect((await bob.graphql(`query ($id: ID!) { node(id: $id) { id } }`, { id: done["id"] })).data.node).toBeNull();

    const address = String(done["url"]).replace("http://parlance.test", server.url);
    const head = await fetch(address, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(done["size"]));
    expect(head.headers.get("content-disposition")).toMatch(
      /^attachment; filename="user_\d+-\d{4}-\d\d-\d\d\.jsonl\.gz"$/,
    );
    expect(head.headers.get("cache-control")).toContain("no-store");
    expect((await fetch(address.replace(/exports\/..../, "exports/xxxx"))).status).toBe(404);

    await sql("update exports set expires_at = now() - interval '1 second' where id = $1", [numberOf(done["id"])]);
    expect((await fetch(address)).status).toBe(404);
    await sql("select graphile_worker.add_job('dropExports')");
    await comeTime(server, "dropExports");
    expect(await now(ann, done)).toMatchObject({ state: "EXPIRED", url: null });
    const token = new URL(address).pathname.split("/")[2] ?? "";
    expect(await readdir(join(directory.path, "files", "exports"))).not.toContain(token);
  });

  test("whose node was killed is begun anew, and leaves no half of a file", async () => {
    const ann = await somebody();
    const { rows } = await sql(
      `insert into exports (kind, state, requested_by_id, user_id, token, records, tries)
       values ('USER', 'RUNNING', $1, $1, 'of a dead node', 7, 1) returning id`,
      [numberOf(ann.id)],
    );
    await sql("select graphile_worker.add_job('export', json_build_object('exportId', $1::bigint))", [rows[0].id]);
    await jobsDone(server);
    expect(await now(ann, { id: `export_${rows[0].id}` })).toMatchObject({ state: "READY" });
    expect(await readdir(join(directory.path, "files", "incoming"))).toEqual([]);
  });

  test("that cannot be written is tried again, and given up in the end", async () => {
    const ann = await somebody();
    // Storage can make no folder where a file is.
    const place = join(directory.path, "files", "exports");
    await rename(place, `${place}.away`);
    await writeFile(place, "");
    try {
      const asked = await ask(ann, "exportMyData");
      const tries = async () =>
        (await sql("select tries from exports where id = $1", [numberOf(asked["id"])])).rows[0].tries;
      const again = async (attempts: number) =>
        (
          await sql(
            `update graphile_worker._private_jobs set run_at = now() where attempts = $1 and locked_at is null
               and task_id = (select id from graphile_worker._private_tasks where identifier = 'export')`,
            [attempts],
          )
        ).rowCount;
      for (let n = 1; n < 5; n += 1) {
        await expect.poll(tries, { timeout: 10_000 }).toBe(n);
        await expect.poll(() => again(n), { timeout: 10_000 }).toBe(1);
      }
      await expect.poll(async () => (await now(ann, asked))["state"], { timeout: 10_000 }).toBe("FAILED");
      expect(await readdir(join(directory.path, "files", "incoming"))).toEqual([]);
    } finally {
      await rm(place);
      await rename(`${place}.away`, place);
    }
    expect((await ready(ann, "exportMyData"))["state"]).toBe("READY");
  });
});

describe("exportConversation", () => {
  test("holds its members, messages, reactions and files, and nothing from elsewhere", async () => {
    const { ann, bob, id } = await shared();
    const elsewhere = await room(ann);
    await say(ann, elsewhere.id, "Said elsewhere");
    const { id: messageId } = await say(bob, id, "Hello");
    await does(ann, "addReaction", { messageId, emoji: "🎉" }, "message { id }");
    await does(bob, "leaveConversation", { conversationId: id }, "conversationId");
    const { header, lines, text } = await fetched(await ready(ann, "exportConversation", { conversationId: id }));
    expect(header).toMatchObject({ kind: "CONVERSATION", of: id });
    expect(of(lines, "conversation")).toMatchObject([{ id, name: "Tea" }]);
    expect(of(lines, "member").map(({ username }) => username)).toEqual([ann.username, bob.username]);
    expect(of(lines, "message").map(({ content }) => content)).toContain("Hello");
    expect(of(lines, "reaction")).toMatchObject([{ messageId, userId: ann.id, emoji: "🎉" }]);
    expect(text).not.toContain("elsewhere");
    expect(text).not.toContain("@people.test");
  });

  test("is the owner's, in rooms the administrators', and of a direct conversation either one's", async () => {
    const { ann, bob, id } = await shared();
    const told = async (who: Parameters<typeof attempt>[0], conversationId: string) => {
      const code = refusalOf(await attempt(who, "exportConversation", { conversationId }, EXPORT));
      await jobsDone(server);
      return code;
    };
    expect(await told(bob, id)).toBe("FORBIDDEN conversationId");
    expect(await told(await somebody(), id)).toBe("FORBIDDEN conversationId");
    expect(await told(nobody(server), id)).toBe("UNAUTHENTICATED");
    expect(await told(ann, id)).toBe("NONE");
    expect(await told(root, id)).toBe("NONE");
    expect(await audited(root, { action: "exportConversation" })).toMatchObject([{ targetId: id }]);
    const opened = await does(ann, "openDirectConversation", { userId: bob.id }, "conversation { id }");
    expect(await told(bob, opened.conversation.id)).toBe("NONE");
    expect(await told(ann, opened.conversation.id)).toBe("NONE");
    expect(await told(root, opened.conversation.id)).toBe("NOT_FOUND conversationId");
    const hidden = await room(ann, { visibility: "PRIVATE" });
    expect(await told(bob, hidden.id)).toBe("NOT_FOUND conversationId");
  });
});

describe("exportUserData", () => {
  test("is the administrators', stands in the audit log, and is theirs to fetch", async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    expect(refusalOf(await attempt(bob, "exportUserData", { userId: ann.id }, EXPORT))).toBe("FORBIDDEN");
    expect(refusalOf(await attempt(root, "exportUserData", { userId: "user_999999" }, EXPORT))).toBe(
      "NOT_FOUND userId",
    );
    const done = await ready(root, "exportUserData", { userId: ann.id });
    expect((await fetched(done)).header).toMatchObject({ of: ann.id });
    expect(await audited(root, { targetId: ann.id })).toMatchObject([{ action: "exportUserData" }]);
    expect((await ann.graphql(`{ viewer { exports { nodes { id } } } }`)).data.viewer.exports.nodes).toEqual([]);
  });
});
