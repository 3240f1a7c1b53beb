import type { z } from "zod";
import type { VariableValue } from "./environment.ts";
import type { FlagValue } from "./load.ts";
import { nearest } from "./nearest.ts";
import type { ReadFile } from "./read-file.ts";
import { keyTable } from "./key-table.ts";
import type { ParsedConfig } from "./schema.ts";
import { BUILT_IN_AGENTS, ROLES } from "./sections/agents.ts";
import { oneOf } from "./values.ts";

/** What was written, source by source. */
export interface Layers {
  /** The file as it is named in messages. */
  readonly name: string;
  readonly file: ReadFile;
  readonly variables: readonly VariableValue[];
  readonly flags: readonly FlagValue[];
}

/** Every defect as one line: where it was written, what is wrong, how to mend it. */
export function describeDefects(
  layers: Layers,
  parsed: ParsedConfig | null,
  issues: readonly z.core.$ZodIssue[] = [],
): readonly string[] {
  const { value } = layers.file;
  if (value !== null && value !== undefined && (typeof value !== "object" || Array.isArray(value)))
    return [`${layers.name}:1:1: expected keys with values, like \`parallel: 2\`.`];
  return [
    ...issues.flatMap((issue) => describeIssue(layers, issue)),
    ...(parsed === null ? [] : unknownAgents(layers, parsed)),
  ];
}

function describeIssue(layers: Layers, issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((name) => {
      const where = place(layers, path, name);
      return `${where} unknown key \`${[...path, name].join(".")}\`.${suggestion(path, name)}`;
    });
  const inner = innermost(issue, path);
  const found = valueAt(layers, inner.path);
  // What stands where a variable's name belongs is likely the secret itself: never shown.
  const hidden =
    inner.path.at(-1)?.endsWith("_env") === true || inner.path.join(".").startsWith("agents.env");
  const said = found === undefined ? "is missing" : hidden ? "is not a name" : `is ${shown(found)}`;
  return [`${place(layers, inner.path)} \`${inner.path.join(".")}\` ${said}: ${inner.message}.`];
}

/** The branch of a union that came nearest says more than the union itself. */
function innermost(
  issue: z.core.$ZodIssue,
  path: readonly string[],
): { readonly path: readonly string[]; readonly message: string } {
  if (issue.code !== "invalid_union") return { path, message: issue.message };
  const deepest = issue.errors
    .flat()
    .filter((each) => each.path.length > 0)
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (deepest === undefined) return { path, message: issue.message };
  if (deepest.code === "unrecognized_keys")
    return { path, message: `unknown key \`${deepest.keys.join("`, `")}\`; ${issue.message}` };
  return innermost(deepest, [...path, ...deepest.path.map(String)]);
}

function unknownAgents(layers: Layers, config: ParsedConfig): readonly string[] {
  const known = [...BUILT_IN_AGENTS, ...Object.keys(config.agents.define)];
  const written: readonly (readonly [readonly string[], string | undefined])[] = [
    [["agents", "default"], config.agents.default],
    ...Object.entries(config.agents.roles).map(
      ([role, agent]) => [["agents", "roles", role], agent] as const,
    ),
  ];
  const strangers = written.flatMap(([path, agent]) =>
    agent === undefined || known.includes(agent)
      ? []
      : [
          `${place(layers, path)} \`${path.join(".")}\` names the agent \`${agent}\`, which is not there: expected ${oneOf(known)}, or a name under agents.define.`,
        ],
  );
  const models = Object.keys(config.agents.models)
    .filter((name) => ![...known, ...ROLES].includes(name))
    .map((name) => {
      const guess = nearest(name, [...ROLES, ...known]);
      const hint = guess === null ? "" : ` Did you mean \`${guess}\`?`;
      return `${place(layers, ["agents", "models"], name)} \`agents.models.${name}\` is neither a role nor an agent.${hint}`;
    });
  return [...strangers, ...models];
}

function place(layers: Layers, path: readonly string[], name?: string): string {
  const full = name === undefined ? path : [...path, name];
  const flag = layers.flags.find((each) => reaches(each.key.split("."), full));
  if (flag !== undefined) return `${flag.flag}:`;
  const variable = layers.variables.find((each) => reaches(each.path, full));
  if (variable !== undefined) return `${variable.name}:`;
  const numbers = path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const { line, column } = layers.file.position(numbers, name);
  return `${layers.name}:${line}:${column}:`;
}

function reaches(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((part, index) => part === path[index]);
}

function suggestion(path: readonly string[], name: string): string {
  const keys = keyTable().map((row) => row.path);
  const beside = keys.filter((each) => reaches(path, each)).map((each) => each[path.length] ?? "");
  const here = nearest(name, [...new Set(beside)]);
  if (here !== null) return ` Did you mean \`${[...path, here].join(".")}\`?`;
  // A known key in the wrong group is the other usual mistake.
  const elsewhere = keys.find((each) => each.includes(name));
  return elsewhere === undefined
    ? " `cairn config schema` lists the known ones."
    : ` Did you mean \`${elsewhere.slice(0, elsewhere.indexOf(name) + 1).join(".")}\`?`;
}

function valueAt(layers: Layers, path: readonly string[]): unknown {
  const flag = layers.flags.find((each) => reaches(each.key.split("."), path));
  if (flag !== undefined) return inside(flag.value, path.slice(flag.key.split(".").length));
  const variable = layers.variables.find((each) => reaches(each.path, path));
  if (variable !== undefined) return inside(variable.value, path.slice(variable.path.length));
  return inside(layers.file.value, path);
}

function inside(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
