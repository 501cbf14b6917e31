import { Ctx, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { ConnectionStats, connectionStats } from "./connection-stats.ts";

@Resolver()
export class ConnectionStatsResolver {
  @Query(() => ConnectionStats, { description: "What is connected to this server; for administrators." })
  connectionStats(@Ctx() ctx: Context): Promise<ConnectionStats> {
    return connectionStats(ctx);
  }
}
