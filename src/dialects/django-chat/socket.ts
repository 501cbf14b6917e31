import { type Static, Type } from "typebox";

import { rowOf } from "../../conversations/memberships.ts";
import type { Context } from "../../kernel/context.ts";
import { badInput, forbidden } from "../../kernel/errors.ts";
import { joinIfOpen } from "../../rooms/joining.service.ts";
import * as typing from "../../typing/typing.service.ts";
import type { SocketConnection } from "../frame/socket/connection.ts";
import { idIn } from "../frame/ids.ts";
import type { Turn } from "../frame/socket/inbox.ts";
import { LiveSocket } from "../frame/socket/live-socket.ts";
import type { Said, SocketDialect } from "../frame/socket/socket-dialect.ts";
import { checkedFrame } from "../frame/validation.ts";
import { onWire, wordsOf } from "../frame/wording.ts";
import { NAMES } from "./errors.ts";
import { demandRoom, noRoom } from "./rooms.ts";
import { NewMessage, send } from "./sending.ts";
import { CONNECTED, refusalFrame } from "./shapes/frame.ts";
import { VOICE } from "./voice.ts";

const IsTyping = Type.Object({ is_typing: Type.Boolean() });

/** What a client may say, by the type of its frame (001…, 发送消息格式). */
const SAYINGS: Readonly<Record<string, (ctx: Context, roomId: number, said: Said, turn: Turn) => Promise<unknown>>> = {
  chat_message: (ctx, roomId, said, { pass }) => send(ctx, roomId, checkedFrame(NewMessage, said), pass),
  async typing(ctx, roomId, said, { before }) {
    const { is_typing: isTyping }: Static<typeof IsTyping> = checkedFrame(IsTyping, said);
    await before;
    await typing.setTyping(ctx, { conversationId: roomId, isTyping });
  },
  user_join: async (ctx, roomId, _said, { before }) => {
    await before;
    await ctx.services.roomAttendance.announce(ctx, roomId, true);
  },
  user_leave: async (ctx, roomId, _said, { before }) => {
    await before;
    await ctx.services.roomAttendance.announce(ctx, roomId, false);
  },
};
const TYPES = Object.keys(SAYINGS).join(", ");

/** The socket of a room: `/ws/chat/{room_id}/` (001…, WebSocket 接口). */
export const SOCKET: SocketDialect = {
  name: "django-chat",
  path: /^\/ws\/chat\/([^/]+)\/?$/,
  refuse: (failure) => refusalFrame(wordsOf(onWire(failure, NAMES))),
  voice: VOICE,

  async open(connection, [room = ""], stage) {
    const roomId = idIn(room);
    const ctx = connection.context();
    await demandRoom(ctx, roomId);
    await joinIfOpen(ctx, roomId);
    const seat = await ctx.services.roomAttendance.enter(ctx, roomId);
    const live = new LiveSocket(connection, stage, () => void turnAway(connection, roomId));
    const end = (): void => {
      live.end();
      void seat.leave();
    };
    try {
      if (!(await live.watch(roomId, () => connection.say(CONNECTED)))) throw noRoom();
    } catch (error) {
      end();
      throw error;
    }
    return { take: (said, turn) => take(connection.context(), roomId, said, turn), end };
  },
};

async function take(ctx: Context, roomId: number, said: Said, turn: Turn): Promise<void> {
  const { type } = said;
  const saying = typeof type === "string" && Object.hasOwn(SAYINGS, type) ? SAYINGS[type] : undefined;
  if (saying === undefined) throw badInput("frame", `A frame has a type, one of ${TYPES}.`);
  await saying(ctx, roomId, said, turn);
}

/** Whoever may not see the room any more is told so, and whether they were banned. */
async function turnAway(connection: SocketConnection, roomId: number): Promise<void> {
  const gone = noRoom();
  try {
    const row = await rowOf(connection.context(), roomId, connection.viewer.userId);
    connection.turnAway(row?.isBanned === true ? forbidden("You are banned here.", "roomId") : gone);
  } catch (error) {
    connection.log.warn({ err: error }, "why somebody lost a room could not be read");
    connection.turnAway(gone);
  }
}
