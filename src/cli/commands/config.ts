import { configFile, loadConfig } from "../../config/load.ts";
import type { ConfigRequest, Origin } from "../../config/load.ts";
import { findRoot } from "../../config/find-root.ts";
import { keyTable } from "../../config/key-table.ts";
import type { KeyRow } from "../../config/key-table.ts";
import { nearest } from "../../config/nearest.ts";
import { UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";

/** `cairn config show [KEY] | path | schema` */
export const command: CommandModule = {
  args: [
    { words: "[what]", meaning: "show (default), path or schema" },
    { words: "[key]", meaning: "Only this key or group of keys, as in the file: ci.timeout" },
  ],
  options: [],
  run: async (context) => {
    const [what = "show", key] = context.args;
    switch (what) {
      case "show":
        return show(context, key ?? null);
      case "path":
        return showPath(context);
      case "schema": {
        const { configSchemaText } = await import("../../config/reference.ts");
        return context.out(configSchemaText().trimEnd());
      }
      default:
        throw new UserError("cli/usage", `\`cairn config\` knows no \`${what}\`.`, {
          hints: ["It is `show`, `path` or `schema`."],
        });
    }
  },
};

interface Shown {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin | { readonly from: "default" } | { readonly from: "recognised" };
}

function show(context: CommandContext, key: string | null): void {
  const loaded = loadConfig(requestOf(context));
  const rows = rowsOf(key).map((row): Shown => {
    if (row.key === "gates.pre_merge" && loaded.config.gates.recognised)
      return {
        key: row.key,
        value: loaded.config.gates.preMerge.map((gate) => gate.run),
        origin: { from: "recognised" },
      };
    const written = valueAt(loaded.written, row.path);
    return {
      key: row.key,
      value: written === undefined ? (row.fallback ?? null) : written,
      origin: originOf(loaded.origins, row),
    };
  });
  if (context.globals.json)
    return context.out(
      JSON.stringify({ schemaVersion: 1, file: configFile(requestOf(context)), settings: rows }),
    );
  const width = Math.max(...rows.map((row) => row.key.length));
  for (const row of rows)
    context.out(
      `${row.key.padEnd(width)}  ${JSON.stringify(row.value)}  (${originWords(row.origin)})`,
    );
}

function showPath(context: CommandContext): void {
  const file = configFile(requestOf(context));
  context.out(context.globals.json ? JSON.stringify({ schemaVersion: 1, file }) : file);
}

function requestOf(context: CommandContext): ConfigRequest {
  const { config } = context.globals;
  return {
    root: findRoot(context.directory) ?? context.directory,
    env: context.env,
    flags: context.flags,
    ...(config === null ? {} : { file: config }),
  };
}

function rowsOf(key: string | null): readonly KeyRow[] {
  const table = keyTable();
  if (key === null) return table;
  const found = table.filter((row) => row.key === key || row.key.startsWith(`${key}.`));
  if (found.length > 0) return found;
  const guess = nearest(
    key,
    table.map((row) => row.key),
  );
  throw new UserError("config/unknown-key", `There is no key \`${key}\`.`, {
    hints: [
      guess === null ? "`cairn config show` prints all of them." : `Did you mean \`${guess}\`?`,
    ],
  });
}

/** A value inside a map that was written as a whole has the map's origin. */
function originOf(origins: Readonly<Record<string, Origin>>, row: KeyRow): Shown["origin"] {
  return origins[row.key] ?? { from: "default" };
}

function originWords(origin: Shown["origin"]): string {
  switch (origin.from) {
    case "default":
      return "default";
    case "recognised":
      return "recognised";
    case "flag":
    case "variable":
      return origin.name;
    case "file":
      return `${origin.file}:${origin.line}`;
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}
