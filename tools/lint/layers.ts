// Who may import whom: the table of docs/ARCHITECTURE.md as data, read by the lint rule beside it.

/** What may be imported from a folder: everything, only its types, or only by a lazy `import()`. */
type Share = "all" | "types" | "lazy";

/** One row of the table: a folder, what it may import of our own, and from which packages. */
interface Layer {
  /** Folder (or file without its ending) below the repository's root; the longest match wins. */
  readonly folder: string;
  readonly mayImport: Readonly<Record<string, Share>>;
  /** Packages it may import; absent: any. */
  readonly packages?: readonly string[];
  /** What to do instead of an import that is not allowed. */
  readonly instead: string;
}

const CORE_PACKAGES = [
  "zod",
  "mdast",
  "mdast-util-from-markdown",
  "mdast-util-gfm",
  "micromark-extension-gfm",
  "picomatch",
];

// Pure, without knowledge of its own: whoever may name a type of the core may use these.
const SHARED = { "src/core/shared": "all", "src/errors": "all" } as const;
const CORE_TYPES = { ...SHARED, "src/core": "types" } as const;

const STAGE_INSTEAD =
  "A stage uses core/shared and the other stages' types: take the value as an argument, move what both need to core/shared, or join the stages in core/run.";

function stage(name: string): Layer {
  return {
    folder: `src/core/${name}`,
    mayImport: CORE_TYPES,
    packages: CORE_PACKAGES,
    instead: STAGE_INSTEAD,
  };
}

function adapter(folder: string): Layer {
  return {
    folder,
    mayImport: { ...CORE_TYPES, "src/ports": "all", "src/adapters/process": "all" },
    instead:
      "An adapter translates and never decides: take the value as an argument, let the engine decide, or join two adapters in src/composition/.",
  };
}

/** The rows for folders whose members are chosen by name (`src/adapters/git`, …) end in `/*`. */
const LAYERS: readonly Layer[] = [
  {
    folder: "src/errors",
    mayImport: { "src/core/shared": "types" },
    packages: [],
    instead: "Errors are plain values: pass in what the error has to say.",
  },
  {
    folder: "src/core/shared",
    mayImport: SHARED,
    packages: CORE_PACKAGES,
    instead: "core/shared is the bottom: move the code to the stage that owns it.",
  },
  stage("plan"),
  stage("execute"),
  stage("review"),
  stage("merge"),
  stage("report"),
  {
    folder: "src/core/run",
    mayImport: { ...SHARED, "src/core": "all" },
    packages: CORE_PACKAGES,
    instead: "The core is pure: return an action, and let the engine call the port.",
  },
  {
    folder: "src/ports",
    mayImport: CORE_TYPES,
    packages: [],
    instead:
      "A port is an interface in domain words: use types of the core; what touches the world goes into an adapter.",
  },
  ...["messages", "config", "api"].map((name) => ({
    folder: `src/${name}`,
    mayImport: { ...SHARED, "src/core": "all" } as const,
    instead: "It knows the core and nothing else: take the value as an argument.",
  })),
  {
    folder: "src/engine",
    mayImport: { ...SHARED, "src/core": "all", "src/ports": "all", "src/messages": "all" },
    instead:
      "The engine knows ports, not adapters: add a method to a port and pass the adapter in from src/composition/.",
  },
  adapter("src/adapters/*"),
  adapter("src/adapters/sources/*"),
  adapter("src/adapters/forge/*"),
  adapter("src/adapters/agents/*"),
  adapter("src/adapters/dispatch/*"),
  adapter("src/adapters/notify/*"),
  ...["host", "mcp"].map((name) => ({
    folder: `src/${name}`,
    mayImport: {
      ...SHARED,
      // They fold logs and ask the state: whoever hosts an engine reads what it has written.
      "src/core": "all",
      "src/engine": "all",
      "src/api": "all",
      "src/ports": "all",
      "src/config": "all",
    } as const,
    instead:
      "It serves what it is given: take the adapter or the value as an argument from src/composition/.",
  })),
  {
    folder: "src/cli",
    mayImport: {
      ...CORE_TYPES,
      "src/api": "all",
      "src/config": "all",
      "src/core/report": "all",
      "src/core/plan": "all",
      "src/host": "lazy",
      "src/composition": "lazy",
    },
    instead:
      "A command parses, asks and shows: reach the rest through src/api, or lazily, `await import(…)` inside the action, through src/host or src/composition/.",
  },
  { folder: "src/composition", mayImport: { src: "all" }, instead: "" },
  {
    folder: "dashboard",
    mayImport: { ...CORE_TYPES, "src/api": "all", "src/core/run/evolve": "all" },
    instead: "The dashboard reads src/api: add the value to its snapshot.",
  },
];

/** One import as the rule sees it; paths are relative to the repository's root, with `/`. */
export interface ImportSeen {
  readonly from: string;
  /** The file imported, or the bare specifier of a package. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly isLazy: boolean;
  /** Names imported as values; empty for `import type`; `*` when the whole module is taken. */
  readonly values: readonly string[];
}

/** Says what is wrong with an import and what to do instead; undefined when it is allowed. */
export function judgeImport(seen: ImportSeen): string | undefined {
  if (!isProduction(seen.from)) return undefined;
  const from = layerOf(seen.from);
  if (!from)
    return `\`${seen.from}\` stands in no folder of the import table. Move it to one of docs/ARCHITECTURE.md, or add a row to tools/lint/layers.ts with a decision in docs/decisions/.`;
  const refusal = seen.isPackage ? judgePackage(from, seen) : judgeFile(from, seen);
  return refusal && `${refusal} ${from.instead}`.trim();
}

function isProduction(file: string): boolean {
  return /^(src|dashboard)\//.test(file) && !/\.test\.tsx?$/.test(file);
}

function judgePackage(from: Layer, seen: ImportSeen): string | undefined {
  const name = packageName(seen.target);
  if (!from.packages || from.packages.includes(name)) return undefined;
  const allowed = from.packages.length > 0 ? `only ${from.packages.join(", ")}` : "no package";
  return `\`${folderName(from, seen.from)}\` may import ${allowed}, not \`${name}\`.`;
}

function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function judgeFile(from: Layer, seen: ImportSeen): string | undefined {
  const here = folderName(from, seen.from);
  if (within(seen.target, here) || isSharedByKind(here, seen.target)) return undefined;
  if (!isProduction(seen.target))
    return `Production code may not import \`${seen.target}\`: tests, scripts and tools are not shipped.`;
  const share = shareOf(from, seen.target);
  if (share === "all") return undefined;
  if (share && seen.values.length === 0) return undefined;
  if (share === "lazy" && seen.isLazy) return undefined;
  const there = folderOf(seen.target);
  if (share === "lazy") return `\`${here}\` may import \`${there}\` only lazily.`;
  if (share === undefined) return `\`${here}\` may not import \`${there}\`.`;
  const behaviour = seen.values.filter((name) => !belongsToType(name));
  if (behaviour.length === 0) return undefined;
  return `\`${here}\` may import only types and their schemas from \`${there}\`, not \`${behaviour.join("`, `")}\`.`;
}

/** What several adapters of one kind need stands beside their folders: adapters/sources/x.ts. */
function isSharedByKind(here: string, target: string): boolean {
  const kind = /^(src\/adapters\/[^/]+)\//.exec(here)?.[1];
  return kind !== undefined && target.slice(0, target.lastIndexOf("/")) === kind;
}

/** A schema is named like its type; parsers, guards and constructors of a type go with it. */
function belongsToType(name: string): boolean {
  return /^[A-Z][A-Za-z0-9]*$|^(parse|is|as)[A-Z]|Schema$/.test(name);
}

function shareOf(from: Layer, target: string): Share | undefined {
  const folders = Object.keys(from.mayImport).filter((folder) => within(target, folder));
  const nearest = folders.toSorted((a, b) => b.length - a.length)[0];
  return nearest === undefined ? undefined : from.mayImport[nearest];
}

function layerOf(file: string): Layer | undefined {
  const fitting = LAYERS.filter((layer) => folderName(layer, file) !== "");
  return fitting.toSorted((a, b) => depth(b.folder) - depth(a.folder))[0];
}

function depth(folder: string): number {
  return folder.split("/").length;
}

function folderOf(file: string): string {
  const layer = layerOf(file);
  return layer ? folderName(layer, file) : file;
}

/** The folder itself, with `*` replaced by the name found in the file's path; "" if it does not fit. */
function folderName(layer: Layer, file: string): string {
  const parts = layer.folder.split("/");
  const folder = file.split("/").slice(0, parts.length).join("/");
  const pattern = layer.folder.replace(/\*$/, "");
  if (layer.folder.endsWith("/*"))
    return folder.startsWith(pattern) && folder !== file ? folder : "";
  return within(file, layer.folder) ? layer.folder : "";
}

function within(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`) || file.startsWith(`${folder}.`);
}
