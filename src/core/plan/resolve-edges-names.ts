import type { Issue } from "./issue.ts";

/** Answers which issue a reference means, for a text that stands in another one; undefined for none of the plan. */
export type FindIssue = (reference: string, from: Issue) => number | undefined;

/** Knows every way an issue may be called. Keys first: an alias never hides a key. */
export function finderOf(issues: readonly Issue[], home: string | null = null): FindIssue {
  const names = new Map<string, number>();
  const add = (name: string, index: number): void => {
    const normal = normalise(name);
    if (!names.has(normal)) names.set(normal, index);
  };
  const repositories = issues.map((issue) => repositoryOf(issue.url) ?? homeOf(issue, home));
  for (const [index, issue] of issues.entries()) add(issue.key, index);
  for (const [index, issue] of issues.entries()) {
    add(issue.number, index);
    add(`#${issue.number}`, index);
    const repository = repositories[index];
    if (repository !== null) add(`${repository}#${issue.number}`, index);
  }
  const isMixed = new Set(repositories.filter((name) => name !== null).map(normalise)).size > 1;
  return (reference, from) => {
    const name = normalise(reference);
    const repository =
      isMixed && /^#\d/u.test(name) ? (repositoryOf(from.url) ?? homeOf(from, home)) : null;
    // Among several repositories a bare number means the one of the text that it stands in.
    return names.get(repository === null ? name : normalise(`${repository}${name}`));
  };
}

/** Only what has a number of a forge can be at home there. */
function homeOf(issue: Issue, home: string | null): string | null {
  return /^#\d/u.test(issue.key) ? home : null;
}

function normalise(name: string): string {
  return name.trim().toLowerCase();
}

/** `owner/repo` of an issue's address; null for anything else. */
function repositoryOf(url: string | null): string | null {
  return (
    /^https?:\/\/[^/]+\/((?:[\w.-]+\/){1,4}?[\w.-]+)\/(?:-\/)?(?:issues|pull)\//u.exec(
      url ?? "",
    )?.[1] ?? null
  );
}
