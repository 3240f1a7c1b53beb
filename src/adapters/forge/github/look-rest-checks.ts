import { z } from "zod";
import type { CheckFact } from "../../../core/review/forge/facts.ts";
import { asCheckState } from "../../../core/review/ci-status.ts";
import type { CommitSha } from "../../../core/shared/names.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";
import { ACTIONS, excerptOf, statusOf } from "./look-checks.ts";
import type { JobLogs } from "./look-logs.ts";

/** What a token without the permission for checks may still read of a commit. */
export interface RestChecks {
  /** Null: nothing at all; `refused` has GitHub's words. */
  readonly checks: readonly CheckFact[] | null;
  readonly refused: string | null;
}

const Runs = z.object({
  workflow_runs: z.array(
    z.object({ id: z.int(), workflow_id: z.int().nullish(), event: z.string() }),
  ),
});
const Jobs = z.object({
  jobs: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      head_sha: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      html_url: z.string().nullish(),
    }),
  ),
});
const Statuses = z.object({
  statuses: z.array(
    z.object({
      context: z.string(),
      state: z.string(),
      description: z.string().nullish(),
      target_url: z.string().nullish(),
    }),
  ),
});

/**
 * Jobs of Actions and commit statuses of a commit: fine-grained tokens may read no check runs. Which of them the branch
 * demands is not said here.
 */
export async function restChecksOf(
  context: ForgeContext,
  sha: CommitSha,
  logs: JobLogs,
): Promise<RestChecks> {
  const refusals: string[] = [];
  const unlessRefused = async <T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await read();
    } catch (error) {
      const failure = httpFailure(error);
      if (failure?.status !== 403 && failure?.status !== 404) throw error;
      refusals.push(failure.message);
      return [];
    }
  };
  const jobs = await unlessRefused(() => jobsOf(context, sha, logs));
  const statuses = await unlessRefused(() => statusesOf(context, sha));
  if (refusals.length === 2) return { checks: null, refused: refusals.join(" ") };
  return { checks: [...jobs, ...statuses], refused: null };
}

async function jobsOf(
  { client, at }: ForgeContext,
  sha: CommitSha,
  logs: JobLogs,
): Promise<readonly CheckFact[]> {
  const asked = { ...at, head_sha: sha, per_page: 100 };
  const { workflow_runs: runs } = await client.get(`GET ${REPOSITORY}/actions/runs`, asked, Runs);
  // The newest come first: a workflow that ran again for the same reason counts once.
  const newest = new Map<string, number>();
  for (const { id, workflow_id: workflow, event } of runs) {
    const key = `${workflow ?? id} ${event}`;
    if (!newest.has(key)) newest.set(key, id);
  }
  const facts: CheckFact[] = [];
  for (const run of newest.values()) {
    const route = `GET ${REPOSITORY}/actions/runs/{run_id}/jobs`;
    const { jobs } = await client.get(route, { ...at, run_id: run, per_page: 100 }, Jobs);
    for (const job of jobs.filter(({ head_sha: head }) => head === sha))
      facts.push(await jobFact(job, logs));
  }
  return facts;
}

async function jobFact(
  job: z.output<typeof Jobs>["jobs"][number],
  logs: JobLogs,
): Promise<CheckFact> {
  const isOver = job.status === "completed";
  const conclusion = isOver ? (job.conclusion ?? "failure") : job.status;
  const state = isOver ? asCheckState(conclusion) : "pending";
  const log = state === "failed" ? await logs.endOf(job.id) : "";
  return {
    name: job.name,
    source: "job",
    app: ACTIONS,
    isRequired: null,
    state,
    conclusion,
    url: job.html_url ?? null,
    title: null,
    excerpt: excerptOf([], [], log),
    annotations: [],
  };
}

async function statusesOf(
  { client, at }: ForgeContext,
  sha: CommitSha,
): Promise<readonly CheckFact[]> {
  const route = `GET ${REPOSITORY}/commits/{ref}/status`;
  const { statuses } = await client.get(route, { ...at, ref: sha, per_page: 100 }, Statuses);
  return statuses.map(({ context, state, description, target_url: url }) =>
    statusOf({
      context,
      state,
      isRequired: null,
      description: description ?? null,
      url: url ?? null,
    }),
  );
}
