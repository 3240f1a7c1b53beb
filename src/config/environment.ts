import { readYaml } from "./read-file.ts";
import { keyTable } from "./key-table.ts";
import type { KeyRow } from "./key-table.ts";

export interface VariableValue {
  readonly name: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Old names that people have in their settings. */
const ALIASES: Readonly<Record<string, string>> = { CI_POLL_TIMEOUT: "CAIRN_CI_TIMEOUT" };

/**
 * The keys that environment variables set: `CAIRN_CI_TIMEOUT` is `ci.timeout`. Values are read like
 * those of the file; a list is `[a, b]`, one entry on each line, or (but for gates) `a,b`.
 */
export function variableValues(
  env: Readonly<Record<string, string | undefined>>,
): readonly VariableValue[] {
  const names = Object.keys(env).filter((name) => name.startsWith("CAIRN_") || name in ALIASES);
  // The table is made from the schemas; most environments need none of it.
  if (names.length === 0) return [];
  return keyTable().flatMap((row) => {
    if (row.variable === null) return [];
    const alias = Object.keys(ALIASES).find((each) => ALIASES[each] === row.variable);
    const name = [row.variable, alias].find((each) => each && env[each]);
    const text = name ? env[name] : undefined;
    if (!name || text === undefined) return [];
    return [{ name, path: row.path, value: valueOf(row, text) }];
  });
}

/** A flag's text read like a variable's: `--parallel 4` is a number where the key wants one. */
export function flagValue(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const row = keyTable().find((each) => each.key === key);
  return row === undefined ? value : valueOf(row, value);
}

function valueOf(row: KeyRow, text: string): unknown {
  if (row.takesOnlyText) return text === "null" ? null : text;
  const value = yamlValue(text);
  if (!row.takesList || typeof value !== "string" || row.values.split(" \\| ").includes(value))
    return value;
  const separator = row.path[0] === "gates" ? /\n/ : /[\n,]/;
  return text
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function yamlValue(text: string): unknown {
  const { value, defects } = readYaml(text);
  if (defects.length > 0) return text;
  return value ?? (text.trim() === "null" ? null : text);
}
