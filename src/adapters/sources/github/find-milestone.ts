import { z } from "zod";
import { nearestName } from "../../../core/shared/nearest-name.ts";
import { UserError } from "../../../errors.ts";
import type { GitHubApi } from "./api.ts";

const Listed = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  open_issues: z.int(),
});
type Listed = z.output<typeof Listed>;

/** Titles shown when none fits. */
const SHOWN_MAX = 20;

/**
 * The number of the milestone with that title: exactly so, else whatever the case.
 * @throws UserError `source/not-found`, which lists the open ones; `source/ambiguous`.
 */
export async function findMilestone(
  api: GitHubApi,
  repository: string,
  title: string,
): Promise<number> {
  const all = await listMilestones(api, repository);
  const wanted = title.trim();
  const exact = all.find((milestone) => milestone.title === title || milestone.title === wanted);
  if (exact !== undefined) return exact.number;
  const alike = all.filter(({ title: known }) => known.toLowerCase() === wanted.toLowerCase());
  const [only, ...others] = alike;
  if (only === undefined)
    throw unknownMilestone(`"${wanted.slice(0, 80)}"`, repository, all, wanted);
  if (others.length === 0) return only.number;
  throw new UserError(
    "source/ambiguous",
    `Several milestones of ${repository} differ from "${wanted}" by case alone: ${alike.map(({ title: known }) => `"${known}"`).join(", ")}.`,
    { hints: ["Write the title as GitHub has it, or name it by number: cairn run milestone:3"] },
  );
}

/** The error for a milestone number that is not there. */
export async function noSuchMilestone(
  api: GitHubApi,
  repository: string,
  number: number,
): Promise<UserError> {
  return unknownMilestone(String(number), repository, await listMilestones(api, repository), null);
}

function listMilestones(api: GitHubApi, repository: string): Promise<readonly Listed[]> {
  const [owner, repo] = repository.split("/");
  return api.list("GET /repos/{owner}/{repo}/milestones", { owner, repo, state: "all" }, Listed);
}

function unknownMilestone(
  named: string,
  repository: string,
  all: readonly Listed[],
  typed: string | null,
): UserError {
  const open = all.filter(({ state }) => state === "open");
  const near =
    typed === null
      ? null
      : nearestName(
          typed,
          all.map(({ title }) => title),
        );
  const listed = open
    .slice(0, SHOWN_MAX)
    .map(
      ({ number, title, open_issues: count }) =>
        `${number}: "${title}", ${count === 1 ? "1 open issue" : `${count} open issues`}`,
    );
  const more = open.length > SHOWN_MAX ? [`and ${open.length - SHOWN_MAX} more`] : [];
  return new UserError("source/not-found", `There is no milestone ${named} in ${repository}.`, {
    hints: [
      ...(near === null ? [] : [`Did you mean "${near}"?`]),
      ...(open.length === 0
        ? [`${repository} has no open milestone. Name issues instead: cairn run 153 154`]
        : ["Open milestones:", ...listed, ...more]),
    ],
  });
}
