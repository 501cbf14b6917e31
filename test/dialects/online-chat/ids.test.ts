import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { messageIdOf, numberOfMessage, numberOfRoom, roomIdOf } from "../../../src/dialects/online-chat/ids.ts";

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const numbers = fc.oneof(
  fc.integer({ min: 1, max: 100 }),
  fc.maxSafeInteger().filter((n) => n > 0),
  fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1, 2 ** 48, Number.MAX_SAFE_INTEGER),
);
/** Texts, many of which nearly are ids. */
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.uuid(),
  fc.tuple(numbers, fc.nat(), fc.constantFrom("", "0", "f", "-", "A", " ", "\0")).map(([n, at, sign]) => {
    const id = n % 2 === 0 ? roomIdOf(n) : messageIdOf(n);
    const place = at % id.length;
    return `${id.slice(0, place)}${sign}${id.slice(place + 1)}`;
  }),
);

describe("the id of a message", () => {
  test("is a UUIDv8 and holds its number, whichever it is", () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const id = messageIdOf(number);
        expect(id).toMatch(UUID_V8);
        expect(numberOfMessage(id)).toBe(number);
        expect(numberOfMessage(id.toUpperCase())).toBe(number);
      }),
    );
  });

  test("is the only text that is read as its number, but for the case of its digits", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const number = numberOfMessage(text);
        expect(number === null || messageIdOf(number) === text.toLowerCase()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    "",
    "42",
    "550e8400-e29b-41d4-a716-446655440000",
    messageIdOf(0),
    messageIdOf(42).replaceAll("-", ""),
    `${messageIdOf(42)} `,
    `${messageIdOf(42)}\n`,
    "7061726c-616e-8000-0000-00000000002a",
    "7061726c-616e-8000-c000-00000000002a",
    "7061726c-616e-8000-8020-000000000000",
    "7061726c-616e-8000-bfff-ffffffffffff",
    roomIdOf(42),
  ])("is none: %j", (text) => {
    expect(numberOfMessage(text)).toBeNull();
  });
});

describe("the id of a room", () => {
  test("is room_ with eight hex digits, or more where its number has more, and holds its number", () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const id = roomIdOf(number);
        expect(id).toMatch(number < 2 ** 32 ? /^room_[0-9a-f]{8}$/ : /^room_[1-9a-f][0-9a-f]{8,13}$/);
        expect(numberOfRoom(id)).toBe(number);
      }),
    );
  });

  test("is the only text that is read as its number", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const number = numberOfRoom(text);
        expect(number === null || roomIdOf(number) === text).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    "",
    "1",
    "global",
    "room_",
    "room_2a",
    "room_00000000",
    "room_0000002A",
    "room_0000002g",
    "room_000000002a",
    "ROOM_0000002a",
    "room_0000002a ",
    "room_20000000000000",
    "room_ffffffffffffff",
    "room_-000002a",
    messageIdOf(42),
  ])("is none: %j", (text) => {
    expect(numberOfRoom(text)).toBeNull();
  });
});
