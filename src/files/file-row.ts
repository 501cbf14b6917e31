import { time } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import { File } from "./file.ts";

/** The columns of `files f` that {@link fileFrom} reads. */
export const FILE_COLUMNS =
  "f.id, f.owner_id, f.token, f.public_id, f.name, f.mime_type, f.size, f.width, f.height, f.thumbnail_size, f.created_at";

/** A file as a statement brought it. */
export function fileFrom(row: Row): File {
  return Object.assign(new File(), {
    id: Number(row.id),
    ownerId: Number(row.owner_id),
    token: row.token as string,
    publicId: row.public_id as string,
    name: row.name as string,
    mimeType: row.mime_type as string,
    size: Number(row.size),
    width: row.width as number | null,
    height: row.height as number | null,
    thumbnailSize: row.thumbnail_size as number | null,
    createdAt: time(row.created_at),
  });
}
