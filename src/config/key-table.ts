import { z } from "zod";
import { ConfigSchema } from "./schema.ts";

/** One key that can be set by itself, as reference, environment and `cairn config show` know it. */
export interface KeyRow {
  /** Names as in the file: `["ci", "timeout"]`. */
  readonly path: readonly string[];
  readonly key: string;
  /** null: cannot be set from the environment. */
  readonly variable: string | null;
  readonly meaning: string;
  /** As written in a file; undefined where nothing is the default. */
  readonly fallback: unknown;
  /** `a | b`, `duration`, `list`: what may be written. */
  readonly values: string;
  readonly takesList: boolean;
  /** Then `123` is a text and no number. */
  readonly takesOnlyText: boolean;
}

/** A group of keys, with the rows of the table between this one and the next. */
export interface KeyGroup {
  readonly key: string;
  readonly meaning: string;
}

interface JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: unknown;
}

/** JSON Schema of the file as a person may write it. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(ConfigSchema, { io: "input" });
  return {
    $schema,
    title: ".cairn.yml",
    description: "Configuration of Cairn, one file in the repository's root.",
    ...rest,
  };
}

/** Every key in the order of the file. */
export function keyTable(): readonly KeyRow[] {
  return rowsOf(configJsonSchema(), [], undefined);
}

/** The groups of keys in the order of the file, outer ones first. */
export function keyGroups(): readonly KeyGroup[] {
  return groupsOf(configJsonSchema(), []);
}

/** `ci.timeout` -> `CAIRN_CI_TIMEOUT`. */
function variableOf(path: readonly string[]): string {
  return `CAIRN_${path.join("_").replaceAll("-", "_").toUpperCase()}`;
}

function rowsOf(schema: JsonSchema, path: readonly string[], inherited: unknown): KeyRow[] {
  const fallback = inherited === undefined ? schema.default : inherited;
  if (schema.properties === undefined || path.length > 3) return [rowOf(schema, path, fallback)];
  return Object.entries(schema.properties).flatMap(([name, each]) =>
    rowsOf(each, [...path, name], isRecord(fallback) ? fallback[name] : undefined),
  );
}

function groupsOf(schema: JsonSchema, path: readonly string[]): KeyGroup[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    if (each.properties === undefined) return [];
    const here = [...path, name];
    return [{ key: here.join("."), meaning: each.description ?? "" }, ...groupsOf(each, here)];
  });
}

function rowOf(schema: JsonSchema, path: readonly string[], fallback: unknown): KeyRow {
  const kinds = kindsOf(schema);
  return {
    path,
    key: path.join("."),
    // CAIRN_VERSION is what people call the version of the program in their scripts.
    variable: path[0] === "version" ? null : variableOf(path),
    meaning: schema.description ?? "",
    fallback,
    values: kinds.join(" \\| "),
    takesList: kinds.includes("list"),
    takesOnlyText: kinds.every((kind) => kind === "text" || kind === "null"),
  };
}

function kindsOf(schema: JsonSchema): string[] {
  if (schema.anyOf) return [...new Set(schema.anyOf.flatMap(kindsOf))].filter(isNotBareNumber);
  if (schema.enum) return schema.enum.map(String);
  if (schema.const !== undefined) return [JSON.stringify(schema.const).replaceAll('"', "")];
  switch (schema.type) {
    case "string":
      return [textKind(schema.pattern)];
    case "integer":
      return ["number"];
    case "array":
      return ["list"];
    case "object":
      return ["map"];
    case "boolean":
      return ["true", "false"];
    default:
      return schema.type === undefined ? [] : [schema.type];
  }
}

function textKind(pattern: string | undefined): string {
  if (pattern?.includes("ms|s|m|h|d|w")) return "duration";
  if (pattern?.includes("KB|MB")) return "size";
  return "text";
}

// A bare number beside a duration is the same thing in seconds: one word is enough.
function isNotBareNumber(kind: string, _: number, all: readonly string[]): boolean {
  return kind !== "number" || !all.includes("duration");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
