import { open } from "node:fs/promises";
import type { Readable } from "node:stream";

import sharp, { type Metadata, type Sharp } from "sharp";

import { Failure } from "../../kernel/errors.ts";
import { unsupported } from "./judge.ts";

/** Pixels of an image, those of all its frames together: what it takes to hold it, whatever its file's size. */
export const PIXELS_MAXIMUM = 50_000_000;
/** Pixels of a thumbnail, and of a person's picture, either way. */
export const THUMBNAIL_PIXELS = 480;
export const AVATAR_PIXELS = 512;
/** How long one image may be worked on. */
const SECONDS_MAXIMUM = 20;

// One thread an image: several images are worked on side by side, as many as the gate lets through.
sharp.concurrency(1);
// Nothing is worked on twice.
sharp.cache(false);
// Of all that the library can open, only what is taken: the others' decoders are no business of strangers.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp"],
});

/** An image as it is written anew, and how large it is shown. */
export interface Picture {
  readonly content: Readable;
  readonly width: number;
  readonly height: number;
}

/**
 * The image in a file, written anew in its own format: upright, in sRGB, with all its frames, and with nothing that is
 * not picture: no place where it was taken, no camera, no words, nothing hidden behind it.
 *
 * @throws UNSUPPORTED_MEDIA_TYPE where it is broken, PAYLOAD_TOO_LARGE where it has too many pixels
 */
export async function cleaned(path: string, mimeType: string): Promise<Picture> {
  const meta = await metadataOf(path);
  const moves = (meta.pages ?? 1) > 1;
  const image = opened(path, moves);
  // Frames are never turned, and no camera makes them.
  const content = await encoderOf(mimeType, moves ? image : image.autoOrient(), meta, path);
  const { width, height } = moves ? { width: meta.width, height: meta.pageHeight ?? meta.height } : meta.autoOrient;
  return { content, width, height };
}

/** A person's picture: the middle of an image as a square, WebP. @throws as {@link cleaned} */
export async function avatarOf(path: string): Promise<Picture> {
  const { width, height } = await metadataOf(path);
  const side = Math.min(AVATAR_PIXELS, width, height);
  const content = opened(path, false).autoOrient().resize(side, side, { fit: "cover" }).webp({ quality: 85 });
  return { content, width: side, height: side };
}

/** What makes a thumbnail of an image that flows through it: WebP, the first frame of several. */
export const thumbnailer = (): Sharp =>
  sharp({ limitInputPixels: PIXELS_MAXIMUM })
    .timeout({ seconds: SECONDS_MAXIMUM })
    .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 });

const opened = (path: string, animated: boolean): Sharp =>
  sharp(path, { animated, limitInputPixels: PIXELS_MAXIMUM, sequentialRead: true, failOn: "error" }).timeout({
    seconds: SECONDS_MAXIMUM,
  });

/** The header alone: nothing is unpacked before its pixels are counted. */
async function metadataOf(path: string): Promise<Metadata> {
  let meta: Metadata;
  try {
    meta = await sharp(path, { animated: true, limitInputPixels: false }).metadata();
  } catch {
    throw broken();
  }
  const { width, height, pageHeight = height, pages = 1 } = meta;
  if (width * pageHeight * pages > PIXELS_MAXIMUM) {
    const most = `${PIXELS_MAXIMUM / 1_000_000} million`;
    throw new Failure("PAYLOAD_TOO_LARGE", `An image may have at most ${most} pixels, all its frames together.`, {
      field: "file",
      reason: "PIXELS",
      limit: PIXELS_MAXIMUM,
    });
  }
  return meta;
}

/** The refusal of an image that cannot be unpacked. */
export const broken = (): Failure => unsupported("The image is broken.");

async function encoderOf(mimeType: string, image: Sharp, meta: Metadata, path: string): Promise<Sharp> {
  switch (mimeType) {
    case "image/jpeg":
      return image.jpeg({
        quality: 90,
        progressive: meta.isProgressive ?? false,
        chromaSubsampling: meta.chromaSubsampling === "4:4:4" ? "4:4:4" : "4:2:0",
      });
    case "image/png":
      return image.png();
    case "image/gif":
      return image.gif();
    default:
      return image.webp((await isLossless(path)) ? { lossless: true } : { quality: 90 });
  }
}

/** Whether a WebP file begins with a lossless picture (RFC 9649, 2.6). */
async function isLossless(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
  return buffer.toString("latin1", 12, 16) === "VP8L";
}
