import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listen } from "../log/support/ear.ts";
import { refusalOf } from "../support/friends.ts";
import type { Data } from "../support/graphql-client.ts";
import { type Person, person } from "../support/people.ts";
import { administrator, does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { AVATAR, DELETE, SEND, attemptUpload, download, form, postForm, upload } from "./support/uploads.ts";

let server: TestServer;
let ada: Person;
let bea: Person;
let eve: Person;
beforeAll(async () => {
  server = await startServer();
  [ada, bea, eve] = [await person(server, "ada"), await person(server, "bea"), await person(server, "eve")];
});
afterAll(() => server.stop());

const NODE = `query ($id: ID!) { node(id: $id) { ... on File { name } } }`;
const MESSAGE = `query ($id: ID!) { message(id: $id) { id content file { id name } } }`;
const UPDATED = `subscription ($id: ID) { messageUpdated(conversationId: $id) { id file { id } } }`;

const image = async (who: Person): Promise<Data> =>
  upload(server, who, { content: await samples.photo("png"), name: "photo.png" });
const text = (who: Person): Promise<Data> => upload(server, who, { content: "words", name: "words.txt" });

/** A group of ada and bea. */
const group = async (): Promise<string> =>
  (await does(ada, "createGroup", { name: "Tea", memberIds: [bea.id] })).group.id;

const send = (who: Person, conversationId: string, type: string, fileId: string, content = "") =>
  who.graphql(SEND, { input: { conversationId, type, fileId, content } });

async function sent(who: Person, conversationId: string, type: string, fileId: string): Promise<Data> {
  const { data, errors } = await send(who, conversationId, type, fileId);
  expect(errors).toBeUndefined();
  return data.sendMessage.message;
}

describe("a message with a file", () => {
  test.each([
    ["IMAGE", "photo.png", () => samples.photo("png")],
    ["AUDIO", "song.mp3", samples.mp3],
    ["VIDEO", "film.mp4", () => samples.mp4("isom")],
    ["FILE", "paper.pdf", samples.pdf],
    ["FILE", "photo.png", () => samples.photo("png")],
  ])("of the type %s carries %s to those who see it, and to nobody else", async (type, name, make) => {
    const where = await group();
    const file = await upload(server, ada, { content: await make(), name }, { conversationId: where });
    const message = await sent(ada, where, type, file.id);
    expect(message).toMatchObject({ type, content: "", file: { id: file.id, url: file.url } });
    expect((await bea.graphql(MESSAGE, { id: message.id })).data.message.file).toEqual({ id: file.id, name });
    expect((await bea.graphql(NODE, { id: file.id })).data.node).toEqual({ name });
    expect((await eve.graphql(MESSAGE, { id: message.id })).data.message).toBeNull();
    expect((await eve.graphql(NODE, { id: file.id })).data.node).toBeNull();
  });

  test.each([
    ["IMAGE", text],
    ["AUDIO", image],
    ["VIDEO", image],
    ["TEXT", text],
    ["LOCATION", text],
  ])("of the type %s does not carry what it does not say", async (type, make) => {
    const { id } = await make(ada);
    const location = type === "LOCATION" ? { latitude: 1, longitude: 1 } : null;
    const input = { conversationId: await group(), type, fileId: id, content: "x", location };
    expect(refusalOf(await ada.graphql(SEND, { input }))).toBe("BAD_USER_INPUT fileId");
  });

  test("cannot carry a stranger's file, one that is none, nor what is no file", async () => {
    const { id } = await text(eve);
    const where = await group();
    expect(refusalOf(await send(ada, where, "FILE", id))).toBe("NOT_FOUND fileId");
    expect(refusalOf(await send(ada, where, "FILE", "file_999999"))).toBe("NOT_FOUND fileId");
    expect(refusalOf(await send(ada, where, "FILE", "msg_1"))).toBe("BAD_USER_INPUT fileId");
  });

  test("may carry on what somebody else has shown", async () => {
    const { id } = await text(ada);
    await sent(ada, await group(), "FILE", id);
    const { id: elsewhere } = await room(bea);
    expect((await sent(bea, elsewhere, "FILE", id)).file.owner.id).toBe(ada.id);
    await does(eve, "joinRoom", { roomId: elsewhere });
    expect((await eve.graphql(NODE, { id })).data.node).toEqual({ name: "words.txt" });
  });

  test("says nothing more once it is deleted", async () => {
    const [{ id }, where] = [await text(ada), await group()];
    const message = await sent(ada, where, "FILE", id);
    await ada.graphql(`mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { __typename } }`, {
      input: { messageId: message.id },
    });
    expect((await bea.graphql(MESSAGE, { id: message.id })).data.message.file).toBeNull();
    expect((await bea.graphql(NODE, { id })).data.node).toBeNull();
    expect(refusalOf(await send(bea, where, "FILE", id))).toBe("NOT_FOUND fileId");
  });
});

describe("an upload into a conversation", () => {
  test("is for those who may write there", async () => {
    const file = { content: "words", name: "words.txt" };
    const [where, { id: open }] = [await group(), await room(ada)];
    expect(refusalOf(await attemptUpload(server, eve, file, { conversationId: where }))).toBe(
      "NOT_FOUND conversationId",
    );
    expect(refusalOf(await attemptUpload(server, eve, file, { conversationId: open }))).toBe(
      "FORBIDDEN conversationId",
    );
    expect(refusalOf(await attemptUpload(server, eve, file, { conversationId: "file_1" }))).toBe(
      "BAD_USER_INPUT conversationId",
    );
    expect((await upload(server, bea, file, { conversationId: where })).owner.id).toBe(bea.id);
  });
});

describe("a file that is deleted", () => {
  test("is gone from every message, live, and from its address", async () => {
    const [{ id, url }, one, other] = [await text(ada), await group(), await group()];
    const messages = [
      await sent(ada, one, "FILE", id),
      await sent(ada, one, "FILE", id),
      await sent(ada, other, "FILE", id),
    ];
    const client = bea.ws();
    const ear = listen<{ id: string; file: null }>(client, UPDATED, { id: null });
    const poke = await sent(ada, one, "FILE", (await text(ada)).id);
    await expect
      .poll(async () => {
        await ada.graphql(`mutation ($input: EditMessageInput!) { editMessage(input: $input) { __typename } }`, {
          input: { messageId: poke.id, content: String(Math.random()) },
        });
        return ear.heard.length;
      })
      .toBeGreaterThan(0);
    ear.forget();
    const cursors = async () =>
      (await ada.graphql(`query ($id: ID!) { conversation(id: $id) { cursor lastSeq } }`, { id: one })).data
        .conversation;
    const before = await cursors();
    const { data, errors } = await ada.graphql(DELETE, { input: { fileId: id } });
    expect([errors, data.deleteFile.fileId]).toEqual([undefined, id]);
    const expected = messages.map((message) => ({ id: message.id, file: null }));
    await ear.until((heard) => expected.every((event) => heard.some((said) => said.id === event.id)));
    expect(ear.heard.filter((event) => event.id !== poke.id)).toEqual(expected);
    const after = await cursors();
    expect([after.lastSeq, after.cursor === before.cursor]).toEqual([before.lastSeq, false]);
    for (const message of messages) {
      expect((await bea.graphql(MESSAGE, { id: message.id })).data.message).toMatchObject({ file: null });
    }
    expect((await download(server, url)).status).toBe(404);
    expect((await ada.graphql(NODE, { id })).data.node).toBeNull();
    await client.dispose();
  });

  test("is one's own", async () => {
    const { id } = await text(ada);
    expect(refusalOf(await eve.graphql(DELETE, { input: { fileId: id } }))).toBe("NOT_FOUND fileId");
    await sent(ada, await group(), "FILE", id);
    expect(refusalOf(await bea.graphql(DELETE, { input: { fileId: id } }))).toBe("FORBIDDEN fileId");
    const root = await administrator(server);
    expect(refusalOf(await root.graphql(DELETE, { input: { fileId: id } }))).toBe("NOT_FOUND fileId");
    expect(refusalOf(await ada.graphql(DELETE, { input: { fileId: "user_1" } }))).toBe("BAD_USER_INPUT fileId");
    expect((await ada.graphql(NODE, { id })).data.node).toEqual({ name: "words.txt" });
  });

  test("is nobody's picture any more", async () => {
    const content = await samples.photo("png");
    await postForm(server, form(AVATAR, {}, { content }), eve);
    const own = `{ viewer { user { avatarUrl } files(first: 1) { nodes { id } } } }`;
    const { viewer } = (await eve.graphql(own)).data;
    expect(viewer.user.avatarUrl).toContain("/avatar.webp");
    await eve.graphql(DELETE, { input: { fileId: viewer.files.nodes[0].id } });
    expect((await eve.graphql(own)).data.viewer.user.avatarUrl).toBeNull();
  });
});

test("files are listed for their owner alone, the newest first, page by page", async () => {
  const zoe = await person(server, "zoe");
  const ids = [(await text(zoe)).id, (await text(zoe)).id, (await text(zoe)).id].toReversed();
  const page = `query ($after: String) {
    viewer { files(first: 2, after: $after) { nodes { id owner { id } } pageInfo { hasNextPage endCursor } } }
  }`;
  const first = (await zoe.graphql(page)).data.viewer.files;
  const second = (await zoe.graphql(page, { after: first.pageInfo.endCursor })).data.viewer.files;
  expect([...first.nodes, ...second.nodes]).toEqual(ids.map((id) => ({ id, owner: { id: zoe.id } })));
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  const { data } = await zoe.graphql(`{ viewer { files(last: 1) { nodes { id } } } }`);
  expect(data.viewer.files.nodes).toEqual([{ id: ids.at(-1) }]);
  expect(refusalOf(await zoe.graphql(`{ viewer { files(first: 101) { nodes { id } } } }`))).toBe(
    "BAD_USER_INPUT first",
  );
});
