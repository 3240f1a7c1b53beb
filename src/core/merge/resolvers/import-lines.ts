/** One import that stands alone on its line and gives names to the file. */
export interface ImportLine {
  readonly line: string;
  /** What it takes from where, as types or as values: two lines with the same are one import in two places. */
  readonly place: string;
  /** Where it imports from, as people sort by. */
  readonly from: string;
  readonly names: readonly string[];
}

export interface ImportLanguage {
  /** Reads one line, without its line feed; null for everything that is not a whole import by itself. */
  readonly read: (line: string) => ImportLine | null;
  /** Lines that may stand between or before imports, by their beginning. */
  readonly comment: RegExp;
  /** A comment, text or import of several lines: how it opens, the sign of its end, and a line that is nothing but its end. */
  readonly spans: readonly {
    readonly opens: RegExp;
    readonly until: RegExp;
    readonly closes: RegExp;
  }[];
}

export interface ImportHead {
  /** Imports before the first line of anything else; one of several lines is told as one line. */
  readonly imports: readonly ImportLine[];
  /** No line further down begins like an import. */
  readonly isAll: boolean;
}

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Only imports that name what they take: one without names is run for what it does, and its place counts. */
const SCRIPT: ImportLanguage = {
  read(line) {
    const found = /^import\s+(type\s+)?([^"'`;]+?)\s+from\s+(["'])([^"'\\]+)\3;?\s*$/u.exec(line);
    if (found === null) return null;
    const names = scriptNames(found[2] ?? "");
    const from = found[4] ?? "";
    const place = `${found[1] === undefined ? "" : "type "}${from}`;
    return names === null ? null : { line: line.trim(), place, from, names };
  },
  comment:
    /^(?:\/\/.*|#!.*|\/\*(?:(?!\*\/).)*\*\/|(["'])use [a-z]+\1;?|import\s*(["'])[^"']+\2;?)$/u,
  spans: [
    { opens: /^\/\*/u, until: /\*\//u, closes: /\*\/$/u },
    {
      opens: /^import\b[^"'}]*\{[^}"']*$/u,
      until: /["'}]/u,
      closes: /^\s*[^"'}]*\}\s*from\s*(["'])[^"']+\1;?$/u,
    },
  ],
};

const PYTHON: ImportLanguage = {
  read(line) {
    const plainly = /^import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*$/u.exec(line);
    if (plainly !== null) {
      const [, module = "", as] = plainly;
      const place = `import ${module}`;
      return { line: line.trim(), place, from: module, names: [as ?? rootOf(module)] };
    }
    const found = /^from\s+([\w.]+)\s+import\s+(?:([\w\s,]+?)|\(([\w\s,]+?),?\s*\))\s*$/u.exec(
      line,
    );
    // Those of the future must be the first, and switch the language itself.
    if (found === null || found[1] === "__future__") return null;
    const names = (found[2] ?? found[3] ?? "").split(",").map((part) => part.trim());
    const bound = names.map((part) => /^(?:\w+\s+as\s+)?(\w+)$/u.exec(part)?.[1] ?? "");
    if (bound.includes("")) return null;
    const from = found[1] ?? "";
    return { line: line.trim(), place: `from ${from}`, from, names: bound };
  },
  comment:
    /^(?:#.*|from\s+__future__\s+import\s+[\w\s,]+|[rR]?"""(?:(?!""").)*"""|[rR]?'''(?:(?!''').)*''')$/u,
  spans: [
    { opens: /^[rR]?"""/u, until: /"""/u, closes: /"""$/u },
    { opens: /^[rR]?'''/u, until: /'''/u, closes: /'''$/u },
    { opens: /^from\s+[\w.]+\s+import\s*\([^)#]*$/u, until: /[)#]/u, closes: /^[^)#]*\)$/u },
  ],
};

/** Null: imports of this kind of file are not known well enough. */
export function importLanguage(path: string): ImportLanguage | null {
  if (/\.[cm]?[jt]sx?$/u.test(path)) return SCRIPT;
  return /\.pyi?$/u.test(path) ? PYTHON : null;
}

/** Reads the head of a file: comments, empty lines and imports, up to its first line of anything else. */
export function importsOf(text: string, language: ImportLanguage): ImportHead {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const imports: ImportLine[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const read = language.read(line);
    const length =
      read !== null || line === "" || language.comment.test(line) ? 1 : spanAt(lines, at, language);
    if (length === null) break;
    const several = length === 1 ? read : language.read(lines.slice(at, at + length).join(" "));
    if (several !== null) imports.push(several);
    // An import that cannot be read binds names that nobody knows.
    else if (length > 1 && isImport(line)) break;
    at += length;
  }
  return { imports, isAll: !lines.slice(at).some((line) => isImport(line)) };
}

function isImport(line: string): boolean {
  return /^(?:import|from)\b/u.test(line);
}

/** How many lines belong to what opens here; null: nothing does, or it ends within a line of something else. */
function spanAt(lines: readonly string[], at: number, language: ImportLanguage): number | null {
  const first = lines[at] ?? "";
  const span = language.spans.find(({ opens }) => opens.test(first));
  if (span === undefined || span.until.test(first.replace(span.opens, ""))) return null;
  const end = lines.findIndex((line, index) => index > at && span.until.test(line));
  return end >= 0 && span.closes.test(lines[end] ?? "") ? end - at + 1 : null;
}

/** Names that the words between `import` and `from` bind; null where they are anything else. */
function scriptNames(clause: string): readonly string[] | null {
  const parts = /^(?:([^{},*\s]+)\s*(?:,\s*|$))?(?:\*\s+as\s+(\S+)|\{([^{}]*)\})?$/u.exec(clause);
  if (parts === null) return null;
  const [, whole, space, listed] = parts;
  const named = (listed ?? "").split(",").map((part) => part.trim());
  const last = named.at(-1) === "" ? named.slice(0, -1) : named;
  const bound = last.map((part) =>
    part
      .replace(/^type\s+(?!as\b)/u, "")
      .split(/\s+as\s+/u)
      .at(-1),
  );
  const names = [whole, space, ...bound].filter((name) => name !== undefined);
  return names.length > 0 && names.every((name) => NAME.test(name)) ? names : null;
}

function rootOf(module: string): string {
  return module.split(".")[0] ?? module;
}
