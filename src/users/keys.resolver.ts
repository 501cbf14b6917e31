import { Arg, Ctx, Field, FieldResolver, InputType, Int, Mutation, ObjectType, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { ownPrivateKey, publicKeys, publish } from "./keys.service.ts";
import { byIds } from "./user.service.ts";
import { User } from "./user.ts";
import { Viewer } from "./viewer.ts";

@InputType({ description: "A pair of keys for end-to-end encryption, both as the client wrote them." })
export class PublishKeysInput {
  @Field(() => String, {
    description: "By which others encrypt; 1 to 4,096 printable ASCII characters, such as base64, PEM or a JWK.",
  })
  publicKey!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The private key, encrypted by the client with what the server never learns (a pass phrase), to be restored on another " +
      "device; at most 16,384 printable ASCII characters. Null keeps no copy.",
  })
  encryptedPrivateKey?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "The version that is to be replaced, 0 for none: another one is CONFLICT. Null replaces whatever there is.",
  })
  expectedVersion?: number | null;
}

@ObjectType({ description: "The keys that stand now." })
export class PublishKeysPayload {
  @Field(() => User, { description: "The user as others see it, with `publicKey` and `keyVersion`." })
  readonly user: User;

  @Field(() => Viewer, { description: "The user as they see themselves, with `encryptedPrivateKey`." })
  readonly viewer: Viewer;

  constructor(user: User) {
    this.user = user;
    this.viewer = new Viewer(user);
  }
}

@Resolver()
export class KeysResolver {
  @Mutation(() => PublishKeysPayload, {
    description:
      "Publishes the viewer's keys in place of those before. Another public key is another version: friends and the peers of " +
      "direct conversations hear of it by keyChanged, and direct conversations of people with keys say so in their log. At " +
      "most 10 changes an hour.",
  })
  async publishKeys(
    @Ctx() ctx: Context,
    @Arg("input", () => PublishKeysInput, { description: "The keys." }) input: PublishKeysInput,
  ): Promise<PublishKeysPayload> {
    await publish(ctx, {
      publicKey: input.publicKey,
      encryptedPrivateKey: input.encryptedPrivateKey ?? null,
      expectedVersion: input.expectedVersion ?? null,
    });
    return new PublishKeysPayload(await ctx.load(byIds, ctx.me.userId));
  }
}

@Resolver(() => User)
export class UserKeysResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The key by which others encrypt for this user, as their client wrote it; null where none was published.",
  })
  async publicKey(@Ctx() ctx: Context, @Root() user: User): Promise<string | null> {
    return (await ctx.load(publicKeys, user.id))?.publicKey ?? null;
  }

  @FieldResolver(() => Int, {
    description: "Counts the public keys that this user has published: 1, 2, 3 …; 0 where none was.",
  })
  async keyVersion(@Ctx() ctx: Context, @Root() user: User): Promise<number> {
    return (await ctx.load(publicKeys, user.id))?.version ?? 0;
  }
}

@Resolver(() => Viewer)
export class ViewerKeysResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The viewer's private key as their client encrypted it; null where no copy is kept. Nobody else is shown it.",
  })
  encryptedPrivateKey(@Ctx() ctx: Context): Promise<string | null> {
    return ownPrivateKey(ctx);
  }
}
