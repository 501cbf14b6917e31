/**
 * What an answer looks like, written down as the documents write their examples:
 *
 * - `7` an integer, `true` a boolean, `"words"` a string, `"2024-01-01T12:00:00Z"` a time in this very form;
 * - `"integer"`, `"boolean"`, `"string"` the type that it names, `"online|offline|away"` one of these words;
 * - `[shape]` a list, `{ field: shape }` an object that has these fields, and others if it likes;
 * - {@link orNull}, {@link sometimes} and {@link only} for what an example alone cannot say.
 */
export type Shape = number | boolean | string | readonly Shape[] | { readonly [field: string]: Shape } | Told;

class Told {
  constructor(
    readonly how: "null" | "sometimes" | "only",
    readonly shape: Shape,
  ) {}
}

/** Null in the example; where it is not, it is of the type that the document's data model names. */
export const orNull = (shape: Shape): Shape => new Told("null", shape);

/** There in the example, optional by the data model: some items of a list may lack it, not all of them. */
export const sometimes = (shape: Shape): Shape => new Told("sometimes", shape);

/** This very value, which clients compare. */
export const only = (value: string | number | boolean): Shape => new Told("only", value);

/** Where the documents' times end: with a zone or without one, with a fraction of a second or without. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z?)$/;

/**
 * What an answer lacks or has otherwise than its shape says, each as `rooms[].name: …`; nothing where all is well. A list
 * in which there is nothing shows nothing of its items: it is a fault, unless another list at the same place has some.
 */
export function faultsOf(shape: Shape, value: unknown): string[] {
  const faults = new Set<string>();
  const shown = new Map<string, boolean>();
  compare(shape, value, "", { faults, shown });
  for (const [path, isShown] of shown) {
    if (!isShown) faults.add(`${path || "the answer"}: never shown, so that nothing of it was checked`);
  }
  return [...faults];
}

interface Findings {
  readonly faults: Set<string>;
  /** Whether what may be absent at times was there at least once, by its place. */
  readonly shown: Map<string, boolean>;
}

function compare(shape: Shape, value: unknown, path: string, findings: Findings): void {
  const fault = (wanted: string): void => {
    findings.faults.add(`${path || "the answer"}: ${wanted} is wanted, and it is ${inShort(value)}`);
  };
  const showed = (is: boolean): void => {
    findings.shown.set(path, is || findings.shown.get(path) === true);
  };
  if (shape instanceof Told) {
    if (shape.how === "only") return value === shape.shape ? undefined : fault(JSON.stringify(shape.shape));
    if (shape.how === "sometimes") showed(value !== null);
    if (value !== null) compare(shape.shape, value, path, findings);
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return fault("a list");
    showed(value.length > 0);
    for (const item of value) for (const one of shape as readonly Shape[]) compare(one, item, `${path}[]`, findings);
  } else if (typeof shape === "object") {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return fault("an object");
    for (const [field, inner] of Object.entries(shape)) {
      const place = path === "" ? field : `${path}.${field}`;
      if (Object.hasOwn(value, field)) compare(inner, (value as Record<string, unknown>)[field], place, findings);
      else findings.faults.add(`${place}: missing`);
    }
  } else {
    const wanted = leafFault(shape, value);
    if (wanted !== undefined) fault(wanted);
  }
}

/** What is wanted, where it is not what is there. */
function leafFault(shape: number | boolean | string, value: unknown): string | undefined {
  if (typeof shape === "number" || shape === "integer") return Number.isInteger(value) ? undefined : "an integer";
  if (typeof shape === "boolean" || shape === "boolean") return typeof value === "boolean" ? undefined : "a boolean";
  if (typeof value !== "string") return "a string";
  if (shape.includes("|")) return shape.split("|").includes(value) ? undefined : `one of ${shape}`;
  const [, fraction, zone] = TIME.exec(shape) ?? [];
  if (zone === undefined) return undefined;
  const [, itsFraction, itsZone] = TIME.exec(value) ?? [];
  const same = itsZone === zone && (itsFraction === undefined) === (fraction === undefined);
  return same && !Number.isNaN(Date.parse(value)) ? undefined : `a time like ${shape}`;
}

const inShort = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};
