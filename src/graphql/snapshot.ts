import {
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  TypeInfo,
  isInterfaceType,
  isObjectType,
  visit,
  visitWithTypeInfo,
} from "graphql";

/**
 * Whether a document asks for a conversation's `cursor`. It is the promise that a client which subscribes after it
 * misses nothing between the rest of the answer and the subscription, so all of the answer has to be read in the same
 * snapshot.
 */
export function readsLogPosition(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const visitor = visitWithTypeInfo(types, {
    Field(node) {
      if (node.name.value !== "cursor" || !isConversation(types.getParentType())) return undefined;
      found = true;
      return BREAK;
    },
  });
  visit(document, visitor);
  return found;
}

function isConversation(type: unknown): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return type.name === "Conversation" || type.getInterfaces().some((parent) => parent.name === "Conversation");
}
