import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { refusalOf } from "../support/friends.ts";
import { type Person, person } from "../support/people.ts";
import { type TestServer, startServer } from "../support/server.ts";
import * as samples from "./support/samples.ts";
import { attemptUpload, bytesOf, download, upload } from "./support/uploads.ts";

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
});
afterAll(() => server.stop());

const OFFICE = "application/vnd.openxmlformats-officedocument";
type Sample = Buffer | Promise<Buffer>;

describe("a file is taken for what its content is", () => {
  test.each<[string, () => Sample, string, string?]>([
    ["photo.jpg", () => samples.photo("jpeg"), "image/jpeg"],
    ["photo.png", () => samples.photo("png"), "image/png"],
    ["photo.webp", () => samples.photo("webp"), "image/webp"],
    ["dance.gif", () => samples.animation("gif"), "image/gif"],
    ["paper.pdf", samples.pdf, "application/pdf"],
    ["words.txt", () => Buffer.from("Grüße, 世界 👋\n\tzweite Zeile\r\n"), "text/plain"],
    ["letter.doc", () => samples.compoundFile("1Table", "WordDocument"), "application/msword"],
    ["sums.xls", () => samples.compoundFile("a", "b", "c", "d", "e", "Workbook"), "application/vnd.ms-excel"],
    ["old.xls", () => samples.compoundFile("Book"), "application/vnd.ms-excel"],
    ["letter.docx", () => samples.office("wordprocessingml.document"), `${OFFICE}.wordprocessingml.document`],
    ["sums.xlsx", () => samples.office("spreadsheetml.sheet"), `${OFFICE}.spreadsheetml.sheet`],
    ["song.mp3", samples.mp3, "audio/mpeg"],
    ["song.m4a", () => samples.mp4("M4A "), "audio/mp4"],
    ["song.ogg", () => samples.ogg("\x01vorbis"), "audio/ogg"],
    ["voice.opus", () => samples.ogg("OpusHead"), "audio/ogg"],
    ["song.wav", samples.wav, "audio/wav"],
    ["film.mp4", () => samples.mp4("isom"), "video/mp4"],
    ["voice.mp4", () => samples.mp4("isom"), "audio/mp4", "audio/mp4"],
    ["film.webm", samples.webm, "video/webm"],
    ["voice.webm", samples.webm, "audio/webm", "audio/webm;codecs=opus"],
  ])("%s", async (name, make, expected, claimed = "application/octet-stream") => {
    const content = await make();
    const file = await upload(server, ada, { content, name, mimeType: claimed });
    expect(file).toMatchObject({ mimeType: expected, name, owner: { id: ada.id } });
    const answer = await download(server, file.url);
    expect(answer.headers.get("content-type")?.split(";")[0]).toBe(expected);
    const bytes = await bytesOf(answer);
    expect(bytes.length).toBe(file.size);
    expect(expected.startsWith("image/") || bytes.equals(content)).toBe(true);
  });
});

describe("a file is refused whose content is nothing that is taken", () => {
  const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;
  test.each<[string, () => Sample | string]>([
    ["drawing.svg", () => svg],
    ["drawing.png", () => svg],
    ["drawing.txt", () => svg],
    ["bare.txt", () => `<svg onload="alert(1)">`],
    ["page.html", () => "<!doctype html><script>alert(1)</script>"],
    ["page.txt", () => "\uFEFF \n<HTML><script>alert(1)</script>"],
    ["page.jpg", () => "<html><script>alert(1)</script>"],
    ["script.js", () => "alert(1)"],
    ["words", () => "only words"],
    ["words.csv", () => "a;b"],
    ["latin.txt", () => Buffer.from("Gr\xfc\xdfe", "latin1")],
    ["cut.txt", () => Buffer.from("Grüße").subarray(0, 3)],
    ["nul.txt", () => "a\0b"],
    ["bell.txt", () => `${"x".repeat(100_000)}\x07`],
    ["program.exe", () => Buffer.concat([Buffer.from("MZ"), Buffer.alloc(512)])],
    ["program.pdf", () => Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(512)])],
    ["archive.docx", () => samples.zip({ "a.txt": "a" })],
    ["macros.docx", () => samples.office("application/vnd.ms-word.document.macroEnabled.main+xml")],
    ["slides.pptx", () => samples.office("presentationml.presentation")],
    ["slides.doc", () => samples.compoundFile("PowerPoint Document")],
    ["mail.doc", () => samples.compoundFile("__properties_version1.0")],
    ["header.doc", () => samples.compoundFile("WordDocument").subarray(0, 300)],
    ["loop.doc", () => looping()],
    ["half.jpg", async () => (await samples.photo("jpeg", { width: 400, height: 400 })).subarray(0, 900)],
    ["header.png", () => Buffer.from("89504e470d0a1a0a", "hex")],
    ["broken.webp", () => Buffer.concat([Buffer.from("RIFF\xff\0\0\0WEBPVP8 ", "latin1"), Buffer.alloc(64)])],
  ])("%s", async (name, make) => {
    const answer = await attemptUpload(server, ada, { content: await make(), name, mimeType: "image/png" });
    expect(refusalOf(answer)).toBe("UNSUPPORTED_MEDIA_TYPE file");
  });
});

/** A compound file whose directory goes round in a circle. */
function looping(): Buffer {
  const file = samples.compoundFile("a", "b", "c", "d");
  file.writeUInt32LE(1, 512 + 8);
  return file;
}

describe("a name", () => {
  test.each([
    ["../../etc/passwd.png", "passwd.png"],
    ["C:\\Users\\ada\\photo.jpeg.exe", "photo.jpeg.exe.png"],
    ["photo.PNG", "photo.png"],
    ["photo.html", "photo.html.png"],
    ["你好 'quoted'.png", "你好 'quoted'.png"],
    ["gpj\u202Egnp.exe", "gpjgnp.exe.png"],
    ['a"b<c>|?*.png', "a_b_c____.png"],
    ["..png", "png.png"],
    [".png", "png.png"],
    [`${"x".repeat(300)}.png`, `${"x".repeat(196)}.png`],
    ["\u200b.png", "image.png"],
  ])("%s becomes %s", async (name, expected) => {
    const content = await samples.photo("png");
    expect((await upload(server, ada, { content, name })).name).toBe(expected);
  });
});
