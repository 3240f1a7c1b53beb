import type { TaskKey } from "../../core/shared/names.ts";

/**
 * `4.1` is followed by `4.1b`, `4.1b` by `4.1c`: the first letter behind the key that none of `taken` has, capitals
 * aside. A key that ends as a word gets it behind `joint`. Null: the alphabet is used up.
 */
export function nextLetterKey(
  key: TaskKey,
  taken: ReadonlySet<TaskKey>,
  joint = "-",
): TaskKey | null {
  const known = new Set([...taken].map((one) => one.toLowerCase()));
  const own = /^(.*\d)([a-y])$/iu.exec(key);
  const stem = own?.[1] ?? (/\d$/u.test(key) ? key : `${key}${joint}`);
  const from = own?.[2]?.toLowerCase() ?? "a";
  for (let code = from.charCodeAt(0) + 1; code <= LAST; code += 1) {
    const next = `${stem}${String.fromCharCode(code)}`;
    if (!known.has(next.toLowerCase())) return next;
  }
  return null;
}

const LAST = "z".charCodeAt(0);
