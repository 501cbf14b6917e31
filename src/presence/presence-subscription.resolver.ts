import { Arg, ID, Resolver, Root, Subscription } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { rowId } from "../kernel/ids.ts";
import { LiveSource } from "../realtime/live-source.ts";
import { User } from "../users/user.ts";
import type { PresenceNews } from "./watched.ts";

/** Users whom one subscription may name. */
export const WATCHED_MAXIMUM = 200;

interface Subscribing {
  args: { userIds?: readonly string[] | null };
  context: object;
}

@Resolver()
export class PresenceSubscription {
  @Subscription(() => User, {
    description:
      "People as they come, go or choose another status: one event for each change that shows, however many connections it " +
      "took. Who loses a connection and is back within 5 seconds was never gone. Of somebody between whom and the viewer a " +
      "block stands nothing is told, but that they are OFFLINE when it is made.",
    subscribe: ({ args, context }: Subscribing) => {
      const ctx = context as Context;
      const { userId } = ctx.me;
      const userIds = args.userIds == null ? null : watchedIds(args.userIds);
      return new LiveSource<never>(
        { kind: "feed", open: (tell) => ctx.services.presence.watch.open(userId, userIds, tell) },
        { onFeed: (event) => (event as PresenceNews).user },
      );
    },
  })
  presenceChanged(
    @Root() user: User,
    @Arg("userIds", () => [ID], {
      nullable: true,
      description: `Of whom, at most ${WATCHED_MAXIMUM}; left out, the viewer's friends and the people in their direct conversations.`,
    })
    _userIds: string[] | null,
  ): User {
    return user;
  }
}

function watchedIds(ids: readonly string[]): number[] {
  if (ids.length > WATCHED_MAXIMUM) {
    throw badInput("userIds", `userIds may have at most ${WATCHED_MAXIMUM} entries.`, WATCHED_MAXIMUM);
  }
  return ids.map((id) => rowId("user", id, "userIds"));
}
