import { z } from "zod";
import type { ChangedFile } from "./changed-file.ts";
import { tomlEntries, tomlTexts } from "./licence/toml-lines.ts";
import { isLockWithLicences } from "./licence/lock-licences.ts";
import { plainName } from "./plain-name.ts";

/** Package -> the version that is asked for, as it is written. */
type Wanted = ReadonlyMap<string, string>;

/** So many are told in a question; who wants them all has the change itself. */
const WORDS_MAX = 5;

/** What a change adds, removes or bumps, one sentence each, for whoever is asked about its manifests. */
export function dependencyWords(changes: readonly ChangedFile[]): readonly string[] {
  const words = changes.flatMap((change) => {
    const { path, before, after } = change;
    const isUnread = after === null && before === null && (change.added ?? 0) > 0;
    if (isUnread && isLockWithLicences(path))
      return [`${path} is too long to be read: the licences in it were not looked at.`];
    const [old, now] = [wantedBy(path, before), wantedBy(path, after)];
    return old === null || now === null ? [] : compare(path, old, now);
  });
  const more = words.length - WORDS_MAX;
  return more > 0 ? [...words.slice(0, WORDS_MAX), `And ${more} more.`] : words;
}

function compare(path: string, old: Wanted, now: Wanted): readonly string[] {
  const words: string[] = [];
  for (const [name, version] of now) {
    const was = old.get(name);
    if (was === undefined) words.push(`${path} adds ${name} ${version}`);
    else if (was !== version)
      words.push(`${path} changes ${name} from ${was || "any"} to ${version || "any"}`);
  }
  for (const [name, version] of old)
    if (!now.has(name)) words.push(`${path} removes ${name} ${version}`);
  return words.map((sentence) => `${plainName(sentence)}.`);
}

/** Null: no manifest, or one that cannot be read. */
function wantedBy(path: string, text: string | null): Wanted | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const read =
    name === "package.json"
      ? fromPackageJson
      : name === "pyproject.toml"
        ? fromPyproject
        : name === "Cargo.toml"
          ? fromCargo
          : name === "go.mod"
            ? fromGoMod
            : /^requirements.*\.(?:txt|in)$/u.test(name)
              ? fromRequirements
              : null;
  if (read === null) return null;
  return text === null ? new Map() : read(text);
}

const Versions = z.record(z.string(), z.string()).optional().catch(undefined);
const PackageJson = z.object({
  dependencies: Versions,
  devDependencies: Versions,
  peerDependencies: Versions,
  optionalDependencies: Versions,
});

function fromPackageJson(text: string): Wanted | null {
  try {
    const manifest = PackageJson.safeParse(JSON.parse(text));
    return manifest.success
      ? new Map(Object.values(manifest.data).flatMap((versions) => Object.entries(versions ?? {})))
      : null;
  } catch {
    return null;
  }
}

/** `name[extra]>=1,<2; marker` */
function requirement(line: string): readonly (readonly [string, string])[] {
  const found = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)/u.exec(line.trim());
  if (found === null) return [];
  return [[(found[1] ?? "").toLowerCase().replaceAll(/[-_.]+/gu, "-"), (found[2] ?? "").trim()]];
}

function fromRequirements(text: string): Wanted {
  return new Map(
    text.split("\n").flatMap((line) => requirement(line.replace(/\s--hash=.*$/u, ""))),
  );
}

function fromPyproject(text: string): Wanted {
  const entries = tomlEntries(text);
  return new Map(
    entries.flatMap(({ table, key, value }) => {
      const isList =
        (table === "project" && key === "dependencies") ||
        table === "project.optional-dependencies" ||
        table === "dependency-groups";
      if (isList) return tomlTexts(value).flatMap((line) => requirement(line));
      const isPoetry = /^tool\.poetry\.(?:group\.[\w-]+\.)?(?:dev-)?dependencies$/u.test(table);
      return isPoetry && key !== "python" ? [[key, versionIn(value)] as const] : [];
    }),
  );
}

function fromCargo(text: string): Wanted {
  const wanted = new Map<string, string>();
  for (const { table, key, value } of tomlEntries(text)) {
    if (/(?:^|\.)(?:dev-|build-)?dependencies$/u.test(table))
      wanted.set(key.replace(/\.workspace$/u, ""), versionIn(value));
    const own = /(?:^|\.)(?:dev-|build-)?dependencies\.([\w-]+)$/u.exec(table);
    if (own !== null && (key === "version" || !wanted.has(own[1] ?? "")))
      wanted.set(own[1] ?? "", key === "version" ? versionIn(value) : "");
  }
  return wanted;
}

/** `"1.2"`, or what a table says: `{ version = "1.2", features = […] }`, `{ git = "…" }`. */
function versionIn(value: string): string {
  const version = /\bversion\s*=\s*["']([^"']*)["']/u.exec(value)?.[1];
  if (version !== undefined) return version;
  return value.startsWith("{") ? value.replaceAll(/\s+/gu, " ") : (tomlTexts(value)[0] ?? "");
}

function fromGoMod(text: string): Wanted {
  const wanted = new Map<string, string>();
  let block = "";
  for (const raw of text.split("\n")) {
    const [line = ""] = raw.split("//");
    const words = line.trim().split(/\s+/u);
    if (words.length === 2 && words[1] === "(") block = words[0] ?? "";
    else if (words[0] === ")") block = "";
    const [name, version] =
      words[0] === "require" ? words.slice(1) : block === "require" ? words : [];
    if (name !== undefined && version?.startsWith("v") === true) wanted.set(name, version);
  }
  return wanted;
}
