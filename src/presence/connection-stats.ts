import { Field, ID, Int, ObjectType } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { time } from "../kernel/columns.ts";
import { demandAdministrator } from "../users/administrators.ts";
import { onlineCount } from "./online.ts";

@ObjectType({ description: "What is connected by one door." })
export class DoorStats {
  @Field(() => String, { description: "The door: graphql, or the name of an older API." })
  door!: string;

  @Field(() => Int, { description: "Connections, those without a login included." })
  connections!: number;

  @Field(() => Int, { description: "Subscriptions that stand." })
  subscriptions!: number;
}

@ObjectType({ description: "What hangs on one node." })
export class NodeStats {
  @Field(() => ID, { description: "The node's own id, new at each start." })
  id!: string;

  @Field(() => Date, { description: "When it last said that it lives." })
  seenAt!: Date;

  @Field(() => Int, { description: "Connections by all doors, those without a login included." })
  connections!: number;

  @Field(() => Int, { description: "Subscriptions that stand." })
  subscriptions!: number;

  @Field(() => Int, { description: "People with a connection to this node; some may have others elsewhere." })
  onlineUsers!: number;

  @Field(() => [DoorStats], { description: "The same by door." })
  doors!: DoorStats[];
}

@ObjectType({
  description: "What is connected to this server: the asked node at this moment, others up to 5 seconds ago.",
})
export class ConnectionStats {
  @Field(() => Int, { description: "Connections to all nodes by all doors, those without a login included." })
  connections!: number;

  @Field(() => Int, { description: "Subscriptions that stand." })
  subscriptions!: number;

  @Field(() => Int, { description: "People who are here, over HTTP alone too, whatever they chose to be shown as." })
  onlineUsers!: number;

  @Field(() => [DoorStats], { description: "By door, all nodes together." })
  doors!: DoorStats[];

  @Field(() => [NodeStats], { description: "The nodes that live." })
  nodes!: NodeStats[];
}

/** What is connected to this server. @throws FORBIDDEN for everybody but administrators */
export async function connectionStats(ctx: Context): Promise<ConnectionStats> {
  demandAdministrator(ctx);
  await ctx.services.presence.census.write();
  const [onlineUsers, nodes, counts] = await Promise.all([
    onlineCount(ctx),
    ctx.sql<{ id: string; seen_at: string; users: number }>(
      `select n.id, n.seen_at, (select count(*)::int from presence_sources p where p.node_id = n.id) as users
       from nodes n order by n.id`,
    ),
    ctx.sql<{ node_id: string } & Counted>(
      "select node_id, door, connections, subscriptions from node_connections order by door",
    ),
  ]);
  return {
    ...totalOf(counts),
    onlineUsers,
    doors: [...Map.groupBy(counts, ({ door }) => door)].map(([door, some]) => ({ door, ...totalOf(some) })),
    nodes: nodes.map(({ id, seen_at: seenAt, users }) => {
      const own = counts.filter((count) => count.node_id === id);
      return { id, seenAt: time(seenAt), ...totalOf(own), onlineUsers: users, doors: own };
    }),
  };
}

type Counted = DoorStats & Record<string, unknown>;

const totalOf = (counts: readonly DoorStats[]): { connections: number; subscriptions: number } => ({
  connections: counts.reduce((sum, { connections }) => sum + connections, 0),
  subscriptions: counts.reduce((sum, { subscriptions }) => sum + subscriptions, 0),
});
