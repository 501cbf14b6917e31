import "reflect-metadata";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rowId } from "../src/kernel/ids.ts";
import type { ExternalFile } from "../src/messages/external-file.ts";
import { MessageType } from "../src/messages/message.ts";
import { send } from "../src/messages/message.service.ts";
import { schedule } from "../src/messages/scheduled.service.ts";
import { upload } from "./files/support/uploads.ts";
import { listen } from "./log/support/ear.ts";
import type { Data } from "./support/graphql-client.ts";
import { did, message } from "./support/messages.ts";
import { type Person, person } from "./support/people.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";
import { contextAs, refusalOf } from "./support/context.ts";

const EXTERNAL = "externalFile { url name size }";
const PAPER = { url: "https://files.example/paper.pdf", name: "paper.pdf", size: 1_024_000 };

let server: TestServer;
let ann: Person;
let bob: Person;
let eve: Person;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob, eve] = [await person(server, "ann"), await person(server, "bob"), await person(server, "eve")];
  tea = (await does(ann, "createGroup", { name: "Tea", memberIds: [bob.id] })).group.id;
});
afterAll(() => server.stop());

const numberOf = (id: string): number => rowId("conversation", id, "conversationId");

/** Ann sends a message with a file of elsewhere, as a dialect's client does. */
const sends = (more: object = {}) =>
  send(contextAs(server, ann), {
    conversationId: numberOf(tea),
    type: MessageType.FILE,
    content: "",
    externalFile: PAPER,
    ...more,
  });

describe("a message with a file that lies elsewhere", () => {
  test("is read by its members, without words and with what its sender said of the file, and by nobody else", async () => {
    const { nodeId } = await sends();
    expect(await message(bob, nodeId, `type content file { id } ${EXTERNAL}`)).toEqual({
      type: "FILE",
      content: "",
      file: null,
      externalFile: PAPER,
    });
    expect(await message(eve, nodeId, EXTERNAL)).toBeNull();
  });

  test("reaches those who listen as it is read later", async () => {
    const ear = listen<{ content: string; externalFile: ExternalFile }>(
      bob.ws(),
      `subscription ($id: ID) { messageAdded(conversationId: $id) { content ${EXTERNAL} } }`,
      { id: tea },
    );
    await expect.poll(async () => sends().then(() => ear.heard.length)).toBeGreaterThan(0);
    expect(ear.heard[0]?.externalFile).toEqual(PAPER);
  });

  test.each(["deleteMessage", "recallMessage"])("says nothing of it any more after %s", async (verb) => {
    const { nodeId } = await sends();
    await did(ann, verb, { messageId: nodeId }, "__typename");
    expect(await message(bob, nodeId, EXTERNAL)).toEqual({ externalFile: null });
  });

  test("carries it on where it is forwarded", async () => {
    const { nodeId } = await sends({ content: "Look" });
    const { id } = await room(bob);
    const { messages } = await did(
      bob,
      "forwardMessages",
      { messageIds: [nodeId], conversationIds: [id] },
      `messages { content ${EXTERNAL} }`,
    );
    expect(messages).toEqual([{ content: "Look", externalFile: PAPER }]);
  });

  test("is told to administrators as it was reported", async () => {
    const { nodeId } = await sends();
    const { report } = await did(
      bob,
      "reportMessage",
      { messageId: nodeId, reason: "SPAM" },
      `report { snapshot { ${EXTERNAL} } }`,
    );
    expect(report.snapshot.externalFile).toEqual(PAPER);
  });

  test("is the same message under the same clientMessageId, and another where the file is another", async () => {
    const first = await sends({ clientMessageId: "paper" });
    expect((await sends({ clientMessageId: "paper" })).id).toBe(first.id);
    const other = { ...PAPER, url: "https://files.example/other.pdf" };
    expect(await refusalOf(sends({ clientMessageId: "paper", externalFile: other }))).toBe("CONFLICT clientMessageId");
    expect(await refusalOf(sends({ clientMessageId: "paper", externalFile: null, content: "x" }))).toBe(
      "CONFLICT clientMessageId",
    );
  });

  test.each([
    [{ type: MessageType.TEXT, content: "x" }, "externalFile"],
    [{ type: MessageType.LOCATION, location: { latitude: 1, longitude: 1, address: null } }, "externalFile"],
    [{ externalFile: { ...PAPER, url: "ftp://files.example/x" } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, url: "javascript:alert(1)" } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, url: "https://ann:secret@files.example/x" } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, url: "/uploads/chat/x.jpg" } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, url: `https://files.example/${"x".repeat(2_048)}` } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, url: `https://files.example/${"ü".repeat(1_000)}` } }, "externalFile.url"],
    [{ externalFile: { ...PAPER, name: "" } }, "externalFile.name"],
    [{ externalFile: { ...PAPER, name: "two\nlines" } }, "externalFile.name"],
    [{ externalFile: { ...PAPER, name: "x".repeat(201) } }, "externalFile.name"],
    [{ externalFile: { ...PAPER, size: -1 } }, "externalFile.size"],
    [{ externalFile: { ...PAPER, size: 1.5 } }, "externalFile.size"],
    [{ externalFile: { ...PAPER, size: Number.NaN } }, "externalFile.size"],
    [{ externalFile: { ...PAPER, size: 2 ** 53 } }, "externalFile.size"],
  ])("is refusalOf as %j, naming %s", async (more, field) => {
    expect(await refusalOf(sends(more))).toBe(`BAD_USER_INPUT ${field}`);
  });

  test("may leave its name and its size unsaid, and be as large as a number goes", async () => {
    const bare = { url: "http://files.example/%E4%BD%A0", name: null, size: null };
    expect((await sends({ externalFile: bare })).externalFile).toEqual(bare);
    const { nodeId } = await sends({ externalFile: { ...bare, size: Number.MAX_SAFE_INTEGER } });
    expect((await message(bob, nodeId, EXTERNAL)).externalFile.size).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("carries no second file", async () => {
    const file: Data = await upload(server, ann, { content: "words", name: "words.txt" });
    expect(await refusalOf(sends({ fileId: rowId("file", file.id, "fileId") }))).toBe("BAD_USER_INPUT externalFile");
  });

  test("cannot be scheduled", async () => {
    const sendAt = new Date(Date.now() + 3_600_000);
    const input = { conversationId: numberOf(tea), type: MessageType.FILE, content: "", externalFile: PAPER, sendAt };
    expect(await refusalOf(schedule(contextAs(server, ann), input))).toBe("BAD_USER_INPUT externalFile");
  });
});

test("a repeat of what was sent before there were such files is still known", async () => {
  const input = { conversationId: tea, content: "Hello", clientMessageId: "of old" };
  const { id } = (await did(ann, "sendMessage", input, "message { id }")).message;
  // SHA-256 of what was said, as the servers before this one wrote it down.
  const { rows } = await server.services.database.pool.query(
    `select fingerprint = sha256(convert_to(format(
       '{"conversationId":%s,"type":"TEXT","content":"Hello","location":null,"replyToId":null,"isEncrypted":false}',
       conversation_id), 'UTF8')) as same from messages where id = $1`,
    [rowId("message", id, "id")],
  );
  expect(rows).toEqual([{ same: true }]);
  expect((await did(ann, "sendMessage", input, "message { id }")).message.id).toBe(id);
});
