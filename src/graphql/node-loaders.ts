import type { Context } from "../kernel/context.ts";
import type { IdType } from "../kernel/ids.ts";
import type { Node } from "../kernel/node.ts";

/** Loads rows of one type through the viewer: null for what does not exist for them. */
export type NodeLoader = (ctx: Context, ids: readonly number[]) => Promise<(Node | null)[]>;

/** How each type that has a global id is loaded. */
export const NODE_LOADERS: Partial<Record<IdType, NodeLoader>> = {};
