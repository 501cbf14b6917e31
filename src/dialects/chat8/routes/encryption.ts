import { Type } from "typebox";

import { notFound } from "../../../kernel/errors.ts";
import * as keys from "../../../users/keys.service.ts";
import { byIds } from "../../../users/user.service.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id } from "../../frame/schemas.ts";
import { NO_DATA } from "../dialect.ts";
import { PublicKeyOf } from "../shapes.ts";

/** 002…, 加密接口 */
export const ENCRYPTION_ROUTES: readonly Route[] = [
  route({
    method: "GET",
    path: "/api/v1/encryption/public-key/:user_id",
    id: "chat8PublicKey",
    summary: { zh: "获取公钥", en: "The key by which others encrypt for somebody" },
    params: Type.Object({ user_id: Id("用户编号 / Whose.") }),
    answer: PublicKeyOf,
    names: { "NOT_FOUND id": "USER_001" },
    async handle(ctx, { params: { user_id } }) {
      const [user, key] = await Promise.all([ctx.load(byIds, user_id), ctx.load(keys.publicKeys, user_id)]);
      if (key === null) throw notFound("publicKey", "key");
      return { user_id: user.id, public_key: key.publicKey };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/encryption/keys",
    id: "chat8PublishKeys",
    summary: { zh: "更新密钥对", en: "Publishes the caller's keys in place of those before" },
    notes: {
      zh: "服务器从不读取私钥，只原样保存给本人。不可读的密钥返回 ENCRYPT_002。",
      en: "The server keeps the private key as it is and reads nothing in it. What is no key is ENCRYPT_002.",
    },
    body: Type.Object({
      public_key: Type.String({
        description:
          "公钥，可打印 ASCII，最多 4096 个字符 / The public key: printable ASCII, at most 4,096 characters.",
        examples: ["MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="],
      }),
      private_key_encrypted: Type.String({
        description:
          "客户端加密后的私钥，最多 16384 个字符 / The private key as the client encrypted it; at most 16,384 characters.",
        examples: ["eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1cifQ"],
      }),
    }),
    answer: NO_DATA,
    says: "密钥对已更新",
    async handle(ctx, { body: { public_key, private_key_encrypted } }) {
      await keys.publish(ctx, {
        publicKey: public_key,
        encryptedPrivateKey: private_key_encrypted,
        expectedVersion: null,
      });
    },
  }),
];
