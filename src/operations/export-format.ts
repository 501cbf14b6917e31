/**
 * What stands in an export: JSON Lines (one JSON value a line, UTF-8, each line ended by a line feed).
 *
 * - The first line: `{"format":"parlance-export","version":1,"kind":"USER","of":"user_3","exportedAt":"…"}`.
 * - Then one `{"type":"message","data":{…}}` a line, type by type in the order below, each type by age.
 * - The last line: `{"type":"end","data":{"records":1234}}`, counting the lines between. A file without it is not whole.
 *
 * All lines show one moment, `exportedAt`. Ids are global ids, times RFC 3339 in UTC, what is not there is null. Messages,
 * members and conversations are shaped as the cascade tells them (cascade-events.ts). Encrypted messages are there as the
 * client encrypted them; deleted and recalled ones with the content "". Nothing in it logs anybody in: no password's
 * hash, no token, no key but the public one, no key of a push subscription.
 */
export const EXPORT_FORMAT = "parlance-export";
export const EXPORT_VERSION = 1;

/** A type of line, and the statement that makes it of the export's subject ($1), in pages by `key` ($2: after, $3: how many). */
export interface ExportPart {
  readonly type: string;
  readonly sql: string;
  /**
   * Whether it looks through all messages, which have no index by their sender: then no further than the key $4 at a
   * time, so that no statement takes long.
   */
  readonly looksThroughMessages: boolean;
}

const part = (type: string, key: string, data: string, from: string): ExportPart => ({
  type,
  // Rows of one key stay together on a page.
  sql: `select ${key} as key, (${data})::text as data from ${from} and ${key} > $2 order by ${key} fetch first $3 rows with ties`,
  looksThroughMessages: false,
});
const wide = (type: string, key: string, data: string, from: string): ExportPart => ({
  ...part(type, key, data, `${from} and ${key} <= $4`),
  looksThroughMessages: true,
});

const object = (fields: Readonly<Record<string, string>>): string =>
  `json_build_object(${Object.entries(fields)
    .map(([name, value]) => `'${name}', ${value}`)
    .join(", ")})`;

const FILE = object({
  id: "'file_' || f.id",
  name: "f.name",
  size: "f.size",
  mimeType: "f.mime_type",
  ownerId: "'user_' || f.owner_id",
  createdAt: "cascade_time(f.created_at)",
});

/** Of an account: what it is, whom it knows, what it wrote, what it was told. */
export const USER_PARTS: readonly ExportPart[] = [
  part(
    "profile",
    "u.id",
    object({
      id: "'user_' || u.id",
      username: "u.username",
      displayName: "u.display_name",
      email: "u.email",
      phone: "u.phone",
      avatarUrl: "u.avatar_url",
      role: "u.role",
      directMessagePolicy: "u.direct_message_policy",
      externalId: "u.external_id",
      publicKey: "k.public_key",
      isDeactivated: "u.deactivated_at is not null",
      createdAt: "cascade_time(u.created_at)",
      updatedAt: "cascade_time(u.updated_at)",
    }),
    "users u left join user_keys k on k.user_id = u.id where u.id = $1",
  ),
  part(
    "session",
    "s.n",
    object({
      userAgent: "s.user_agent",
      ip: "s.ip",
      createdAt: "cascade_time(s.created_at)",
      lastUsedAt: "cascade_time(s.last_used_at)",
      expiresAt: "cascade_time(s.expires_at)",
      revokedAt: "cascade_time(s.revoked_at)",
    }),
    "(select *, row_number() over (order by created_at, id) as n from sessions where user_id = $1) s where true",
  ),
  part(
    "friend",
    "f.friend_id",
    object({ userId: "'user_' || u.id", username: "u.username", since: "cascade_time(f.created_at)" }),
    "friendships f join users u on u.id = f.friend_id where f.user_id = $1",
  ),
  part(
    "friendRequest",
    "r.id",
    "cascade_friend_request(r)",
    "friend_requests r where (r.from_user_id = $1 or r.to_user_id = $1)",
  ),
  part(
    "block",
    "b.blocked_id",
    object({ userId: "'user_' || b.blocked_id", since: "cascade_time(b.created_at)" }),
    "blocks b where b.user_id = $1",
  ),
  part(
    "membership",
    "m.id",
    object({
      // What became of it since somebody was out is not theirs to know.
      conversation:
        "case when m.left_at is null then cascade_conversation(c) else json_build_object('id', 'conv_' || c.id) end",
      member: "cascade_member(m)",
      lastReadSeq: "m.last_read_seq",
      notificationLevel: "m.notification_level",
    }),
    "members m join conversations c on c.id = m.conversation_id where m.user_id = $1",
  ),
  wide("message", "m.id", "cascade_message(m)", "messages m where m.sender_id = $1"),
  wide(
    "messageEdit",
    "m.id",
    object({
      messageId: "'msg_' || e.message_id",
      revision: "e.revision",
      content: "e.content",
      editedAt: "cascade_time(e.edited_at)",
    }),
    `message_edits e join messages m on m.id = e.message_id
     where m.sender_id = $1 and m.deleted_at is null and m.recalled_at is null`,
  ),
  wide(
    "reaction",
    "r.message_id",
    object({ messageId: "'msg_' || r.message_id", emoji: "r.emoji", at: "cascade_time(r.created_at)" }),
    "reactions r where r.user_id = $1",
  ),
  part(
    "draft",
    "d.conversation_id",
    object({
      conversationId: "'conv_' || d.conversation_id",
      content: "d.content",
      updatedAt: "cascade_time(d.updated_at)",
    }),
    "drafts d where d.user_id = $1",
  ),
  part(
    "scheduledMessage",
    "s.id",
    object({
      conversationId: "'conv_' || s.conversation_id",
      type: "s.type",
      content: "s.content",
      location: "s.location",
      isEncrypted: "s.is_encrypted",
      sendAt: "cascade_time(s.send_at)",
      status: "s.status",
      createdAt: "cascade_time(s.created_at)",
    }),
    "scheduled_messages s where s.user_id = $1",
  ),
  part("file", "f.id", FILE, "files f where f.owner_id = $1"),
  part(
    "call",
    "c.id",
    object({
      conversationId: "'conv_' || c.conversation_id",
      media: "c.media",
      startedById: "'user_' || c.started_by_id",
      startedAt: "cascade_time(c.started_at)",
      endedAt: "cascade_time(c.ended_at)",
      joinedAt: "cascade_time(p.joined_at)",
      leftAt: "cascade_time(p.left_at)",
    }),
    "call_parties p join calls c on c.id = p.call_id where p.user_id = $1",
  ),
  part(
    "notification",
    "n.id",
    object({
      type: "n.type",
      title: "n.title",
      content: "n.content",
      actorId: "'user_' || n.actor_id",
      conversationId: "'conv_' || n.conversation_id",
      messageId: "'msg_' || n.message_id",
      data: "n.data",
      count: "n.count",
      readAt: "cascade_time(n.read_at)",
      createdAt: "cascade_time(n.created_at)",
    }),
    "notifications n where n.user_id = $1",
  ),
  part(
    "notificationSettings",
    "s.user_id",
    object({ off: "s.off", unpushed: "s.unpushed", push: "s.push", timeZone: "s.time_zone" }),
    "notification_settings s where s.user_id = $1",
  ),
  part(
    "pushSubscription",
    "p.id",
    object({ userAgent: "p.user_agent", createdAt: "cascade_time(p.created_at)" }),
    "push_subscriptions p where p.user_id = $1",
  ),
  part(
    "report",
    "r.id",
    object({
      messageId: "'msg_' || r.message_id",
      reason: "r.reason",
      comment: "r.comment",
      state: "r.state",
      createdAt: "cascade_time(r.created_at)",
    }),
    "message_reports r where r.reporter_id = $1",
  ),
  part(
    "clientEvent",
    "e.id",
    object({ type: "e.type", data: "e.data", occurredAt: "cascade_time(e.occurred_at)" }),
    "client_events e where e.user_id = $1",
  ),
];

/** Of a conversation: only what everybody in it may see. */
export const CONVERSATION_PARTS: readonly ExportPart[] = [
  part("conversation", "c.id", "cascade_conversation(c)", "conversations c where c.id = $1"),
  part(
    "member",
    "m.user_id",
    object({ member: "cascade_member(m)", username: "u.username", displayName: "u.display_name" }),
    "members m join users u on u.id = m.user_id where m.conversation_id = $1",
  ),
  part("message", "m.seq", "cascade_message(m)", "messages m where m.conversation_id = $1"),
  part(
    "reaction",
    "m.seq",
    object({
      messageId: "'msg_' || r.message_id",
      userId: "'user_' || r.user_id",
      emoji: "r.emoji",
      at: "cascade_time(r.created_at)",
    }),
    "reactions r join messages m on m.id = r.message_id where m.conversation_id = $1",
  ),
  part(
    "file",
    "m.seq",
    FILE,
    `messages m join files f on f.id = m.file_id
     where m.conversation_id = $1 and m.deleted_at is null and m.recalled_at is null`,
  ),
];
