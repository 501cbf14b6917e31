import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { AuditEntry } from "../users/audit-entry.ts";
import { User } from "../users/user.ts";
import * as users from "../users/user.service.ts";
import { AuditPage } from "./audit-log.ts";
import * as auditLog from "./audit-log.ts";

@ArgsType()
class AuditLogArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: "What was done, by the name of the mutation: setUserRole." })
  action?: string | null;

  @Field(() => ID, { nullable: true, description: "Who did it: user_1." })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: "To what it was done: any global id." })
  targetId?: string | null;

  @Field(() => Date, { nullable: true, description: "Only what was done at this moment or later." })
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: "Only what was done before this moment." })
  to?: Date | null;
}

@Resolver(() => AuditEntry)
export class AuditLogResolver {
  @Query(() => AuditPage.Connection, {
    description: "What administrators did, the latest first. For administrators.",
  })
  auditLog(
    @Args(() => AuditLogArgs) { actorId, ...asked }: AuditLogArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<AuditEntry>> {
    return auditLog.list(ctx, { ...asked, actorId: actorId == null ? null : rowId("user", actorId, "actorId") }, asked);
  }

  @FieldResolver(() => User, { nullable: true, description: "Who did it; null where the server itself did." })
  async actor(@Root() { actorId }: AuditEntry, @Ctx() ctx: Context): Promise<User | null> {
    return actorId === null ? null : ctx.load(users.byIdsOrNull, actorId);
  }
}
