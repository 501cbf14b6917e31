/** Chance that falls the same way each time: Mulberry32 by Tommy Ettinger (public domain), seeded by a text. */
export class Chance {
  #state: number;

  constructor(seed: string) {
    this.#state = Buffer.from(seed).reduce((state, byte) => Math.imul(state ^ byte, 16_777_619), 1);
  }

  /** A whole number from 0 to `bound`, itself excluded. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }

  /** Some of the items, each once, in any order. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)).flat();
  }
}
