import type { Variables } from "../../support/graphql-client.ts";

/** How an attempt goes out: code and field of the refusal, "null" where there is nothing to see, or "answered". */
export type Outcome = string;
export interface Row {
  /** Its arguments, or what stands in its `input`. */
  readonly with?: Variables;
  /** UNAUTHENTICATED where nothing is said. */
  readonly nobody?: Outcome;
  readonly outsider: Outcome;
}
export const OWN: Row = { outsider: "answered" };
const ADMINISTRATORS = "FORBIDDEN";
const here = { conversationId: "GROUP" };
const it = { messageId: "MESSAGE" };

export const QUERIES: Record<string, Row> = {
  account: { with: { userId: "ANN" }, outsider: ADMINISTRATORS },
  accounts: { outsider: ADMINISTRATORS },
  auditLog: { outsider: ADMINISTRATORS },
  broadcasts: { outsider: ADMINISTRATORS },
  call: { with: { id: "CALL" }, outsider: "null" },
  cascade: { outsider: ADMINISTRATORS },
  chatStats: OWN,
  clientEvents: { outsider: ADMINISTRATORS },
  connectionStats: { outsider: ADMINISTRATORS },
  conversation: { with: { id: "GROUP" }, outsider: "NOT_FOUND id" },
  conversationStats: { with: here, outsider: "NOT_FOUND conversationId" },
  export: { with: { id: "EXPORT" }, outsider: "NOT_FOUND id" },
  invite: { with: { code: "guessed" }, outsider: "NOT_FOUND code" },
  message: { with: { id: "MESSAGE" }, outsider: "null" },
  messageReports: { outsider: ADMINISTRATORS },
  node: { with: { id: "MESSAGE" }, outsider: "null" },
  nodes: {
    with: {
      ids: [
        "GROUP",
        "MESSAGE",
        "SCHEDULED",
        "REQUEST",
        "REPORT",
        "EXPORT",
        "TEMPLATE",
        "BROADCAST",
        "NOTIFICATION",
        "FILE",
        "CALL",
      ],
    },
    outsider: "null",
  },
  notificationStats: { outsider: ADMINISTRATORS },
  notificationTemplates: { outsider: ADMINISTRATORS },
  room: { with: { id: "GROUP" }, outsider: "NOT_FOUND id" },
  rooms: OWN,
  searchMessages: { with: { query: "secret", ...here }, outsider: "NOT_FOUND conversationId" },
  serverStats: { outsider: ADMINISTRATORS },
  user: { with: { id: "ANN" }, outsider: "answered" },
  userStats: { with: { userId: "ANN" }, outsider: "FORBIDDEN userId" },
  users: OWN,
  vapidPublicKey: { nobody: "answered", outsider: "answered" },
  viewer: { nobody: "null", outsider: "answered" },
};

const keys = { p256dh: "x", auth: "x" };
export const MUTATIONS: Record<string, Row> = {
  acceptInvite: { with: { code: "guessed" }, outsider: "NOT_FOUND code" },
  addMembers: { with: { ...here, userIds: ["ANN"] }, outsider: "NOT_FOUND conversationId" },
  addReaction: { with: { ...it, emoji: "👍" }, outsider: "NOT_FOUND messageId" },
  blockUser: { with: { userId: "BOB" }, outsider: "answered" },
  cancelFriendRequest: { with: { friendRequestId: "REQUEST" }, outsider: "NOT_FOUND friendRequestId" },
  cancelScheduledMessage: { with: { scheduledMessageId: "SCHEDULED" }, outsider: "NOT_FOUND scheduledMessageId" },
  changePassword: {
    with: { currentPassword: "guessed it", newPassword: "another password" },
    outsider: "BAD_USER_INPUT currentPassword",
  },
  createGroup: { with: { name: "Hers", memberIds: [] }, outsider: "answered" },
  createInvite: { with: here, outsider: "NOT_FOUND conversationId" },
  createRoom: { with: { name: "Hers" }, outsider: "answered" },
  deactivateUser: { with: { userId: "ANN" }, outsider: ADMINISTRATORS },
  deleteConversation: { with: here, outsider: "NOT_FOUND conversationId" },
  deleteDraft: { with: here, outsider: "NOT_FOUND conversationId" },
  deleteFile: { with: { fileId: "FILE" }, outsider: "NOT_FOUND fileId" },
  deleteMessage: { with: it, outsider: "NOT_FOUND messageId" },
  deleteNotificationTemplate: { with: { templateId: "TEMPLATE" }, outsider: ADMINISTRATORS },
  deleteNotifications: { with: { ids: ["NOTIFICATION"] }, outsider: "NOT_FOUND ids" },
  editMessage: { with: { ...it, content: "eve was here" }, outsider: "NOT_FOUND messageId" },
  editScheduledMessage: {
    with: { scheduledMessageId: "SCHEDULED", content: "eve" },
    outsider: "NOT_FOUND scheduledMessageId",
  },
  exportConversation: { with: here, outsider: "NOT_FOUND conversationId" },
  exportMyData: { with: {}, outsider: "answered" },
  exportUserData: { with: { userId: "ANN" }, outsider: ADMINISTRATORS },
  forwardMessages: {
    with: { messageIds: ["MESSAGE"], conversationIds: ["GROUP"] },
    outsider: "NOT_FOUND conversationIds[0]",
  },
  heartbeat: OWN,
  joinRoom: { with: { roomId: "GROUP" }, outsider: "NOT_FOUND roomId" },
  leaveConversation: { with: here, outsider: "NOT_FOUND conversationId" },
  login: { with: { username: "ann", password: "guessed it" }, nobody: "UNAUTHENTICATED", outsider: "UNAUTHENTICATED" },
  logout: { outsider: "answered" },
  markDelivered: { with: { ...here, seq: 1 }, outsider: "NOT_FOUND conversationId" },
  markNotificationsRead: { with: { ids: ["NOTIFICATION"] }, outsider: "NOT_FOUND ids" },
  markRead: { with: { ...here, seq: 1 }, outsider: "NOT_FOUND conversationId" },
  openDirectConversation: { with: { userId: "ANN" }, outsider: "answered" },
  pinMessage: { with: it, outsider: "NOT_FOUND messageId" },
  publishKeys: { with: { publicKey: "hers" }, outsider: "answered" },
  reactivateUser: { with: { userId: "ANN" }, outsider: ADMINISTRATORS },
  recallMessage: { with: it, outsider: "NOT_FOUND messageId" },
  refreshToken: { with: { refreshToken: "guessed" }, outsider: "UNAUTHENTICATED" },
  register: {
    with: { username: "ann", password: "another password" },
    nobody: "CONFLICT username",
    outsider: "CONFLICT username",
  },
  registerPushSubscription: { with: { endpoint: "https://push.example.org/x", keys }, outsider: "BAD_USER_INPUT auth" },
  removeFriend: { with: { userId: "ANN" }, outsider: "NOT_FOUND userId" },
  removeMember: { with: { ...here, userId: "ANN" }, outsider: "NOT_FOUND conversationId" },
  removePushSubscription: { with: { endpoint: "https://push.example.org/x" }, outsider: "NOT_FOUND endpoint" },
  removeReaction: { with: { ...it, emoji: "👍" }, outsider: "NOT_FOUND messageId" },
  reportEvent: { with: { type: "page.seen" }, outsider: "answered" },
  reportMessage: { with: { ...it, reason: "SPAM" }, outsider: "NOT_FOUND messageId" },
  resetPassword: { with: { userId: "ANN" }, outsider: ADMINISTRATORS },
  resolveReport: { with: { reportId: "REPORT", action: "DISMISS" }, outsider: ADMINISTRATORS },
  respondToFriendRequest: { with: { friendRequestId: "REQUEST", accept: true }, outsider: "NOT_FOUND friendRequestId" },
  revokeSession: { with: { sessionId: "SESSION" }, outsider: "NOT_FOUND sessionId" },
  saveDraft: { with: { ...here, content: "eve" }, outsider: "NOT_FOUND conversationId" },
  saveNotificationTemplate: { with: { name: "n", title: "t", content: "c" }, outsider: ADMINISTRATORS },
  scheduleMessage: { with: { ...here, content: "eve", sendAt: "SEND_AT" }, outsider: "NOT_FOUND conversationId" },
  sendBroadcast: { with: { title: "eve", content: "eve" }, outsider: ADMINISTRATORS },
  sendFriendRequest: { with: { userId: "ANN" }, outsider: "answered" },
  sendMessage: { with: { ...here, content: "eve" }, outsider: "NOT_FOUND conversationId" },
  sendNotification: { with: { everybody: true, title: "eve", content: "eve" }, outsider: ADMINISTRATORS },
  setNotificationLevel: { with: { ...here, level: "NONE" }, outsider: "NOT_FOUND conversationId" },
  setRetention: { with: { ...here, days: 1 }, outsider: "NOT_FOUND conversationId" },
  setStatus: { with: { status: "ONLINE" }, outsider: "answered" },
  setTyping: { with: { ...here, isTyping: true }, outsider: "NOT_FOUND conversationId" },
  setUserRole: { with: { userId: "ANN", role: "USER" }, outsider: ADMINISTRATORS },
  signalCall: { with: { callId: "CALL", action: "ACCEPT" }, outsider: "NOT_FOUND callId" },
  startCall: { with: { ...here, media: "VOICE" }, outsider: "NOT_FOUND conversationId" },
  syncUsers: { with: { users: [{ externalId: "1", username: "ann" }] }, outsider: ADMINISTRATORS },
  unblockUser: { with: { userId: "ANN" }, outsider: "NOT_FOUND userId" },
  unpinMessage: { with: it, outsider: "NOT_FOUND messageId" },
  updateConversation: { with: { ...here, name: "Eve's" }, outsider: "NOT_FOUND conversationId" },
  updateMember: { with: { ...here, userId: "ANN", muted: true }, outsider: "NOT_FOUND conversationId" },
  updateNotificationPreferences: { with: { push: true }, outsider: "answered" },
  updateProfile: { with: { username: "ann" }, outsider: "CONFLICT username" },
};
/** Those that take a file, by a request of their own. */
export const UPLOADS: Record<string, Row> = {
  uploadAvatar: { outsider: "UNSUPPORTED_MEDIA_TYPE file" },
  uploadFile: { with: here, outsider: "NOT_FOUND conversationId" },
};
/** What is asked for a conversation is refused; what is one's own stands, and hears nothing of others. */
export const SUBSCRIPTIONS: Record<string, Row> = {
  broadcastReceived: OWN,
  callSignalled: OWN,
  conversationChanged: OWN,
  conversationEvents: { with: here, outsider: "NOT_FOUND conversationId" },
  draftChanged: OWN,
  exportChanged: OWN,
  friendshipChanged: OWN,
  keyChanged: OWN,
  messageAdded: { with: here, outsider: "NOT_FOUND conversationId" },
  messageUpdated: { with: here, outsider: "NOT_FOUND conversationId" },
  messagesDelivered: { with: here, outsider: "NOT_FOUND conversationId" },
  messagesRead: { with: here, outsider: "NOT_FOUND conversationId" },
  notificationAdded: OWN,
  presenceChanged: OWN,
  scheduledMessageChanged: OWN,
  typing: { with: here, outsider: "NOT_FOUND conversationId" },
};

/** What is FORBIDDEN to a member who moderates nothing, and is muted. */
export const MODERATING = [
  ...["addMembers", "conversationStats", "createInvite", "deleteConversation", "deleteMessage", "exportConversation"],
  ...["pinMessage", "removeMember", "setRetention", "unpinMessage", "updateConversation", "updateMember"],
];
export const WRITING = [
  ...["addReaction", "editMessage", "forwardMessages", "recallMessage", "removeReaction", "scheduleMessage"],
  ...["sendMessage", "setTyping", "signalCall", "startCall"],
];
