import { extname } from "node:path";

import type { Context } from "../kernel/context.ts";
import type { SqlParameter } from "../kernel/database.ts";
import { FILES_PATH, LEGACY_FILES_PATH } from "./addresses.ts";
import { FILE_COLUMNS, fileFrom } from "./file-row.ts";
import type { File } from "./file.ts";
import { OPEN } from "./use.ts";

/** Characters of what is looked at as an address of a file of ours: the longest one has some 2,500. */
export const FILE_ADDRESS_MAXIMUM = 4_096;

const TOKEN = /^[A-Za-z0-9_-]{32}$/;
/** A UUID as PostgreSQL writes it, and an extension. */
const PUBLIC_NAME = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.[a-z0-9]{1,8})$/;
/** A path of one of the two forms. */
const OURS = new RegExp(`^(?:${FILES_PATH}/([^/]+)/[^/]+|${LEGACY_FILES_PATH}/([^/]+))$`);

type Scope = Pick<Context, "services" | "sql">;

/** The file that a token opens; null for one that opens nothing, any more or for the time being. */
export async function openedByToken(ctx: Scope, token: string): Promise<File | null> {
  return TOKEN.test(token) ? opened(ctx, "f.token = $1", [token]) : null;
}

/** The file that a public name opens, `<publicId>.<extension>`; null as of {@link openedByToken}, and for another extension. */
export async function openedByPublicName(ctx: Scope, name: string): Promise<File | null> {
  const [, publicId, extension] = PUBLIC_NAME.exec(name) ?? [];
  if (publicId === undefined) return null;
  const file = await opened(ctx, "f.public_id = $1", [publicId]);
  return file !== null && extname(file.name) === extension ? file : null;
}

/**
 * The file of this server that an address means: a whole one or a path, as `File.url` or {@link legacyUrlOf} have it.
 * Whoever knows it has the right to the file, and may send it on: see `SendInput.shownFile`.
 *
 * @returns null where it is no such address, opens nothing any more, or is not said
 */
export async function fileAt(ctx: Scope, address: string | null | undefined): Promise<File | null> {
  if (address == null || address.length > FILE_ADDRESS_MAXIMUM) return null;
  const path = pathOf(ctx, address);
  const [, token, publicName] = OURS.exec(path ?? "") ?? [];
  if (token !== undefined) return openedByToken(ctx, token);
  return publicName === undefined ? null : openedByPublicName(ctx, publicName);
}

/** The path of an address below this server's own address; null where it is elsewhere. */
function pathOf({ services }: Scope, address: string): string | null {
  const base = new URL(services.files.publicUrl);
  const url = URL.parse(address, base.href);
  if (url === null || url.origin !== base.origin) return null;
  const below = base.pathname.replace(/\/$/, "");
  return url.pathname.startsWith(`${below}/`) ? url.pathname.slice(below.length) : url.pathname;
}

async function opened(ctx: Scope, condition: string, parameters: SqlParameter[]): Promise<File | null> {
  const [row] = await ctx.sql(`select ${FILE_COLUMNS} from files f where ${condition} and ${OPEN}`, parameters);
  return row === undefined ? null : fileFrom(row);
}
