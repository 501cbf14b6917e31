import { Type } from "typebox";

import * as auth from "../../../auth/auth.service.ts";
import { shownToViewer } from "../../../presence/presence.ts";
import * as presence from "../../../presence/presence.service.ts";
import { update } from "../../../users/profile.ts";
import { byIds } from "../../../users/user.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { nullable, oneOf } from "../../frame/schemas.ts";
import { demandSame } from "../confirmed.ts";
import { NO_DATA } from "../dialect.ts";
import { Account, account, Profile, profile, Shown, STATUSES, statusIn } from "../shapes.ts";

/** 002…, 用户管理 */
export const USER_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/user/profile",
    id: "chat8Profile",
    summary: { zh: "获取当前用户信息", en: "The caller's own profile" },
    answer: Profile,
    async handle(ctx) {
      const { userId } = ctx.me;
      // Whoever asks is here, and reads so in the answer.
      await presence.beat(ctx);
      const [who, shown, lastLoginAt] = await Promise.all([
        ctx.load(byIds, userId),
        ctx.load(shownToViewer, userId),
        auth.lastLoginAt(ctx),
      ]);
      return profile(who, shown, lastLoginAt);
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/user/profile",
    id: "chat8UpdateProfile",
    summary: { zh: "更新用户资料", en: "Changes the caller's own profile" },
    notes: {
      zh: "省略或为 null 的字段保持不变；email 或 avatar 为空字符串则清除。",
      en: "What is left out or null stays as it is. An empty email or avatar is taken away.",
    },
    body: Type.Object({
      username: Type.Optional(
        nullable(Type.String({ description: "新用户名 / A new user name.", examples: ["alice"] })),
      ),
      email: Type.Optional(nullable(Type.String({ description: "新邮箱 / A new e-mail address." }))),
      avatar: Type.Optional(
        nullable(Type.String({ description: "头像地址，http 或 https / Address of a picture, http or https." })),
      ),
    }),
    answer: Account,
    says: "资料已更新",
    async handle(ctx, { body: { username, email, avatar } }) {
      // What a profile shows as empty may be sent back as it is.
      const user = await update(ctx, {
        ...(username == null ? {} : { username }),
        ...(email == null ? {} : { email: email || null }),
        ...(avatar == null ? {} : { avatarUrl: avatar || null }),
      });
      return account(user);
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/user/password",
    id: "chat8ChangePassword",
    summary: { zh: "修改密码", en: "Changes the caller's password" },
    notes: {
      zh: "其他登录立即失效，当前令牌仍可用。",
      en: "Their other logins end at once; the token that asks stays good.",
    },
    body: Type.Object({
      current_password: Type.String({
        description: "当前密码 / The password as it is.",
        examples: ["correct horse battery"],
      }),
      new_password: Type.String({
        description: "新密码，8-128 个字符 / The password from now on, 8-128 characters.",
        examples: ["a different horse"],
      }),
      confirm_password: Type.String({
        description: "再次输入新密码 / The new password once more.",
        examples: ["a different horse"],
      }),
    }),
    answer: NO_DATA,
    says: "密码修改成功",
    names: { "BAD_USER_INPUT currentPassword": "AUTH_003" },
    async handle(ctx, { body: { current_password, new_password, confirm_password } }) {
      demandSame(new_password, confirm_password);
      await auth.changePassword(ctx, { currentPassword: current_password, newPassword: new_password });
    },
  }),
  route({
    method: "PUT",
    path: "/api/v1/user/status",
    id: "chat8SetStatus",
    summary: { zh: "更新用户状态", en: "Chooses what the caller is shown as while they are here" },
    notes: {
      zh: "选择会一直保留，直到再次更改。",
      en: "It stays until something else is chosen.",
    },
    body: Type.Object({ status: oneOf(STATUSES, { description: "在线状态 / As what.", examples: ["away"] }) }),
    answer: Shown,
    says: "状态已更新",
    async handle(ctx, { body: { status } }) {
      await presence.choose(ctx, statusIn(status));
      return { status };
    },
  }),
];
