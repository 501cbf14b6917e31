import sharp from "sharp";

import { Chance } from "./chance.ts";

const hue = (degrees: number, saturation: number, lightness: number): string =>
  `hsl(${degrees % 360} ${saturation}% ${lightness}%)`;

/** A landscape as PNG: a sky, the sun and three rows of hills. The same each time for the same seed. */
export function landscape(seed: string): Promise<Buffer> {
  const chance = new Chance(`${seed}, landscape`);
  const [width, height, tone] = [960, 600, chance.below(360)];
  const sun = `<circle cx="${150 + chance.below(660)}" cy="${90 + chance.below(120)}" r="46" fill="${hue(tone + 40, 90, 88)}"/>`;
  const hills = [0, 1, 2].map((row) => {
    const crests = Array.from({ length: 9 }, (_, index) => `${index * 120},${260 + row * 100 - chance.below(120)}`);
    return `<polygon points="0,${height} ${crests.join(" ")} ${width},${height}" fill="${hue(tone + 90, 30, 52 - row * 14)}"/>`;
  });
  const sky = `<linearGradient id="sky" x2="0" y2="1"><stop stop-color="${hue(tone, 60, 62)}"/><stop offset="1" stop-color="${hue(tone + 30, 70, 86)}"/></linearGradient>`;
  return png(
    width,
    height,
    `${sky}<rect width="${width}" height="${height}" fill="url(#sky)"/>${sun}${hills.join("")}`,
  );
}

/** A person's picture as PNG: a pattern whose halves mirror each other. The same each time for the same name. */
export function portrait(name: string): Promise<Buffer> {
  const chance = new Chance(`${name}, portrait`);
  const tone = chance.below(360);
  const square = (column: number, row: number): string =>
    `<rect x="${24 + column * 42}" y="${24 + row * 42}" width="42" height="42"/>`;
  const squares = Array.from({ length: 15 }, (_, index) => [Math.floor(index / 5), index % 5] as const)
    .filter(() => chance.below(2) === 1)
    .map(([column, row]) => square(column, row) + (column < 2 ? square(4 - column, row) : ""));
  return png(
    258,
    258,
    `<rect width="258" height="258" fill="${hue(tone, 45, 92)}"/><g fill="${hue(tone, 55, 45)}">${squares.join("")}</g>`,
  );
}

const png = (width: number, height: number, content: string): Promise<Buffer> =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`))
    .png()
    .toBuffer();
