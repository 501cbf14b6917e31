import { deviceOf } from "../../calls/devices.ts";
import { forbidden, notFound } from "../../kernel/errors.ts";
import { textFrame } from "../../realtime/frames.ts";
import type { PresenceNews } from "../../presence/watched.ts";
import { idIn } from "../frame/ids.ts";
import { LiveSocket } from "../frame/socket/live-socket.ts";
import type { SocketDialect } from "../frame/socket/socket-dialect.ts";
import { refusal, userStatus } from "./frames.ts";
import { FRAME_MEMBERS, take } from "./in-frames.ts";
import { VOICE } from "./voice.ts";

/** 002…, WebSocket 接口: what concerns one user, all of it, on each of their sockets. */
export const SOCKET: SocketDialect = {
  name: "chat8",
  path: /^\/ws\/([^/]+)$/,
  voice: VOICE,
  refuse: (failure) => refusal(failure, FRAME_MEMBERS),

  async open(connection, [user = ""], stage) {
    const { services, viewer } = connection;
    const userId = idIn(user);
    if (userId === 0) throw notFound("user_id", "user");
    if (userId !== viewer.userId) throw forbidden("The socket of somebody else is not yours.", "user_id");

    using opened = new DisposableStack();
    // While it stands, this login can be called, and stays in its calls.
    opened.defer(services.devices.attend(deviceOf(connection.context(), null)));
    const live = new LiveSocket(connection, stage);
    opened.defer(() => live.end());
    await live.watchAll();
    const watching = services.presence.watch.open(viewer.userId, null, (news) => connection.write(statusFrame(news)));
    opened.defer(await watching);

    const held = opened.move();
    return {
      async take(said) {
        const answer = await take(connection.context(), said);
        if (answer !== undefined) connection.say(answer);
      },
      end: () => held.dispose(),
    };
  },
};

/** How somebody is shown now is one frame for everybody who is told of it. */
const statusFrames = new WeakMap<PresenceNews, Buffer>();

function statusFrame(news: PresenceNews): Buffer {
  let frame = statusFrames.get(news);
  if (frame === undefined) {
    frame = textFrame(Buffer.from(JSON.stringify(userStatus(news.user))));
    statusFrames.set(news, frame);
  }
  return frame;
}
