import { Arg, Ctx, Field, Float, InputType, Int, Mutation, ObjectType, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import * as subscriptions from "./push-subscription.service.ts";

@InputType({ description: "What a push is encrypted for (RFC 8291)." })
class PushSubscriptionKeysInput {
  @Field(() => String, { description: "The browser's public key: an uncompressed point of P-256 in base64url." })
  p256dh!: string;

  @Field(() => String, { description: "The browser's secret: 16 bytes in base64url." })
  auth!: string;
}

@InputType({ description: "A browser's PushSubscription, as its toJSON() has it." })
class RegisterPushSubscriptionInput {
  @Field(() => String, {
    description: "Where pushes go: an https URL of the public internet, at most 1,000 characters.",
  })
  endpoint!: string;

  @Field(() => Float, { nullable: true, description: "When it ends, in milliseconds since 1970; null for never." })
  expirationTime?: number | null;

  @Field(() => PushSubscriptionKeysInput, { description: "What pushes are encrypted for." })
  keys!: PushSubscriptionKeysInput;
}

@ObjectType({ description: "The browser that takes pushes from now on." })
class RegisterPushSubscriptionPayload {
  @Field(() => String, { description: "Where they go." })
  endpoint!: string;

  @Field(() => Int, { description: "How many browsers of the viewer's take pushes, this one included; at most 20." })
  subscriptionCount!: number;
}

@InputType({ description: "Which browser is to take no more pushes." })
class RemovePushSubscriptionInput {
  @Field(() => String, { description: "The endpoint that was registered." })
  endpoint!: string;
}

@ObjectType({ description: "The browser that takes no more pushes." })
class RemovePushSubscriptionPayload {
  @Field(() => String, { description: "Where they went." })
  endpoint!: string;
}

@Resolver()
export class PushResolver {
  @Query(() => String, {
    description:
      "What a browser subscribes with: `applicationServerKey` of PushManager.subscribe, in base64url (RFC 8292).",
  })
  vapidPublicKey(@Ctx() ctx: Context): string {
    return ctx.services.push.keys.publicKey;
  }

  @Mutation(() => RegisterPushSubscriptionPayload, {
    description:
      "Has notifications pushed to a browser while the viewer is not connected, until the login ends: log out, and it takes none. " +
      "Registering again changes nothing; do so at each start. Of more than 20 browsers the oldest goes.",
  })
  async registerPushSubscription(
    @Arg("input", () => RegisterPushSubscriptionInput, { description: "Which browser." })
    input: RegisterPushSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<RegisterPushSubscriptionPayload> {
    return { endpoint: input.endpoint, subscriptionCount: await subscriptions.register(ctx, input) };
  }

  @Mutation(() => RemovePushSubscriptionPayload, { description: "Has nothing pushed to a browser any more." })
  async removePushSubscription(
    @Arg("input", () => RemovePushSubscriptionInput, { description: "Which browser." })
    { endpoint }: RemovePushSubscriptionInput,
    @Ctx() ctx: Context,
  ): Promise<RemovePushSubscriptionPayload> {
    await subscriptions.unregister(ctx, endpoint);
    return { endpoint };
  }
}
