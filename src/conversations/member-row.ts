import { time, timeOrNull } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import { Member, type MemberRole } from "./member.ts";
import type { NotificationLevel } from "./notification-level.ts";

/** The columns that {@link memberFrom} reads, of `members m`. */
export const MEMBER_COLUMNS =
  "m.id, m.conversation_id, m.user_id, m.role, m.nickname, m.joined_at, m.left_at, m.last_read_seq, m.last_read_at, " +
  "m.last_delivered_seq, m.last_delivered_at, m.is_muted, m.is_banned, m.notification_level, m.joined_position";

/** A member as a statement brought it. */
export function memberFrom(row: Row): Member {
  const member = new Member();
  member.id = Number(row.id);
  member.conversationId = Number(row.conversation_id);
  member.userId = Number(row.user_id);
  member.role = row.role as MemberRole;
  member.nickname = row.nickname as string | null;
  member.joinedAt = time(row.joined_at);
  member.leftAt = timeOrNull(row.left_at);
  member.lastReadSeq = Number(row.last_read_seq);
  member.lastReadAt = timeOrNull(row.last_read_at);
  member.lastDeliveredSeq = Number(row.last_delivered_seq);
  member.lastDeliveredAt = timeOrNull(row.last_delivered_at);
  member.isMuted = row.is_muted as boolean;
  member.isBanned = row.is_banned as boolean;
  member.notificationLevel = row.notification_level as NotificationLevel | null;
  member.joinedPosition = Number(row.joined_position);
  return member;
}
