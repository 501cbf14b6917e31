import { Failure } from "../kernel/errors.ts";

/** Uploads under way at a time, of one user and of all, on one node. */
export const UPLOADS_AT_A_TIME_OF_ONE = 8;
export const UPLOADS_AT_A_TIME = 64;
/** Images worked on at a time; each may take some hundred MB. */
export const IMAGES_AT_A_TIME = 2;

/** Lets so many through at a time; the others wait in a line. */
export class Turnstile {
  #free: number;
  readonly #line: (() => void)[] = [];

  constructor(atATime: number) {
    this.#free = atATime;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#line.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#line.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/** Counts the uploads that are under way, and refuses those that are too many. */
export class UploadGate {
  #all = 0;
  readonly #ofUsers = new Map<number, number>();

  /** @throws RATE_LIMITED */
  async pass<T>(userId: number, upload: () => Promise<T>): Promise<T> {
    const own = this.#ofUsers.get(userId) ?? 0;
    if (own >= UPLOADS_AT_A_TIME_OF_ONE) throw tooMany("of yours ", UPLOADS_AT_A_TIME_OF_ONE);
    if (this.#all >= UPLOADS_AT_A_TIME) throw tooMany("", UPLOADS_AT_A_TIME);
    this.#count(userId, 1);
    try {
      return await upload();
    } finally {
      this.#count(userId, -1);
    }
  }

  #count(userId: number, step: 1 | -1): void {
    this.#all += step;
    const own = (this.#ofUsers.get(userId) ?? 0) + step;
    if (own === 0) this.#ofUsers.delete(userId);
    else this.#ofUsers.set(userId, own);
  }
}

const tooMany = (whose: string, limit: number): Failure =>
  new Failure("RATE_LIMITED", `At most ${limit} uploads ${whose}may be under way at a time.`, { field: "file", limit });
