import { randomBytes } from "node:crypto";
import { type GraphQLObjectType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { buildSchema } from "../src/graphql/schema.ts";
import { userTopic } from "../src/realtime/events.ts";
import { rowId } from "../src/kernel/ids.ts";
import { type Ear, listen } from "./log/support/ear.ts";
import { befriends, direct } from "./log/support/friends.ts";
import { asks, globalRoom, send, tries } from "./log/support/talk.ts";
import { startNodesOnRedis } from "./log/support/two-nodes.ts";
import { people } from "./support/calls.ts";
import type { Data, GraphqlAnswer, Variables } from "./support/graphql-client.ts";
import { post } from "./support/graphql-client.ts";
import { jobsDone } from "./support/jobs.ts";
import type { Person } from "./support/people.ts";
import { describeWithRedis } from "./support/redis.ts";
import { notes, refusal } from "./support/rooms.ts";
import { startServer, type TestServer } from "./support/server.ts";

const PUBLISH = `mutation ($input: PublishKeysInput!) {
  publishKeys(input: $input) { user { publicKey keyVersion } viewer { encryptedPrivateKey } }
}`;

let server: TestServer;
const open: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(() => server.stop());

const tryPublish = (who: Person, input: Variables): Promise<GraphqlAnswer> => who.graphql(PUBLISH, { input });

async function publish(who: Person, publicKey: string, more: Variables = {}): Promise<Data> {
  const { data, errors } = await tryPublish(who, { publicKey, encryptedPrivateKey: `sealed ${publicKey}`, ...more });
  expect(errors).toBeUndefined();
  return data.publishKeys;
}

const keysOf = async (whom: Person, asSeenBy: Person): Promise<Data> =>
  (await asks(asSeenBy, `query ($id: ID) { user(id: $id) { publicKey keyVersion } }`, { id: whom.id })).user;

interface Told {
  readonly username: string;
  readonly keyVersion: number;
}

/** Listens for changed keys, and resolves when that subscription stands. */
async function listens(at: TestServer, who: Person): Promise<Ear<Told>> {
  const client = who.at(at).ws();
  open.push(() => client.dispose());
  const ear = listen<Told>(client, "subscription { keyChanged { username keyVersion } }");
  const userId = rowId("user", who.id, "id");
  const poke = (): number => {
    at.services.bus.publish(userTopic(userId), { type: "keyChanged", userId });
    return ear.heard.length;
  };
  await expect.poll(poke, { timeout: 20_000 }).toBeGreaterThan(0);
  return ear;
}

/** What was heard of a version that was published; pokes tell of none. */
const versions = (ear: Ear<Told>, whom: Person): number[] => [
  ...new Set(
    ear.heard
      .filter(({ username, keyVersion }) => username === whom.username && keyVersion > 0)
      .map(({ keyVersion }) => keyVersion),
  ),
];

describe("keys", () => {
  test("are published and replaced, and each public key is a version of its own", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    expect(await keysOf(ada, bea)).toEqual({ publicKey: null, keyVersion: 0 });
    expect(await publish(ada, "first")).toEqual({
      user: { publicKey: "first", keyVersion: 1 },
      viewer: { encryptedPrivateKey: "sealed first" },
    });
    expect(await keysOf(ada, bea)).toEqual({ publicKey: "first", keyVersion: 1 });
    // Sealed by another pass phrase, it is the same key.
    expect(await publish(ada, "first", { encryptedPrivateKey: "sealed anew" })).toEqual({
      user: { publicKey: "first", keyVersion: 1 },
      viewer: { encryptedPrivateKey: "sealed anew" },
    });
    expect(await publish(ada, "second", { encryptedPrivateKey: null })).toEqual({
      user: { publicKey: "second", keyVersion: 2 },
      viewer: { encryptedPrivateKey: null },
    });
    expect(await keysOf(ada, bea)).toEqual({ publicKey: "second", keyVersion: 2 });
  });

  test("of two devices that publish at once the one that expected nothing else wins", async () => {
    const [ada] = await people(server, "ada");
    const both = await Promise.all(
      ["phone", "laptop"].map((key) => tryPublish(ada, { publicKey: key, expectedVersion: 0 })),
    );
    expect(both.map(({ errors }) => errors?.[0]?.extensions.field ?? "published").toSorted()).toEqual([
      "expectedVersion",
      "published",
    ]);
    expect(await refusal(tryPublish(ada, { publicKey: "later", expectedVersion: 0 }))).toBe("CONFLICT expectedVersion");
    await publish(ada, "later", { expectedVersion: 1 });
  });

  test("are printable and not longer than their bounds", async () => {
    const [ada] = await people(server, "ada");
    const refused = [
      [{ publicKey: "" }, "BAD_USER_INPUT publicKey"],
      [{ publicKey: " \n" }, "BAD_USER_INPUT publicKey"],
      [{ publicKey: "k".repeat(4_097) }, "BAD_USER_INPUT publicKey"],
      [{ publicKey: "schlüssel" }, "BAD_USER_INPUT publicKey"],
      [{ publicKey: "nul\0" }, "BAD_USER_INPUT publicKey"],
      [{ publicKey: "k", encryptedPrivateKey: "" }, "BAD_USER_INPUT encryptedPrivateKey"],
      [{ publicKey: "k", encryptedPrivateKey: "p".repeat(16_385) }, "BAD_USER_INPUT encryptedPrivateKey"],
    ] as const;
    for (const [input, expected] of refused) expect(await refusal(tryPublish(ada, input))).toBe(expected);
    const pem = `-----BEGIN PUBLIC KEY-----\r\n${"A".repeat(4_040)}\r\n-----END-----`.padEnd(4_096, "=");
    const sealed = "p".repeat(16_384);
    const published = await publish(ada, pem, { encryptedPrivateKey: sealed });
    expect(published).toEqual({ user: { publicKey: pem, keyVersion: 1 }, viewer: { encryptedPrivateKey: sealed } });
    const anonymous = await post(server.url, PUBLISH, { input: { publicKey: "k" } });
    expect(anonymous.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  test("are changed ten times an hour at the most", async () => {
    const [ada] = await people(server, "ada");
    for (let version = 1; version <= 10; version += 1) await publish(ada, `key ${version}`);
    expect(await refusal(tryPublish(ada, { publicKey: "one more" }))).toBe("RATE_LIMITED");
    await publish(ada, "key 10", { encryptedPrivateKey: "sealed anew" });
    await server.services.database.pool.query("update user_keys set hour_began_at = hour_began_at - interval '1 hour'");
    await publish(ada, "one more");
  });
});

describe("an encrypted private key", () => {
  test("is a field of nothing but the viewer's own view of themselves", () => {
    const owners = Object.values(buildSchema().getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      .filter((type) => Object.keys((type as GraphQLObjectType).getFields()).some((name) => /private/i.test(name)))
      .map(({ name }) => name);
    expect(owners.toSorted()).toEqual(["PublishKeysInput", "Viewer"]);
  });

  test("is shown to its owner, and to nobody by whatever they ask", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    const secret = `sealed-${randomBytes(8).toString("hex")}`;
    await befriends(ada, bea);
    const heard = await listens(server, bea);
    await publish(ada, "key", { encryptedPrivateKey: secret });
    await heard.until(() => versions(heard, ada).length > 0);
    expect((await asks(ada, "{ viewer { encryptedPrivateKey } }")).viewer.encryptedPrivateKey).toBe(secret);
    expect((await asks(bea, "{ viewer { encryptedPrivateKey } }")).viewer.encryptedPrivateKey).toBeNull();
    const where = await direct(ada, bea);
    const all = await bea.graphql(
      `query ($user: ID!, $where: ID!) {
        node(id: $user) { id ... on User { username publicKey keyVersion } }
        users(first: 100) { nodes { publicKey } }
        viewer { friends { nodes { publicKey } } }
        conversation(id: $where) { members { nodes { user { publicKey } } } }
      }`,
      { user: ada.id, where },
    );
    expect(all.errors).toBeUndefined();
    expect(JSON.stringify(all)).toContain('"key"');
    expect(JSON.stringify(all)).not.toContain(secret);
    expect(JSON.stringify(heard.heard)).not.toContain(secret);
    const asked = await bea.graphql(`query ($id: ID) { user(id: $id) { encryptedPrivateKey } }`, { id: ada.id });
    expect(asked.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("a changed key", () => {
  test("is told to friends, to direct peers and to one's own devices, and to nobody else", async () => {
    const [ada, bea, cyd, eve] = await people(server, "ada", "bea", "cyd", "eve");
    await befriends(ada, bea);
    await direct(ada, cyd);
    const ears = await Promise.all([ada, bea, cyd, eve].map((who) => listens(server, who)));
    const [own, friend, peer, outsider] = ears as [Ear<Told>, Ear<Told>, Ear<Told>, Ear<Told>];
    await publish(ada, "first");
    await Promise.all([own, friend, peer].map((ear) => ear.until(() => versions(ear, ada).includes(1))));
    await publish(ada, "second");
    await jobsDone(server);
    await publish(eve, "eve's");
    await outsider.until(() => versions(outsider, eve).length > 0);
    for (const ear of [own, friend, peer]) {
      await ear.until(() => versions(ear, ada).includes(2));
      expect(versions(ear, ada)).toEqual([1, 2]);
    }
    expect(versions(outsider, ada)).toEqual([]);
  });

  test("is noted once in direct conversations of two who have keys, and the first key nowhere", async () => {
    const [ada, bea, cyd] = await people(server, "ada", "bea", "cyd");
    const [withKeys, without] = [await direct(ada, bea), await direct(ada, cyd)];
    await publish(bea, "bea's");
    await publish(ada, "first");
    await jobsDone(server);
    expect(await notes(ada, withKeys)).toEqual([]);
    await publish(ada, "second");
    await jobsDone(server);
    await publish(ada, "second", { encryptedPrivateKey: "sealed anew" });
    await jobsDone(server);
    expect(await notes(bea, withKeys)).toEqual([`${ada.username} has a new key for encrypted messages.`]);
    expect(await notes(cyd, without)).toEqual([]);
    expect(await notes(ada, await globalRoom(ada))).toEqual([]);
  });

  describeWithRedis("on two nodes", () => {
    test("is heard at the other one", async () => {
      await using nodes = await startNodesOnRedis();
      const [ada, bea] = await people(nodes.here, "ada", "bea");
      await befriends(ada, bea);
      const heard = await listens(nodes.there, bea);
      await publish(ada, "first");
      await heard.until(() => versions(heard, ada).includes(1));
    });
  });
});

describe("an encrypted message", () => {
  const CIPHER = " \tZ\u0065\u0301\u00e9 @ada \r\n\u200b==\u{1f600} ";

  test("passes byte for byte, sent and edited, and nobody is mentioned by it", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    const where = await direct(ada, bea);
    const content = `@${bea.username}${CIPHER}`;
    const { id } = await send(ada, where, content, { isEncrypted: true });
    const read = `query ($id: ID!) { message(id: $id) { content isEncrypted mentions { id } } }`;
    expect((await asks(bea, read, { id })).message).toEqual({ content, isEncrypted: true, mentions: [] });
    const edited = `${CIPHER}@${bea.username}\n`;
    expect((await tries(ada, "editMessage", { messageId: id, content: edited })).errors).toBeUndefined();
    expect((await asks(bea, read, { id })).message).toEqual({ content: edited, isEncrypted: true, mentions: [] });
  });

  test("is long enough for a whole text in base64, and an open one is not", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    const where = await direct(ada, bea);
    const content = "A".repeat(32_768);
    const { id } = await send(ada, where, content, { isEncrypted: true });
    expect(
      (await tries(ada, "editMessage", { messageId: id, content: `B${content.slice(1)}` })).errors,
    ).toBeUndefined();
    const refused = (verb: "sendMessage" | "editMessage", input: Variables): Promise<string> =>
      refusal(tries(ada, verb, input));
    const long = { conversationId: where, content: `${content}A`, isEncrypted: true };
    expect(await refused("sendMessage", long)).toBe("BAD_USER_INPUT content");
    expect(await refused("editMessage", { messageId: id, content: `${content}A` })).toBe("BAD_USER_INPUT content");
    const bare = { conversationId: where, content: "A".repeat(5_001) };
    expect(await refused("sendMessage", bare)).toBe("BAD_USER_INPUT content");
    const short = await send(ada, where, "open");
    expect(await refused("editMessage", { messageId: short.id, content: bare.content })).toBe("BAD_USER_INPUT content");
  });

  test("is not found by its words", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    const where = await direct(ada, bea);
    await send(ada, where, "ciphertext sealed", { isEncrypted: true });
    const bare = await send(ada, where, "ciphertext in the open");
    const found = async (): Promise<string[]> => {
      const query = `query ($id: ID) { searchMessages(query: "ciphertext", conversationId: $id) { nodes { id } } }`;
      const { searchMessages } = await asks(bea, query, { id: where });
      return searchMessages.nodes.map(({ id }: Data) => id);
    };
    await expect.poll(found, { timeout: 10_000 }).toEqual([bare.id]);
    await jobsDone(server);
    expect(await found()).toEqual([bare.id]);
  });

  test("is not forwarded, and no notification shows anything of it", async () => {
    const [ada, bea] = await people(server, "ada", "bea");
    const where = await direct(ada, bea);
    const { id } = await send(ada, where, "ciphertext-of-ada", { isEncrypted: true });
    const forward = await bea.graphql(
      `mutation ($input: ForwardMessagesInput!) { forwardMessages(input: $input) { __typename } }`,
      { input: { messageIds: [id], conversationIds: [where] } },
    );
    expect(forward.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    await jobsDone(server);
    const { viewer } = await asks(bea, "{ viewer { notifications { nodes { title content data } } } }");
    expect(viewer.notifications.nodes).toHaveLength(1);
    expect(JSON.stringify(viewer)).not.toContain("ciphertext");
  });
});
