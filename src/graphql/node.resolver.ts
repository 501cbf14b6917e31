import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { badInput } from "../kernel/errors.ts";
import { type IdType, parseGlobalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { NODE_LOADERS } from "./node-loaders.ts";

/** Ids a call of `nodes` at the most. */
const IDS_MAXIMUM = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description: "Anything by its global id; null where it does not exist for the viewer.",
  })
  node(
    @Arg("id", () => ID, { description: "Any global id: user_1, msg_42, conv_7." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Node | null> {
    return load(ctx, parsed(id, "id"));
  }

  @Query(() => [Node], {
    nullable: "items",
    description: "As `node`, for up to 100 ids: the answers stand in the order of the ids.",
  })
  async nodes(
    @Arg("ids", () => [ID], { description: "Up to 100 global ids." }) ids: string[],
    @Ctx() ctx: Context,
  ): Promise<(Node | null)[]> {
    if (ids.length > IDS_MAXIMUM) throw badInput("ids", `ids may have at most ${IDS_MAXIMUM} items.`, IDS_MAXIMUM);
    return Promise.all(ids.map((id) => parsed(id, "ids")).map((key) => load(ctx, key)));
  }
}

interface NodeKey {
  readonly type: IdType;
  readonly id: number;
}

function parsed(id: string, field: string): NodeKey {
  const key = parseGlobalId(id);
  if (key === null) throw badInput(field, `${field} must be a global id such as user_1.`);
  return key;
}

async function load(ctx: Context, { type, id }: NodeKey): Promise<Node | null> {
  const batch = NODE_LOADERS[type];
  return batch === undefined ? null : ctx.load(batch, id);
}
