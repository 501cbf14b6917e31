/**
 * Everything the cascade tells of, and what it says: the field `data` of a stream entry, JSON. The triggers of
 * migrations/…_cascade.ts and …_cascade_people.ts make it; a test brings each about and compares.
 *
 * In `data` ids are global ids (`user_1`, `msg_42`), times RFC 3339 in UTC with milliseconds, and what is not there is
 * null. It is as it was when the event happened. What is encrypted is there as the client encrypted it; what was
 * deleted or recalled has the content "". No password, token, key, telephone number or invite code is ever in it.
 *
 * Fields may be added under one version; one that changes its meaning, or goes, makes another version.
 */
export const CASCADE_VERSION = 1;

const MESSAGE = [
  ..."id conversationId seq senderId type content location fileId externalFile replyToId".split(" "),
  ..."forwardedFromId mentions note".split(" "),
  ..."isEncrypted isEdited isDeleted isRecalled isPinned clientMessageId createdAt updatedAt".split(" "),
];
const REACTION = ["messageId", "conversationId", "seq", "userId", "emoji"];
const CONVERSATION = [
  ..."id kind name slug description visibility avatarUrl maxMembers createdById peerIds createdAt".split(" "),
];
const MEMBER = ["conversationId", "userId", "role", "nickname", "isMuted", "isBanned", "joinedAt", "leftAt"];
const INVITE = ["conversationId", "createdById", "expiresAt", "maxUses", "uses", "createdAt"];
const CALL = "id conversationId media state endReason startedById startedAt answeredAt endedAt".split(" ");
const USER = "id username displayName email avatarUrl role externalId isDeactivated createdAt updatedAt".split(" ");
const FRIEND_REQUEST = ["id", "fromUserId", "toUserId", "message", "status", "createdAt"];
const PAIR = "the two people's, the older account first: `user_3:user_7`";

/** What an event means, which topic it belongs to, within which order holds, and the fields of its `data`. */
export interface CascadeEventType {
  readonly description: string;
  readonly topic: string;
  readonly fields: readonly string[];
}

const ofConversation = (description: string, fields: readonly string[]): CascadeEventType => ({
  description,
  topic: "the conversation's: `conv_7`",
  fields,
});
const ofUser = (description: string): CascadeEventType => ({
  description,
  topic: "the user's: `user_3`",
  fields: USER,
});
const ofPair = (description: string, fields: readonly string[]): CascadeEventType => ({
  description,
  topic: PAIR,
  fields,
});

/** Every type of event. */
export const CASCADE_EVENTS = {
  "message.added": ofConversation(
    "A message was written. `note` of a SYSTEM message tells what happened: event, actorId, userIds, name.",
    MESSAGE,
  ),
  "message.edited": ofConversation("A message says something else; `content` is the new one.", MESSAGE),
  "message.recalled": ofConversation("Its sender took a message back.", MESSAGE),
  "message.deleted": ofConversation("A message was deleted; it keeps its place.", MESSAGE),
  "message.pinned": ofConversation("A message is pinned to its conversation.", MESSAGE),
  "message.unpinned": ofConversation("A message is pinned no more.", MESSAGE),
  "messages.removed": ofConversation(
    "Old messages are gone for good, by retention: so many, between these two numbers, both included.",
    ["conversationId", "count", "firstSeq", "lastSeq"],
  ),
  "reaction.added": ofConversation("Somebody put an emoji under a message.", REACTION),
  "reaction.removed": ofConversation("Somebody took their emoji back.", REACTION),
  "conversation.created": ofConversation(
    "There is a new room, group or direct conversation. `peerIds` are the two of a direct one.",
    CONVERSATION,
  ),
  "conversation.updated": ofConversation("It is called, described, shown or bounded otherwise.", CONVERSATION),
  "conversation.deleted": ofConversation("It is gone, with everything in it.", CONVERSATION),
  "member.joined": ofConversation("Somebody is in it, for the first time or again.", MEMBER),
  "member.updated": ofConversation("A member's role, nickname, mute or ban changed.", MEMBER),
  "member.left": ofConversation("Somebody is out of it: left, removed, or banned (`isBanned`).", MEMBER),
  "member.read": ofConversation("A member has read up to `seq`.", ["conversationId", "userId", "seq", "readAt"]),
  "invite.created": ofConversation("There is an invite; its code is not told.", INVITE),
  "invite.ended": ofConversation("An invite was withdrawn, or is forgotten: it had expired or was used up.", INVITE),
  "user.registered": ofUser("There is a new account."),
  "user.updated": ofUser("An account's name, address, picture, role or external id changed."),
  "user.deactivated": ofUser("An administrator deactivated an account."),
  "user.reactivated": ofUser("A deactivated account is in use again."),
  "user.deleted": ofUser("An account is gone."),
  "user.blocked": ofPair("`userId` blocked `blockedId`.", ["userId", "blockedId"]),
  "user.unblocked": ofPair("`userId` blocks `blockedId` no more.", ["userId", "blockedId"]),
  "friendRequest.sent": ofPair("Somebody asked somebody to be friends.", FRIEND_REQUEST),
  "friendRequest.accepted": ofPair("The request was answered with yes.", FRIEND_REQUEST),
  "friendRequest.rejected": ofPair("The request was answered with no.", FRIEND_REQUEST),
  "friendRequest.cancelled": ofPair("The request was taken back.", FRIEND_REQUEST),
  "friendship.began": ofPair("Two people are friends.", ["userIds"]),
  "friendship.ended": ofPair("Two people are friends no more.", ["userIds"]),
  "call.started": ofConversation("Somebody rings.", CALL),
  "call.answered": ofConversation("Somebody took the call.", CALL),
  "call.ended": ofConversation("The call is over; `endReason` says why.", CALL),
  "broadcast.sent": {
    description: "An administrator tells everybody, those of some roles (`toRoles`), or some people (`toUserIds`).",
    topic: "`server`",
    fields: ["id", "senderId", "title", "content", "toRoles", "toUserIds", "createdAt"],
  },
  "cascade.gap": {
    description:
      "So many events of this topic were given up here, the last of them at `until`: the stream was out of reach for so " +
      "long that the outbox was full. Read the topic's state anew.",
    topic: "that of the events",
    fields: ["dropped", "until"],
  },
} as const satisfies Record<string, CascadeEventType>;

export type CascadeEventName = keyof typeof CASCADE_EVENTS;
