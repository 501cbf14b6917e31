import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";

import { buildSchema } from "../../../src/graphql/schema.ts";
import type { Variables } from "../../support/graphql-client.ts";
import type { Asking } from "../../support/administration.ts";

export const schema = buildSchema();

/** A place in the graph: how one comes there, and what stands there. */
export interface Place {
  /** The selections from the root on, as they read: `viewer`, `nodes(ids: $ids)`, `... on Room`. */
  readonly way: readonly string[];
  readonly type: GraphQLCompositeType;
}

/** A place that was reached, and the whole answer, as text. */
export interface Reached {
  readonly way: string;
  readonly answer: string;
}

const AT_ONCE = 16;
/** Wrappers of a list say nothing by themselves. */
const SKIPPED = new Set(["edges", "pageInfo"]);

/** The place where something of a type stands, below these selections. */
export function place(way: readonly string[], typeName: string): Place {
  const type = schema.getType(typeName);
  if (!isCompositeType(type)) throw new Error(`${typeName} has no fields.`);
  return { way, type };
}

/** Every field of a root type that takes no arguments it must be given. */
export const withoutArguments = (root: GraphQLObjectType): Place[] =>
  Object.values(root.getFields())
    .filter((field) => !field.args.some(isRequiredArgument) && isCompositeType(getNamedType(field.type)))
    .map((field) => place([field.name], getNamedType(field.type).name));

/**
 * Reads whatever somebody can, field by field, from some places on: fields of fields, as long as there is anything, and
 * `depth` of them at the most. Each place is asked for by itself, so that a refusal hides nothing beside it.
 */
export async function crawl(
  who: Asking,
  places: readonly Place[],
  depth: number,
  variables: { readonly declared: string; readonly values: Variables } = { declared: "", values: {} },
): Promise<Reached[]> {
  const reached: Reached[] = [];
  let level = places.flatMap(concrete);
  for (let far = 1; level.length > 0 && far <= depth; far += 1) {
    const next: Place[] = [];
    for (let from = 0; from < level.length; from += AT_ONCE) {
      await Promise.all(
        level.slice(from, from + AT_ONCE).map(async (here) => {
          const text = `query ${variables.declared} { ${here.way.join(" { ")} { __typename ${leaves(here.type)} }${" }".repeat(here.way.length)}`;
          const { data } = await who.graphql(text, variables.values);
          const answer = JSON.stringify(data ?? null);
          // A place where nothing stands, or that is closed, has nothing behind it either.
          if (!answer.includes(`"__typename":"${here.type.name}"`)) return;
          reached.push({ way: here.way.join("."), answer });
          next.push(...beyond(here));
        }),
      );
    }
    level = next;
  }
  return reached;
}

/** What may stand there, each by itself. */
function concrete({ way, type }: Place): Place[] {
  if (isObjectType(type)) return [{ way, type }];
  return schema
    .getPossibleTypes(type)
    .map((possible) => ({ way: [...way, `... on ${possible.name}`], type: possible }));
}

function beyond({ way, type }: Place): Place[] {
  return fieldsOf(type)
    .filter((field) => !SKIPPED.has(field.name) && !way.includes(selectionOf(field)))
    .flatMap((field) => {
      const inner = getNamedType(field.type);
      return isCompositeType(inner) ? concrete({ way: [...way, selectionOf(field)], type: inner }) : [];
    });
}

const leaves = (type: GraphQLCompositeType): string =>
  fieldsOf(type)
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map(selectionOf)
    .join(" ");

const fieldsOf = (type: GraphQLCompositeType): GraphQLField<unknown, unknown>[] =>
  isObjectType(type) ? Object.values(type.getFields()).filter((field) => !field.args.some(isRequiredArgument)) : [];

/** The newest of a list, where one may say how many. */
const selectionOf = (field: GraphQLField<unknown, unknown>): string =>
  field.args.some(({ name }) => name === "last") ? `${field.name}(last: 10)` : field.name;
