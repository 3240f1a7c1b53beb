import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { GitHubIssue, issueFragment } from "./api.ts";
import type { GitHubApi, KnownFields } from "./api.ts";

export interface Reading {
  readonly api: GitHubApi;
  /** `owner/repo` */
  readonly repository: string;
  readonly has: KnownFields;
}

export interface PullNamed {
  readonly number: number;
  readonly title: string;
}

export interface MilestoneRead {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly isClosed: boolean;
  readonly issues: readonly GitHubIssue[];
  readonly pulls: readonly PullNamed[];
  /** How many pull requests there are, when not all are named. */
  readonly pullCount: number;
}

/** Issues of one page: with their edges a page stays far below what GitHub works out for one query. */
const PAGE_SIZE = 50;
/** No milestone has as many; a service whose list never ends is not followed for ever. */
const PAGES_MAX = 400;
/** Issues asked for by number in one query. */
const ASKED_TOGETHER = 25;

const Pull = z.object({ number: z.int(), title: z.string() });
const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });
const MilestonePage = z.object({
  repository: z.object({
    milestone: z
      .object({
        number: z.int(),
        title: z.string(),
        url: z.string(),
        state: z.string(),
        issues: z.object({ pageInfo: PageInfo, nodes: z.array(GitHubIssue) }),
        pullRequests: z.object({ totalCount: z.int(), nodes: z.array(Pull) }),
      })
      .nullable(),
  }),
});

/** Reads a milestone with all its issues, page by page; null: there is none of that number. */
export async function readMilestone(
  { api, repository, has }: Reading,
  number: number,
): Promise<MilestoneRead | null> {
  const document = `query ($owner: String!, $name: String!, $number: Int!, $after: String) {
    repository(owner: $owner, name: $name) {
      milestone(number: $number) {
        number title url state
        issues(first: ${PAGE_SIZE}, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes { ...Work }
        }
        pullRequests(first: 20) { totalCount nodes { number title } }
      }
    }
  }
  ${issueFragment(has)}`;
  const [owner, name] = repository.split("/");
  const issues = new Map<number, GitHubIssue>();
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer: z.output<typeof MilestonePage> = await api.query(
      document,
      { owner, name, number, after },
      MilestonePage,
    );
    const { milestone } = answer.repository;
    if (milestone === null) return null;
    // An issue that moves while pages are read comes twice.
    for (const issue of milestone.issues.nodes) issues.set(issue.number, issue);
    const { hasNextPage, endCursor } = milestone.issues.pageInfo;
    after = endCursor;
    if (hasNextPage && after !== null) continue;
    const { title, url, state, pullRequests } = milestone;
    return {
      number: milestone.number,
      title,
      url,
      isClosed: state === "CLOSED",
      issues: [...issues.values()].toSorted((a, b) => a.number - b.number),
      pulls: pullRequests.nodes,
      pullCount: pullRequests.totalCount,
    };
  }
  throw new UserError(
    "github/unexpected",
    `The list of issues of milestone ${number} does not end.`,
  );
}

const Numbered = z.object({
  repository: z.record(
    z.string(),
    z.union([
      GitHubIssue.extend({ kind: z.literal("Issue") }),
      Pull.extend({ kind: z.literal("PullRequest") }),
      z.null(),
    ]),
  ),
});

/**
 * Reads issues by their numbers, in that order.
 * @throws UserError `source/not-found`, `source/pull-request`.
 */
export async function readNumbered(
  reading: Reading,
  numbers: readonly number[],
): Promise<readonly GitHubIssue[]> {
  const issues: GitHubIssue[] = [];
  for (let from = 0; from < numbers.length; from += ASKED_TOGETHER) {
    const asked = numbers.slice(from, from + ASKED_TOGETHER);
    try {
      issues.push(...(await readSome(reading, asked)));
    } catch (error) {
      // GraphQL refuses a query as a whole: which of them is not there is asked one by one.
      if (!(error instanceof UserError) || !error.code.startsWith("source/"))
        await findMissing(reading, numbers);
      throw error;
    }
  }
  return issues;
}

async function readSome(
  { api, repository, has }: Reading,
  numbers: readonly number[],
): Promise<readonly GitHubIssue[]> {
  const [owner, name] = repository.split("/");
  const asked = numbers.map(
    (number) => `i${number}: issueOrPullRequest(number: ${number}) {
      kind: __typename ...Work ... on PullRequest { number title }
    }`,
  );
  const document = `query ($owner: String!, $name: String!) {
    repository(owner: $owner, name: $name) { ${asked.join("\n")} }
  }
  ${issueFragment(has)}`;
  const answer = await api.query(document, { owner, name }, Numbered);
  const found = numbers.map((number) => answer.repository[`i${number}`] ?? null);
  const missing = numbers.filter((_, index) => found[index] === null);
  if (missing.length > 0) throw notFound(missing, repository);
  const pulls = found.flatMap((one) => (one?.kind === "PullRequest" ? [one.number] : []));
  if (pulls.length > 0) throw arePulls(pulls, repository);
  return found.flatMap((one) => (one?.kind === "Issue" ? [one] : []));
}

const Found = z.object({ pull_request: z.unknown().optional() });

async function findMissing(
  { api, repository }: Reading,
  numbers: readonly number[],
): Promise<void> {
  const [owner, repo] = repository.split("/");
  const missing: number[] = [];
  const pulls: number[] = [];
  for (const number of numbers) {
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
    const found = await api.find(route, { owner, repo, issue_number: number }, Found);
    if (found === null) missing.push(number);
    else if (found.pull_request !== undefined) pulls.push(number);
  }
  if (missing.length > 0) throw notFound(missing, repository);
  if (pulls.length > 0) throw arePulls(pulls, repository);
}

function notFound(missing: readonly number[], repository: string): UserError {
  const names = missing.map((number) => `#${number}`).join(", ");
  return new UserError(
    "source/not-found",
    `${missing.length === 1 ? "Issue" : "Issues"} ${names} not found in ${repository}.`,
    { hints: [`See what there is: gh issue list --repo ${repository}`] },
  );
}

function arePulls(pulls: readonly number[], repository: string): UserError {
  const names = pulls.map((number) => `#${number}`).join(", ");
  const what = pulls.length === 1 ? "is a pull request, no issue" : "are pull requests, no issues";
  return new UserError("source/pull-request", `${names} of ${repository} ${what}.`, {
    hints: ["Name the issue that it is for, or leave it out."],
  });
}
