import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";

import { visible as visibleConversation } from "../conversations/reach.ts";
import type { Context } from "../kernel/context.ts";
import { cancelJob, queueJob } from "../kernel/jobs.ts";
import { demandWriter } from "../rooms/writing.ts";
import * as users from "../users/user.service.ts";
import type { User } from "../users/user.ts";
import { urlOf } from "./addresses.ts";
import { type Claim, judge } from "./content/judge.ts";
import { fileName } from "./content/file-name.ts";
import { IMAGES, type Kinds } from "./content/media-types.ts";
import { avatarOf, broken, cleaned, type Picture } from "./content/picture.ts";
import { FILE_COLUMNS, fileFrom } from "./file-row.ts";
import type { File } from "./file.ts";
import { objectsJob, sweepAt, sweepJob } from "./jobs.ts";
import { demandRoom, lockQuota } from "./quota.ts";
import { receive, refusingFullDisk } from "./receive.ts";
import type { Spooled } from "./spool.ts";
import { objectKey } from "./storage/storage.ts";

/** A file on its way in, by whichever door. */
export interface Incoming extends Claim {
  /** Its bytes. They are read once, and not at all where the upload is refused before. */
  open(): Readable;
}

/** A file whose sender waits for it to be asked for: whatever can be refused without it is refused before. */
export type Asked = () => Promise<Incoming>;

/** What a door takes of the files that the server does. */
export interface Narrower {
  /** Bytes of a file, at the most; where the server takes fewer, that holds. */
  readonly bytes: number;
  readonly kinds: Kinds;
}

/** How long an upload may take at the most: what storage holds by then and no row names is removed. */
const ABANDONED_AFTER_MS = 3_600_000;
/** Random bytes of a token. */
const TOKEN_BYTES = 24;

/**
 * Takes a file in. Of images it keeps the picture alone, upright, written anew before anybody can download it.
 *
 * @param conversationId where it will be sent: refused at once where one may not write
 * @param only what of it is taken; all that the server takes, where nothing is said
 * @throws NOT_FOUND, FORBIDDEN, RATE_LIMITED, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, BAD_USER_INPUT where it breaks off
 */
export async function upload(
  ctx: Context,
  { file, conversationId, only }: { file: Asked; conversationId: number | null; only?: Narrower },
): Promise<File> {
  const { userId } = ctx.me;
  if (conversationId !== null) {
    await visibleConversation(ctx, conversationId, "conversationId");
    await demandWriter(ctx, conversationId, "conversationId");
  }
  return ctx.services.files.uploads.pass(userId, async () => {
    await demandRoom(ctx, 0);
    const incoming = await file();
    const { maxUploadBytes } = ctx.services.files;
    await using received = await receive(ctx, incoming, Math.min(maxUploadBytes, only?.bytes ?? maxUploadBytes));
    const media = await judge(received.path, incoming, only?.kinds);
    const { mimeType } = media;
    const name = fileName(incoming.name, media);
    if (!mimeType.startsWith("image/")) return await keep(ctx, received, { name, mimeType, width: null, height: null });
    return await asPicture(
      ctx,
      () => cleaned(received.path, mimeType),
      (spooled, { width, height }) => keep(ctx, spooled, { name, mimeType, width, height }),
    );
  });
}

/**
 * Takes an image in as the viewer's picture: its middle as a square, at most 512 pixels either way, WebP.
 *
 * @throws as {@link upload}
 */
export async function uploadAvatar(ctx: Context, file: Asked): Promise<User> {
  const { userId } = ctx.me;
  return ctx.services.files.uploads.pass(userId, async () => {
    await demandRoom(ctx, 0);
    const incoming = await file();
    await using received = await receive(ctx, incoming, ctx.services.files.maxUploadBytes);
    await judge(received.path, incoming, IMAGES);
    const facts = { name: "avatar.webp", mimeType: "image/webp" };
    return await asPicture(
      ctx,
      () => avatarOf(received.path),
      async (spooled, { width, height }) =>
        keep(ctx, spooled, { ...facts, width, height }, async (tx, kept) => {
          const avatarUrl = urlOf(ctx.services.files.publicUrl, kept);
          return users.change(tx, userId, { avatarUrl });
        }),
    );
  });
}

/** Works on an image when it is its turn, and hands over what came of it. */
async function asPicture<T>(
  ctx: Context,
  work: () => Promise<Picture>,
  use: (spooled: Spooled, picture: Picture) => Promise<T>,
): Promise<T> {
  const { spool, images } = ctx.services.files;
  const [written, picture] = await images.pass(async () => {
    const made = await work();
    // What fails here without the disk being at fault, the image is at fault of.
    const spooled = await spool.write(made.content).catch((error: unknown) => {
      refusingFullDisk(ctx, error);
      if (error instanceof Error && "syscall" in error) throw error;
      ctx.log.debug({ err: error }, "an image could not be unpacked");
      throw broken();
    });
    return [spooled, made] as const;
  });
  await using spooled = written;
  return await use(spooled, picture);
}

type Facts = Pick<File, "name" | "mimeType" | "width" | "height">;

/**
 * Gives a complete file to storage and its row to the database. A job that removes the object is left behind before, and
 * taken back with the row's commit: however this ends, there is no object without a row for long, and no row without one.
 */
async function keep(ctx: Context, spooled: Spooled, facts: Facts): Promise<File>;
async function keep<T>(
  ctx: Context,
  spooled: Spooled,
  facts: Facts,
  then: (tx: Context, file: File) => Promise<T>,
): Promise<T>;
async function keep<T>(
  ctx: Context,
  { path, size }: Spooled,
  { name, mimeType, width, height }: Facts,
  then?: (tx: Context, file: File) => Promise<T>,
): Promise<T | File> {
  const { storage } = ctx.services.files;
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const key = objectsJob(token);
  await queueJob(ctx, "removeObjects", { token }, { key, at: new Date(Date.now() + ABANDONED_AFTER_MS) });
  try {
    await storage.keep(objectKey(token), path, { size, mimeType });
    return await ctx.transaction(async (tx) => {
      await lockQuota(tx);
      await demandRoom(tx, size);
      const [row] = await tx.sql(
        `insert into files as f (owner_id, token, name, mime_type, size, width, height)
         values ($1, $2, $3, $4, $5, $6, $7) returning ${FILE_COLUMNS}`,
        [tx.me.userId, token, name, mimeType, size, width, height],
      );
      const file = fileFrom(row ?? {});
      await cancelJob(tx, key);
      await queueJob(tx, "sweepFile", { fileId: file.id }, { key: sweepJob(file.id), at: sweepAt(file) });
      if (then !== undefined) return then(tx, file);
      if (width !== null) await queueJob(tx, "makeThumbnail", { fileId: file.id }, { attempts: 5 });
      return file;
    });
  } catch (error) {
    // Where the database is away, the job that was left behind does it later.
    await queueJob(ctx, "removeObjects", { token }, { key }).catch((second: unknown) => {
      ctx.log.warn({ err: second }, "what storage holds of a failed upload is removed later");
    });
    refusingFullDisk(ctx, error);
    throw error;
  }
}
