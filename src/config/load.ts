import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { describeDefects } from "./describe-defects.ts";
import type { Layers } from "./describe-defects.ts";
import { flagValue, variableValues } from "./environment.ts";
import { completeGates } from "./gates.ts";
import type { Gate } from "./gates.ts";
import { readYaml } from "./read-file.ts";
import type { ReadFile } from "./read-file.ts";
import { ConfigSchema } from "./schema.ts";
import type { ParsedConfig } from "./schema.ts";

/** The configuration as code receives it: complete, camelCase, milliseconds and bytes. */
export type Config = Omit<ParsedConfig, "gates"> & {
  readonly gates: Omit<ParsedConfig["gates"], "preMerge" | "postMerge"> & {
    readonly preMerge: readonly Gate[];
    readonly postMerge: readonly Gate[];
    /** True when `preMerge` was recognised from the repository and not written by a person. */
    readonly recognised: boolean;
  };
};

/** Where a value came from. A key without an origin has its default. */
export type Origin =
  | { readonly from: "flag"; readonly name: string }
  | { readonly from: "variable"; readonly name: string }
  | { readonly from: "file"; readonly file: string; readonly line: number };

/** A command-line flag that sets a key: `{ flag: "--parallel", key: "parallel", value: 4 }`. */
export interface FlagValue {
  readonly flag: string;
  /** Names as in the file, joined by dots: `ci.wait`. */
  readonly key: string;
  readonly value: unknown;
}

export interface ConfigRequest {
  /** Folder of `.cairn.yml`: the repository's root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly FlagValue[];
  /** Another file instead of `.cairn.yml` (`--config`); it must exist. */
  readonly file?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** By key as in the file (`ci.timeout`); keys that are not there have their default. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** What was written, all sources merged, names as in the file. */
  readonly written: Readonly<Record<string, unknown>>;
}

/**
 * Merges flag > `CAIRN_*` > file > default and checks the result.
 * @throws UserError `config/invalid` with every defect at once, `config/missing` for a `--config` file that is not there.
 */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const layers = readLayers(request);
  const origins = originsOf(layers);
  const written = merge(layers);
  const parsed = ConfigSchema.safeParse(written);
  const defects = describeDefects(
    layers,
    parsed.success ? parsed.data : null,
    parsed.error?.issues,
  );
  if (defects.length > 0 || !parsed.success) throw invalid(defects);
  return {
    config: { ...parsed.data, gates: completeGates(parsed.data.gates, request.root) },
    origins,
    written,
  };
}

/** The file that `loadConfig` reads. */
export function configFile(request: Pick<ConfigRequest, "root" | "file">): string {
  return request.file ?? join(request.root, ".cairn.yml");
}

function readLayers(request: ConfigRequest): Layers {
  const path = configFile(request);
  const name = request.file ?? ".cairn.yml";
  const file = readConfigFile(path, name, request.file !== undefined);
  const flags = (request.flags ?? []).map((flag) => ({
    ...flag,
    value: flagValue(flag.key, flag.value),
  }));
  return { name, file, variables: variableValues(request.env), flags };
}

function readConfigFile(path: string, name: string, required: boolean): ReadFile {
  if (!existsSync(path)) {
    if (!required) return readYaml("");
    throw new UserError("config/missing", `The configuration file ${name} does not exist.`, {
      hints: ["Check the path after --config, or write one with `cairn init`."],
    });
  }
  const file = readYaml(readFileSync(path, "utf8"));
  if (file.defects.length > 0)
    throw invalid(
      file.defects.map(({ line, column, what }) => `${name}:${line}:${column}: ${what}`),
    );
  return file;
}

function merge(layers: Layers): Record<string, unknown> {
  const value = layers.file.value;
  // An empty file is an empty configuration; anything else that is no map is a defect found below.
  const written: Record<string, unknown> = isRecord(value) ? structuredClone(value) : {};
  for (const each of layers.variables) setAt(written, each.path, each.value);
  for (const each of layers.flags) setAt(written, each.key.split("."), each.value);
  return written;
}

function setAt(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  const next = isRecord(inner) ? inner : {};
  target[head] = next;
  setAt(next, rest, value);
}

function originsOf(layers: Layers): Record<string, Origin> {
  const origins: Record<string, Origin> = {};
  collect(layers.file.value, [], (path) => {
    const { line } = layers.file.position(path.slice(0, -1), path.at(-1));
    origins[path.join(".")] = { from: "file", file: layers.name, line };
  });
  for (const { path, name } of layers.variables)
    origins[path.join(".")] = { from: "variable", name };
  for (const { key, flag } of layers.flags) origins[key] = { from: "flag", name: flag };
  return origins;
}

function collect(
  value: unknown,
  path: readonly string[],
  found: (path: readonly string[]) => void,
): void {
  if (path.length > 0) found(path);
  if (!isRecord(value)) return;
  for (const [name, inner] of Object.entries(value)) collect(inner, [...path, name], found);
}

function invalid(defects: readonly string[]): UserError {
  const count = defects.length === 1 ? "one defect" : `${defects.length} defects`;
  return new UserError(
    "config/invalid",
    `The configuration has ${count}:\n${defects.map((defect) => `  ${defect}`).join("\n")}`,
    {
      hints: [
        "`cairn config schema` prints every key with its meaning; `cairn config show` what holds.",
      ],
    },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
