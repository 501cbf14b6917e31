import { logColumnsOf, type LogRow, lockConversation, publishChanges } from "../conversations/log.ts";
import type { Context } from "../kernel/context.ts";
import { forbidden } from "../kernel/errors.ts";
import { type Connection, type PageArguments, connection, connectionType, pageRequest } from "../kernel/pages.ts";
import { FILE_COLUMNS, fileFrom } from "./file-row.ts";
import { File } from "./file.ts";
import { visible } from "./reach.ts";

/** FileConnection and FileEdge. */
export const FilePage = connectionType(File, "File");

/** What the viewer has uploaded, the newest first. */
export async function own(ctx: Context, page: PageArguments): Promise<Connection<File>> {
  const request = pageRequest(page, ["number"]);
  const rows = await ctx.sql(
    `select ${FILE_COLUMNS} from files f
     where f.owner_id = $1 and ($2::bigint is null or f.id < $2) and ($3::bigint is null or f.id > $3)
     order by f.id ${request.fromEnd ? "asc" : "desc"} limit $4`,
    [ctx.me.userId, keyOf(request.after), keyOf(request.before), request.size + 1],
  );
  return connection(request, rows.map(fileFrom), ({ id }) => [id]);
}

/**
 * Deletes one's own file. Messages that carry it stay and carry nothing any more, each of which is a change of its log; a
 * picture of somebody that it was is none any more. Its address answers 404 from the commit on.
 *
 * @throws NOT_FOUND, FORBIDDEN for others' files
 */
export async function remove(ctx: Context, { fileId }: { fileId: number }): Promise<void> {
  const file = await visible(ctx, fileId, "fileId");
  if (file.ownerId !== ctx.me.userId) throw forbidden("Only its owner may delete a file.", "fileId");
  await ctx.transaction(async (tx) => {
    const carriers = await tx.sql<{ id: string }>(
      "select distinct conversation_id as id from messages where file_id = $1 order by 1",
      [fileId],
    );
    // In the order of ids, as everybody who locks several.
    for (const { id } of carriers) {
      await lockConversation(tx, Number(id));
      await dropFrom(tx, Number(id), fileId);
    }
    await tx.sql("update users set avatar_url = null where avatar_url is not null and file_token(avatar_url) = $1", [
      file.token,
    ]);
    await tx.sql("delete from files where id = $1", [fileId]);
  });
}

/** Takes a file from the messages of a conversation, as so many changes of its log. */
async function dropFrom(tx: Context, conversationId: number, fileId: number): Promise<void> {
  const rows = await tx.sql<LogRow>(
    `with carrying as (
       select id, row_number() over (order by seq) as n from messages where conversation_id = $1 and file_id = $2),
     moved as (
       update conversations set position = position + (select count(*) from carrying), updated_at = clock_timestamp()
       where id = $1 returning position - (select count(*) from carrying) as before)
     update messages m set file_id = null, position = moved.before + carrying.n, updated_at = clock_timestamp()
     from carrying, moved where m.id = carrying.id and m.conversation_id = $1
     returning ${logColumnsOf("m")}`,
    [conversationId, fileId],
  );
  rows.sort((one, other) => Number(one.position) - Number(other.position));
  publishChanges(tx, conversationId, rows);
}

const keyOf = (key: readonly (string | number)[] | null): number | null => (key === null ? null : Number(key[0]));
