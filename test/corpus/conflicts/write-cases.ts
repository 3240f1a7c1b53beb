import { execFileSync } from "node:child_process";
import type { ConflictCase, Entry, Tree } from "./case.ts";

/** Commits of one case. */
export interface CaseCommits {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  /** The merge that was recorded, on ours. */
  readonly recorded: string | null;
}

type Name = keyof CaseCommits;

/** Writes the commits of all cases into a repository, by one `git fast-import`. */
export function writeCases(root: string, cases: readonly ConflictCase[]): readonly CaseCommits[] {
  const parts: Buffer[] = [];
  const say = (text: string): number => parts.push(Buffer.from(text));
  let mark = 0;
  const commit = (name: string, tree: Tree, from: number | null): number => {
    mark += 1;
    say(`commit refs/heads/${name}\nmark :${mark}\ncommitter c <c@example.invalid> 0 +0000\n`);
    say(`data ${Buffer.byteLength(name)}\n${name}\n`);
    if (from !== null) say(`from :${from}\n`);
    for (const [path, entry] of Object.entries(tree)) writeEntry(say, parts, path, entry);
    say("\n");
    return mark;
  };
  for (const [at, one] of cases.entries()) {
    const base = commit(`${at}/base`, one.base, null);
    const ours = commit(`${at}/ours`, one.ours, base);
    commit(`${at}/theirs`, one.theirs, base);
    if (one.recorded !== undefined) commit(`${at}/recorded`, one.recorded, ours);
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: root, input: Buffer.concat(parts) });
  return readCommits(root, cases);
}

function readCommits(root: string, cases: readonly ConflictCase[]): readonly CaseCommits[] {
  const format = "--format=%(refname:lstrip=2) %(objectname)";
  const refs = execFileSync("git", ["for-each-ref", format, "refs/heads/"], { cwd: root });
  const tips = new Map(
    refs
      .toString("utf8")
      .trim()
      .split("\n")
      .map((line): [string, string] => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]),
  );
  const tip = (at: number, name: Name): string => tips.get(`${at}/${name}`) ?? "";
  return cases.map((one, at) => ({
    base: tip(at, "base"),
    ours: tip(at, "ours"),
    theirs: tip(at, "theirs"),
    recorded: one.recorded === undefined ? null : tip(at, "recorded"),
  }));
}

function writeEntry(
  say: (text: string) => number,
  parts: Buffer[],
  path: string,
  entry: Entry,
): void {
  if (entry === null) {
    say(`D ${path}\n`);
    return;
  }
  if (typeof entry === "object" && "submodule" in entry) {
    say(`M 160000 ${entry.submodule} ${path}\n`);
    return;
  }
  const [mode, bytes] = blobOf(entry);
  say(`M ${mode} inline ${path}\ndata ${bytes.length}\n`);
  parts.push(bytes);
  say("\n");
}

function blobOf(
  entry: Exclude<Entry, null | { readonly submodule: string }>,
): readonly [string, Buffer] {
  if (typeof entry === "string") return ["100644", Buffer.from(entry)];
  if (Buffer.isBuffer(entry)) return ["100644", entry];
  if ("link" in entry) return ["120000", Buffer.from(entry.link)];
  return [entry.mode, Buffer.from(entry.text)];
}
