import { badInput } from "./errors.ts";

/** The types that have a global id, and the word each id begins with: `user_1`, `msg_42`. */
export const ID_PREFIXES = {
  user: "user",
  conversation: "conv",
  message: "msg",
  member: "member",
  friendRequest: "freq",
  file: "file",
  notification: "notif",
  notificationTemplate: "template",
  call: "call",
  broadcast: "broadcast",
  clientEvent: "event",
  messageReport: "report",
  auditEntry: "audit",
  scheduledMessage: "scheduled",
  export: "export",
} as const;

export type IdType = keyof typeof ID_PREFIXES;

const SHAPE = /^([a-z]+)_([1-9][0-9]{0,15})$/;
const TYPES = new Map<string, IdType>(Object.entries(ID_PREFIXES).map(([type, prefix]) => [prefix, type as IdType]));

/** The readable global id of a row: `globalId("message", 42)` is `msg_42`. */
export const globalId = (type: IdType, id: number): string => `${ID_PREFIXES[type]}_${id}`;

/** Type and number of any global id; null for a string that is none. */
export function parseGlobalId(id: string): { type: IdType; id: number } | null {
  const match = SHAPE.exec(id);
  const type = match?.[1] === undefined ? undefined : TYPES.get(match[1]);
  const number = Number(match?.[2]);
  return type !== undefined && Number.isSafeInteger(number) ? { type, id: number } : null;
}

/**
 * The number in a global id of the expected type.
 *
 * @param field the argument's name, for the refusal
 * @throws BAD_USER_INPUT for a malformed id and for one of another type
 */
export function rowId(type: IdType, id: string, field: string): number {
  const parsed = parseGlobalId(id);
  if (parsed?.type !== type) {
    throw badInput(field, `${field} must be an id such as ${ID_PREFIXES[type]}_1.`);
  }
  return parsed.id;
}
