import type { Issue } from "./issue.ts";

/** Answers which issue of a list is called so; undefined for none, and for a title that several have. */
export type FindName = (name: string) => number | undefined;

/** Keys first, then numbers, then titles; capitals do not count. */
export function namesOf(issues: readonly Pick<Issue, "key" | "number" | "title">[]): FindName {
  const names = new Map<string, number>();
  const titles = new Map<string, number | null>();
  const add = (name: string, index: number): void => {
    const normal = normalise(name);
    if (!names.has(normal)) names.set(normal, index);
  };
  for (const [index, { key }] of issues.entries()) add(key, index);
  for (const [index, { number }] of issues.entries()) {
    add(number, index);
    add(`#${number}`, index);
  }
  for (const [index, { title }] of issues.entries()) {
    const normal = normalise(title);
    titles.set(normal, titles.has(normal) ? null : index);
  }
  return (name) => {
    const normal = normalise(name);
    return names.get(normal) ?? titles.get(normal) ?? undefined;
  };
}

function normalise(name: string): string {
  return name.trim().replaceAll(/\s+/gu, " ").toLowerCase();
}
