import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { AVATAR_PIXELS, PIXELS_MAXIMUM, THUMBNAIL_PIXELS } from "../../src/files/content/picture.ts";
import { refusalOf } from "../support/friends.ts";
import { jobsDone } from "../support/jobs.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { AVATAR, attemptUpload, bytesOf, download, form, postForm, upload } from "./support/uploads.ts";

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
});
afterAll(() => server.stop());

describe("of an image", () => {
  test.each(["jpeg", "png", "webp"] as const)(
    "%s nobody learns where, by whom and with what it was taken",
    async (format) => {
      const content = await samples.photo(format);
      expect((await sharp(content).metadata()).exif).toBeDefined();
      expect(content.includes("SecretCamera")).toBe(true);
      const file = await upload(server, ada, { content, name: `photo.${format}` });
      const bytes = await bytesOf(await download(server, file.url));
      const { exif, icc, xmp, iptc, orientation } = await sharp(bytes).metadata();
      expect({ exif, icc, xmp, iptc, orientation }).toEqual({});
      expect(bytes.includes("Secret")).toBe(false);
    },
  );

  test("nothing is kept that was hidden behind it, or in a comment", async () => {
    const photo = await samples.photo("jpeg");
    const comment = Buffer.concat([Buffer.from("fffe000f", "hex"), Buffer.from("<script>x</sc")]);
    const content = Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2), Buffer.from("PK\x03\x04 hidden")]);
    const file = await upload(server, ada, { content, name: "photo.jpg" });
    const bytes = await bytesOf(await download(server, file.url));
    expect([bytes.includes("<script>"), bytes.includes("hidden")]).toEqual([false, false]);
  });

  test("that was taken sideways, width and height are those it is shown with", async () => {
    const content = await samples.photo("jpeg", { width: 60, height: 40, orientation: 6 });
    const file = await upload(server, ada, { content, name: "photo.jpg" });
    expect(file).toMatchObject({ width: 40, height: 60 });
    const { width, height } = await sharp(await bytesOf(await download(server, file.url))).metadata();
    expect({ width, height }).toEqual({ width: 40, height: 60 });
  });

  test.each(["gif", "webp"] as const)("that moves, %s, all frames stay", async (format) => {
    const content = await samples.animation(format, 3, 20);
    const file = await upload(server, ada, { content, name: `dance.${format}` });
    expect(file).toMatchObject({ width: 20, height: 20, mimeType: `image/${format}` });
    const meta = await sharp(await bytesOf(await download(server, file.url)), { animated: true }).metadata();
    expect(meta).toMatchObject({ pages: 3, delay: [100, 100, 100], loop: 0 });
  });

  test("WebP that loses nothing goes on losing nothing", async () => {
    const raw = Buffer.from(Array.from({ length: 30 * 30 * 3 }, (_, index) => (index * 7919) % 256));
    const content = await sharp(raw, { raw: { width: 30, height: 30, channels: 3 } })
      .webp({ lossless: true })
      .toBuffer();
    const file = await upload(server, ada, { content, name: "exact.webp" });
    const kept = await sharp(await bytesOf(await download(server, file.url)))
      .raw()
      .toBuffer();
    expect(kept.equals(raw)).toBe(true);
  });
});

describe("a decompression bomb", () => {
  test.each([
    ["one pixel too many", PIXELS_MAXIMUM + 1, 1],
    ["65,000 by 65,000", 65_000, 65_000],
  ])("is refused by its header: %s", async (_, width, height) => {
    const answer = await attemptUpload(server, ada, { content: samples.bomb(width, height), name: "small.png" });
    expect(refusalOf(answer)).toBe("PAYLOAD_TOO_LARGE file");
    expect(answer.errors?.[0]?.extensions).toMatchObject({ reason: "PIXELS", limit: PIXELS_MAXIMUM });
  });

  test("is refused by all its frames together", async () => {
    const content = await samples.animation("gif", 60, 1_000);
    expect(content.length).toBeLessThan(1_000_000);
    const answer = await attemptUpload(server, ada, { content, name: "dance.gif" });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: "PAYLOAD_TOO_LARGE", reason: "PIXELS" });
  });

  test("as a picture of oneself is refused, too", async () => {
    const answer = await postForm(server, form(AVATAR, {}, { content: samples.bomb(60_000, 60_000) }), ada);
    expect(refusalOf(answer)).toBe("PAYLOAD_TOO_LARGE file");
  });
});

describe("a thumbnail", () => {
  test("is a smaller WebP, and until it is made the image itself is there", async () => {
    const content = await samples.photo("jpeg", { width: 1_200, height: 900, orientation: 1 });
    const file = await upload(server, ada, { content, name: "photo.jpg" });
    const early = await download(server, file.thumbnailUrl);
    expect(early.status).toBe(200);
    await early.body?.cancel();
    await jobsDone(server);
    const answer = await download(server, file.thumbnailUrl);
    expect(answer.headers.get("content-type")).toBe("image/webp");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    const { width, height, format } = await sharp(await bytesOf(answer)).metadata();
    expect({ width, height, format }).toEqual({ width: THUMBNAIL_PIXELS, height: 360, format: "webp" });
  });

  test("of an animation is its first frame", async () => {
    const file = await upload(server, ada, { content: await samples.animation("gif"), name: "dance.gif" });
    await jobsDone(server);
    const meta = await sharp(await bytesOf(await download(server, file.thumbnailUrl)), { animated: true }).metadata();
    expect([meta.format, meta.pages ?? 1]).toEqual(["webp", 1]);
  });

  test("is for images alone", async () => {
    const file = await upload(server, ada, { content: samples.pdf(), name: "paper.pdf" });
    expect(file.thumbnailUrl).toBeNull();
    expect((await download(server, file.url.replace("/paper.pdf", "/thumbnail/image.webp"))).status).toBe(404);
  });
});

describe("a picture of oneself", () => {
  test("becomes a square WebP that everybody sees", async () => {
    const content = await samples.photo("png", { width: 800, height: 600 });
    const { data, errors } = await postForm(server, form(AVATAR, {}, { content, name: "me.png" }), ada);
    expect(errors).toBeUndefined();
    const { avatarUrl } = data.uploadAvatar.user;
    expect(avatarUrl).toMatch(/^http:\/\/parlance\.test\/files\/[\w-]{32}\/avatar\.webp$/);
    const bea = await person(server, "bea");
    const seen = await bea.graphql(`query ($id: ID) { user(id: $id) { avatarUrl } }`, { id: ada.id });
    expect(seen.data.user.avatarUrl).toBe(avatarUrl);
    const { width, height, format, exif } = await sharp(await bytesOf(await download(server, avatarUrl))).metadata();
    expect({ width, height, format, exif }).toEqual({ width: AVATAR_PIXELS, height: AVATAR_PIXELS, format: "webp" });
  });

  test("that is small stays small", async () => {
    const content = await samples.photo("jpeg", { width: 60, height: 40 });
    const { data } = await postForm(server, form(AVATAR, {}, { content }), ada);
    const { width, height } = await sharp(
      await bytesOf(await download(server, data.uploadAvatar.user.avatarUrl)),
    ).metadata();
    expect({ width, height }).toEqual({ width: 40, height: 40 });
  });

  test("is nothing but an image", async () => {
    const answer = await postForm(server, form(AVATAR, {}, { content: samples.pdf(), name: "me.png" }), ada);
    expect(refusalOf(answer)).toBe("UNSUPPORTED_MEDIA_TYPE file");
  });
});
