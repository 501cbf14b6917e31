import { expect, test } from "vitest";

import { isPublicAddress } from "../src/notifications/public-address.ts";
import { PushSender } from "../src/notifications/push-sender.ts";
import { makeVapidKeys, vapidKeysIn } from "../src/notifications/vapid-keys.ts";
import { startPushService } from "./support/push-service.ts";

const keys = vapidKeysIn(makeVapidKeys(), "made now");
const sender = new PushSender(keys, "mailto:push@parlance.test", false);

test.each([
  ["1.1.1.1", true],
  ["172.32.0.1", true],
  ["2606:4700::1111", true],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["169.254.169.254", false],
  ["172.16.0.1", false],
  ["192.168.1.1", false],
  ["198.18.0.1", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:1.1.1.1", false],
  ["64:ff9b::7f00:1", false],
  ["fe80::1", false],
  ["fd00::1", false],
  ["ff02::1", false],
  ["2001::1", false],
  ["2001:db8::1", false],
  ["2002:7f00:1::", false],
  ["no address", false],
])("%s is public: %s", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test.each([
  "http://push.example.org/1",
  "https://127.0.0.1/1",
  "https://2130706433/1",
  "https://0x7f.1/1",
  "https://[::1]/1",
  "https://[::ffff:169.254.169.254]/latest/meta-data",
  "https://10.0.0.1:6379/",
])("a push does not go to %s", (endpoint) => {
  expect(() => sender.demandReachable("endpoint", endpoint)).toThrow(/endpoint must/);
});

test("a push goes to a service of the internet", () => {
  expect(() =>
    sender.demandReachable("endpoint", "https://updates.push.services.mozilla.com/wpush/v2/x"),
  ).not.toThrow();
});

test("a name that leads to a private address is refused where it would be connected to", async () => {
  await using service = await startPushService();
  const browser = service.browser();
  const { keys: sealed } = browser.subscription;
  for (const host of ["localhost", "127.0.0.1"]) {
    const endpoint = browser.endpoint.replace("http://127.0.0.1", `https://${host}`);
    const handling = { topic: "topic", keptSeconds: 60, urgency: "normal" } as const;
    expect(await sender.send({ endpoint, ...sealed }, "{}", handling)).toMatchObject({ kind: "refused" });
  }
  expect(browser.pushes).toEqual([]);
});

test("keys that were kept are told from anything else that lies there", () => {
  for (const kept of ["", "{}", "no JSON", JSON.stringify({ ...keys, privateKey: "short" })]) {
    expect(() => vapidKeysIn(kept, "/srv/vapid-keys")).toThrow("/srv/vapid-keys has no pair of VAPID keys");
  }
});
