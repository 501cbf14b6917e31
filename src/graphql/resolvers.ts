import type { NonEmptyArray } from "type-graphql";

import { AccountResolver } from "../auth/account.resolver.ts";
import { AuthResolver, SessionResolver, ViewerSessionsResolver } from "../auth/auth.resolver.ts";
import {
  CallEventResolver,
  CallFieldsResolver,
  CallPartyResolver,
  ConversationCallResolver,
  ViewerCallsResolver,
} from "../calls/call-fields.resolver.ts";
import { CallSubscription } from "../calls/call-subscription.resolver.ts";
import { CallResolver } from "../calls/call.resolver.ts";
import { ConversationEventResolver } from "../conversations/conversation-event.resolver.ts";
import { ConversationSubscription } from "../conversations/conversation-subscription.resolver.ts";
import {
  ConversationResolver,
  DirectConversationResolver,
  ViewerConversationsResolver,
} from "../conversations/conversation.resolver.ts";
import { GroupCreatorResolver, RoomCreatorResolver } from "../conversations/creator.resolver.ts";
import { OpenDirectResolver } from "../conversations/direct.resolver.ts";
import { MemberResolver } from "../conversations/member.resolver.ts";
import {
  FriendRequestResolver,
  FriendshipEventResolver,
  UserFriendshipResolver,
  ViewerFriendsResolver,
} from "../friends/friend-fields.resolver.ts";
import { FileResolver } from "../files/file.resolver.ts";
import { UploadResolver, ViewerFilesResolver } from "../files/upload.resolver.ts";
import { FriendshipSubscription } from "../friends/friendship-subscription.resolver.ts";
import { FriendsResolver } from "../friends/friends.resolver.ts";
import { ConversationMessagesResolver, ViewerMessagesResolver } from "../messages/conversation-messages.resolver.ts";
import { MessageFieldsResolver, ReactionGroupResolver } from "../messages/message-fields.resolver.ts";
import { MessageSubscriptions, ReadEventResolver } from "../messages/message-subscriptions.resolver.ts";
import { MessageFileResolver } from "../messages/message-file.resolver.ts";
import {
  ConversationDraftResolver,
  DraftEventResolver,
  DraftResolver,
  ViewerDraftsResolver,
} from "../messages/draft.resolver.ts";
import { DeliveryEventResolver, DeliveryResolver } from "../messages/delivery.resolver.ts";
import { ForwardResolver } from "../messages/forward.resolver.ts";
import {
  ScheduledMessageEventResolver,
  ScheduledMessageResolver,
  ViewerScheduledMessagesResolver,
} from "../messages/scheduled.resolver.ts";
import { MessageResolver } from "../messages/message.resolver.ts";
import { ReadReceiptResolver, ReceiptsResolver } from "../messages/receipts.resolver.ts";
import { AuditLogResolver } from "../operations/audit-log.resolver.ts";
import { BroadcastResolver } from "../operations/broadcast.resolver.ts";
import { ClientEventsResolver } from "../operations/client-events.resolver.ts";
import { ReportedMessageResolver, ReportsResolver } from "../operations/reports.resolver.ts";
import { StatisticsResolver, TopSenderResolver, UserStatsResolver } from "../operations/statistics.resolver.ts";
import { PinnedMessagesResolver, PinResolver } from "../messages/pin.resolver.ts";
import { AnnouncementResolver } from "../notifications/announcement.resolver.ts";
import { NotificationMutations } from "../notifications/notification-mutations.resolver.ts";
import { NotificationSubscription } from "../notifications/notification-subscription.resolver.ts";
import { NotificationResolver, ViewerNotificationsResolver } from "../notifications/notification.resolver.ts";
import { ExportResolver, ViewerExportsResolver } from "../operations/export.resolver.ts";
import { RetentionResolver } from "../operations/retention.resolver.ts";
import { SyncUsersResolver } from "../operations/sync-users.resolver.ts";
import { CascadeInfoResolver, CascadeResolver } from "../operations/cascade.resolver.ts";
import { PresenceSubscription } from "../presence/presence-subscription.resolver.ts";
import { PresenceResolver, UserPresenceResolver, ViewerPresenceResolver } from "../presence/presence.resolver.ts";
import { PreferencesResolver } from "../notifications/preferences.resolver.ts";
import { PushResolver } from "../notifications/push.resolver.ts";
import { NotificationStatisticsResolver } from "../notifications/statistics.resolver.ts";
import { ConnectionStatsResolver } from "../presence/connection-stats.resolver.ts";
import { UsersResolver } from "../presence/users.resolver.ts";
import { GroupResolver } from "../rooms/group.resolver.ts";
import { InviteResolver } from "../rooms/invite.resolver.ts";
import { JoiningResolver } from "../rooms/joining.resolver.ts";
import { ModerationResolver } from "../rooms/moderation.resolver.ts";
import { RoomResolver } from "../rooms/room.resolver.ts";
import { UpkeepResolver } from "../rooms/upkeep.resolver.ts";
import { KeysSubscription } from "../users/keys-subscription.resolver.ts";
import { KeysResolver, UserKeysResolver, ViewerKeysResolver } from "../users/keys.resolver.ts";
import { SearchResolver } from "../search/search.resolver.ts";
import { UserResolver } from "../users/user.resolver.ts";
import { TypingEventResolver, TypingResolver } from "../typing/typing.resolver.ts";
import { NodeResolver } from "./node.resolver.ts";

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what type-graphql calls a class
type ResolverClass = Function;

/** Every resolver class; each slice puts its own here. */
export const resolvers: NonEmptyArray<ResolverClass> = [
  NodeResolver,
  UserResolver,
  KeysResolver,
  UserKeysResolver,
  ViewerKeysResolver,
  KeysSubscription,
  AuthResolver,
  SessionResolver,
  ViewerSessionsResolver,
  FriendsResolver,
  FriendRequestResolver,
  FriendshipEventResolver,
  UserFriendshipResolver,
  ViewerFriendsResolver,
  FriendshipSubscription,
  ConversationResolver,
  DirectConversationResolver,
  ViewerConversationsResolver,
  RoomCreatorResolver,
  GroupCreatorResolver,
  MemberResolver,
  OpenDirectResolver,
  ConversationEventResolver,
  ConversationSubscription,
  RoomResolver,
  GroupResolver,
  JoiningResolver,
  ModerationResolver,
  UpkeepResolver,
  InviteResolver,
  FileResolver,
  UploadResolver,
  ViewerFilesResolver,
  MessageResolver,
  MessageFileResolver,
  MessageFieldsResolver,
  ReactionGroupResolver,
  ConversationMessagesResolver,
  ViewerMessagesResolver,
  MessageSubscriptions,
  ReadEventResolver,
  NotificationResolver,
  ViewerNotificationsResolver,
  NotificationMutations,
  NotificationSubscription,
  AccountResolver,
  AnnouncementResolver,
  PreferencesResolver,
  PushResolver,
  NotificationStatisticsResolver,
  AuditLogResolver,
  BroadcastResolver,
  ClientEventsResolver,
  ReportsResolver,
  ReportedMessageResolver,
  StatisticsResolver,
  TopSenderResolver,
  UserStatsResolver,
  PinResolver,
  PinnedMessagesResolver,
  CascadeResolver,
  CascadeInfoResolver,
  RetentionResolver,
  ExportResolver,
  ViewerExportsResolver,
  SyncUsersResolver,
  PresenceResolver,
  UserPresenceResolver,
  ViewerPresenceResolver,
  PresenceSubscription,
  CallResolver,
  CallFieldsResolver,
  CallPartyResolver,
  CallEventResolver,
  ConversationCallResolver,
  ViewerCallsResolver,
  CallSubscription,
  ForwardResolver,
  ReceiptsResolver,
  ReadReceiptResolver,
  DeliveryResolver,
  DeliveryEventResolver,
  DraftResolver,
  DraftEventResolver,
  ConversationDraftResolver,
  ViewerDraftsResolver,
  ScheduledMessageResolver,
  ScheduledMessageEventResolver,
  ViewerScheduledMessagesResolver,
  TypingResolver,
  TypingEventResolver,
  UsersResolver,
  ConnectionStatsResolver,
  SearchResolver,
];
