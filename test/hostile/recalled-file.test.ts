import { afterAll, beforeAll, expect, test } from "vitest";

import { photo } from "../files/support/samples.ts";
import { download, upload } from "../files/support/uploads.ts";
import { administrator, does } from "../support/administration.ts";
import type { Data, Variables } from "../support/graphql-client.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";

let server: TestServer;
let root: Person;
let ann: Person;
let bob: Person;
let tea: string;
beforeAll(async () => {
  server = await startServer();
  root = await administrator(server);
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  tea = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] }, "group { id }")).group.id;
});
afterAll(() => server.stop());

/** A picture that ann sent, and the message. */
async function sent(): Promise<{ file: Data; messageId: string }> {
  const file = await upload(server, ann, { content: await photo("png"), name: "oops.png" });
  await jobsDone(server);
  return { file, messageId: await send(ann, file) };
}

async function send(who: Person, file: Data, more: Variables = {}): Promise<string> {
  const input = { conversationId: tea, type: "IMAGE", content: "", fileId: file.id, ...more };
  return (await does(who, "sendMessage", input, "message { id }")).message.id;
}

/** What whoever has kept the addresses is answered. */
async function statuses({ url, thumbnailUrl }: Data): Promise<number[]> {
  const answers = await Promise.all([url, thumbnailUrl].map((address) => download(server, address)));
  await Promise.all(answers.map((answer) => answer.body?.cancel()));
  return answers.map(({ status }) => status);
}
const THERE = [200, 200];
const GONE = [404, 404];

test.each(["recallMessage", "deleteMessage"])("what %s took away is not downloaded by whoever saw it", async (verb) => {
  const { file, messageId } = await sent();
  expect(await statuses(file)).toEqual(THERE);
  await does(ann, verb, { messageId }, "__typename");
  expect(await statuses(file)).toEqual(GONE);
  // It is ann's to send again, while it is kept.
  await send(ann, file);
  expect(await statuses(file)).toEqual(THERE);
});

test("what somebody has forwarded stays there as long as that", async () => {
  const { file, messageId } = await sent();
  const again = { messageIds: [messageId], conversationIds: [tea] };
  const copies = await does(bob, "forwardMessages", again, "messages { id }");
  await does(ann, "deleteMessage", { messageId }, "__typename");
  expect(await statuses(file)).toEqual(THERE);
  await does(bob, "deleteMessage", { messageId: copies.messages[0].id }, "__typename");
  expect(await statuses(file)).toEqual(GONE);
});

test("it is not kept by whoever has scheduled it", async () => {
  const { file, messageId } = await sent();
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const input = { conversationId: tea, type: "IMAGE", content: "", fileId: file.id, sendAt };
  await does(bob, "scheduleMessage", input, "__typename");
  await does(ann, "recallMessage", { messageId }, "__typename");
  expect(await statuses(file)).toEqual(GONE);
});

test("it is there for the administrators until they have looked at the report of it", async () => {
  const { file, messageId } = await sent();
  const { report } = await does(bob, "reportMessage", { messageId, reason: "PRIVACY" }, "report { id }");
  await does(ann, "recallMessage", { messageId }, "__typename");
  expect(await statuses(file)).toEqual(THERE);
  await does(root, "resolveReport", { reportId: report.id, action: "DELETE_MESSAGE" }, "__typename");
  expect(await statuses(file)).toEqual(GONE);
});
