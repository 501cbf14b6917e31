import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { bomb, mp3, mp4, pdf, photo } from "../../files/support/samples.ts";
import { direct } from "../../log/support/friends.ts";
import { send as say } from "../../log/support/talk.ts";
import { about, BLOCK } from "../../support/friends.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type TestServer, startServer } from "../../support/server.ts";
import { formOf, request } from "../support/rest.ts";
import { chat8, done, refusal, severals } from "./support.ts";

let server: TestServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startServer({ maxUploadBytes: 100_000 });
  [ann, bob] = (await severals(server, 2)) as [Person, Person];
});
afterAll(() => server.stop());

const bytes = (content: Buffer) => new Uint8Array(content);
const picture = async () => ({ content: bytes(await photo("png")), name: "tea.png", type: "image/png" });
const uploads = (who: Person, form: FormData) => chat8(server, who).upload("/upload/file", form);
const writes = (from: Person, to: Person, more: object) =>
  chat8(server, from).post("/messages", { receiver_id: numberOf(to), ...more });
const last = async (who: Person, whom: Person) =>
  (await done(chat8(server, who).get(`/messages/${numberOf(whom)}`))).messages.at(-1);
const filesOf = async (who: Person): Promise<number> => {
  const sql = "select count(*)::int as n from files where owner_id = $1";
  return (await server.services.database.pool.query<{ n: number }>(sql, [numberOf(who)])).rows[0]?.n ?? 0;
};
/** The same file from this server, whose public address is another one. */
const downloaded = (url: string) => fetch(url.replace("http://parlance.test", server.url));

describe("a file", () => {
  test.each([
    ["after its receiver", true],
    ["before its receiver", false],
  ])("is taken %s in the form, and lies at its address", async (_, first) => {
    const receiver = { receiver_id: String(numberOf(bob)) };
    const file = { file: await picture() };
    const data = await done(uploads(ann, formOf(first ? { ...receiver, ...file } : { ...file, ...receiver })));
    expect(data).toEqual({
      file_url: expect.stringMatching(/^http:\/\/parlance\.test\/files\/.+\/tea\.png$/),
      file_name: "tea.png",
      file_size: expect.any(Number),
      file_type: "image/png",
    });
    const answer = await downloaded(data.file_url);
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, data.file_size]);
  });

  test("is carried by the message whose content is its address, for GraphQL too", async () => {
    const form = formOf({ file: await picture(), receiver_id: String(numberOf(bob)) });
    const { file_url: url, file_size: size } = await done(uploads(ann, form));
    const sent = await done(writes(ann, bob, { content: url, message_type: "image" }));
    const carries = { content: url, message_type: "image", file_url: url, file_name: "tea.png", file_size: size };
    expect(sent).toMatchObject({ ...carries, caption: null });
    expect(await last(bob, ann)).toMatchObject({ ...carries, caption: null });
    const { data } = await bob.graphql(
      "query ($id: ID!) { conversation(id: $id) { messages(last: 1) { nodes { type content file { url } } } } }",
      { id: await direct(ann, bob) },
    );
    expect(data.conversation.messages.nodes).toEqual([{ type: "IMAGE", content: "", file: { url } }]);
  });

  test("may be sent on by whoever was shown its address, and is words alone where it is sent as text", async () => {
    const form = formOf({ file: await picture(), receiver_id: String(numberOf(bob)) });
    const { file_url: url } = await done(uploads(ann, form));
    expect(await done(writes(bob, ann, { content: url, message_type: "file" }))).toMatchObject({ file_url: url });
    expect(await done(writes(bob, ann, { content: url }))).toMatchObject({ content: url, file_url: null });
  });

  test("is not sent as what it is not, and an address elsewhere is words", async () => {
    const form = formOf({ file: await picture(), receiver_id: String(numberOf(bob)) });
    const { file_url: url } = await done(uploads(ann, form));
    const asFilm = writes(ann, bob, { content: url, message_type: "video" });
    expect(await refusal(asFilm)).toBe("422 VALIDATION_ERROR content");
    const elsewhere = "https://pictures.test/tea.png";
    const sent = await done(writes(ann, bob, { content: elsewhere, message_type: "image" }));
    expect(sent).toMatchObject({ content: elsewhere, message_type: "image", file_url: null });
  });

  test("has words beside it where another client sent some", async () => {
    const form = formOf({ file: await picture(), receiver_id: String(numberOf(bob)) });
    const { file_url: url } = await done(uploads(ann, form));
    const { data } = await ann.graphql("{ viewer { files(first: 1) { nodes { id } } } }");
    const [{ id: fileId }] = data.viewer.files.nodes;
    await say(ann, await direct(ann, bob), "my tea", { type: "IMAGE", fileId });
    expect(await last(bob, ann)).toMatchObject({ content: url, caption: "my tea" });
  });

  test.each([
    ["a sound", () => mp3(), "a.mp3", "audio/mpeg"],
    ["a film", () => mp4("isom"), "a.mp4", "video/mp4"],
    ["a document", () => pdf(), "a.pdf", "application/pdf"],
  ] as const)("may be %s", async (_, made, name, type) => {
    const form = formOf({ file: { content: bytes(made()), name, type }, receiver_id: String(numberOf(bob)) });
    expect(await done(uploads(ann, form))).toMatchObject({ file_name: name, file_type: type });
  });
});

describe("nothing is kept of a file", () => {
  const rows: [string, () => Promise<Parameters<typeof formOf>[0]>, string][] = [
    ["for nobody", async () => ({ file: await picture(), receiver_id: "999999" }), "404 USER_001 receiver_id"],
    ["for no number", async () => ({ receiver_id: "bob", file: await picture() }), "422 VALIDATION_ERROR receiver_id"],
    ["for no one", async () => ({ file: await picture() }), "422 VALIDATION_ERROR receiver_id"],
    [
      "that is no kind that is taken",
      async () => ({ file: { content: "#!/bin/sh", name: "a.png", type: "image/png" }, receiver_id: "1" }),
      "400 FILE_001 file",
    ],
    [
      "that is too large",
      async () => ({ file: { content: "x".repeat(100_001), name: "a.txt" }, receiver_id: "1" }),
      "400 FILE_002 file",
    ],
    [
      "that is much too large",
      async () => ({ file: { content: "x".repeat(1_000_001), name: "a.txt" }, receiver_id: "1" }),
      "400 FILE_002 file",
    ],
    [
      "of too many pixels",
      async () => ({ file: { content: bytes(bomb(60_000, 60_000)), name: "a.png" }, receiver_id: "1" }),
      "400 FILE_002 file",
    ],
    [
      "that is empty",
      async () => ({ file: { content: "", name: "a.txt" }, receiver_id: "1" }),
      "422 VALIDATION_ERROR file",
    ],
    ["that is not there", async () => ({ receiver_id: "1" }), "422 VALIDATION_ERROR file"],
  ];
  test.each(rows)("%s", async (_, fields, refused) => {
    const [carl] = (await severals(server, 1)) as [Person];
    expect(await refusal(uploads(carl, formOf(await fields())))).toBe(refused);
    expect(await filesOf(carl)).toBe(0);
  });

  test("for oneself, nor for whom one cannot reach", async () => {
    const [carl, dora] = (await severals(server, 2)) as [Person, Person];
    const form = async (to: Person) => formOf({ file: await picture(), receiver_id: String(numberOf(to)) });
    expect(await refusal(uploads(carl, await form(carl)))).toBe("422 VALIDATION_ERROR receiver_id");
    await about(dora, BLOCK, carl);
    expect(await refusal(uploads(carl, await form(dora)))).toBe("403 FORBIDDEN receiver_id");
    expect(await filesOf(carl)).toBe(0);
  });

  test("that comes without a form", async () => {
    expect(await refusal(chat8(server, ann).post("/upload/file", { receiver_id: 1 }))).toBe("400 BAD_REQUEST body");
    const headers = { authorization: `Bearer ${ann.accessToken}`, "content-type": "multipart/form-data; boundary=x" };
    const broken = request(server, "/api/v1/upload/file", { method: "POST", headers, body: "--x\r\n" });
    expect(await refusal(broken)).toBe("400 BAD_REQUEST body");
  });
});

describe("a picture of oneself", () => {
  const shows = (file: Parameters<typeof formOf>[0][string]) =>
    chat8(server, ann).upload("/upload/avatar", formOf({ file }));

  test("is shown from then on, as a square", async () => {
    const { avatar_url: url } = await done(shows(await picture()));
    expect((await done(chat8(server, ann).get("/user/profile"))).avatar).toBe(url);
    const answer = await downloaded(url);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/webp"]);
  });

  test("is an image", async () => {
    const before = await done(chat8(server, ann).get("/user/profile"));
    for (const content of [bytes(pdf()), "nothing that is known"]) {
      const answer = await shows({ content, name: "me.png" });
      expect([answer.status, answer.body.error.code]).toEqual([400, "FILE_001"]);
      expect(answer.body.error.message).toMatch(/: JPEG, PNG, GIF and WebP\.$/);
    }
    expect(await refusal(shows("words"))).toBe("422 VALIDATION_ERROR file");
    expect((await done(chat8(server, ann).get("/user/profile"))).avatar).toBe(before.avatar);
  });
});
