import { type LogChanges, logColumnsOf, type LogRow } from "../conversations/log.ts";
import type { Database } from "../kernel/database.ts";
import { conversationTopic, type UserEvent, userTopic } from "../realtime/events.ts";
import type { Audience, LogPage, LogSource, Membership, MembershipChange } from "../realtime/log-source.ts";
import { type MessageChange, changeOf } from "./change.ts";

/** Changes read at once. */
const PAGE = 2_000;
const COLUMNS = logColumnsOf("m");

/** The conversations' logs in PostgreSQL, for the hub. */
export class ConversationLogs implements LogSource<MessageChange> {
  constructor(private readonly database: Database) {}

  readonly topic = conversationTopic;
  readonly userTopic = userTopic;

  parse(payload: unknown): MessageChange[] | null {
    return isLogChanges(payload) ? payload.changes.map(changeOf) : null;
  }

  async after(conversationId: number, position: number): Promise<LogPage<MessageChange> | null> {
    return readLog(this.database, conversationId, position, PAGE);
  }

  async heads(conversationIds: readonly number[]): Promise<Map<number, number>> {
    const { rows } = await this.database.pool.query<{ id: string; position: string }>(
      "select id, position from conversations where id = any ($1)",
      [conversationIds],
    );
    return new Map(rows.map(({ id, position }) => [Number(id), Number(position)]));
  }

  audience({ added, message: { system } }: MessageChange): Audience | null {
    // A note that is only changed, by a reaction, tells of what happened long ago.
    if (!added) return null;
    switch (system?.event) {
      case "left":
      case "removed":
      case "banned":
        return { out: system.userIds, in: [], recheck: false };
      case "created":
      case "joined":
      case "added":
        return { out: [], in: system.userIds, recheck: false };
      case "updated":
        return { out: [], in: [], recheck: true };
      default:
        return null;
    }
  }

  membershipHint(event: unknown): { logId: number; present: boolean } | null {
    const told = event as UserEvent;
    if (told.type !== "conversation") return null;
    if (told.change === "MEMBER_LEFT" || told.change === "DELETED")
      return { logId: told.conversationId, present: false };
    if (told.change === "MEMBER_JOINED" || told.change === "CREATED")
      return { logId: told.conversationId, present: true };
    return null;
  }

  async memberships(userId: number): Promise<Membership[]> {
    const { rows } = await this.database.pool.query<{ conversation_id: string; joined_position: string }>(
      "select conversation_id, joined_position from members where user_id = $1 and left_at is null",
      [userId],
    );
    return rows.map((row) => ({ logId: Number(row.conversation_id), joinedPosition: Number(row.joined_position) }));
  }

  async audienceAmong(conversationId: number, userIds: readonly number[]): Promise<Set<number>> {
    const { rows } = await this.database.pool.query<{ user_id: string }>(
      `select u.id as user_id from conversations c
       join users u on u.id = any ($2)
       left join members m on m.conversation_id = c.id and m.user_id = u.id
       where c.id = $1 and coalesce(not m.is_banned, true) and (
         m.left_at is null and m.id is not null or c.visibility = 'PUBLIC' or c.kind = 'ROOM' and u.role = 'ADMIN')`,
      [conversationId, userIds],
    );
    return new Set(rows.map((row) => Number(row.user_id)));
  }

  async membershipChanges(since: string | null): Promise<{ changes: MembershipChange[]; next: string }> {
    const { rows } = await this.database.pool.query<{
      next: string;
      conversation_id: string | null;
      user_id: string | null;
      present: boolean | null;
    }>(
      `select pg_snapshot_xmin(pg_current_snapshot())::text as next, m.conversation_id, m.user_id, m.left_at is null as present
       from (select) as once left join members m on m.changed_xid >= $1::text::xid8`,
      [since],
    );
    const changes = rows
      .filter((row) => row.conversation_id !== null)
      .map((row) => ({
        logId: Number(row.conversation_id),
        userId: Number(row.user_id),
        present: row.present === true,
      }));
    return { changes, next: rows[0]?.next ?? "0" };
  }
}

/**
 * Reads on in a log: what changed after `position`, each message once, in its latest state, by position.
 *
 * @param limit changes at the most
 * @returns null where there is no such conversation
 */
export async function readLog(
  database: Database,
  conversationId: number,
  position: number,
  limit: number,
): Promise<LogPage<MessageChange> | null> {
  const { rows } = await database.pool.query<LogRow & { head: string }>(
    `select c.position as head, ${COLUMNS}
     from conversations c
     left join lateral (
       select * from messages where conversation_id = c.id and position > $2 order by position limit $3) m on true
     where c.id = $1 order by m.position`,
    [conversationId, position, limit + 1],
  );
  const head = rows[0]?.head;
  if (head === undefined) return null;
  const changes = rows.filter((row) => row.id !== null).map(changeOf);
  const more = changes.length > limit;
  if (more) changes.length = limit;
  return { changes, head: more ? (changes.at(-1)?.position ?? position) : Number(head), more };
}

function isLogChanges(payload: unknown): payload is LogChanges {
  return typeof payload === "object" && payload !== null && "changes" in payload;
}
