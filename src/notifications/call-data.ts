import { type Notification, NotificationType } from "./notification.ts";

/** What a notification of type CALL has for programs: src/calls/ending.ts puts it there. */
export interface CallData {
  /** The call's global id. */
  readonly callId: string;
  readonly media: string;
}

const CALL_ID = /^call_\d+$/;

/** The call that a notification is about; null where it is about none. */
export function callIn({ type, data }: Pick<Notification, "type" | "data">): CallData | null {
  if (type !== NotificationType.CALL || typeof data !== "object" || data === null) return null;
  const { callId, media } = data as Partial<Record<string, unknown>>;
  if (typeof callId !== "string" || !CALL_ID.test(callId) || typeof media !== "string") return null;
  return { callId, media };
}
