import type { Route } from "../../frame/route.ts";
import { MEMBERSHIP } from "./membership.ts";
import { MESSAGES } from "./messages.ts";
import { NOTIFICATIONS } from "./notifications.ts";
import { ROOMS } from "./rooms.ts";

/** The endpoints of 001…, API 接口列表, in its order. */
export const ROUTES: readonly Route[] = [...ROOMS, ...MEMBERSHIP, ...MESSAGES, ...NOTIFICATIONS];
