import { UserError } from "../../../errors.ts";

/** What of a repository is to be brought home. */
export type GitHubReference =
  | { readonly kind: "title"; readonly title: string }
  | { readonly kind: "milestone"; readonly number: number }
  | { readonly kind: "issues"; readonly numbers: readonly number[] };

/** The reference of a milestone as a person names it: its title, or `milestone:3`. */
export function milestoneReference(title: string): string {
  return /^milestone:\d{1,9}$/iu.test(title)
    ? title.toLowerCase()
    : `milestone ${JSON.stringify(title)}`;
}

/** The reference of issues, in the order they were named. */
export function issuesReference(numbers: readonly (string | number)[]): string {
  return `issues ${numbers.join(",")}`;
}

/**
 * Reads what `milestoneReference` and `issuesReference` write, and what an answer of this source is called:
 * `ada/mill milestone 3`, `ada/mill issues 153,154`.
 * @throws UserError `source/bad-reference`, `source/other-repository`.
 */
export function parseReference(written: string, repository: string): GitHubReference {
  const whole = /^([\w-]+\/[\w.-]+) (.+)$/su.exec(written);
  const [, named, rest] = whole ?? [];
  if (named !== undefined && named.toLowerCase() !== repository.toLowerCase()) {
    throw new UserError(
      "source/other-repository",
      `This repository is ${repository}; the issues are those of ${named}.`,
      { hints: [`Run it in a clone of ${named}.`] },
    );
  }
  const said = rest ?? written;
  const title = /^milestone (".*")$/su.exec(said)?.[1];
  if (title !== undefined) return { kind: "title", title: parseTitle(title, written) };
  const number = /^milestone[: ](\d{1,9})$/u.exec(said)?.[1];
  if (number !== undefined) return { kind: "milestone", number: Number(number) };
  const numbers = /^issues (\d{1,9}(?:,\d{1,9})*)$/u.exec(said)?.[1];
  if (numbers === undefined) throw unreadable(written);
  return { kind: "issues", numbers: [...new Set(numbers.split(",").map(Number))] };
}

function parseTitle(quoted: string, written: string): string {
  try {
    const title: unknown = JSON.parse(quoted);
    if (typeof title === "string") return title;
  } catch {
    // Said below.
  }
  throw unreadable(written);
}

function unreadable(written: string): UserError {
  return new UserError(
    "source/bad-reference",
    `This names neither a milestone nor issues of GitHub: ${written.slice(0, 100)}`,
    { hints: ['Name a milestone by its title: cairn run "Phase 1". Or issues: cairn run 153 154'] },
  );
}
