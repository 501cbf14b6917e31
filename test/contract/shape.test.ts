import { describe, expect, test } from "vitest";

import { faultsOf, only, orNull, type Shape, sometimes } from "./support/shape.ts";

const ROOM = {
  id: 1,
  name: "开发讨论",
  is_active: true,
  created_at: "2024-01-01T10:00:00Z",
  members: [{ id: 1 }],
  description: sometimes("words"),
  file_size: orNull(1024),
};
const good = {
  id: 7,
  name: "Tea",
  is_active: false,
  created_at: "2026-11-26T19:39:21Z",
  members: [{ id: 2 }],
  description: "of tea",
  file_size: null,
};

test("an answer of its shape has no fault, whatever else it has", () => {
  expect(faultsOf([ROOM], [good, { ...good, description: null, file_size: 12, more: [] }])).toEqual([]);
});

test.each<[string, Shape, unknown, string]>([
  ["a field that is missing", ROOM, without("name"), "name: missing"],
  ["a field of an item that is missing", [ROOM], [good, without("id")], "[].id: missing"],
  ["a field that is undefined", ROOM, { ...good, name: undefined }, "name: a string is wanted, and it is undefined"],
  ["a string for an integer", ROOM, { ...good, id: "7" }, 'id: an integer is wanted, and it is "7"'],
  ["a fraction for an integer", ROOM, { ...good, id: 7.5 }, "id: an integer is wanted, and it is 7.5"],
  ["a number for a string", ROOM, { ...good, name: 7 }, "name: a string is wanted, and it is 7"],
  ["null for a string", ROOM, { ...good, name: null }, "name: a string is wanted, and it is null"],
  ["a number for a boolean", ROOM, { ...good, is_active: 1 }, "is_active: a boolean is wanted, and it is 1"],
  ["an object for a list", ROOM, { ...good, members: {} }, "members: a list is wanted, and it is {}"],
  ["a list for an object", { room: { id: 1 } }, { room: [] }, "room: an object is wanted, and it is []"],
  ["null for an object", { room: { id: 1 } }, { room: null }, "room: an object is wanted, and it is null"],
  ["no object at all", ROOM, "no", 'the answer: an object is wanted, and it is "no"'],
  [
    "a wrong type where null may be",
    ROOM,
    { ...good, file_size: "12" },
    'file_size: an integer is wanted, and it is "12"',
  ],
  ["an empty list", ROOM, { ...good, members: [] }, "members: never shown, so that nothing of it was checked"],
  ["an answer of nothing", [ROOM], [], "the answer: never shown, so that nothing of it was checked"],
  [
    "what no item has",
    [ROOM],
    [
      { ...good, description: null },
      { ...good, description: null },
    ],
    "[].description: never shown, so that nothing of it was checked",
  ],
  [
    "another word",
    { status: "online|away" },
    { status: "busy" },
    'status: one of online|away is wanted, and it is "busy"',
  ],
  ["another value", { success: only(true) }, { success: false }, "success: true is wanted, and it is false"],
  ["a word for a type", { id: "integer" }, { id: "integer" }, 'id: an integer is wanted, and it is "integer"'],
  ["a number for a word", { is_read: "boolean" }, { is_read: 0 }, "is_read: a boolean is wanted, and it is 0"],
])("%s is a fault", (_, shape, value, fault) => {
  expect(faultsOf(shape, value)).toEqual([fault]);
});

describe("a time", () => {
  test.each([
    ["2024-01-15T10:30:00", "2026-11-26T19:39:21"],
    ["2024-01-15T10:30:00Z", "2026-11-26T19:39:21Z"],
    ["2024-01-15T10:30:00.000Z", "2026-11-26T19:39:21.123Z"],
  ])("is of the form %s", (shape, value) => {
    expect(faultsOf({ at: shape }, { at: value })).toEqual([]);
  });

  test.each([
    ["2024-01-15T10:30:00", "2026-11-26T19:39:21Z"],
    ["2024-01-15T10:30:00", "2026-11-26T19:39:21.123"],
    ["2024-01-15T10:30:00Z", "2026-11-26T19:39:21"],
    ["2024-01-15T10:30:00Z", "2026-11-26T19:39:21.123Z"],
    ["2024-01-15T10:30:00Z", "2026-13-26T19:39:21Z"],
    ["2024-01-15T10:30:00Z", "yesterday"],
  ])("like %s is not of the form %s", (shape, value) => {
    expect(faultsOf({ at: shape }, { at: value })).toEqual([
      `at: a time like ${shape} is wanted, and it is ${JSON.stringify(value)}`,
    ]);
  });
});

test("every fault is told, each once", () => {
  const shape = { rooms: [{ id: 1, name: "x" }], total: 1 };
  const faults = faultsOf(shape, { rooms: [{ id: "1" }, { id: "1" }, { id: 3, name: null }] });
  expect(faults).toEqual([
    'rooms[].id: an integer is wanted, and it is "1"',
    "rooms[].name: missing",
    "rooms[].name: a string is wanted, and it is null",
    "total: missing",
  ]);
});

/** The good answer without a field. */
function without(field: keyof typeof good): object {
  const { [field]: _, ...rest } = good;
  return rest;
}
