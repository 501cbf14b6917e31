import { deflateRawSync, crc32 } from "node:zlib";

import sharp from "sharp";

/** Bytes of a file of each kind that is taken: small, and good enough for whoever looks at the content. */

const STRIPES = (width: number, height: number) => ({
  create: { width, height, channels: 3 as const, background: { r: 200, g: 60, b: 20 } },
});

/** A picture with a place, a camera and an orientation in its metadata. */
export function photo(
  format: "jpeg" | "png" | "webp",
  { width = 60, height = 40, orientation = 6 }: { width?: number; height?: number; orientation?: number } = {},
): Promise<Buffer> {
  return sharp(STRIPES(width, height))
    .withExif({
      IFD0: { Make: "SecretCamera", Copyright: "SecretOwner" },
      IFD3: {
        GPSLatitudeRef: "N",
        GPSLatitude: "52/1 31/1 12/1",
        GPSLongitudeRef: "E",
        GPSLongitude: "13/1 24/1 36/1",
      },
    })
    .withMetadata({ orientation })
    .toFormat(format)
    .toBuffer();
}

/** An animation of so many frames, each of another colour. */
export function animation(format: "gif" | "webp", frames = 3, side = 20): Promise<Buffer> {
  const raw = Buffer.alloc(side * side * frames * 3);
  for (let pixel = 0; pixel < side * side * frames; pixel += 1)
    raw[pixel * 3 + (Math.floor(pixel / side / side) % 3)] = 255;
  return sharp(raw, { raw: { width: side, height: side * frames, channels: 3, pageHeight: side } })
    .toFormat(format, { loop: 0, delay: Array.from({ length: frames }, () => 100) })
    .toBuffer();
}

/** A PNG whose header promises a picture that is larger than its file by far. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", Buffer.from("789c0300000000010001", "hex")),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A ZIP archive of these files. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), facts, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    const version = Buffer.from([20, 0]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), version, facts, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(locals.length, 4);
  end.writeUInt16LE(locals.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from("PK\x05\x06", "latin1"), end]);
}

const OFFICE = "application/vnd.openxmlformats-officedocument";

/** An Office document of a kind: `wordprocessingml.document`. */
export function office(kind: string): Buffer {
  const contentType = kind.includes("/") ? kind : `${OFFICE}.${kind}.main+xml`;
  const types = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/main.xml" ContentType="${contentType}"/></Types>`;
  return zip({ "[Content_Types].xml": types, "main.xml": "<main/>" });
}

/** A compound file ([MS-CFB]) whose directory names these streams. */
export function compoundFile(...names: readonly string[]): Buffer {
  const header = Buffer.alloc(512);
  header.set(Buffer.from("d0cf11e0a1b11ae1", "hex"), 0);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(1, 44);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(4096, 56);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  // Sector 0 is the allocation table; the directory stands in the sectors from 1 on, four entries in each.
  const entries = ["Root Entry", ...names].map((name, index) => {
    const entry = Buffer.alloc(128);
    entry.write(name, 0, "utf16le");
    entry.writeUInt16LE(2 * name.length + 2, 64);
    entry[66] = index === 0 ? 5 : 2;
    return entry;
  });
  const sectors = Math.ceil(entries.length / 4);
  const table = Buffer.alloc(512, 0xff);
  table.writeUInt32LE(0xfffffffd, 0);
  for (let sector = 1; sector <= sectors; sector += 1) {
    table.writeUInt32LE(sector === sectors ? 0xfffffffe : sector + 1, 4 * sector);
  }
  const directory = Buffer.alloc(512 * sectors);
  Buffer.concat(entries).copy(directory);
  return Buffer.concat([header, table, directory]);
}

const box = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), ...parts]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
};

export const mp4 = (brand: string): Buffer =>
  Buffer.concat([box("ftyp", Buffer.from(`${brand}\0\0\0\0${brand}`, "latin1")), box("mdat", Buffer.alloc(64))]);

export const webm = (): Buffer =>
  Buffer.concat([Buffer.from("1a45dfa39f4286810142f7810142f2810442f381084282847765626d", "hex"), Buffer.alloc(64)]);

export function wav(): Buffer {
  const file = Buffer.alloc(44 + 64);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + 64, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.set([1, 0, 1, 0], 20);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(8000, 28);
  file.set([1, 0, 8, 0], 32);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(64, 40);
  return file;
}

export function ogg(head: string): Buffer {
  const page = Buffer.alloc(27);
  page.write("OggS\0\x02", 0, "latin1");
  page[26] = 1;
  return Buffer.concat([page, Buffer.from([head.length]), Buffer.from(head, "latin1"), Buffer.alloc(64)]);
}

/** A frame of MPEG 1, layer 3, and a tag before it. */
export const mp3 = (): Buffer =>
  Buffer.concat([Buffer.from("49443303000000000000", "hex"), Buffer.from("fffb9000", "hex"), Buffer.alloc(417)]);

export const pdf = (): Buffer =>
  Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

/** A PNG of these grey pixels. */
export const grey = (raw: Buffer, width: number, height: number): Promise<Buffer> =>
  sharp(raw, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 9 })
    .toBuffer();
