import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from "graphql";
import { LRUCache } from "lru-cache";

import { type Cost, costOf } from "./cost.ts";
import { LIMITS, LimitExceeded } from "./limits.ts";
import { checkShape } from "./shape.ts";
import { readsLogPosition } from "./snapshot.ts";

/** One operation of a document that was found good. */
export interface Operation {
  readonly node: OperationDefinitionNode;
  readonly cost: Cost;
  /** Whether all its reads must see one state of the database: it asks for a conversation's cursor. */
  readonly needsSnapshot: boolean;
}

/** A document that may be executed, as far as can be told without variables. */
export interface GoodDocument {
  readonly document: DocumentNode;
  /** By name; an anonymous one under "". */
  readonly operations: ReadonlyMap<string, Operation>;
}

/** A document that may not, and why. */
export interface BadDocument {
  readonly errors: readonly GraphQLError[];
}

/** Faults of one document that are told. */
const ERRORS_TOLD = 20;

const ENTRIES = 1_000;
const BYTES = 64 * 1_048_576;
/** What a parsed document takes at the most, as measured with `node --expose-gc` on documents of all sorts. */
const BYTES_A_DOCUMENT = 1_024;
const BYTES_A_CHARACTER = 50;
const BYTES_A_TOKEN = 500;

/**
 * Parses, validates and measures each document text once, for both doors. Those that are good are kept, the latest used
 * of them, within bounds.
 */
export class Documents {
  readonly #known = new LRUCache<string, GoodDocument>({
    max: ENTRIES,
    maxSize: BYTES,
    sizeCalculation: ({ document }, text) =>
      BYTES_A_DOCUMENT + text.length * BYTES_A_CHARACTER + (document.tokenCount ?? 0) * BYTES_A_TOKEN,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  get(text: string): GoodDocument | BadDocument {
    if (text.length > LIMITS.documentLength) return refused(new LimitExceeded("documentLength"));
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const document = this.#read(text);
    if ("document" in document) this.#known.set(text, document);
    return document;
  }

  #read(text: string): GoodDocument | BadDocument {
    try {
      const document = parse(text, { maxLexicalTokens: LIMITS.tokens, maxComments: LIMITS.comments });
      checkShape(document);
      const errors = validate(this.schema, document, undefined, { maxErrors: ERRORS_TOLD });
      if (errors.length > 0) return { errors };
      return { document, operations: this.#operations(document) };
    } catch (error) {
      if (error instanceof LimitExceeded) return refused(error);
      if (error instanceof GraphQLError) return tooManyTokens(error) ?? { errors: [error] };
      throw error;
    }
  }

  #operations(document: DocumentNode): ReadonlyMap<string, Operation> {
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }
    const needsSnapshot = readsLogPosition(this.schema, document);
    const operations = new Map<string, Operation>();
    for (const node of document.definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      operations.set(node.name?.value ?? "", {
        node,
        cost: costOf(this.schema, node, fragments),
        needsSnapshot: needsSnapshot && node.operation === OperationTypeNode.QUERY,
      });
    }
    return operations;
  }
}

const refused = (limit: LimitExceeded): BadDocument => ({
  errors: [new GraphQLError(limit.message, { originalError: limit })],
});

/** The parser says only in words which of its bounds was passed. */
function tooManyTokens(error: GraphQLError): BadDocument | null {
  if (/\d tokens\. Parsing aborted/.test(error.message)) return refused(new LimitExceeded("tokens"));
  if (/comments?\. Parsing aborted/.test(error.message)) return refused(new LimitExceeded("comments"));
  return null;
}
