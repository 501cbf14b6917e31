import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { UNUSED_BYTES_MAXIMUM, UNUSED_FILES_MAXIMUM, DAILY_BYTES_MAXIMUM } from "../../src/files/quota.ts";
import { refusalOf } from "../support/friends.ts";
import type { Data } from "../support/graphql-client.ts";
import { comeTime, jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { does, room } from "../support/rooms.ts";
import { type TestServer, startServer } from "../support/server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary-directory.ts";
import * as samples from "./support/samples.ts";
import { stored } from "./support/stored.ts";
import { AVATAR, SEND, attemptUpload, download, form, postForm, upload } from "./support/uploads.ts";

let dataDir: TemporaryDirectory;
let server: TestServer;
let ada: Person;
beforeAll(async () => {
  dataDir = await temporaryDirectory();
  server = await startServer({ dataDir: dataDir.path });
  ada = await person(server, "ada");
});
afterAll(async () => {
  await server.stop();
  await dataDir[Symbol.asyncDispose]();
});

const sql = (text: string, parameters: unknown[] = []) => server.services.database.pool.query(text, parameters);
const number = (id: string): number => Number(id.split("_")[1]);
const TEXT = { content: "words", name: "words.txt" };

/** Makes all files older by so many hours, and does what is then due. */
async function hoursPass(hours: number): Promise<void> {
  await sql("update files set created_at = created_at - make_interval(hours => $1)", [hours]);
  await comeTime(server, "sweepFile");
}

async function statusOf({ url }: Data): Promise<number> {
  const answer = await download(server, url);
  await answer.body?.cancel();
  return answer.status;
}

async function sendWith(fileId: string): Promise<Data> {
  const input = { conversationId: (await room(ada)).id, type: "FILE", fileId, content: "" };
  return (await ada.graphql(SEND, { input })).data.sendMessage.message;
}

describe("a file that nothing names", () => {
  test("is kept for a day, and then removed with what storage holds", async () => {
    const file = await upload(server, ada, { content: await samples.photo("png"), name: "photo.png" });
    await jobsDone(server);
    const token = String(file.url).split("/").at(-2) ?? "";
    await hoursPass(23);
    expect(await statusOf(file)).toBe(200);
    await hoursPass(2);
    expect(await statusOf(file)).toBe(404);
    await jobsDone(server);
    expect((await stored(dataDir.path)).objects.filter((key) => key.includes(token))).toEqual([]);
  });

  test("is kept while a message carries it, or a picture is it, and removed soon after that ends", async () => {
    const [carried, forwarded] = [await upload(server, ada, TEXT), await upload(server, ada, TEXT)];
    const message = await sendWith(carried.id);
    const both = [await sendWith(forwarded.id), await sendWith(forwarded.id)];
    const picture = await upload(server, ada, { content: await samples.photo("png"), name: "photo.png" });
    const { id: teaRoom } = await room(ada);
    await does(ada, "updateConversation", { conversationId: teaRoom, avatarUrl: picture.url });
    const own = await postForm(server, form(AVATAR, {}, { content: await samples.photo("png") }), ada);
    const { avatarUrl } = own.data.uploadAvatar.user;
    const all = [carried, forwarded, picture, { url: avatarUrl }];
    await hoursPass(48);
    expect(await Promise.all(all.map(statusOf))).toEqual([200, 200, 200, 200]);

    const deletion = `mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { __typename } }`;
    await ada.graphql(deletion, { input: { messageId: message.id } });
    await ada.graphql(deletion, { input: { messageId: both[0].id } });
    await does(ada, "updateConversation", { conversationId: teaRoom, avatarUrl: null });
    await does(ada, "updateProfile", { avatarUrl: "https://elsewhere.example.org/me.png" });
    await jobsDone(server);
    expect(await Promise.all(all.map(statusOf))).toEqual([404, 200, 404, 404]);
  });

  test("is kept while a message is yet to be sent with it", async () => {
    const file = await upload(server, ada, TEXT);
    const sendAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const input = { conversationId: (await room(ada)).id, type: "FILE", fileId: file.id, content: "", sendAt };
    const scheduling = `mutation ($input: ScheduleMessageInput!) { scheduleMessage(input: $input) { scheduledMessage { id } } }`;
    expect((await ada.graphql(scheduling, { input })).errors).toBeUndefined();
    await hoursPass(48);
    expect(await statusOf(file)).toBe(200);
    await sql("delete from scheduled_messages");
    await hoursPass(0);
    expect(await statusOf(file)).toBe(404);
  });

  test("is removed though its conversation was deleted with all its messages", async () => {
    const file = await upload(server, ada, TEXT);
    const { id } = await room(ada);
    await ada.graphql(SEND, { input: { conversationId: id, type: "FILE", fileId: file.id, content: "" } });
    await hoursPass(48);
    await does(ada, "deleteConversation", { conversationId: id });
    await jobsDone(server);
    expect(await statusOf(file)).toBe(404);
  });
});

describe("one user cannot fill the disk", () => {
  /** Files of somebody, as many and as large as is said; no bytes lie behind them. */
  async function holds(who: Person, files: number, bytes: number): Promise<void> {
    await sql(
      `insert into files (owner_id, token, name, mime_type, size)
       select $1::bigint, lpad($1::bigint || '-' || n, 32, '0'), 'words.txt', 'text/plain', $3::bigint
       from generate_series(1, $2::int) n`,
      [number(who.id), files, bytes],
    );
  }

  test.each([
    ["bytes that wait to be sent", 2, UNUSED_BYTES_MAXIMUM / 2 - 3, "UNUSED_BYTES"],
    ["files that wait to be sent", UNUSED_FILES_MAXIMUM - 1, 1, "UNUSED_FILES"],
  ])("with too many %s", async (name, files, bytes, reason) => {
    const eve = await person(server, `eve-${reason.toLowerCase().replace("_", "-")}`);
    await holds(eve, files, bytes);
    expect((await upload(server, eve, TEXT)).size, name).toBe(5);
    const refused = await attemptUpload(server, eve, TEXT);
    expect(refusalOf(refused)).toBe("RATE_LIMITED file");
    expect(refused.errors?.[0]?.extensions.reason).toBe(reason);
    expect((await upload(server, ada, TEXT)).size).toBe(5);
    const { data } = await eve.graphql(`{ viewer { files(first: 1) { nodes { id } } } }`);
    const { id } = data.viewer.files.nodes[0];
    await eve.graphql(`mutation ($input: DeleteFileInput!) { deleteFile(input: $input) { fileId } }`, {
      input: { fileId: id },
    });
    expect((await upload(server, eve, TEXT)).size).toBe(5);
  });

  test("with too many bytes in a day, though all are sent", async () => {
    const eve = await person(server, "eve-daily");
    await holds(eve, 2, DAILY_BYTES_MAXIMUM / 2 - 2);
    const { id } = await room(eve);
    await sql(
      `insert into messages (conversation_id, seq, position, added_position, sender_id, type, content, file_id)
       select $1::bigint, 1000 + f.id, 1000 + f.id, 1000 + f.id, $2::bigint, 'FILE', '', f.id from files f where f.owner_id = $2::bigint`,
      [number(id), number(eve.id)],
    );
    const refused = await attemptUpload(server, eve, TEXT);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", reason: "DAILY_BYTES" });
  });

  test("with uploads at once, of which each alone would fit", async () => {
    const eve = await person(server, "eve-at-once");
    await holds(eve, 1, UNUSED_BYTES_MAXIMUM - 12);
    const answers = await Promise.all(Array.from({ length: 6 }, () => attemptUpload(server, eve, TEXT)));
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(2);
    await jobsDone(server);
    const { rows } = await sql("select token from files");
    const tokens = new Set(rows.map(({ token }) => String(token)));
    const lost = (await stored(dataDir.path)).objects.filter((key) => !tokens.has(key.slice(3, 35)));
    expect(lost).toEqual([]);
  });
});
