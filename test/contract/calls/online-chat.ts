import sharp from "sharp";

import { formOf, done } from "../../dialects/support/rest.ts";
import { act } from "../../support/notifications.ts";
import { numberOf } from "../../support/presence.ts";
import { type Prepare, type Scene } from "../support/scene.ts";

const says = async ({ as, ann }: Scene): Promise<string> =>
  (await done(as(ann).post("/api/chat/send?room_id=global", { message_type: "text", content: "你好，世界！" }))).id;

const room = async ({ as, ann }: Scene): Promise<string> =>
  (await done(as(ann).upload("/api/chat/rooms", formOf({ room_name: "Tea", description: "of tea" })))).room_id;

export const CALLS: Readonly<Record<string, Prepare>> = {
  "POST /api/chat/send": async (scene) => ({
    as: scene.bob,
    query: { room_id: "global" },
    json: { message_type: "text", content: "Hello!", reply_to: await says(scene) },
  }),
  "POST /api/chat/upload": async ({ ann }) => {
    const content = await sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    return {
      as: ann,
      form: formOf({ file: { content: new Uint8Array(content), name: "photo.jpg" }, room_id: "global" }),
    };
  },
  "GET /api/chat/messages": async (scene) => {
    await says(scene);
    return { as: scene.bob, query: { room_id: "global", limit: "50", before: await says(scene) } };
  },
  "GET /api/chat/online-users": ({ ann }) => ({ as: ann }),
  "GET /api/chat/stats": ({ ann }) => ({ as: ann }),
  "POST /api/chat/rooms": ({ ann }) => ({ as: ann, form: formOf({ room_name: "Coffee", description: "of coffee" }) }),
  "POST /api/chat/rooms/{room_id}/join": async (scene) => ({ as: scene.bob, params: { room_id: await room(scene) } }),
  "POST /api/chat/rooms/{room_id}/leave": async (scene) => {
    const room_id = await room(scene);
    await done(scene.as(scene.bob).post(`/api/chat/rooms/${room_id}/join`));
    return { as: scene.bob, params: { room_id } };
  },
  "GET /api/chat/rooms": async (scene) => {
    await says(scene);
    await room(scene);
    await act(scene.ann, "createRoom", { name: "Bare" });
    return { as: scene.ann };
  },
  "DELETE /api/chat/messages/{message_id}": async (scene) => ({
    as: scene.ann,
    params: { message_id: await says(scene) },
    query: { room_id: "global" },
  }),
  "GET /api/chat/user-ip/{user_id}": ({ ann }) => ({ as: ann, params: { user_id: numberOf(ann) } }),
  "POST /api/chat/heartbeat": ({ ann }) => ({ as: ann }),
};
