import "reflect-metadata";
import { GraphQLObjectType, GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";
import { type PubSub, buildSchemaSync } from "type-graphql";

import { Json } from "../kernel/json.ts";
import { resolvers } from "./resolvers.ts";
import { DateTime, ErrorCode } from "./scalars.ts";

const ROOTS = {
  Query: "What can be read.",
  Mutation: "What can be changed. Each takes one `input` and answers with what it changed.",
  Subscription:
    "What can be heard live, over WebSocket (graphql-transport-ws). Each delivers only what its subscriber may see, and ends " +
    "when the token is revoked or expires.",
} as const;

/** The whole schema, from the classes of all slices. */
export function buildSchema(): GraphQLSchema {
  const built = buildSchemaSync({
    resolvers,
    scalarsMap: [{ type: Date, scalar: DateTime }],
    // The services check what they are given: their bounds hold for every door.
    validate: false,
    pubSub: NO_PUBSUB,
  });
  const config = built.toConfig();
  return new GraphQLSchema({
    ...config,
    description:
      "Chat: people, conversations, and what happens in them, live. Log in for a token, send it as `Authorization: Bearer …`, " +
      "over WebSocket in connectionParams.",
    query: described(config.query, ROOTS.Query),
    mutation: described(config.mutation, ROOTS.Mutation),
    subscription: described(config.subscription, ROOTS.Subscription),
    types: [...config.types.filter((type) => !(type.name in ROOTS)), ErrorCode, Json],
  });
}

/** type-graphql gives the root types no description. */
function described(root: GraphQLObjectType | null | undefined, description: string): GraphQLObjectType | undefined {
  return root == null ? undefined : new GraphQLObjectType({ ...root.toConfig(), description });
}

/** type-graphql will not build subscriptions without one; each field here brings its own source of events. */
const NO_PUBSUB: PubSub = {
  publish() {
    throw new TypeError("Events are published on the bus.");
  },
  subscribe() {
    throw new TypeError("Subscriptions have sources of their own.");
  },
};

/** The schema as text, in an order that does not depend on the order of imports. */
export const schemaText = (schema: GraphQLSchema): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
