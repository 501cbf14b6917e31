import { type Static, Type } from "typebox";

import type { File } from "../../files/file.ts";
import type { FriendRequest } from "../../friends/friend-request.ts";
import type { Presence } from "../../presence/presence.ts";
import { PresenceStatus } from "../../presence/presence-status.ts";
import type { User } from "../../users/user.ts";
import { Id, oneOf, UtcTime } from "../frame/schemas.ts";
import { utc } from "../frame/times.ts";

/** The words for how somebody is shown (002…, 更新用户状态). */
export const STATUSES = ["online", "offline", "away"] as const;
type Status = (typeof STATUSES)[number];

const WORDS: Record<PresenceStatus, Status> = { ONLINE: "online", OFFLINE: "offline", AWAY: "away" };
const MEANINGS: Record<Status, PresenceStatus> = {
  online: PresenceStatus.ONLINE,
  offline: PresenceStatus.OFFLINE,
  away: PresenceStatus.AWAY,
};

/** The word for how somebody is shown. */
export const statusOf = (status: PresenceStatus): Status => WORDS[status];

/** What clients mean by such a word. */
export const statusIn = (status: Status): PresenceStatus => MEANINGS[status];

const Username = Type.String({ description: "用户名 / The user name.", examples: ["alice"] });
const Email = Type.String({ description: "邮箱；没有则为空 / The e-mail address; empty where there is none." });
const Avatar = Type.String({
  description: "头像地址；没有则为空 / Address of the picture; empty where there is none.",
});
const UserId = Id("用户编号 / The user's number.");
const StatusWord = oneOf(STATUSES, { description: "在线状态 / How they are shown." });

const token = {
  access_token: Type.String({ description: "访问令牌 / What to send with every request." }),
  token_type: oneOf(["bearer"], { description: "令牌类型 / Always bearer." }),
};
const ExpiresIn = Type.Integer({ description: "有效期，秒 / Seconds for which the token holds.", examples: [1_800] });
const user = { id: UserId, username: Username, email: Email, avatar: Avatar };

/** 002…, 用户注册. */
export const Registered = Type.Object({ user_id: UserId, username: Username, email: Email, ...token });
/** 002…, 刷新令牌. */
export const Renewed = Type.Object({ ...token, expires_in: ExpiresIn });
/** 002…, 更新用户资料. */
export const Account = Type.Object(user);
/** 002…, 用户登录. */
export const LoggedIn = Type.Object({ ...token, expires_in: ExpiresIn, user: Account });
/** 002…, 获取当前用户信息. */
export const Profile = Type.Object({
  ...user,
  status: StatusWord,
  created_at: UtcTime("注册时间 / When the account was made."),
  last_login: UtcTime("最近登录时间 / When the latest login began."),
});
/** 002…, 更新用户状态. */
export const Shown = Type.Object({ status: StatusWord });
/** 002…, 获取好友列表. */
export const Friend = Type.Object({
  id: UserId,
  username: Username,
  avatar: Avatar,
  status: StatusWord,
  last_seen: UtcTime("最近活动时间 / When they were last active; when the account was made, where they never were."),
});
/** 002…, 搜索用户. */
export const Found = Type.Object({
  id: UserId,
  username: Username,
  avatar: Avatar,
  is_friend: Type.Boolean({ description: "是否已是好友 / Whether they are a friend of the caller's." }),
});
/** A request that waits; the document tells of it by a frame alone. */
export const Asking = Type.Object({
  request_id: Id("请求编号 / The request's number."),
  from_user_id: Id("请求者编号 / Who asks."),
  from_username: Username,
  message: Type.String({ description: "附言；没有则为空 / What they say with it; empty where they say nothing." }),
  created_at: UtcTime("请求时间 / When it was sent."),
});
/** 002…, 上传头像. */
export const AvatarUploaded = Type.Object({
  avatar_url: Type.String({ description: "头像地址 / Address of the picture." }),
});
/** 002…, 上传文件. */
export const Uploaded = Type.Object({
  file_url: Type.String({
    description: "文件地址，作为消息内容发送 / Its address, to be sent as a message's content.",
  }),
  file_name: Type.String({ description: "文件名 / Its name." }),
  file_size: Type.Integer({ description: "字节数 / Its size in bytes." }),
  file_type: Type.String({ description: "媒体类型 / Its media type.", examples: ["image/png"] }),
});
/** 002…, 获取公钥. */
export const PublicKeyOf = Type.Object({
  user_id: UserId,
  public_key: Type.String({ description: "公钥 / The key by which others encrypt for them." }),
});

interface Tokens {
  readonly accessToken: string;
  readonly expiresIn: number;
}

const tokenOf = ({ accessToken }: Pick<Tokens, "accessToken">) => ({
  access_token: accessToken,
  token_type: "bearer" as const,
});

export const registered = (tokens: Tokens & { readonly user: User }): Static<typeof Registered> => ({
  user_id: tokens.user.id,
  username: tokens.user.username,
  email: tokens.user.email ?? "",
  ...tokenOf(tokens),
});

export const renewed = (tokens: Tokens): Static<typeof Renewed> => ({
  ...tokenOf(tokens),
  expires_in: tokens.expiresIn,
});

export const account = ({ id, username, email, avatarUrl }: User): Static<typeof Account> => ({
  id,
  username,
  email: email ?? "",
  avatar: avatarUrl ?? "",
});

export const loggedIn = (tokens: Tokens & { readonly user: User }): Static<typeof LoggedIn> => ({
  ...renewed(tokens),
  user: account(tokens.user),
});

export const profile = (who: User, { status }: Presence, lastLoginAt: Date): Static<typeof Profile> => ({
  ...account(who),
  status: statusOf(status),
  created_at: utc(who.createdAt),
  last_login: utc(lastLoginAt),
});

export const friend = (
  { id, username, avatarUrl, createdAt }: User,
  { status, lastActiveAt }: Presence,
): Static<typeof Friend> => ({
  id,
  username,
  avatar: avatarUrl ?? "",
  status: statusOf(status),
  last_seen: utc(lastActiveAt ?? createdAt),
});

export const found = ({ id, username, avatarUrl }: User, isFriend: boolean): Static<typeof Found> => ({
  id,
  username,
  avatar: avatarUrl ?? "",
  is_friend: isFriend,
});

export const asking = ({ id, message, createdAt }: FriendRequest, from: User): Static<typeof Asking> => ({
  request_id: id,
  from_user_id: from.id,
  from_username: from.username,
  message: message ?? "",
  created_at: utc(createdAt),
});

export const uploaded = ({ name, size, mimeType }: File, url: string): Static<typeof Uploaded> => ({
  file_url: url,
  file_name: name,
  file_size: size,
  file_type: mimeType,
});
