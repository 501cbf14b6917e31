import sharp from "sharp";
import { expect, vi } from "vitest";

import { formOf, done } from "../../dialects/support/rest.ts";
import { userSocket } from "../../dialects/support/socket.ts";
import { befriends } from "../../log/support/friends.ts";
import type { Person } from "../../support/people.ts";
import { numberOf } from "../../support/presence.ts";
import { type Prepare, type Scene, type SocketScene } from "../support/scene.ts";

/** Somebody new, who is a friend of Ann's. */
async function friend({ ann, newcomer }: Scene): Promise<Person> {
  const other = await newcomer();
  await befriends(ann, other);
  return other;
}

const writes = async ({ as }: Scene, from: Person, to: Person): Promise<number> =>
  (await done(as(from).post("/api/v1/messages", { receiver_id: numberOf(to), content: "你好", message_type: "text" })))
    .data.id;

const asks = async ({ as }: Scene, from: Person, to: Person): Promise<void> => {
  await done(as(from).post("/api/v1/friends/request", { user_id: numberOf(to), message: "认识一下" }));
};

const picture = async (): Promise<FormData> => {
  const content = await sharp({ create: { width: 4, height: 4, channels: 3, background: "blue" } })
    .png()
    .toBuffer();
  return formOf({ file: { content: new Uint8Array(content), name: "me.png", type: "image/png" } });
};

const KEYS = { public_key: "MCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2", private_key_encrypted: "U2FsdGVkX1/0123456789" };

export const CALLS: Readonly<Record<string, Prepare>> = {
  "POST /api/v1/auth/register": () => {
    const password = "a password of carl";
    return { as: null, json: { username: "carl", email: "carl@people.test", password, confirm_password: password } };
  },
  "POST /api/v1/auth/login": ({ ann: { username, password } }) => ({ as: null, json: { username, password } }),
  "POST /api/v1/auth/refresh": async ({ newcomer }) => ({ as: await newcomer() }),
  "POST /api/v1/auth/logout": async ({ newcomer }) => ({ as: await newcomer() }),
  "GET /api/v1/user/profile": ({ ann }) => ({ as: ann }),
  "PUT /api/v1/user/profile": async ({ newcomer }) => {
    const somebody = await newcomer();
    const json = { username: `${somebody.username}-2`, email: `${somebody.username}@new.test`, avatar: "" };
    return { as: somebody, json };
  },
  "PUT /api/v1/user/password": async ({ newcomer }) => {
    const somebody = await newcomer();
    const json = {
      current_password: somebody.password,
      new_password: "another password",
      confirm_password: "another password",
    };
    return { as: somebody, json };
  },
  "PUT /api/v1/user/status": async ({ newcomer }) => ({ as: await newcomer(), json: { status: "away" } }),
  "GET /api/v1/friends": async (scene) => {
    await friend(scene);
    return { as: scene.ann };
  },
  "GET /api/v1/friends/search": async (scene) => ({ as: scene.ann, query: { q: (await friend(scene)).username } }),
  "POST /api/v1/friends/request": async ({ ann, newcomer }) => ({
    as: await newcomer(),
    json: { user_id: numberOf(ann), message: "认识一下" },
  }),
  "PUT /api/v1/friends/request/{request_id}": async (scene) => {
    const [from, to] = [await scene.newcomer(), await scene.newcomer()];
    await asks(scene, from, to);
    const { data } = await to.graphql("{ viewer { friendRequests(direction: INCOMING) { nodes { id } } } }");
    const request_id = data.viewer.friendRequests.nodes[0].id.split("_")[1];
    return { as: to, params: { request_id }, json: { action: "accept" } };
  },
  "DELETE /api/v1/friends/{friend_id}": async (scene) => ({
    as: scene.ann,
    params: { friend_id: numberOf(await friend(scene)) },
  }),
  "GET /api/v1/messages/{friend_id}": async (scene) => {
    const other = await friend(scene);
    await writes(scene, other, scene.ann);
    return { as: scene.ann, params: { friend_id: numberOf(other) }, query: { page: "1", limit: "50" } };
  },
  "POST /api/v1/messages": async (scene) => ({
    as: scene.ann,
    json: { receiver_id: numberOf(await friend(scene)), content: "你好", message_type: "text", is_encrypted: false },
  }),
  "PUT /api/v1/messages/{message_id}/read": async (scene) => ({
    as: scene.ann,
    params: { message_id: await writes(scene, await friend(scene), scene.ann) },
  }),
  "DELETE /api/v1/messages/{message_id}": async (scene) => ({
    as: scene.ann,
    params: { message_id: await writes(scene, scene.ann, await friend(scene)) },
  }),
  "POST /api/v1/upload/avatar": async ({ newcomer }) => ({ as: await newcomer(), form: await picture() }),
  "POST /api/v1/upload/file": async (scene) => {
    const form = await picture();
    form.set("receiver_id", String(numberOf(await friend(scene))));
    return { as: scene.ann, form };
  },
  "GET /api/v1/encryption/public-key/{user_id}": async (scene) => {
    const other = await friend(scene);
    await done(scene.as(other).post("/api/v1/encryption/keys", KEYS));
    return { as: scene.ann, params: { user_id: numberOf(other) } };
  },
  "POST /api/v1/encryption/keys": async ({ newcomer }) => ({ as: await newcomer(), json: KEYS }),
};

export const SOCKETS: Readonly<Record<string, SocketScene>> = {
  "WS /ws/{user_id}": {
    path: async ({ ann }) => `/ws/${numberOf(ann)}`,
    async play(scene) {
      const { server, ann, as, newcomer } = scene;
      const other = await friend(scene);
      // It has been answered its first ping.
      await using hers = await userSocket(server, ann);
      await using his = await userSocket(server, other);
      await writes(scene, other, ann);
      await hers.hears("new_message");
      await done(as(other).put("/api/v1/user/status", { status: "away" }));
      await hers.hears("user_status", ({ data }) => data.user_id === numberOf(other) && data.status === "away");
      await asks(scene, await newcomer(), ann);
      await hers.hears("friend_request");
      for (const type of ["voice_call_invite", "video_call_invite"]) {
        his.say({ type, to_user_id: numberOf(ann) });
        const { data } = await hers.hears(type);
        hers.say({ type: "call_reject", call_id: data.call_id });
        await vi.waitFor(async () => expect(await callsOf(other)).toEqual([]), { timeout: 20_000 });
      }
      return hers.heard;
    },
  },
};

const callsOf = async (who: Person): Promise<unknown> =>
  (await who.graphql("{ viewer { activeCalls { id } } }")).data.viewer.activeCalls;
