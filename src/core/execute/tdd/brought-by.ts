import type { ChangedFile } from "../../review/stops/changed-file.ts";

/**
 * Whether a change brings what a test looked for and did not find: a module by its path, or a name that stands in the
 * changed source afterwards and did not before. `missing` is as the test program names it.
 */
export function isBroughtBy(missing: string, files: readonly ChangedFile[]): boolean {
  // A specifier may leave the ending out, and have a dot in its name.
  const wanted = [moduleOf(missing, false), moduleOf(missing, true)];
  const added = files.filter((file) => file.before === null);
  const paths = added.map((file) => moduleOf(file.path, true));
  if (paths.some((path) => wanted.some((words) => endsAlike(path, words)))) return true;
  const name = missing.split(/[^\p{L}\p{N}_$]+/u).findLast((part) => part !== "");
  if (name === undefined || /[/\\]/.test(missing)) return isDependency(missing, files);
  return files.some((file) => holds(file.after, name) && !holds(file.before, name));
}

/** A path, a file address or a dotted module, as parts; without the ending of a file where `isFile`. */
function moduleOf(words: string, isFile: boolean): readonly string[] {
  const plain = words.replace(/^file:\/\//, "").replace(/[?#].*$/, "");
  const isPath = /[/\\]/.test(plain);
  const parts = plain
    .split(isPath ? /[/\\]+/ : isFile ? /\// : /::|[./]/)
    .filter((part) => !/^(?:\.{0,2}|crate|self|super)$/.test(part));
  const last = parts.at(-1) ?? "";
  const whole = isFile ? [...parts.slice(0, -1), stem(last)] : parts;
  // A folder's own file is the folder.
  return /^(?:index|__init__|mod|main|lib)$/.test(whole.at(-1) ?? "") && whole.length > 1
    ? whole.slice(0, -1)
    : whole;
}

function stem(name: string): string {
  return name.replace(/(?:\.d)?\.[A-Za-z]\w{0,5}$/, "");
}

/** One is the end of the other: reports have whole paths, specifiers begin anywhere. */
function endsAlike(path: readonly string[], wanted: readonly string[]): boolean {
  if (path.length === 0 || wanted.length === 0) return false;
  const length = Math.min(path.length, wanted.length);
  return path.slice(-length).join("/") === wanted.slice(-length).join("/");
}

/** A package that the change adds to what the project needs. */
function isDependency(missing: string, files: readonly ChangedFile[]): boolean {
  const name = missing.startsWith("@")
    ? missing.split("/", 2).join("/")
    : (missing.split("/")[0] ?? "");
  if (name === "" || name.startsWith(".")) return false;
  return files.some(
    ({ path, before, after }) =>
      /(?:^|\/)(?:package\.json|pyproject\.toml|requirements[^/]*\.txt|Cargo\.toml|go\.mod)$/.test(
        path,
      ) &&
      after?.includes(name) === true &&
      before?.includes(name) !== true,
  );
}

function holds(text: string | null, name: string): boolean {
  if (text === null) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
    if (!/[\p{L}\p{N}_$]/u.test(around)) return true;
  }
  return false;
}
