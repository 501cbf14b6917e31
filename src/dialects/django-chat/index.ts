import type { Route } from "../frame/route.ts";
import { MEMBERSHIP } from "./routes/membership.ts";
import { MESSAGES } from "./routes/messages.ts";
import { NOTIFICATIONS } from "./routes/notifications.ts";
import { ROOMS } from "./routes/rooms.ts";

export { DIALECT } from "./errors.ts";
export { SOCKET } from "./socket.ts";

/** The endpoints of 001…, API 接口列表, in its order. */
export const ROUTES: readonly Route[] = [...ROOMS, ...MEMBERSHIP, ...MESSAGES, ...NOTIFICATIONS];

/** No file is uploaded by this door: a message names one by its address (001…, 文件上传). */
export const fileBytes = (): number => 0;
