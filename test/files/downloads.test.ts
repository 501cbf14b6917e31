import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { bytesOf, download, upload } from "./support/uploads.ts";

const TEXT = "0123456789";

let server: TestServer;
let ada: Person;
let url: string;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
  url = (await upload(server, ada, { content: TEXT, name: "zehn Ziffern ä 你.txt" })).url;
});
afterAll(() => server.stop());

const get = (headers: Record<string, string> = {}, method = "GET") => download(server, url, { headers, method });

describe("a download", () => {
  test("needs no token, and tells browsers to do nothing with it", async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-length": "10",
      "content-disposition": `attachment; filename="zehn Ziffern _ _.txt"; filename*=UTF-8''zehn%20Ziffern%20%C3%A4%20%E4%BD%A0.txt`,
      "x-content-type-options": "nosniff",
      "content-security-policy":
        "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
      "cross-origin-resource-policy": "cross-origin",
      "cache-control": "private, max-age=31536000, immutable",
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[\w-]+"$/),
      "last-modified": expect.stringMatching(/GMT$/),
    });
    expect(await answer.text()).toBe(TEXT);
  });

  test.each([
    ["photo.png", () => samples.photo("png"), "inline"],
    ["song.mp3", samples.mp3, "inline"],
    ["film.mp4", () => samples.mp4("isom"), "inline"],
    ["paper.pdf", samples.pdf, "attachment"],
    ["letter.doc", () => samples.compoundFile("WordDocument"), "attachment"],
  ])("of %s is %3$s", async (name, make, kind) => {
    const file = await upload(server, ada, { content: await make(), name });
    const answer = await download(server, file.url, { method: "HEAD" });
    expect(answer.headers.get("content-disposition")).toBe(`${kind}; filename="${name}"; filename*=UTF-8''${name}`);
  });

  test.each(["a".repeat(195), "长".repeat(195), "🎉".repeat(195), "#".repeat(195)])(
    "of a file with a long name passes as any other: %.3s…",
    async (stem) => {
      const file = await upload(server, ada, { content: TEXT, name: `${stem}.txt` });
      const answer = await download(server, file.url);
      expect([answer.status, await answer.text()]).toEqual([200, TEXT]);
    },
  );

  test("by HEAD says the same without the content", async () => {
    const [whole, head] = [await get(), await get({}, "HEAD")];
    const told = (answer: Response) => {
      const { date, connection, "keep-alive": alive, "x-request-id": id, ...rest } = Object.fromEntries(answer.headers);
      return [date, connection, alive, id].length === 4 ? rest : {};
    };
    expect(told(head)).toEqual(told(whole));
    expect(await head.text()).toBe("");
    await whole.body?.cancel();
  });

  test.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-4", "6789", "bytes 6-9/10"],
    ["bytes=-99", TEXT, "bytes 0-9/10"],
    ["bytes=9-999", "9", "bytes 9-9/10"],
  ])("of the range %s is a part", async (range, expected, told) => {
    const answer = await get({ range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([206, told]);
    expect(answer.headers.get("content-length")).toBe(String(expected.length));
    expect(await answer.text()).toBe(expected);
  });

  test.each(["bytes=10-", "bytes=10-20", "bytes=-0"])("of the range %s is refused", async (range) => {
    const answer = await get({ range });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect(await answer.text()).toBe("");
  });

  test.each(["bytes=3-1", "bytes=a-b", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=0-99999999999999999999"])(
    "of what is no single range, %s, is the whole",
    async (range) => {
      const answer = await get({ range });
      expect([answer.status, await answer.text()]).toEqual([200, TEXT]);
    },
  );

  test("goes on where it broke off only while it is the same", async () => {
    const { headers } = await get({}, "HEAD");
    const [etag, modified] = [headers.get("etag") ?? "", headers.get("last-modified") ?? ""];
    const statuses: number[] = [];
    for (const condition of [etag, modified, '"other"', `W/${etag}`, "Thu, 01 Jan 1970 00:00:00 GMT"]) {
      const answer = await get({ range: "bytes=5-", "if-range": condition });
      statuses.push(answer.status);
      await answer.body?.cancel();
    }
    expect(statuses).toEqual([206, 206, 200, 200, 200]);
  });

  test("is not sent to those who have it", async () => {
    const { headers } = await get({}, "HEAD");
    const [etag, modified] = [headers.get("etag") ?? "", headers.get("last-modified") ?? ""];
    const conditions: [Record<string, string>, number][] = [
      [{ "if-none-match": etag }, 304],
      [{ "if-none-match": `"a", W/${etag}` }, 304],
      [{ "if-none-match": "*" }, 304],
      [{ "if-none-match": '"a"' }, 200],
      [{ "if-none-match": '"a"', "if-modified-since": modified }, 200],
      [{ "if-modified-since": modified }, 304],
      [{ "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" }, 200],
      [{ "if-modified-since": "yesterday" }, 200],
    ];
    for (const [condition, status] of conditions) {
      const answer = await get(condition);
      expect([condition, answer.status, answer.headers.get("etag")]).toEqual([condition, status, etag]);
      expect((await answer.text()).length).toBe(status === 304 ? 0 : 10);
    }
  });

  test.each([
    ["a token that nobody has", "A".repeat(32)],
    ["what is no token", "..%2f..%2fetc"],
    ["a token with something behind it", `${"A".repeat(32)}%00`],
  ])("of %s is 404", async (_, token) => {
    const answer = await fetch(`${server.url}/files/${token}/name.txt`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("cache-control")).toBeNull();
    expect(((await answer.json()) as { errors: { extensions: object }[] }).errors[0]?.extensions).toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("has an address that cannot be guessed", async () => {
    const urls = await Promise.all([1, 2].map(() => upload(server, ada, { content: TEXT, name: "same.txt" })));
    const tokens = urls.map((file) => String(file.url).split("/").at(-2));
    expect(tokens[0]).not.toBe(tokens[1]);
    expect(tokens.every((token) => /^[\w-]{32}$/.test(token ?? ""))).toBe(true);
  });

  test("can be left by whoever asked for it, and harms nobody", async () => {
    const { url: large } = await upload(server, ada, { content: "x".repeat(8_000_000), name: "large.txt" });
    const leaving = await Promise.all(Array.from({ length: 20 }, () => download(server, large)));
    await Promise.all(leaving.map(({ body }) => body?.cancel()));
    const bytes = await bytesOf(await download(server, large));
    expect(bytes.length).toBe(8_000_000);
  });
});
