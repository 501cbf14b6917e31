import { webcrypto } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { BusListener } from "../src/realtime/bus.ts";
import { EVENTS, type LogEvent } from "./log/support/events.ts";
import { listen } from "./log/support/ear.ts";
import { direct } from "./log/support/friends.ts";
import { asks, send } from "./log/support/talk.ts";
import { people } from "./support/calls.ts";
import { jobsDone } from "./support/jobs.ts";
import type { Person } from "./support/people.ts";
import { startServer, type TestServer } from "./support/server.ts";

const { subtle } = webcrypto;
type CryptoKey = webcrypto.CryptoKey;

/** What clients agree on beyond the server: ECDH on P-256 makes the key, AES-GCM uses it, PBKDF2 seals the private key. */
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const ITERATIONS = 100_000;

const toText = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString("base64");
const toBytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "base64"));
const random = (length: number): Uint8Array<ArrayBuffer> => webcrypto.getRandomValues(new Uint8Array(length));

/** A client of somebody's, which alone ever sees what it writes and reads. */
class Device {
  #private: CryptoKey | undefined;

  constructor(readonly who: Person) {}

  /** Makes keys and publishes them, the private one sealed with a pass phrase. */
  async makeKeys(passPhrase: string): Promise<void> {
    const pair = await subtle.generateKey(CURVE, true, ["deriveKey"]);
    this.#private = pair.privateKey;
    const [salt, nonce] = [random(16), random(12)];
    const sealed = await subtle.wrapKey("pkcs8", pair.privateKey, await sealing(passPhrase, salt), {
      name: "AES-GCM",
      iv: nonce,
    });
    const input = {
      publicKey: toText(await subtle.exportKey("spki", pair.publicKey)),
      encryptedPrivateKey: [salt, nonce, sealed].map(toText).join("."),
    };
    await asks(this.who, `mutation ($input: PublishKeysInput!) { publishKeys(input: $input) { user { id } } }`, {
      input,
    });
  }

  /** Takes the private key that another device of theirs has left at the server. */
  async restoreKeys(passPhrase: string): Promise<void> {
    const { viewer } = await asks(this.who, "{ viewer { encryptedPrivateKey } }");
    const [salt, nonce, sealed] = viewer.encryptedPrivateKey.split(".").map(toBytes);
    const cipher = { name: "AES-GCM", iv: nonce };
    this.#private = await subtle.unwrapKey("pkcs8", sealed, await sealing(passPhrase, salt), cipher, CURVE, false, [
      "deriveKey",
    ]);
  }

  async encrypt(text: string, peer: Person): Promise<string> {
    const nonce = random(12);
    const key = await this.#sharedWith(peer);
    const bytes = await subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, new TextEncoder().encode(text));
    return `${toText(nonce)}.${toText(bytes)}`;
  }

  async decrypt(content: string, peer: Person): Promise<string> {
    const [nonce, bytes] = content.split(".").map(toBytes) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
    const key = await this.#sharedWith(peer);
    return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, bytes));
  }

  /** The key that the two have in common, of one's private and the other's public key. */
  async #sharedWith(peer: Person): Promise<CryptoKey> {
    const { user } = await asks(this.who, `query ($id: ID) { user(id: $id) { publicKey } }`, { id: peer.id });
    const theirs = await subtle.importKey("spki", toBytes(user.publicKey), CURVE, false, []);
    const mine = this.#private as CryptoKey;
    return subtle.deriveKey({ name: "ECDH", public: theirs }, mine, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
  }
}

async function sealing(passPhrase: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const phrase = await subtle.importKey("raw", new TextEncoder().encode(passPhrase), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return subtle.deriveKey(derivation, phrase, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Every row of every table, as text. */
async function everythingStored({ services }: TestServer): Promise<string> {
  const { pool } = services.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const dumps: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    dumps.push(...rows.map(({ row }) => row));
  }
  return dumps.join("\n");
}

test("two clients write to each other and a second device reads it, and the server never sees the text or a key to it", async () => {
  const [ada, bea] = await people(server, "ada", "bea");
  const conversation = await direct(ada, bea);
  const traffic: string[] = [];
  const { bus } = server.services;
  const publish = bus.publish.bind(bus);
  // What goes over the bus goes over Redis where there are several nodes.
  bus.publish = (topic: string, payload: Parameters<BusListener>[0]) => {
    traffic.push(`${topic} ${JSON.stringify(payload)}`);
    publish(topic, payload);
  };
  const [adasPhrase, beasPhrase] = ["correct horse battery staple", "träume sind schäume"];
  const [adas, beas] = [new Device(ada), new Device(bea)];
  await adas.makeKeys(adasPhrase);
  await beas.makeKeys(beasPhrase);
  const client = bea.ws();
  const hears = listen<LogEvent>(client, EVENTS, { id: conversation, after: null });
  await expect.poll(() => server.services.hub.size).toBeGreaterThan(0);

  const words = ["Meet me at the pier, @bea, at nine — 码头见 \u{1f6a2}", "A secret of 5,000: ".padEnd(5_000, "码头")];
  for (const text of words) await send(ada, conversation, await adas.encrypt(text, bea), { isEncrypted: true });
  await hears.until((heard) => heard.filter(({ __typename }) => __typename === "MessageAdded").length >= 2);
  const arrived = hears.heard.flatMap((event) =>
    event.__typename === "MessageAdded" ? [event.edge.node.content] : [],
  );
  expect(await Promise.all(arrived.map((content) => beas.decrypt(content, ada)))).toEqual(words);
  const answer = "Nine it is, and bring the umbrella";
  const { id } = await send(bea, conversation, await beas.encrypt(answer, ada), { isEncrypted: true });

  // Another device of ada's has nothing but her login and her pass phrase.
  const second = new Device(ada);
  await expect(second.restoreKeys("a wrong pass phrase")).rejects.toThrow("operation");
  await second.restoreKeys(adasPhrase);
  const { message, conversation: log } = await asks(
    ada,
    `query ($id: ID!, $where: ID!) {
      message(id: $id) { content isEncrypted }
      conversation(id: $where) { messages { nodes { content type } } }
    }`,
    { id, where: conversation },
  );
  expect(message.isEncrypted).toBe(true);
  expect(await second.decrypt(message.content, bea)).toBe(answer);
  const written: { content: string; type: string }[] = log.messages.nodes;
  const texts = written.filter(({ type }) => type === "TEXT").map(({ content }) => second.decrypt(content, bea));
  expect(await Promise.all(texts)).toEqual([...words, answer]);

  await jobsDone(server);
  const seen = [await everythingStored(server), traffic.join("\n")];
  const secrets = ["pier", "码头", "secret of", "umbrella", adasPhrase, beasPhrase, "@bea"];
  for (const place of seen) {
    // Neither search is in vain: what was sent is there.
    expect(place).toContain(message.content);
    for (const secret of secrets) expect(place).not.toContain(secret);
  }
  await client.dispose();
});
