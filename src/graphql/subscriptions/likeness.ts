import { type DocumentNode, Kind, OperationTypeNode, visit } from "graphql";

import type { SocketOperation } from "../socket-operation.ts";

/** The argument that says where a subscription begins, and nothing of what its events look like. */
const AFTER = "after";

/** Of documents, the variable that says only where their subscription begins. */
const beginnings = new WeakMap<DocumentNode, string | null>();

/** The operation as the client sent it: it sends the same when it comes back. */
export const nameOf = (operation: SocketOperation): string => named(operation, operation.variableValues ?? {});

/** Operations of one likeness are answered alike, wherever they begin. */
export function likenessOf(operation: SocketOperation): string {
  const { [beginningOf(operation.document) ?? ""]: _, ...others } = operation.variableValues ?? {};
  return named(operation, others);
}

const named = ({ document, operationName }: SocketOperation, variables: Readonly<Record<string, unknown>>): string =>
  `${operationName ?? ""}\n${JSON.stringify(variables)}\n${document.loc?.source.body ?? ""}`;

function beginningOf(document: DocumentNode): string | null {
  let found = beginnings.get(document);
  if (found === undefined) {
    found = findBeginning(document);
    beginnings.set(document, found);
  }
  return found;
}

/** A variable that is used once in the document, for the root field's `after`; null where there is none. */
function findBeginning(document: DocumentNode): string | null {
  const [operation, another] = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION || another !== undefined) return null;
  const [root] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD) return null;
  const value = root.arguments?.find(({ name }) => name.value === AFTER)?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  const name = value.name.value;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => {
      if (node.name.value === name) uses += 1;
    },
  });
  return uses === 1 ? name : null;
}
