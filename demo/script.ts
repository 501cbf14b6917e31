import type { Role } from "./cast.ts";
import { Chance } from "./chance.ts";
import type { Language, Place } from "./places.ts";
import { type Line, SCENES, type Scene } from "./scenes.ts";
import { SLOTS } from "./slots.ts";

/** Something that is said in a place. */
export interface Utterance {
  readonly speaker: Role;
  readonly text: string;
  /** What the speaker edits it to. */
  readonly corrected: string | null;
  readonly isReply: boolean;
  readonly reactions: readonly { readonly by: Role; readonly emoji: string }[];
}

/** All that is said in a place: the same each time. */
export function scriptOf({ key, languages, people, length }: Place): Utterance[] {
  const chance = new Chance(key);
  const script: Utterance[] = [];
  while (script.length < length) {
    const language = chance.pick(languages);
    for (const scene of chance.some(SCENES[language].filter(fits(people.length)), 3)) {
      script.push(...play(scene, language, people, chance));
    }
  }
  return script.slice(0, length);
}

/** Two people play the parts of three where nobody is called by name. */
const fits =
  (people: number) =>
  (scene: Scene): boolean =>
    scene.speakers <= people || !scene.hasNames;

function play({ lines, speakers }: Scene, language: Language, people: readonly Role[], chance: Chance): Utterance[] {
  const cast = chance.some(people, speakers);
  const props = new Map(Object.entries(SLOTS[language]).map(([blank, words]) => [blank, chance.pick(words)]));
  const filled = (text: string): string =>
    text
      .replaceAll(/\{(\w+)\}/g, (_, blank: string) => props.get(blank) ?? "")
      .replaceAll(/@([A-C])/g, (_, letter: string) => `@${cast["ABC".indexOf(letter)]?.username}`)
      .replace(/^[a-z]/, (letter) => letter.toUpperCase());

  return lines.map(({ speaker, isReply, wordings }: Line) => {
    const { text, corrected, emojis } = chance.pick(wordings);
    const by = cast[speaker % cast.length] as Role;
    const others = people.filter((role) => role !== by);
    return {
      speaker: by,
      text: filled(text),
      corrected: corrected === null ? null : filled(corrected),
      isReply,
      reactions: emojis.map((emoji) => ({ by: chance.pick(others), emoji })),
    };
  });
}
