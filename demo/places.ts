import { CAST, type Role } from "./cast.ts";

export type Language = "zh" | "en";

/** A conversation of the demo; the first of its people makes it. */
export interface Place {
  readonly kind: "PUBLIC" | "PRIVATE" | "GROUP" | "DIRECT";
  /** Its slug, or what else names it for good. */
  readonly key: string;
  /** Empty where it has none of its own. */
  readonly name: string;
  readonly description?: string;
  readonly languages: readonly Language[];
  readonly people: readonly Role[];
  /** Messages that are said in it. */
  readonly length: number;
}

/** People of the cast from `start` on, every `step`-th, round and round. */
const people = (start: number, count: number, step = 1): Role[] =>
  Array.from({ length: count }, (_, index) => CAST[(start + index * step) % CAST.length] as Role);

const ROOMS: Place[] = [
  {
    kind: "PUBLIC",
    key: "demo-tea-house",
    name: "茶馆 Tea house",
    description: "Everything and nothing · 随便聊聊",
    languages: ["zh", "en"],
    people: people(0, 24),
    length: 400,
  },
  {
    kind: "PUBLIC",
    key: "demo-kitchen",
    name: "今天吃什么",
    description: "做饭、吃饭、找饭吃",
    languages: ["zh"],
    people: people(0, 12, 2),
    length: 260,
  },
  {
    kind: "PUBLIC",
    key: "demo-book-club",
    name: "Book club",
    description: "One book a month, tea included",
    languages: ["en"],
    people: people(1, 12, 2),
    length: 260,
  },
  {
    kind: "PUBLIC",
    key: "demo-weekend",
    name: "周末去哪儿 Weekend trips",
    description: "Hikes, markets, museums",
    languages: ["zh", "en"],
    people: people(3, 16),
    length: 260,
  },
  {
    kind: "PUBLIC",
    key: "demo-football",
    name: "球迷之家",
    description: "看球，聊球，踢球",
    languages: ["zh"],
    people: people(4, 9, 2),
    length: 220,
  },
  {
    kind: "PUBLIC",
    key: "demo-code-corner",
    name: "Code corner",
    description: "Red tests and green tea",
    languages: ["en"],
    people: people(5, 9, 2),
    length: 220,
  },
  {
    kind: "PRIVATE",
    key: "demo-launch",
    name: "Launch plan",
    description: "Until the day itself",
    languages: ["en", "zh"],
    people: people(7, 7),
    length: 180,
  },
  {
    kind: "PRIVATE",
    key: "demo-night-shift",
    name: "夜班",
    description: "换班和热茶",
    languages: ["zh"],
    people: people(2, 6, 2),
    length: 160,
  },
];

const GROUPS: Place[] = [
  { kind: "GROUP", key: "demo-flat", name: "Flat 12", languages: ["en"], people: people(1, 4, 2), length: 140 },
  { kind: "GROUP", key: "demo-badminton", name: "周五羽毛球", languages: ["zh"], people: people(6, 5, 2), length: 140 },
  {
    kind: "GROUP",
    key: "demo-birthday",
    name: "Birthday surprise 🎂",
    languages: ["en", "zh"],
    people: people(12, 6),
    length: 120,
  },
];

function direct(pair: readonly Role[], languages: readonly Language[], length: number): Place {
  const key = `demo-${pair.map(({ username }) => username).join("-")}`;
  return { kind: "DIRECT", key, name: "", languages, people: pair, length };
}

/** Everybody talks with those before and after them in the list, and every other Chinese speaker with the next one. */
const DIRECT: Place[] = [
  ...CAST.map((_, index) => direct(people(index, 2), index % 2 === 0 ? ["en"] : ["zh", "en"], 24)),
  ...Array.from({ length: 6 }, (_, index) => direct(people(index * 4, 2, 2), ["zh"], 24)),
];

export const PLACES: readonly Place[] = [...ROOMS, ...GROUPS, ...DIRECT];
