import { Args, Ctx, FieldResolver, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { CascadeEventInfo, CascadeInfo, EVENT_TYPES, info } from "./cascade-info.ts";
import { type CascadeEvent, CascadeEventPage, events } from "./cascade-stream.ts";

@Resolver()
export class CascadeResolver {
  @Query(() => CascadeInfo, {
    description:
      "How other systems read what happens here: where the stream is, how it is read on, what its events mean, and the " +
      "latest ones. For administrators.",
  })
  cascade(@Ctx() ctx: Context): Promise<CascadeInfo> {
    return info(ctx);
  }
}

@Resolver(() => CascadeInfo)
export class CascadeInfoResolver {
  @FieldResolver(() => [CascadeEventInfo], { description: "Every type of event and the fields of its data." })
  eventTypes(): readonly CascadeEventInfo[] {
    return EVENT_TYPES;
  }

  @FieldResolver(() => CascadeEventPage.Connection, {
    description: "What stands in the stream, the oldest first; with nothing said, the last 20.",
  })
  events(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs): Promise<Connection<CascadeEvent>> {
    return events(ctx, page);
  }
}
