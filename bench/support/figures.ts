/** What a row should reach: the product's figure in parts of its limit's. */
export interface Aim {
  readonly sign: "≥" | ">" | "≤";
  readonly ratio: number;
}

/** One row of the table: what the product did, and beside it what it is held against, a figure for each round. */
export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly product: readonly number[];
  /** What the limit is. */
  readonly against: string;
  readonly limit: readonly number[];
  /** Null where the row has none. */
  readonly aim: Aim | null;
}

/** What came out of one file of rows. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** What one should know to judge them. */
  readonly notes: readonly string[];
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** @param part 0.99 for the 99th percentile */
export function quantile(figures: readonly number[], part: number): number {
  if (figures.length === 0) throw new Error("There are no figures.");
  const sorted = figures.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** The median of the product in parts of the median of its limit. */
export const ratioOf = ({ product, limit }: Row): number => median(product) / median(limit);

/** Whether the aim is reached; null where there is none. */
export function isReached(row: Row): boolean | null {
  if (row.aim === null) return null;
  const { sign, ratio } = row.aim;
  const reached = ratioOf(row);
  if (sign === "≤") return reached <= ratio;
  return sign === "≥" ? reached >= ratio : reached > ratio;
}

/** CPU that was used for a number of things within some time. */
export interface Used {
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly things: number;
}

/** How busy a core was, and the CPU of each thing: medians of the rounds. */
export function busy(rounds: readonly Used[]): string {
  const share = median(rounds.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  const each = median(rounds.map(({ cpuSeconds, things }) => cpuSeconds / things));
  return `${Math.round(share * 100)} % (${(each * 1_000_000).toFixed(1)} µs each)`;
}
