import type { PlanLine } from "./task-headings.ts";

const FIELD = /^[^\p{L}\p{N}]*(?:(?:integration|milestone)\s+)?branch(?:\s+(?:name|strategy))?\b/iu;
const SECTION = /\bbranch(?:es|ing)?(?:\s+strategy)?\W*$/iu;
// A name with a placeholder in it (`milestone/m<X>`) is none.
const NAME = /(?<![\w/.-])milestone\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?![\w/<{*-])/gu;

/** The integration branch a plan names outside of its tasks: one plain `milestone/…` name, else null. */
export function planBranch(lines: readonly PlanLine[]): string | null {
  const names = new Set<string>();
  let inSection = false;
  for (const line of lines) {
    if (line.heading !== null) inSection = SECTION.test(line.heading.text);
    if (!inSection && !FIELD.test(line.text.slice(0, 200))) continue;
    for (const [name] of line.text.slice(0, 1000).matchAll(NAME)) {
      const plain = name.replace(/\.+$/u, "");
      if (isPlainBranch(plain)) names.add(plain);
    }
  }
  const [only] = names;
  return names.size === 1 && only !== undefined ? only : null;
}

/** `milestone/m4-workers`: a name that git takes and that can be no other branch's. */
export function isPlainBranch(name: string): boolean {
  return /^milestone\/[A-Za-z0-9][A-Za-z0-9._-]*$/u.test(name) && !/\.\.|\.lock$|\.$/u.test(name);
}
