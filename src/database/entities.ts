import { Session } from "../auth/session.ts";
import { CallParty } from "../calls/call-party.ts";
import { Call } from "../calls/call.ts";
import { Conversation, DirectConversation, Group, Room } from "../conversations/conversation.ts";
import { Member } from "../conversations/member.ts";
import { Block } from "../friends/block.ts";
import { FriendRequest } from "../friends/friend-request.ts";
import { File } from "../files/file.ts";
import { Friendship } from "../friends/friendship.ts";
import { ServerNode } from "../kernel/node-lease.ts";
import { Draft } from "../messages/draft.ts";
import { MessageEdit } from "../messages/message-edit.ts";
import { Message } from "../messages/message.ts";
import { Reaction } from "../messages/reaction.ts";
import { ReadAdvance } from "../messages/read-advance.ts";
import { ResumePoint } from "../messages/resume-point.ts";
import { NotificationSettings } from "../notifications/notification-settings.ts";
import { NotificationTemplate } from "../notifications/notification-template.ts";
import { Notification } from "../notifications/notification.ts";
import { AddedMention, NotifyPosition } from "../notifications/notify-position.ts";
import { PushSubscription } from "../notifications/push-subscription.ts";
import { Broadcast } from "../operations/broadcast.ts";
import { DomainEvent } from "../operations/cascade-outbox.ts";
import { ClientEvent } from "../operations/client-event.ts";
import { DailyQuota } from "../users/daily-quota.ts";
import { Export } from "../operations/export.ts";
import { MessageReport } from "../operations/message-report.ts";
import { RetentionRule } from "../operations/retention-rule.ts";
import { NodeConnections, PresenceSource, RoomAttendee, UserStatus } from "../presence/tables.ts";
import { ScheduledMessage } from "../messages/scheduled-message.ts";
import { Invite } from "../rooms/invite.ts";
import { MessageSearch, SearchQueueEntry } from "../search/message-search.ts";
import { AuditEntry } from "../users/audit-entry.ts";
import { UserKeys } from "../users/keys.ts";
import { User } from "../users/user.ts";
import { ServerState } from "./server-state.ts";

/** Every table's class. */
export const entities = [
  AddedMention,
  AuditEntry,
  Block,
  Call,
  CallParty,
  Broadcast,
  ClientEvent,
  Conversation,
  DailyQuota,
  DirectConversation,
  File,
  Draft,
  DomainEvent,
  Export,
  FriendRequest,
  Friendship,
  Group,
  Invite,
  Member,
  Message,
  NodeConnections,
  Notification,
  NotificationSettings,
  NotificationTemplate,
  NotifyPosition,
  PresenceSource,
  PushSubscription,
  MessageReport,
  MessageEdit,
  MessageSearch,
  Reaction,
  ReadAdvance,
  ResumePoint,
  RetentionRule,
  Room,
  RoomAttendee,
  ScheduledMessage,
  SearchQueueEntry,
  ServerNode,
  ServerState,
  Session,
  User,
  UserStatus,
  UserKeys,
];
