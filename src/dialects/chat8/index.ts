import type { Services } from "../../kernel/context.ts";
import type { Route } from "../frame/route.ts";
import { AUTH_ROUTES } from "./routes/auth.ts";
import { ENCRYPTION_ROUTES } from "./routes/encryption.ts";
import { FRIEND_ROUTES } from "./routes/friends.ts";
import { MESSAGE_ROUTES } from "./routes/messages.ts";
import { UPLOAD_ROUTES } from "./routes/upload.ts";
import { USER_ROUTES } from "./routes/user.ts";

export { DIALECT } from "./dialect.ts";
export { SOCKET } from "./socket.ts";

/** The endpoints of 002…, in its order. */
export const ROUTES: readonly Route[] = [
  ...AUTH_ROUTES,
  ...USER_ROUTES,
  ...FRIEND_ROUTES,
  ...MESSAGE_ROUTES,
  ...UPLOAD_ROUTES,
  ...ENCRYPTION_ROUTES,
];

/** The document names no bound of its own: what the server takes, this door takes. */
export const fileBytes = ({ files }: Services): number => files.maxUploadBytes;
