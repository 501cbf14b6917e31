import "reflect-metadata";

import { afterAll, beforeAll, expect, test } from "vitest";

import { MessageType } from "../../../src/messages/message.ts";
import { send as sendByService } from "../../../src/messages/message.service.ts";
import * as samples from "../../files/support/samples.ts";
import { SEND, upload } from "../../files/support/uploads.ts";
import { send } from "../../log/support/talk.ts";
import { countStatements, statementsOf } from "../../log/support/statements.ts";
import type { Data, Variables } from "../../support/graphql-client.ts";
import { type Person, person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { does, room } from "../../support/rooms.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { contextOf } from "../../support/context.ts";
import { type Rest, rest } from "../support/rest.ts";
import { reads, roomId, says } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
let his: Rest;
let tea: string;

beforeAll(async () => {
  server = await startServer();
  [ann, bob] = [await person(server, "ann"), await person(server, "bob")];
  his = rest(server, bob);
  tea = (await room(ann)).id;
});
afterAll(() => server.stop());

/** The newest message as this protocol's clients read it. */
const newest = async (): Promise<Data> => (await reads(his, roomId(tea))).at(-1);

/** Ann sends a message by GraphQL; it is read. */
async function sent(input: Variables): Promise<Data> {
  const { errors } = await ann.graphql(SEND, { input: { conversationId: tea, content: "", ...input } });
  expect(errors).toBeUndefined();
  return newest();
}

test.each<[string, object, string]>([
  [
    "of words and coordinates",
    { latitude: 52.5219, longitude: 13.4132, address: "Alexanderplatz" },
    "Alexanderplatz (52.5219, 13.4132)",
  ],
  ["of coordinates alone", { latitude: -33.5, longitude: 0 }, "-33.5, 0"],
  ["of empty words", { latitude: 1, longitude: 2, address: "" }, "1, 2"],
])("a place %s is text", async (_, location, content) => {
  const { data, errors } = await ann.graphql(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`,
    { input: { conversationId: tea, content: "", type: "LOCATION", location } },
  );
  expect([errors, typeof data]).toEqual([undefined, "object"]);
  expect(await newest()).toMatchObject({ message_type: "text", content, file_url: null });
});

test.each([
  ["IMAGE", "image", "photo.png", () => samples.photo("png")],
  ["FILE", "file", "paper.pdf", samples.pdf],
  ["AUDIO", "file", "song.mp3", samples.mp3],
  ["VIDEO", "file", "film.mp4", () => samples.mp4("isom")],
] as const)("%s of GraphQL is %s here, with its file", async (type, word, name, make) => {
  const file = await upload(server, ann, { content: await make(), name });
  const message = await sent({ type, fileId: file.id });
  expect(message).toMatchObject({ message_type: word, content: "", file_name: name, file_size: file.size });
  const downloaded = await fetch(`${server.url}${message.file_url}`);
  expect([downloaded.status, downloaded.headers.get("content-type")]).toEqual([200, file.mimeType]);
});

test("a file that lies elsewhere is shown with what its sender said of it", async () => {
  const conversationId = Number(tea.split("_")[1]);
  const externalFile = { url: "https://files.example/paper.pdf", name: null, size: null };
  await sendByService(await contextOf(server, ann), {
    conversationId,
    type: MessageType.FILE,
    content: "",
    externalFile,
  });
  expect(await newest()).toMatchObject({
    message_type: "file",
    file_url: externalFile.url,
    file_name: null,
    file_size: null,
  });
});

test("an answer names what it answers, also where that is gone", async () => {
  const question = await says(his, "Tea?", roomId(tea));
  const id = `msg_${Number.parseInt(question.id.slice(-12), 16)}`;
  await send(ann, tea, "Yes.", { replyToId: id });
  await bob.graphql(`mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) { message { id } } }`, { id });
  expect(await newest()).toMatchObject({ content: "Yes.", reply_to: question.id });
});

test("a sender is called by their user name, and not by what they like to be called", async () => {
  await ann.graphql(`mutation { updateProfile(input: { displayName: "Queen Ann" }) { __typename } }`);
  await send(ann, tea, "It is me.");
  expect(await newest()).toMatchObject({ sender_id: numberOf(ann), sender_name: "ann" });
});

test("a page costs as many statements however long it is, and a send one besides its sender's name", async () => {
  const others = await Promise.all(Array.from({ length: 6 }, (_, n) => person(server, `other-${n}`)));
  for (const [n, other] of others.entries()) {
    await does(other, "joinRoom", { roomId: tea });
    const file = await upload(server, other, { content: `words ${n}`, name: "a.txt" });
    await other.graphql(SEND, { input: { conversationId: tea, content: "", type: "FILE", fileId: file.id } });
  }
  const count = countStatements(server);
  const fewest = async (work: () => Promise<unknown>): Promise<number> => {
    const counts: number[] = [];
    for (let tries = 0; tries < 5; tries += 1) counts.push(await statementsOf(count, work));
    return Math.min(...counts);
  };
  const few = await fewest(() => reads(his, roomId(tea), "&limit=2"));
  expect(await fewest(() => reads(his, roomId(tea), "&limit=50"))).toBe(few);
  // Whether the room is seen, the page, senders, files.
  expect(few).toBeLessThanOrEqual(4);
  expect(await fewest(() => says(his, "one more", roomId(tea)))).toBeLessThanOrEqual(2);
  const list = await fewest(() => his.get("/api/chat/rooms"));
  for (let n = 0; n < 10; n += 1) await room(ann);
  expect(await fewest(() => his.get("/api/chat/rooms"))).toBe(list);
  expect(list).toBeLessThanOrEqual(5);
});
