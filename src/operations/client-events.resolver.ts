import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
} from "type-graphql";
import { Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { Json } from "../kernel/json.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { ClientEvent } from "./client-event.ts";
import { ClientEventPage } from "./client-events.ts";
import * as clientEvents from "./client-events.ts";

@InputType({ description: "Something that happened in a client program." })
class ReportEventInput {
  @Field(() => String, { description: "Of which kind it is, by the client's own word of 1-64 characters: `error`." })
  type!: string;

  @Field(() => Json, {
    nullable: true,
    description: "What there is to say of it: any JSON value, at most 8,192 bytes.",
  })
  data?: unknown;

  @Field(() => Date, {
    nullable: true,
    description: "When it happened, from 1970 to a day ahead; now, where nothing is said.",
  })
  occurredAt?: Date | null;
}

@ObjectType({ description: "The event as it is kept." })
class ReportEventPayload {
  @Field(() => ClientEvent, { description: "The event; administrators can read it for 30 days." })
  event!: ClientEvent;
}

@ArgsType()
class ClientEventsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: "Only events of this type." })
  type?: string | null;

  @Field(() => ID, { nullable: true, description: "Only what this user's clients told: user_1." })
  userId?: string | null;

  @Field(() => Date, { nullable: true, description: "Only what came in at this moment or later." })
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: "Only what came in before this moment." })
  to?: Date | null;
}

@Resolver(() => ClientEvent)
export class ClientEventsResolver {
  @Query(() => ClientEventPage.Connection, {
    description: "What client programs told in the last 30 days, the latest first. For administrators.",
  })
  clientEvents(
    @Args(() => ClientEventsArgs) { userId, ...asked }: ClientEventsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<ClientEvent>> {
    const whose = userId == null ? null : rowId("user", userId, "userId");
    return clientEvents.list(ctx, { ...asked, userId: whose }, asked);
  }

  @Mutation(() => ReportEventPayload, {
    description: "Tells the operators of something that happened in the client; at most 1,000 a day.",
  })
  async reportEvent(
    @Arg("input", () => ReportEventInput, { description: "What happened." }) input: ReportEventInput,
    @Ctx() ctx: Context,
  ): Promise<ReportEventPayload> {
    return { event: await clientEvents.report(ctx, input) };
  }

  @FieldResolver(() => User, { description: "Whose client told it." })
  user(@Root() { userId }: ClientEvent, @Ctx() ctx: Context): Promise<User> {
    return ctx.load(users.byIds, userId);
  }
}
