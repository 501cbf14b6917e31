import { Field, ID, InterfaceType } from "type-graphql";

/** Anything with a global id that carries its type. */
@InterfaceType({
  description: "Anything with a global id: user_1, msg_42, conv_7 (Relay Global Object Identification).",
})
export abstract class Node {
  @Field(() => ID, { name: "id", description: "Global id: a word for the type, and a number." })
  readonly nodeId!: string;
}
