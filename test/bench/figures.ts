/** One measured number with what is hoped for; `aim` is an upper bound, null where the number only informs. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: "x" | "ms" | "s" | "MB" | "";
  readonly aim: number | null;
  readonly note?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The table: one line for each figure, the aim beside it and in plain words whether it was reached. */
export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    withUnit(figure.value, figure.unit),
    figure.aim === null ? "" : `<= ${withUnit(figure.aim, figure.unit)}`,
    verdictOn(figure),
    figure.note ?? "",
  ]);
  const table = [["", "measured", "aim", "", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    table.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
  return table.map((row) => lineOf(row, widths)).join("\n");
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) =>
    column === 1 || column === 2
      ? cell.padStart(widths[column] ?? 0)
      : cell.padEnd(widths[column] ?? 0),
  );
  return cells.join("  ").trimEnd();
}

function verdictOn({ value, aim }: Figure): string {
  if (aim === null) return "";
  return value <= aim ? "reached" : "missed";
}

function withUnit(value: number, unit: Figure["unit"]): string {
  const digits = unit === "x" ? 3 : unit === "s" ? 2 : unit === "ms" ? 1 : 0;
  return `${value.toFixed(digits)}${unit === "" || unit === "x" ? "" : " "}${unit}`;
}
