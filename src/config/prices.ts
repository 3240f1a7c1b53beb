import { readFileSync } from "node:fs";
import { PriceTableSchema, type PriceTable } from "../core/shared/prices.ts";
import { UserError } from "../errors.ts";
import builtIn from "./prices.json" with { type: "json" };
import { readYaml, type ReadFile } from "./read-file.ts";

/** The prices this version knows, each with its date and its source. */
export function builtInPrices(): PriceTable {
  return PriceTableSchema.parse(builtIn).prices;
}

/**
 * The table that is to be used: the built-in one, or the file `limits.prices` (JSON or YAML of the same shape) in its
 * place, never both. `name` is how messages call the file.
 * @throws UserError `config/prices` with every defect and its line.
 */
export function readPrices(file: string | null, name: string = file ?? ""): PriceTable {
  if (file === null) return builtInPrices();
  const read = readYaml(textOf(file, name));
  if (read.defects.length > 0) {
    const lines = read.defects.map(
      ({ line, column, what }) => `${name}:${line}:${column}: ${what}`,
    );
    throw refusal(name, lines);
  }
  const parsed = PriceTableSchema.safeParse(read.value);
  if (parsed.success) return parsed.data.prices;
  throw refusal(
    name,
    parsed.error.issues.map((issue) => describe(name, read, issue)),
  );
}

function textOf(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw refusal(name, [`${name} cannot be read (${code}).`]);
  }
}

function describe(
  name: string,
  read: ReadFile,
  issue: {
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly keys?: readonly string[];
  },
): string {
  const [unknown] = issue.keys ?? [];
  const { line, column } = read.position(issue.path, unknown);
  const where = `${name}:${line}:${column}:`;
  if (unknown !== undefined) return `${where} unknown key \`${unknown}\`.`;
  const key = issue.path.map(String).join(".");
  return key === "" ? `${where} ${issue.message}.` : `${where} \`${key}\`: ${issue.message}.`;
}

function refusal(name: string, lines: readonly string[]): UserError {
  return new UserError("config/prices", lines.join("\n"), {
    hints: [
      `Correct ${name}: {prices: [{model, input, output, cachedInput, cacheWrite, asOf, source}]}, in dollars for a million tokens.`,
    ],
  });
}
