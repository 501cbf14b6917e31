import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  valueFromASTUntyped,
} from "graphql";

import { SESSIONS_MAXIMUM } from "../auth/sessions.ts";
import { CALL_PARTIES_MAXIMUM } from "../calls/call-party.ts";
import { ACTIVE_CALLS_MAXIMUM } from "../calls/calls.ts";
import { PAGE_DEFAULT, PAGE_MAXIMUM } from "../kernel/pages.ts";
import { FORWARD_COPIES_MAXIMUM } from "../messages/forward.service.ts";
import { PINS_MAXIMUM } from "../messages/pin.service.ts";
import { NAMED_MAXIMUM } from "../notifications/notification.service.ts";
import { TEMPLATES_MAXIMUM } from "../notifications/template.service.ts";
import { TOP_SENDERS } from "../operations/conversation-stats.ts";
import { SYNC_MAXIMUM } from "../operations/sync-users.ts";
import { PEOPLE_MAXIMUM } from "../rooms/people.ts";

/** Objects that a list is taken to hold where nothing bounds it by a page: the reactions of a message, its mentions. */
const LIST_ESTIMATE = 5;
/** Those of them that may be longer by far, and how long at the most. */
const LONG_LISTS: Readonly<Record<string, number>> = {
  "Conversation.pinnedMessages": PINS_MAXIMUM,
  "Room.pinnedMessages": PINS_MAXIMUM,
  "Group.pinnedMessages": PINS_MAXIMUM,
  "DirectConversation.pinnedMessages": PINS_MAXIMUM,
  "Call.parties": CALL_PARTIES_MAXIMUM,
  "Viewer.activeCalls": ACTIVE_CALLS_MAXIMUM,
  "Viewer.sessions": SESSIONS_MAXIMUM,
  "ConversationStats.topSenders": TOP_SENDERS,
  "Query.notificationTemplates": TEMPLATES_MAXIMUM,
  "AddMembersPayload.members": PEOPLE_MAXIMUM,
  "ChangePasswordPayload.endedSessions": SESSIONS_MAXIMUM,
  "ForwardMessagesPayload.messages": FORWARD_COPIES_MAXIMUM,
  "MarkNotificationsReadPayload.notifications": NAMED_MAXIMUM,
  "SyncUsersPayload.results": SYNC_MAXIMUM,
};
/** Texts that may be so long that they count as objects of their own: thousands of characters each. */
const LONG_TEXTS: Readonly<Record<string, number>> = { "Message.content": 3, "MessageEdit.content": 3 };
/** What `__schema` and `__type` count for, whatever they select: graphql-js bounds their depth. */
const INTROSPECTION_COST = 2_500;

/** Arguments that say how many items a field answers with: a page's size, or the list of what is asked for. */
const PAGE_ARGUMENTS = ["first", "last"] as const;
const LIST_ARGUMENTS = ["ids"] as const;

export type Variables = Readonly<Record<string, unknown>>;

/** Objects that the answer may hold, given the variables. */
export type Cost = (variables: Variables) => number;

/**
 * Estimates how many objects an operation may answer with: every field with fields of its own counts one, as often as
 * the pages and lists around it repeat it. Scalars are free, but for long texts. The document must be valid.
 */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Cost {
  const compiled = new Map<string, Cost>();
  const defaults: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue !== undefined) defaults[variable.name.value] = valueFromASTUntyped(defaultValue);
  }

  const ofFragment = (name: string): Cost => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    const cost = fragment && isCompositeType(type) ? ofSelections(fragment.selectionSet, type) : free;
    compiled.set(name, cost);
    return cost;
  };

  const ofField = (node: FieldNode, parent: GraphQLCompositeType): Cost => {
    if (node.name.value === "__schema" || node.name.value === "__type") return () => INTROSPECTION_COST;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (field === undefined) return free;
    const weight = LONG_TEXTS[`${parent.name}.${node.name.value}`];
    if (weight !== undefined) return () => weight;
    if (node.selectionSet === undefined) return free;
    const type = getNamedType(field.type);
    if (!isCompositeType(type) || isIntrospectionType(type)) return free;
    const inside = ofSelections(node.selectionSet, type);
    const items = itemsOf(node, field, parent);
    // A connection is one object; what it repeats is its edges and nodes.
    if (isConnection(type)) return (variables) => 1 + items(variables) * inside(variables);
    return (variables) => items(variables) * (1 + inside(variables));
  };

  const ofSelections = (set: SelectionSetNode, parent: GraphQLCompositeType): Cost => {
    const parts: Cost[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        parts.push(ofField(selection, parent));
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        parts.push(ofFragment(selection.name.value));
      } else {
        const name = selection.typeCondition?.name.value;
        const type = name === undefined ? parent : schema.getType(name);
        parts.push(isCompositeType(type) ? ofSelections(selection.selectionSet, type) : free);
      }
    }
    const costly = parts.filter((part) => part !== free);
    if (costly.length === 0) return free;
    return (variables) => costly.reduce((sum, part) => sum + part(variables), 0);
  };

  const root = schema.getRootType(operation.operation);
  if (root == null) return free;
  const cost = ofSelections(operation.selectionSet, root);
  return Object.keys(defaults).length === 0 ? cost : (variables) => cost({ ...defaults, ...variables });
}

const free: Cost = () => 0;

const isConnection = (type: GraphQLCompositeType): boolean => type.name.endsWith("Connection");

/** How often a field's selection is answered. */
function itemsOf(node: FieldNode, field: GraphQLField<unknown, unknown>, parent: GraphQLCompositeType): Cost {
  const pages = PAGE_ARGUMENTS.filter((name) => field.args.some((argument) => argument.name === name));
  if (pages.length > 0) {
    const sizes = pages.map((name) => argumentOf(node, name)).filter((size) => size !== undefined);
    return (variables) => {
      const asked = sizes.map((size) => numberIn(size, variables)).filter((size) => size !== null);
      // A page past the maximum is refused by its resolver, which names the argument.
      return asked.length === 0 ? PAGE_DEFAULT : Math.min(Math.max(...asked, 1), PAGE_MAXIMUM);
    };
  }
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (!isListType(type)) return () => 1;
  // The connection has counted its items.
  if (isConnection(parent)) return () => 1;
  for (const name of LIST_ARGUMENTS) {
    const list = argumentOf(node, name);
    if (list !== undefined) return (variables) => lengthIn(list, variables);
  }
  const items = LONG_LISTS[`${parent.name}.${node.name.value}`] ?? LIST_ESTIMATE;
  return () => items;
}

const argumentOf = (node: FieldNode, name: string): ValueNode | undefined =>
  node.arguments?.find((argument) => argument.name.value === name)?.value;

const given = (value: ValueNode, variables: Variables): unknown =>
  value.kind === Kind.VARIABLE ? variables[value.name.value] : valueFromASTUntyped(value);

function numberIn(value: ValueNode, variables: Variables): number | null {
  const number = given(value, variables);
  return typeof number === "number" ? number : null;
}

function lengthIn(value: ValueNode, variables: Variables): number {
  const list = given(value, variables);
  return Array.isArray(list) ? list.length : 1;
}
