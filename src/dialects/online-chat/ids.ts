/** What a room is called that everybody is in, in the place of an id. */
export const GLOBAL_ROOM = "global";

/** Hex digits of a room's number, at the least: as many as 32 bits have. */
const ROOM_DIGITS = 8;
const ROOM_ID = /^room_([0-9a-f]{8,14})$/;

/**
 * What all ids of messages have in common: a UUIDv8 (RFC 9562, 5.8) whose 48 bits of `custom_a` and 12 of `custom_b` are
 * always the same, "parlan" in ASCII and 0. The number stands in the low bits of `custom_c`.
 */
const MESSAGE_PREFIX = "7061726c-616e-8000";
/** The two high bits of the UUID's last 64: the variant of RFC 9562, 4.1. */
const VARIANT = 0x8000;
/** Bits of the last group of a UUID, and its hex digits. */
const LAST_GROUP = 2 ** 48;
const LAST_GROUP_DIGITS = 12;
const MESSAGE_ID = new RegExp(`^${MESSAGE_PREFIX}-([0-9a-f]{4})-([0-9a-f]{12})$`);

/** A room's number, other than of the one that everybody is in, as this protocol has it: `room_a1b2c3d4`. */
export const roomIdOf = (id: number): string => `room_${id.toString(16).padStart(ROOM_DIGITS, "0")}`;

/** The number that the id of a room holds; null where it is none. */
export function numberOfRoom(roomId: string): number | null {
  const id = Number.parseInt(ROOM_ID.exec(roomId)?.[1] ?? "", 16);
  return isNumberOf(roomIdOf, id, roomId) ? id : null;
}

/** A message's number as this protocol has it: `7061726c-616e-8000-8000-00000000002a`. */
export function messageIdOf(id: number): string {
  const high = (VARIANT + Math.floor(id / LAST_GROUP)).toString(16);
  const low = (id % LAST_GROUP).toString(16).padStart(LAST_GROUP_DIGITS, "0");
  return `${MESSAGE_PREFIX}-${high}-${low}`;
}

/** The number that the id of a message holds, in whichever case its digits are (RFC 9562, 4); null where it is none. */
export function numberOfMessage(uuid: string): number | null {
  const messageId = uuid.toLowerCase();
  const [, high = "", low = ""] = MESSAGE_ID.exec(messageId) ?? [];
  const id = (Number.parseInt(high, 16) - VARIANT) * LAST_GROUP + Number.parseInt(low, 16);
  return isNumberOf(messageIdOf, id, messageId) ? id : null;
}

/** Only what would be written so is read so: each row has one id. */
const isNumberOf = (write: (id: number) => string, id: number, text: string): boolean =>
  Number.isSafeInteger(id) && id > 0 && write(id) === text;
