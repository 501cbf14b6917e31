import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

import { LIMITS, LimitExceeded, type LimitName } from "./limits.ts";

/** How much a selection asks for, its fragments counted wherever they are spread. */
interface Shape {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Shape = { depth: 0, fields: 0, aliases: 0, directives: 0 };
const SHAPE_LIMITS: readonly (keyof Shape & LimitName)[] = ["depth", "fields", "aliases", "directives"];

/**
 * Refuses documents that ask for too much in themselves, whatever the schema: it runs before validation, some rules of
 * which take time that grows with the square of the fields. A fragment is measured once, however often it is spread.
 *
 * @throws LimitExceeded
 */
export function checkShape(document: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<FragmentDefinitionNode, Shape | "open">();

  const ofFragment = (name: string): Shape => {
    const fragment = fragments.get(name);
    // Validation names the fragment that is not there.
    if (fragment === undefined) return NOTHING;
    const known = measured.get(fragment);
    if (known === "open") throw new LimitExceeded("fragmentCycles");
    if (known !== undefined) return known;
    measured.set(fragment, "open");
    const shape = ofSelections(fragment.selectionSet, fragment.directives?.length ?? 0);
    measured.set(fragment, shape);
    return shape;
  };

  const ofSelection = (selection: SelectionNode): Shape => {
    const directives = selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const inside = ofFragment(selection.name.value);
      return { ...inside, directives: inside.directives + directives };
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) return ofSelections(selection.selectionSet, directives);
    const inside = ofSelections(selection.selectionSet, directives);
    return {
      depth: inside.depth + 1,
      fields: inside.fields + 1,
      aliases: inside.aliases + (selection.alias === undefined ? 0 : 1),
      directives: inside.directives,
    };
  };

  const ofSelections = (set: SelectionSetNode | undefined, directives: number): Shape => {
    const sum = { ...NOTHING, directives };
    for (const selection of set?.selections ?? []) {
      const shape = ofSelection(selection);
      sum.depth = Math.max(sum.depth, shape.depth);
      sum.fields += shape.fields;
      sum.aliases += shape.aliases;
      sum.directives += shape.directives;
    }
    for (const limit of SHAPE_LIMITS) {
      if (sum[limit] > LIMITS[limit]) throw new LimitExceeded(limit);
    }
    return sum;
  };

  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) ofFragment(definition.name.value);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    ofSelections(definition.selectionSet, definition.directives?.length ?? 0);
    if (rootFields(definition, fragments) > LIMITS.rootFields) throw new LimitExceeded("rootFields");
    if (definition.operation === OperationTypeNode.SUBSCRIPTION) checkRoot(definition.selectionSet, fragments);
  }
}

/**
 * A subscription has one root field, whatever the variables: left out, there would be nothing to subscribe to (GraphQL,
 * 5.2.4.1, of the draft). Cycles are refused by now.
 *
 * @throws GraphQLError
 */
function checkRoot(set: SelectionSetNode | undefined, fragments: Map<string, FragmentDefinitionNode>): void {
  for (const selection of set?.selections ?? []) {
    if (selection.directives?.some(({ name }) => name.value === "skip" || name.value === "include") === true) {
      throw new GraphQLError("The root field of a subscription must not have @skip or @include.", { nodes: selection });
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) checkRoot(selection.selectionSet, fragments);
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      checkRoot(fragments.get(selection.name.value)?.selectionSet, fragments);
  }
}

/** Cycles are refused by now, and so are more fields than a walk can take. */
function rootFields(operation: OperationDefinitionNode, fragments: Map<string, FragmentDefinitionNode>): number {
  const count = (set: SelectionSetNode | undefined): number => {
    let fields = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) fields += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += count(selection.selectionSet);
      else fields += count(fragments.get(selection.name.value)?.selectionSet);
    }
    return fields;
  };
  return count(operation.selectionSet);
}
