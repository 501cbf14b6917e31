import { afterAll, beforeAll, expect, test } from "vitest";

import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { chat8, done, refusal, severals, TIME } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startServer();
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
});
afterAll(() => server.stop());

const KEYS = { public_key: "MCowBQYDK2VuAyEA", private_key_encrypted: "U2FsdGVkX1/0123456789" };
const publishes = (who: Person, keys: object) => chat8(server, who).post("/encryption/keys", keys);
const keyOf = (userId: number | string) => chat8(server, ann).get(`/encryption/public-key/${userId}`);

test("what somebody publishes others encrypt by, and the private key is theirs alone", async () => {
  expect((await publishes(bob, KEYS)).body).toEqual({ success: true, message: "密钥对已更新", timestamp: TIME });
  const { body } = await keyOf(numberOf(bob));
  expect(body.data).toEqual({ user_id: numberOf(bob), public_key: KEYS.public_key });
  await done(publishes(bob, { ...KEYS, public_key: "another" }));
  expect((await done(keyOf(numberOf(bob)))).public_key).toBe("another");
});

test("who published none has none, and nobody has none either", async () => {
  expect(await refusal(keyOf(numberOf(ann)))).toBe("404 ENCRYPT_001 user_id");
  expect(await refusal(keyOf(999_999))).toBe("404 USER_001 user_id");
  expect(await refusal(keyOf("bob"))).toBe("400 BAD_REQUEST user_id");
});

test.each([
  [{ public_key: "" }, "400 ENCRYPT_002 public_key"],
  [{ public_key: "钥匙" }, "400 ENCRYPT_002 public_key"],
  [{ public_key: "x".repeat(4_097) }, "400 ENCRYPT_002 public_key"],
  [{ private_key_encrypted: " " }, "400 ENCRYPT_002 private_key_encrypted"],
  [{ private_key_encrypted: "x".repeat(16_385) }, "400 ENCRYPT_002 private_key_encrypted"],
  [{ private_key_encrypted: null }, "422 VALIDATION_ERROR private_key_encrypted"],
  [{ public_key: 5 }, "422 VALIDATION_ERROR public_key"],
  [{ public_key: undefined }, "422 VALIDATION_ERROR public_key"],
])("keys with %j are none", async (more, refused) => {
  expect(await refusal(publishes(ann, { ...KEYS, ...more }))).toBe(refused);
  expect(await refusal(keyOf(numberOf(ann)))).toBe("404 ENCRYPT_001 user_id");
});
