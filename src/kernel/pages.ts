import { type ClassType, Field, ObjectType } from "type-graphql";

import { badInput } from "./errors.ts";

/** Items a page at the most, and where nothing is asked for. */
export const PAGE_MAXIMUM = 100;
export const PAGE_DEFAULT = 20;

/** The arguments of a Relay connection, as they came in. */
export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** A page as storage understands it: up to `size` items strictly between two keys, from the front or from the back. */
export interface PageRequest {
  readonly size: number;
  /** True where the page is cut from the end of the list: `last`, or nothing said of a list that opens at its end. */
  readonly fromEnd: boolean;
  readonly after: PageKey | null;
  readonly before: PageKey | null;
}

/** What a list is sorted by, as values of the last item seen: `[name, id]`, `[seq]`. */
export type PageKey = readonly (string | number)[];

/** Where a list is cut, and whether there is more. */
@ObjectType({ description: "Where a page stands in its list (Relay Cursor Connections, 4)." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there are items after the page." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether there are items before the page." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first item; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last item; null on an empty page." })
  endCursor!: string | null;
}

export interface Edge<T> {
  cursor: string;
  node: T;
}

export interface Connection<T> {
  edges: Edge<T>[];
  nodes: T[];
  pageInfo: PageInfo;
  /** All items of the list; only where a list declares it. */
  totalCount?: number | (() => Promise<number>) | undefined;
}

/**
 * Checks a connection's arguments.
 *
 * @param sorted the types of the list's key, by which a cursor of another list is told apart
 * @param opensAtEnd lists that show their end where neither `first` nor `last` is given: messages
 * @throws BAD_USER_INPUT naming the argument
 */
export function pageRequest(
  page: PageArguments,
  sorted: readonly ("string" | "number")[],
  opensAtEnd = false,
): PageRequest {
  const { first, last } = page;
  if (first != null && last != null) throw badInput("last", "Give first or last, not both.");
  for (const [field, size] of [["first", first] as const, ["last", last] as const]) {
    if (size != null && (size < 1 || size > PAGE_MAXIMUM)) {
      throw badInput(field, `${field} must be between 1 and ${PAGE_MAXIMUM}.`, PAGE_MAXIMUM);
    }
  }
  return {
    size: first ?? last ?? PAGE_DEFAULT,
    fromEnd: last != null || (first == null && opensAtEnd && page.after == null),
    after: page.after == null ? null : decodeKey(page.after, sorted, "after"),
    before: page.before == null ? null : decodeKey(page.before, sorted, "before"),
  };
}

/** The opaque cursor of a key. */
export const encodeKey = (key: PageKey): string => Buffer.from(JSON.stringify(key)).toString("base64url");

function decodeKey(cursor: string, sorted: readonly ("string" | "number")[], field: string): PageKey {
  const refusal = () => badInput(field, `${field} must be a cursor that this list handed out.`);
  if (cursor.length > 1_000) throw refusal();
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    throw refusal();
  }
  const holds =
    Array.isArray(key) &&
    key.length === sorted.length &&
    key.every((value, index) => typeof value === sorted[index] && isStorable(value));
  if (!holds) throw refusal();
  return key as PageKey;
}

/** A client may have made the cursor itself: PostgreSQL would fail at other numbers, at NUL and at lone surrogates. */
const isStorable = (value: unknown): boolean =>
  typeof value === "string" ? !value.includes("\0") && value.isWellFormed() : Number.isSafeInteger(value);

/**
 * Makes a connection of what storage found: up to `size + 1` items in the order of the walk (from the end: last item
 * first), of which the one too many tells that there is more.
 */
export function connection<T>(request: PageRequest, found: readonly T[], keyOf: (item: T) => PageKey): Connection<T> {
  const more = found.length > request.size;
  const kept = found.slice(0, request.size);
  if (request.fromEnd) kept.reverse();
  const edges = kept.map((node) => ({ cursor: encodeKey(keyOf(node)), node }));
  return {
    edges,
    nodes: kept,
    pageInfo: {
      hasNextPage: request.fromEnd ? request.before !== null : more,
      hasPreviousPage: request.fromEnd ? more : request.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The GraphQL types of a list: `connectionType(User)` makes UserEdge and UserConnection. */
export function connectionType<T extends object>(node: ClassType<T>, name: string) {
  @ObjectType(`${name}Edge`, {
    description: `${/^[AEIO]/.test(name) ? "An" : "A"} ${name} and where it stands in the list.`,
  })
  class EdgeType implements Edge<T> {
    @Field(() => String, { description: "Where the item stands: what `after` and `before` take." })
    cursor!: string;

    @Field(() => node, { description: "The item." })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} items (Relay Cursor Connections).` })
  class ConnectionType {
    @Field(() => [EdgeType], { description: "The items with their cursors, in the order of the list." })
    edges!: EdgeType[];

    @Field(() => [node], { description: "The items alone." })
    nodes!: T[];

    @Field(() => PageInfo, { description: "Where the page stands in the list." })
    pageInfo!: PageInfo;
  }
  return { Edge: EdgeType, Connection: ConnectionType };
}
