import type { User } from "../../../users/user.ts";
import { utc } from "../../frame/times.ts";
import { type FrameMessage, frameMessageOf, type Told } from "./message.ts";
import { namedOf } from "./person.ts";

// 001…, 接收消息格式, in both of its sections WebSocket 接口.

export const CONNECTED = { type: "connection_established", message: "连接成功" } as const;

export const refusalFrame = (message: string) => ({ type: "error", message });

export const messageFrame = (told: Told): { type: string; message: FrameMessage } => ({
  type: "chat_message",
  message: frameMessageOf(told),
});

export const typingFrame = (user: User, isTyping: boolean) => ({
  type: "typing",
  user: namedOf(user),
  is_typing: isTyping,
});

export const attendanceFrame = (user: User, isHere: boolean) => ({
  type: isHere ? "user_join" : "user_leave",
  user: namedOf(user),
});

// Beyond the document: clients that do not know a type leave it.

export const updatedFrame = (told: Told) => ({ ...messageFrame(told), type: "message_updated" });

export const deletedFrame = (messageId: number) => ({ type: "message_deleted", message_id: messageId });

export const readFrame = (user: User, messageId: number, readAt: Date) => ({
  type: "message_read",
  user: namedOf(user),
  message_id: messageId,
  read_at: utc(readAt),
});
