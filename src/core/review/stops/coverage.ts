/** How often each line of a file was run, by the path a report gives it. */
type Hits = Map<string, Map<number, number>>;

/**
 * Covered and coverable among the added lines of a change, by an lcov or Cobertura report. Null: the text is neither,
 * or it names no file of the repository. Lines a report does not speak of, as comments, do not count.
 */
export function coverageOfChange(
  report: string,
  addedLinesByPath: ReadonlyMap<string, readonly number[]>,
  /** Folder the report was made in; absolute paths in it are below that. */
  root = "",
): { readonly covered: number; readonly total: number } | null {
  const hits = /<coverage\b/u.test(report) ? readCobertura(report) : readLcov(report);
  if (hits.size === 0) return null;
  let [covered, total] = [0, 0];
  for (const [path, lines] of addedLinesByPath) {
    const known = hitsOf(hits, path, root);
    for (const line of lines) {
      const count = known?.get(line);
      if (count === undefined) continue;
      total += 1;
      if (count > 0) covered += 1;
    }
  }
  return { covered, total };
}

/**
 * The file a report means by a path of the repository: the same, below `root`, or else the only one that ends like it,
 * as reports speak from a package's folder or from inside a container.
 */
function hitsOf(hits: Hits, path: string, root: string): ReadonlyMap<number, number> | null {
  const exact = hits.get(path) ?? (root === "" ? undefined : hits.get(`${root}/${path}`));
  if (exact !== undefined) return exact;
  const alike = [...hits.keys()].filter((name) =>
    name.startsWith("/") ? name.endsWith(`/${path}`) : path.endsWith(`/${name}`),
  );
  const [only] = alike;
  return alike.length === 1 && only !== undefined ? (hits.get(only) ?? null) : null;
}

function readLcov(report: string): Hits {
  const hits: Hits = new Map();
  let current: Map<number, number> | null = null;
  for (const raw of report.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("SF:")) current = fileIn(hits, line.slice(3));
    else if (line === "end_of_record") current = null;
    else if (current !== null && line.startsWith("DA:")) {
      const [number = "", count = ""] = line.slice(3).split(",");
      note(current, Number(number), Number(count));
    }
  }
  return hits;
}

function readCobertura(report: string): Hits {
  const hits: Hits = new Map();
  const sources = [...report.matchAll(/<source>([^<]*)<\/source>/gu)].map(([, folder = ""]) =>
    folder.trim(),
  );
  // A path in it is below one of the sources; with one source alone it is known which.
  const [source = ""] = sources.length === 1 ? sources : [];
  let current: Map<number, number> | null = null;
  for (const [tag] of report.matchAll(/<(?:class|line)\s[^>]*>|<\/class>/gu)) {
    if (tag.startsWith("<class")) {
      const name = attribute(tag, "filename");
      const isBelow = name !== null && source.startsWith("/") && !name.startsWith("/");
      current =
        name === null
          ? null
          : fileIn(hits, isBelow ? `${source.replace(/\/$/u, "")}/${name}` : name);
    } else if (tag === "</class>") current = null;
    else if (current !== null)
      note(current, Number(attribute(tag, "number") ?? "x"), Number(attribute(tag, "hits") ?? "x"));
  }
  return hits;
}

function attribute(tag: string, name: string): string | null {
  const value = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`, "u").exec(tag);
  return value === null ? null : (value[1] ?? value[2] ?? "").replaceAll("&amp;", "&");
}

function fileIn(hits: Hits, name: string): Map<number, number> {
  const path = name.replaceAll("\\", "/").replace(/^(?:\.\/)+/u, "");
  const known = hits.get(path) ?? new Map<number, number>();
  hits.set(path, known);
  return known;
}

/** A line may be told more than once, by class or by test run: it was run if any of them says so. */
function note(lines: Map<number, number>, line: number, count: number): void {
  if (!Number.isFinite(line) || !Number.isFinite(count)) return;
  lines.set(line, Math.max(lines.get(line) ?? 0, count));
}
