import { Failure } from "./errors.ts";

/**
 * Lets only so many pieces of costly work run at once; a bounded number of others wait in line, and who comes after
 * them is refused at once.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /**
   * @param atOnce pieces of work that run at the same time
   * @param line pieces of work that wait at the most
   * @param tooMany what is said to who comes after them
   */
  constructor(
    atOnce: number,
    private readonly line: number,
    private readonly tooMany: string,
  ) {
    this.#free = atOnce;
  }

  /** @throws RATE_LIMITED when the line is full */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.length >= this.line) {
      throw new Failure("RATE_LIMITED", `${this.tooMany} Try again in a few seconds.`);
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Lets each person have only so many pieces of costly work under way, so that nobody takes the turns of all others. */
export class Shares {
  readonly #underWay = new Map<number, number>();

  /**
   * @param each pieces of work of one person, waiting ones included
   * @param tooMany what is said to who wants more
   */
  constructor(
    private readonly each: number,
    private readonly tooMany: string,
  ) {}

  /** @throws RATE_LIMITED when the person has so many under way */
  async run<T>(userId: number, work: () => Promise<T>): Promise<T> {
    const others = this.#underWay.get(userId) ?? 0;
    if (others >= this.each) {
      throw new Failure("RATE_LIMITED", `${this.tooMany} Try again in a few seconds.`, { limit: this.each });
    }
    this.#underWay.set(userId, others + 1);
    try {
      return await work();
    } finally {
      const left = (this.#underWay.get(userId) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(userId);
      else this.#underWay.set(userId, left);
    }
  }
}
