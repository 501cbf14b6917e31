import { Ctx, Resolver, Root, Subscription } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import type { UserEvent } from "../realtime/events.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { byIds } from "./user.service.ts";
import { User } from "./user.ts";

declare module "../realtime/events.ts" {
  interface UserEvents {
    /** `userId` has another public key. */
    keyChanged: { readonly userId: number };
  }
}

@Resolver()
export class KeysSubscription {
  @Subscription(() => User, {
    description:
      "Whoever of the viewer's friends and direct peers has published another public key, and the viewer themselves, whose " +
      "other devices are to know.",
    subscribe: () =>
      new LiveSource<never>(
        { kind: "user" },
        {
          onUserEvent: (event) => {
            const told = event as UserEvent;
            return told.type === "keyChanged" ? told : null;
          },
        },
      ),
  })
  keyChanged(@Root() event: { readonly userId: number }, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(byIds, event.userId);
  }
}
