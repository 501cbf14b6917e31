import { Type } from "typebox";

import * as friends from "../../../friends/friends.service.ts";
import { everyFriend, FriendRequestDirection, pendingRequests } from "../../../friends/lists.ts";
import { FriendshipState, states } from "../../../friends/standing.ts";
import { PAGE_MAXIMUM } from "../../../kernel/pages.ts";
import { shownToViewer } from "../../../presence/presence.ts";
import { find } from "../../../users/people.ts";
import { byIds } from "../../../users/user.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id, nullable, oneOf } from "../../frame/schemas.ts";
import { NO_DATA } from "../dialect.ts";
import { Asking, asking, Found, found, Friend, friend } from "../shapes.ts";

/** 002…, 好友管理 */
export const FRIEND_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/friends",
    id: "chat8Friends",
    summary: { zh: "获取好友列表", en: "The caller's friends, by user name" },
    answer: Type.Array(Friend),
    async handle(ctx) {
      const people = await everyFriend(ctx);
      return Promise.all(people.map(async (one) => friend(one, await ctx.load(shownToViewer, one.id))));
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/friends/search",
    id: "chat8SearchPeople",
    summary: { zh: "搜索用户", en: "Finds people by a part of their names, or by their e-mail address" },
    notes: {
      zh: "邮箱须完整。最多 100 人，不含自己。",
      en: "An e-mail address has to be whole. At most 100 people, the caller not among them.",
    },
    query: Type.Object({ q: Type.String({ description: "搜索关键词 / What to look for.", examples: ["alice"] }) }),
    answer: Type.Array(Found),
    async handle(ctx, { query: { q } }) {
      const people = await find(ctx, q, PAGE_MAXIMUM);
      return Promise.all(
        people.map(async (one) => found(one, (await ctx.load(states, one.id)) === FriendshipState.FRIENDS)),
      );
    },
  }),
  route({
    method: "GET",
    path: "/api/v1/friends/requests",
    id: "chat8FriendRequests",
    summary: { zh: "获取待处理的好友请求", en: "Requests that wait for the caller's answer, the newest first" },
    notes: {
      zh: "文档之外的接口。最多 100 条。",
      en: "Beyond the document, which tells of requests by the socket alone. At most 100.",
    },
    answer: Type.Array(Asking),
    async handle(ctx) {
      const { nodes } = await pendingRequests(ctx, { direction: FriendRequestDirection.INCOMING, first: PAGE_MAXIMUM });
      return Promise.all(nodes.map(async (one) => asking(one, await ctx.load(byIds, one.fromUserId))));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/friends/request",
    id: "chat8RequestFriend",
    summary: { zh: "发送好友请求", en: "Asks somebody to be friends" },
    notes: {
      zh: "对方已先发出请求时，双方立即成为好友。",
      en: "Who was asked by that person already becomes their friend by it.",
    },
    body: Type.Object({
      user_id: Id("对方编号 / Whom to ask."),
      message: Type.Optional(
        nullable(Type.String({ description: "附言，最多 500 个字符 / What to say with it; at most 500 characters." })),
      ),
    }),
    answer: NO_DATA,
    says: "好友请求已发送",
    names: { "BAD_USER_INPUT userId": "FRIEND_002", "CONFLICT userId": "FRIEND_003" },
    async handle(ctx, { body: { user_id, message = null } }) {
      await friends.request(ctx, user_id, message);
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/friends/request/:request_id",
    id: "chat8AnswerFriendRequest",
    summary: { zh: "处理好友请求", en: "Says yes or no to a request" },
    params: Type.Object({ request_id: Id("请求编号 / The request's number.") }),
    body: Type.Object({
      action: oneOf(["accept", "reject"], { description: "接受或拒绝 / Yes or no.", examples: ["accept"] }),
    }),
    answer: NO_DATA,
    says: "好友请求已处理",
    async handle(ctx, { params: { request_id }, body: { action } }) {
      await friends.respond(ctx, request_id, action === "accept");
    },
  }),
  route({
    method: "DELETE",
    path: "/api/v1/friends/:friend_id",
    id: "chat8RemoveFriend",
    summary: { zh: "删除好友", en: "Ends a friendship" },
    params: Type.Object({ friend_id: Id("好友编号 / The friend's number.") }),
    answer: NO_DATA,
    says: "好友已删除",
    // That there is nobody of the number is said before; nobody is a friend of their own.
    names: { "NOT_FOUND id": "USER_001", "NOT_FOUND userId": "FRIEND_001", "BAD_USER_INPUT userId": "FRIEND_001" },
    async handle(ctx, { params: { friend_id } }) {
      await ctx.load(byIds, friend_id);
      await friends.remove(ctx, friend_id);
    },
  }),
];
