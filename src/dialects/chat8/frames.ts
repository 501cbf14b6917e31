import { type CallEvent, CallEventKind } from "../../calls/call-event.ts";
import { type Call, CallMedia } from "../../calls/call.ts";
import type { FriendRequest } from "../../friends/friend-request.ts";
import type { Failure } from "../../kernel/errors.ts";
import { globalId } from "../../kernel/ids.ts";
import type { Message } from "../../messages/message.ts";
import type { SeenUser } from "../../presence/presence.ts";
import type { User } from "../../users/user.ts";
import { utc } from "../frame/times.ts";
import { toldOf } from "./errors.ts";
import { type Carried, sent, SYSTEM } from "./message-shapes.ts";
import { statusOf } from "./shapes.ts";
import type { Taken } from "./taken.ts";

/** What the server says on the socket (002…, 消息格式). */
export interface OutFrame {
  readonly type: string;
  readonly data?: object;
  readonly timestamp: string;
}

const frame = (type: string, data: object): OutFrame => ({ type, data, timestamp: utc(new Date()) });

/** 002…, 6. 心跳检测. */
export const pong = (): OutFrame => ({ type: "pong", timestamp: utc(new Date()) });

/** @param taken what a client may say by a frame */
export function refusal(failure: Failure, taken: Taken): OutFrame {
  const { code, message } = toldOf(failure, taken);
  return frame("error", { code, message });
}

/**
 * A message that was added (`new_message`), or is not what it was (`message_updated`).
 *
 * @param receiverId for whom it is; 0 for what the server says to both of the two, in one frame
 */
export const messageFrame = (
  type: "new_message" | "message_updated",
  message: Message,
  carried: Carried | null,
  sender: Pick<User, "username"> | null,
  receiverId: number,
): OutFrame =>
  frame(type, {
    ...sent(message, carried, receiverId),
    sender_username: sender?.username ?? SYSTEM.username,
  });

export const messageDeleted = (id: number): OutFrame => frame("message_deleted", { id });

/** @param messageId up to which they have read */
export const messageRead = (messageId: number, userId: number, readAt: Date): OutFrame =>
  frame("message_read", { message_id: messageId, user_id: userId, read_at: utc(readAt) });

export const typing = (userId: number, isTyping: boolean): OutFrame =>
  frame("typing", { user_id: userId, is_typing: isTyping });

/** 002…, 2. 用户状态更新. */
export const userStatus = ({ id, username, seen }: SeenUser): OutFrame =>
  frame("user_status", { user_id: id, username, status: statusOf(seen.status) });

/** 002…, 3. 好友请求通知. */
export const friendRequest = ({ id, message }: FriendRequest, from: User): OutFrame =>
  frame("friend_request", {
    request_id: id,
    from_user_id: from.id,
    from_username: from.username,
    message: message ?? "",
  });

const INVITATIONS = {
  [CallMedia.VOICE]: "voice_call_invite",
  [CallMedia.VIDEO]: "video_call_invite",
} as const;

/** 002…, 4. 语音通话邀请 and 5. 视频通话邀请. */
export const callInvite = ({ id, media }: Call, from: User): OutFrame =>
  frame(INVITATIONS[media], { call_id: callId(id), from_user_id: from.id, from_username: from.username });

/** The caller's own sockets hear of it, since the document has no answer to a frame. */
export const callStarted = ({ id }: Call, toUserId: number): OutFrame =>
  frame("call_started", { call_id: callId(id), to_user_id: toUserId });

/** What becomes of a call that the clients of this dialect are told of, and by which frame. */
const TOLD: Partial<Record<CallEvent["kind"], string>> = {
  ACCEPTED: "call_accepted",
  ANSWERED_ELSEWHERE: "call_accepted",
  DECLINED: "call_rejected",
  BUSY: "call_rejected",
  ENDED: "call_ended",
};

/**
 * What became of a call; null for what no client of this dialect knows. `reason` is why it ended, or was not answered; of
 * an answer it says whether another device of one's own gave it. Where time did it, `user_id` is 0.
 */
export function callNews({ kind, of, userId, endReason }: CallEvent): OutFrame | null {
  const type = TOLD[kind];
  if (type === undefined) return null;
  const reason = endReason ?? (kind === CallEventKind.ACCEPTED ? null : kind);
  return frame(type, {
    call_id: callId(of),
    user_id: userId ?? SYSTEM.id,
    reason: reason === null ? null : reason.toLowerCase(),
  });
}

const callId = (id: number): string => globalId("call", id);
