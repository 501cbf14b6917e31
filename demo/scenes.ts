import { CHINESE } from "./scenes-chinese.ts";
import { ENGLISH } from "./scenes-english.ts";
import type { Language } from "./places.ts";

/** One of the ways in which a line can be said. */
export interface Wording {
  /** With blanks such as `{dish}`, and `@B` for the user name of whoever plays B. */
  readonly text: string;
  /** What its speaker makes of it a moment later. */
  readonly corrected: string | null;
  /** What others put under it. */
  readonly emojis: readonly string[];
}

export interface Line {
  readonly speaker: number;
  /** Whether it answers the line before it. */
  readonly isReply: boolean;
  readonly wordings: readonly Wording[];
}

/** A short talk. */
export interface Scene {
  readonly lines: readonly Line[];
  /** How many people it takes. */
  readonly speakers: number;
  /** Whether somebody is called by name in it, so that nobody can play two parts. */
  readonly hasNames: boolean;
}

const LINE = /^(?<speaker>[A-C])(?<reply>>?) (?<words>.+)$/;
const WORDING = /^(?<text>.*?)(?: => (?<corrected>.*?))?(?: \[(?<emojis>.+)\])?$/;

/**
 * Reads scenes: a paragraph each, with a line for each thing that is said. A line begins with who says it, `>` where it
 * answers the line before; `|` separates wordings, `=>` what is said from what it is corrected to, `[ ]` has reactions.
 */
function read(table: string): Scene[] {
  return table
    .trim()
    .split("\n\n")
    .map((paragraph) => {
      const lines = paragraph.split("\n").map(readLine);
      const speakers = 1 + Math.max(...lines.map(({ speaker }) => speaker));
      return { lines, speakers, hasNames: paragraph.includes("@") };
    });
}

function readLine(line: string): Line {
  const { speaker = "", reply, words = "" } = LINE.exec(line)?.groups ?? {};
  if (words === "") throw new Error(`No line of a scene: ${line}`);
  return { speaker: "ABC".indexOf(speaker), isReply: reply === ">", wordings: words.split("|").map(readWording) };
}

function readWording(words: string): Wording {
  const { text = "", corrected, emojis } = WORDING.exec(words)?.groups ?? {};
  return { text, corrected: corrected ?? null, emojis: emojis?.split(" ") ?? [] };
}

export const SCENES: Record<Language, readonly Scene[]> = { zh: read(CHINESE), en: read(ENGLISH) };
