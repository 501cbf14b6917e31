import type { NonEmptyArray } from "type-graphql";

import { NodeResolver } from "./node.resolver.ts";

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what type-graphql calls a class
type ResolverClass = Function;

/** Every resolver class; each slice puts its own here. */
export const resolvers: NonEmptyArray<ResolverClass> = [NodeResolver];
