import { Type } from "typebox";

import * as presence from "../../presence/presence.service.ts";
import { type Route, route } from "../frame/route.ts";

/** The endpoints of 000…, 接口详情, in its order. */
export const ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/chat/heartbeat",
    id: "onlineChatHeartbeat",
    summary: { zh: "心跳检测：保持在线状态", en: "Keeps the caller online" },
    answer: Type.Object({ status: Type.String(), timestamp: Type.String() }),
    async handle(ctx) {
      await presence.beat(ctx);
      return { status: "ok", timestamp: ctx.services.wallClock(new Date()) };
    },
  }),
];
