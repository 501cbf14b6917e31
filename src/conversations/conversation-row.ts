import { time } from "../kernel/columns.ts";
import type { Row } from "../kernel/database.ts";
import {
  type Conversation,
  ConversationKind,
  DirectConversation,
  Group,
  Room,
  type RoomVisibility,
} from "./conversation.ts";

/** The columns that {@link conversationFrom} reads, of `conversations c`. */
export const CONVERSATION_COLUMNS =
  "c.id, c.kind, c.avatar_url, c.member_count, c.last_seq, c.position, c.created_at, c.updated_at, c.direct_key, " +
  "c.slug, c.name, c.description, c.visibility, c.max_members, c.created_by_id";

/** A room, a group or a direct conversation as a statement brought it: lists and lookups are hot paths. */
export function conversationFrom(row: Row): Conversation {
  const conversation = ofKind(row);
  conversation.id = Number(row.id);
  conversation.kind = row.kind as ConversationKind;
  conversation.avatarUrl = row.avatar_url as string | null;
  conversation.memberCount = row.member_count as number;
  conversation.lastSeq = Number(row.last_seq);
  conversation.position = Number(row.position);
  conversation.createdAt = time(row.created_at);
  conversation.updatedAt = time(row.updated_at);
  return conversation;
}

function ofKind(row: Row): Conversation {
  if (row.kind === ConversationKind.ROOM) {
    const room = named(new Room(), row);
    room.slug = row.slug as string;
    room.visibility = row.visibility as RoomVisibility;
    return room;
  }
  if (row.kind === ConversationKind.GROUP) return named(new Group(), row);
  const direct = new DirectConversation();
  direct.directKey = row.direct_key as string;
  return direct;
}

function named<C extends Room | Group>(conversation: C, row: Row): C {
  conversation.name = row.name as string;
  conversation.description = row.description as string | null;
  conversation.maxMembers = row.max_members as number;
  conversation.createdById = row.created_by_id === null ? null : Number(row.created_by_id);
  return conversation;
}
