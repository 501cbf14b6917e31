import { isReached, median, ratioOf, type Row } from "./figures.ts";

const HEAD = ["", "Parlance", "limit", "ratio", "aim", "", "rounds of Parlance", "rounds of the limit", "the limit is"];

/** The table as people read it. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? "").length)));
  const drawn = lines.map((cells) =>
    cells.map((cell, column) =>
      isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    ),
  );
  const rule = widths.map((width) => "─".repeat(width));
  return [drawn[0], rule, ...drawn.slice(1)].map((cells) => (cells ?? []).join("  ").trimEnd()).join("\n");
}

const isNumeric = (column: number): boolean => column >= 1 && column <= 4;

function cellsOf(row: Row): string[] {
  const reached = isReached(row);
  return [
    `${row.title}, ${row.unit}`,
    figure(median(row.product)),
    figure(median(row.limit)),
    ratioOf(row).toFixed(2),
    row.aim === null ? "" : `${row.aim.sign} ${row.aim.ratio}`,
    reached === null ? "" : reached ? "met" : "MISSED",
    range(row.product),
    range(row.limit),
    row.against,
  ];
}

const range = (figures: readonly number[]): string =>
  figures.length === 1 ? "" : `${figure(Math.min(...figures))} – ${figure(Math.max(...figures))}`;

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value >= 10 ? 1 : 2);
