import { z } from "zod";
import type { ChangedFile } from "../changed-file.ts";
import { isLockWithLicences, lockedLicences } from "./lock-licences.ts";
import { isAllowed, parseSpdx } from "./spdx.ts";
import { tomlEntries, tomlTexts } from "./toml-lines.ts";

/** One thing a change does to what may be done with the code. */
export interface LicenceChange {
  readonly kind: "restrictive" | "permissive";
  readonly path: string;
  readonly what: string;
}

const LICENCE_FILE = /(?:^|\/)(?:UN)?(?:LICEN[CS]E|COPYING)(?:[-_.][\w.-]*)?$/iu;
const SOURCE_ENDING = /\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|json|ya?ml|html|css|snap)$/u;

/** How the texts of common licences begin, or what only they say. */
const KNOWN_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/gnu affero general public license/iu, "AGPL-3.0"],
  [/gnu lesser general public license/iu, "LGPL-3.0"],
  [/gnu general public license/iu, "GPL-3.0"],
  [/mozilla public license/iu, "MPL-2.0"],
  [/apache license\s+version 2\.0/iu, "Apache-2.0"],
  [/permission is hereby granted, free of charge, to any person obtaining a copy/iu, "MIT"],
  [
    /permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose with or without fee/iu,
    "ISC",
  ],
  [/neither the name of[^.]{0,200}nor the names of its/iu, "BSD-3-Clause"],
  [/redistributions in binary form must reproduce/iu, "BSD-2-Clause"],
];

/**
 * Licences a change brings in or changes. Restrictive is whatever `allowed` does not allow, words that nobody can read
 * included, since without a licence nothing is permitted; and any change of the project's own, since it is a decision.
 * A package whose lock entry names no licence is not judged.
 */
export function licenceChanges(
  changes: readonly ChangedFile[],
  allowed: readonly string[],
): readonly LicenceChange[] {
  return changes.flatMap((change) => {
    if (isLockWithLicences(change.path)) return lockChanges(change, allowed);
    if (LICENCE_FILE.test(change.path) && !SOURCE_ENDING.test(change.path))
      return textChanges(change, allowed);
    return ownLicenceChanges(change, allowed);
  });
}

function lockChanges(change: ChangedFile, allowed: readonly string[]): readonly LicenceChange[] {
  const { path, before, after } = change;
  const old = lockedLicences(path, before);
  return [...lockedLicences(path, after)].flatMap(([name, licence]) => {
    if (old.get(name) === licence) return [];
    return [{ kind: kindOf(licence, allowed), path, what: `${name} (${licence})` }];
  });
}

function textChanges(change: ChangedFile, allowed: readonly string[]): readonly LicenceChange[] {
  const { path, before, after } = change;
  // A new year or holder is no new licence.
  if (before !== null && after !== null && wordsOf(before) === wordsOf(after)) return [];
  if (change.added === 0 && change.deleted === 0) return [];
  const known = KNOWN_TEXTS.find(([pattern]) => pattern.test(after ?? ""))?.[1] ?? null;
  const name = after === null ? "no licence" : (known ?? "words of its own");
  const isNew = before === null && change.deleted === 0;
  const kind = isNew && known !== null ? kindOf(known, allowed) : "restrictive";
  return [
    { kind, path, what: `${isNew ? "a new licence file" : "the licence file became"}: ${name}` },
  ];
}

function wordsOf(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\W*(?:copyright|©|\(c\)|spdx-filecopyrighttext)/iu.test(line.trim()))
    .join(" ")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}.]+/gu, " ")
    .trim();
}

function ownLicenceChanges(
  change: ChangedFile,
  allowed: readonly string[],
): readonly LicenceChange[] {
  const { path, before, after } = change;
  if (after === null) return [];
  const is = ownLicence(path, after);
  const was = before === null ? null : ownLicence(path, before);
  if (is === was) return [];
  const what = `the package's own licence became ${is ?? "none"}${was === null ? "" : ` instead of ${was}`}`;
  return [{ kind: was === null && is !== null ? kindOf(is, allowed) : "restrictive", path, what }];
}

const Manifest = z.object({
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]),
});

function ownLicence(path: string, text: string): string | null {
  if (/(?:^|\/)package\.json$/u.test(path)) {
    try {
      const manifest = Manifest.safeParse(JSON.parse(text));
      return manifest.success ? manifest.data.license : null;
    } catch {
      return null;
    }
  }
  const tables = /(?:^|\/)Cargo\.toml$/u.test(path)
    ? ["package", "workspace.package"]
    : /(?:^|\/)pyproject\.toml$/u.test(path)
      ? ["project", "tool.poetry"]
      : [];
  if (tables.length === 0) return null;
  const found = tomlEntries(text).find(
    ({ table, key }) => key === "license" && tables.includes(table),
  );
  return found === undefined ? null : (tomlTexts(found.value)[0] ?? null);
}

function kindOf(licence: string, allowed: readonly string[]): LicenceChange["kind"] {
  const expression = parseSpdx(licence);
  return expression !== null && isAllowed(expression, allowed) ? "permissive" : "restrictive";
}
