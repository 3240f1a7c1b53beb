import { keyTable } from "./key-table.ts";

/** What `cairn init` found out about a repository. */
export interface Findings {
  readonly gates: readonly string[];
  readonly agent: string;
  /** Path of the JSON Schema from the repository's root, for editors; null where it is not installed there. */
  readonly schema: string | null;
}

/** Keys people change first; the reference has all of them. */
const SHOWN = new Set([
  "target",
  "mode",
  "parallel",
  "profile",
  "review.mode",
  "merge.auto",
  "land",
  "limits.budget.run",
]);

/** Text of a first `.cairn.yml`: what was recognised is written, the rest stands there as comments. */
export function renderStarter(found: Findings): string {
  const rows = keyTable().filter((row) => SHOWN.has(row.key));
  const gates = found.gates.map((gate) => `    - ${JSON.stringify(gate)}`);
  return [
    ...(found.schema === null ? [] : [`# yaml-language-server: $schema=${found.schema}`]),
    "# Configuration of Cairn. Everything is optional; `cairn config show` prints what holds.",
    "version: 1",
    "",
    "agents:",
    `  default: ${found.agent}`,
    "",
    "# Commands that must be green before a merge.",
    "gates:",
    gates.length === 0
      ? "  pre_merge: []   # none recognised: add the commands you trust"
      : "  pre_merge:",
    ...gates,
    "",
    "# Defaults that are often changed:",
    ...rows.flatMap((row) => [`# ${row.meaning}`, `#${commented(row.path, row.fallback)}`]),
    "",
  ].join("\n");
}

function commented(path: readonly string[], fallback: unknown): string {
  const value = typeof fallback === "string" ? fallback : JSON.stringify(fallback);
  return path
    .toReversed()
    .reduce(
      (inner, name, index) => (index === 0 ? `${name}: ${inner}` : `${name}: {${inner}}`),
      value,
    );
}
