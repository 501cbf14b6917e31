import { Type } from "typebox";

import * as auth from "../../../auth/auth.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { demandSame } from "../confirmed.ts";
import { NO_DATA } from "../dialect.ts";
import { LoggedIn, loggedIn, Registered, registered, Renewed, renewed } from "../shapes.ts";

const Password = Type.String({ description: "密码 / The password.", examples: ["correct horse battery"] });

/** 002…, 认证接口 */
export const AUTH_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/auth/register",
    id: "chat8Register",
    summary: { zh: "用户注册", en: "Makes an account and logs it in" },
    notes: {
      zh: "注册关闭时返回 403。",
      en: "Where the server takes no registrations it answers 403.",
    },
    isPublic: true,
    status: 201,
    body: Type.Object({
      username: Type.String({
        description: "用户名，3-32 个字符，唯一 / 3-32 letters of any script, digits, `.`, `_` or `-`; unique.",
        examples: ["alice"],
      }),
      email: Type.String({ description: "邮箱，唯一 / An e-mail address; unique.", examples: ["alice@example.com"] }),
      password: Type.String({
        description: "密码，8-128 个字符 / 8-128 characters.",
        examples: ["correct horse battery"],
      }),
      confirm_password: Type.String({
        description: "再次输入密码 / The same password once more.",
        examples: ["correct horse battery"],
      }),
    }),
    answer: Registered,
    says: "注册成功",
    async handle(ctx, { body: { username, email, password, confirm_password } }) {
      demandSame(password, confirm_password);
      return registered(await auth.register(ctx, { username, email, password }));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/auth/login",
    id: "chat8Login",
    summary: { zh: "用户登录", en: "Logs in" },
    isPublic: true,
    body: Type.Object({
      username: Type.String({
        description: "用户名或邮箱 / The user name or the e-mail address.",
        examples: ["alice"],
      }),
      password: Password,
    }),
    answer: LoggedIn,
    says: "登录成功",
    names: { UNAUTHENTICATED: "AUTH_003" },
    async handle(ctx, { body: { username, password } }) {
      return loggedIn(await auth.login(ctx, { username, password }));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/auth/refresh",
    id: "chat8RefreshToken",
    summary: { zh: "刷新令牌", en: "A new access token for one that still holds" },
    notes: {
      zh: "旧令牌在其有效期内仍然可用。",
      en: "The token that asks stays good until its own end.",
    },
    answer: Renewed,
    says: "令牌已刷新",
    async handle(ctx) {
      return renewed(await auth.renew(ctx));
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/auth/logout",
    id: "chat8Logout",
    summary: { zh: "用户登出", en: "Logs out" },
    notes: {
      zh: "该次登录的所有令牌立即失效，其 WebSocket 以 4401 关闭。",
      en: "All tokens of this login end at once; its sockets are closed with 4401.",
    },
    answer: NO_DATA,
    says: "登出成功",
    async handle(ctx) {
      await auth.logout(ctx);
    },
  }),
];
