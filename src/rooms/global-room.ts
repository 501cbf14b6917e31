import type { Context } from "../kernel/context.ts";
import type { Database } from "../kernel/database.ts";
import { GLOBAL } from "./settings.ts";

const known = new WeakMap<Database, number>();

/** The id of the room that everyone is in. It is made with the database and stays: a process asks for it once. */
export async function globalRoomId(ctx: Context): Promise<number> {
  const { database } = ctx.services;
  const remembered = known.get(database);
  if (remembered !== undefined) return remembered;
  const [row] = await ctx.sql<{ id: string }>("select id from conversations where lower(slug) = $1", [GLOBAL]);
  if (row === undefined) throw new Error("There is no room that everyone is in.");
  const id = Number(row.id);
  known.set(database, id);
  return id;
}
