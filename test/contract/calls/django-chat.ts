import { done } from "../../dialects/support/rest.ts";
import { roomSocket } from "../../dialects/support/socket.ts";
import { act, settled } from "../../support/notifications.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type Prepare, type Scene, type SocketScene } from "../support/scene.ts";

/** A room in which both are. */
async function room({ as, ann, bob }: Scene): Promise<number> {
  const room_type = "public";
  const { id } = await done(
    as(ann).post("/api/chat/rooms/", { name: "开发讨论", description: "开发团队讨论群", room_type }),
  );
  await done(as(bob).post(`/api/chat/rooms/${id}/join/`));
  return id;
}

/** A room of which nothing was said but its name, by another door. */
const bareRoom = (owner: Person): Promise<void> => act(owner, "createRoom", { name: "Bare" });

const says = async ({ as, ann }: Scene, room_id: number, content = "大家好！"): Promise<number> =>
  (await done(as(ann).post(`/api/chat/rooms/${room_id}/messages/`, { content }))).id;

/** Bob was taken into a group, written to, mentioned and asked to be a friend; he was told of all of it. */
async function notification(scene: Scene): Promise<number> {
  const { as, ann, bob, server } = scene;
  const { id } = await done(
    as(ann).post("/api/chat/rooms/", { name: "Two", description: "of two", room_type: "group" }),
  );
  await act(ann, "addMembers", { conversationId: `conv_${id}`, userIds: [bob.id] });
  await says(scene, id);
  await settled(server);
  await says(scene, id, `@${bob.username} 大家好！`);
  await act(await scene.newcomer(), "sendFriendRequest", { userId: bob.id });
  await settled(server);
  return (await done(as(bob).get("/api/chat/notifications/")))[0].id;
}

export const CALLS: Readonly<Record<string, Prepare>> = {
  "GET /api/chat/rooms/": async (scene) => {
    await says(scene, await room(scene));
    await bareRoom(scene.ann);
    return { as: scene.bob };
  },
  "POST /api/chat/rooms/": ({ ann }) => ({
    as: ann,
    json: { name: "新房间", description: "房间描述", room_type: "public", max_members: 50 },
  }),
  "GET /api/chat/rooms/{room_id}/": async (scene) => ({ as: scene.bob, params: { room_id: await room(scene) } }),
  "POST /api/chat/rooms/{room_id}/join/": async (scene) => ({
    as: await scene.newcomer(),
    params: { room_id: await room(scene) },
  }),
  "POST /api/chat/rooms/{room_id}/leave/": async (scene) => ({ as: scene.bob, params: { room_id: await room(scene) } }),
  "GET /api/chat/rooms/{room_id}/members/": async (scene) => {
    const room_id = await room(scene);
    await done(scene.as(scene.bob).post(`/api/chat/messages/${await says(scene, room_id)}/read/`));
    return { as: scene.bob, params: { room_id } };
  },
  "GET /api/chat/rooms/{room_id}/messages/": async (scene) => {
    const room_id = await room(scene);
    await says(scene, room_id);
    return { as: scene.bob, params: { room_id }, query: { page: "1", page_size: "20" } };
  },
  "POST /api/chat/rooms/{room_id}/messages/": async (scene) => {
    const room_id = await room(scene);
    const file = { file_url: "https://example.com/file.jpg", file_name: "image.jpg", file_size: 1024 };
    const json = { content: "消息内容", message_type: "image", ...file, reply_to: await says(scene, room_id) };
    return { as: scene.bob, params: { room_id }, json };
  },
  "POST /api/chat/messages/{message_id}/read/": async (scene) => ({
    as: scene.bob,
    params: { message_id: await says(scene, await room(scene)) },
  }),
  "DELETE /api/chat/messages/{message_id}/delete/": async (scene) => ({
    as: scene.ann,
    params: { message_id: await says(scene, await room(scene)) },
  }),
  "GET /api/chat/notifications/": async (scene) => {
    await notification(scene);
    return { as: scene.bob };
  },
  "POST /api/chat/notifications/{notification_id}/read/": async (scene) => ({
    as: scene.bob,
    params: { notification_id: await notification(scene) },
  }),
};

export const SOCKETS: Readonly<Record<string, SocketScene>> = {
  "WS /ws/chat/{room_id}/": {
    path: async (scene) => `/ws/chat/${await room(scene)}/`,
    async play(scene, path) {
      const { server, ann, bob } = scene;
      const roomId = Number(path.split("/")[3]);
      const replyTo = await says(scene, roomId);
      await using hers = await roomSocket(server, ann, roomId);
      const isHis = ({ user }: { user: { id: number } }): boolean => user.id === numberOf(bob);
      const his = await roomSocket(server, bob, roomId);
      await hers.hears("user_join", isHis);
      his.say({ type: "user_join" });
      await hers.hears("user_join", isHis);
      his.say({ type: "typing", is_typing: true });
      await hers.hears("typing", isHis);
      his.say({ type: "chat_message", content: "消息内容", message_type: "text", reply_to: replyTo });
      await hers.hears("chat_message", ({ message }) => message.reply_to === replyTo);
      his.say({ type: "user_leave" });
      await hers.hears("user_leave", isHis);
      await his[Symbol.asyncDispose]();
      await hers.hears("user_leave", isHis);
      hers.say("{");
      await hers.hears("error");
      return hers.heard;
    },
  },
};
