// What the checks and statuses of a commit say together.
import type { CheckRun, Hub, Status } from "./hub.ts";

/** The newest run of each name and app on a commit, in the order they began. */
export function checksOf(hub: Hub, sha: string): readonly CheckRun[] {
  const runs = [...hub.checks.values()].filter((run) => run.sha === sha);
  return [...new Map(runs.map((run) => [`${run.app} ${run.name}`, run])).values()];
}

/** The newest status of each context on a commit. */
export function statusesOf(hub: Hub, sha: string): readonly Status[] {
  const all = hub.statuses.filter((status) => status.sha === sha);
  return [...new Map(all.map((status) => [status.context, status])).values()];
}

type End = NonNullable<CheckRun["conclusion"]> | Status["state"];

const GREEN: ReadonlySet<End> = new Set<End>(["success", "neutral", "skipped"]);

function endOf(run: CheckRun): End {
  return run.status === "completed" ? (run.conclusion ?? "failure") : "pending";
}

function sum(ends: readonly End[]): "SUCCESS" | "PENDING" | "FAILURE" | null {
  if (ends.length === 0) return null;
  if (ends.some((one) => one !== "pending" && !GREEN.has(one))) return "FAILURE";
  return ends.includes("pending") ? "PENDING" : "SUCCESS";
}

/** Anything red, else anything under way, else green; null: nothing was reported. */
export function rollupState(hub: Hub, sha: string): "SUCCESS" | "PENDING" | "FAILURE" | null {
  return sum([
    ...checksOf(hub, sha).map((run) => endOf(run)),
    ...statusesOf(hub, sha).map((status) => status.state),
  ]);
}

/** The same of one required context; null: it was never reported. */
export function contextState(
  hub: Hub,
  sha: string,
  context: string,
): "SUCCESS" | "PENDING" | "FAILURE" | null {
  return sum([
    ...checksOf(hub, sha).flatMap((run) => (run.name === context ? [endOf(run)] : [])),
    ...statusesOf(hub, sha).flatMap((one) => (one.context === context ? [one.state] : [])),
  ]);
}

/** One workflow run for each commit, named after its first check; null: no workflow ran there. */
export function workflowRun(
  hub: Hub,
  sha: string,
): { readonly id: number; readonly jobs: readonly CheckRun[] } | null {
  const jobs = [...hub.checks.values()].filter(
    (run) => run.sha === sha && run.app === "github-actions",
  );
  const [first] = jobs;
  return first === undefined ? null : { id: first.id, jobs };
}
