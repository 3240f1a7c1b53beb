import { z } from "zod";
import { parseIssueMark, type IssueMark } from "../../../core/plan/create-plan.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { GitHubClient } from "./client.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY } from "./forge-context.ts";

/** A repository and the client that reaches it. */
export interface RepositoryAt {
  readonly client: GitHubClient;
  readonly at: { readonly owner: string; readonly repo: string };
}

export const MilestoneSchema = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  html_url: z.string(),
});
export type MilestoneThere = z.output<typeof MilestoneSchema>;

export const IssueSchema = z
  .object({
    id: z.int(),
    number: z.int(),
    title: z.string(),
    body: z.string().nullish(),
    state: z.enum(["open", "closed"]),
    html_url: z.string(),
    labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
    pull_request: z.unknown().optional(),
    // Older services have no such edges.
    issue_dependencies_summary: z.object({ total_blocked_by: z.int() }).nullish(),
  })
  .transform((read) => ({
    id: read.id,
    number: read.number,
    title: read.title,
    body: read.body ?? "",
    state: read.state,
    url: read.html_url,
    labels: read.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
    isPullRequest: read.pull_request !== undefined && read.pull_request !== null,
    blockers: read.issue_dependencies_summary?.total_blocked_by ?? 0,
  }));
export type IssueThere = z.output<typeof IssueSchema>;

/** The milestone with exactly that title, open or closed; null: there is none. */
export async function findMilestone(
  { client, at }: RepositoryAt,
  title: string,
): Promise<MilestoneThere | null> {
  const route = `GET ${REPOSITORY}/milestones`;
  const all = await client.list(route, { ...at, state: "all" }, MilestoneSchema);
  return all.find((one) => one.title === title) ?? null;
}

/** Issues of a milestone: those that Cairn made by their key, and the others. */
export interface IssuesThere {
  readonly made: ReadonlyMap<TaskKey, IssueThere & { readonly mark: IssueMark }>;
  readonly others: readonly IssueThere[];
}

/** Of several with one key the oldest counts: the others were copied from it. */
export async function issuesOf(
  { client, at }: RepositoryAt,
  milestone: number,
): Promise<IssuesThere> {
  const route = `GET ${REPOSITORY}/issues`;
  const asked = { ...at, milestone: String(milestone), state: "all" };
  const read = await client.list(route, asked, IssueSchema);
  const made = new Map<TaskKey, IssueThere & { mark: IssueMark }>();
  const others: IssueThere[] = [];
  for (const issue of read.toSorted((a, b) => a.number - b.number)) {
    if (issue.isPullRequest) continue;
    const mark = parseIssueMark(issue.title, issue.body);
    if (mark === null) others.push(issue);
    else if (!made.has(mark.key)) made.set(mark.key, { ...issue, mark });
  }
  return { made, others };
}

/** Database ids of what an issue waits for by edges of the forge. */
export async function blockersOf(
  { client, at }: RepositoryAt,
  number: number,
): Promise<ReadonlySet<number>> {
  const route = `GET ${REPOSITORY}/issues/{issue_number}/dependencies/blocked_by`;
  const asked = { ...at, issue_number: number };
  const read = await client.list(route, asked, z.object({ id: z.int() }));
  return new Set(read.map(({ id }) => id));
}

/** A refusal because it is there already is none: somebody, or an earlier try, has made it. */
export async function unlessThere<T>(
  look: () => Promise<T | null>,
  make: (look: () => Promise<T | null>) => Promise<T>,
): Promise<T> {
  try {
    return await make(look);
  } catch (error) {
    if (httpFailure(error)?.status !== 422) throw error;
    const found = await look();
    if (found === null) throw error;
    return found;
  }
}
