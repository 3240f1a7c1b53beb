// Writes the files that are made from code (CLI reference, JSON Schemas, …), or with --check says
// which of them are out of date. To add one, add a row to GENERATED.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** A file of the repository whose whole text follows from code. */
export interface GeneratedFile {
  /** Path from the repository's root. */
  readonly file: string;
  /** Returns the file's whole text; the same code must give the same text. */
  readonly render: () => string | Promise<string>;
}

// Import a generator's modules inside its render(): a broken one then fails alone, by name.
const GENERATED: readonly GeneratedFile[] = [
  {
    file: "schemas/cairn.schema.json",
    render: async () => (await import("../src/config/reference.ts")).configSchemaText(),
  },
  {
    file: "docs/config-reference.md",
    render: async () => (await import("../src/config/reference.ts")).configReference(),
  },
  {
    file: "docs/cli-reference.md",
    render: async () => (await import("./cli-reference.ts")).cliReference(),
  },
];

/** Returns the generated files whose text on disk is not what the code says now. */
export async function findStale(
  root: string,
  generated: readonly GeneratedFile[],
): Promise<readonly string[]> {
  const stale = [];
  for (const { file, render } of generated) {
    const path = join(root, file);
    const onDisk = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    if (onDisk !== (await render())) stale.push(file);
  }
  return stale;
}

/** Writes every generated file anew. */
export async function writeAll(root: string, generated: readonly GeneratedFile[]): Promise<void> {
  for (const { file, render } of generated) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await render());
  }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, "..");
  if (process.argv.includes("--check")) {
    const stale = await findStale(root, GENERATED);
    for (const file of stale) console.error(`${file} is out of date. Run \`npm run generate\`.`);
    if (stale.length > 0) process.exitCode = 1;
  } else {
    await writeAll(root, GENERATED);
  }
}
