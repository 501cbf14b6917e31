import type { Route } from "../frame/route.ts";
import { MESSAGES } from "./routes/messages.ts";
import { PEOPLE } from "./routes/people.ts";
import { ROOMS } from "./routes/rooms.ts";

export { DIALECT } from "./errors.ts";
export { fileBytes } from "./files.ts";

/** The endpoints of 000…, 接口详情. */
export const ROUTES: readonly Route[] = [...MESSAGES, ...ROOMS, ...PEOPLE];
