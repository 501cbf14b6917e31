import type { Context } from "../kernel/context.ts";
import { globalId } from "../kernel/ids.ts";
import { CONVERSATION_PARTS, EXPORT_FORMAT, EXPORT_VERSION, type ExportPart, USER_PARTS } from "./export-format.ts";
import { ExportKind } from "./export.ts";

/** Rows read at once: memory holds so many lines, however large the export. */
const PAGE = 1_000;
/** Numbers of messages looked through at once. */
const WINDOW = 100_000;

/** Of what an export is. */
export interface ExportSubject {
  readonly kind: ExportKind;
  /** The user's, or the conversation's, number. */
  readonly id: number;
}

/**
 * The lines of an export, as src/operations/export-format.ts has them, a page at a time.
 *
 * @param reads sees one moment of the database for all of them
 * @param onPage hears how many lines there are so far
 */
export async function* linesOf(
  reads: Context,
  { kind, id }: ExportSubject,
  onPage: (lines: number) => Promise<void>,
): AsyncGenerator<string> {
  const [now] = await reads.sql<{ at: string }>("select cascade_time(now()) as at");
  const of = globalId(kind === ExportKind.USER ? "user" : "conversation", id);
  yield `${JSON.stringify({ format: EXPORT_FORMAT, version: EXPORT_VERSION, kind, of, exportedAt: now?.at })}\n`;
  let records = 0;
  for (const part of kind === ExportKind.USER ? USER_PARTS : CONVERSATION_PARTS) {
    for await (const data of pagesOf(reads, part, id)) {
      yield data.map((text) => `{"type":"${part.type}","data":${text}}\n`).join("");
      records += data.length;
      await onPage(records);
    }
  }
  yield `${JSON.stringify({ type: "end", data: { records } })}\n`;
}

async function* pagesOf(
  reads: Context,
  { sql, looksThroughMessages }: ExportPart,
  id: number,
): AsyncGenerator<string[]> {
  const [last] = await reads.sql<{ id: string | null }>("select max(id) as id from messages");
  const end = looksThroughMessages ? Number(last?.id ?? 0) : 0;
  let after = 0;
  for (let isLast = false; !isLast;) {
    const window = looksThroughMessages ? [after + WINDOW] : [];
    const rows = await reads.sql<{ key: string; data: string }>(sql, [id, after, PAGE, ...window]);
    if (rows.length > 0) yield rows.map(({ data }) => data);
    isLast = rows.length < PAGE && after + WINDOW >= end;
    after = rows.length < PAGE ? after + WINDOW : Number(rows.at(-1)?.key);
  }
}
