import { z } from "zod";
import type { DesiredIssue } from "../../../core/plan/create-plan.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { CreateRequest, IssueCreated } from "./create-issues.ts";
import { blockersOf, unlessThere, type RepositoryAt } from "./created-issues.ts";
import { REPOSITORY } from "./forge-context.ts";

/** GitHub takes no more for one issue; the rest is said by its text. */
export const EDGES_MAX = 50;

/** An issue as it is there by now; a dry run has no ids and numbers of new ones. */
export interface Placed {
  readonly desired: DesiredIssue;
  /** In the database, which is what edges are made of. */
  readonly id: number | null;
  readonly number: number;
  readonly url: string | null;
  readonly outcome: IssueCreated["outcome"];
  /** It may have edges already. */
  readonly hasBlockers: boolean;
}

/** Adds what the issue waits for and the forge does not know yet; answers the keys. */
export async function makeEdges(
  request: CreateRequest,
  issue: Placed,
  placed: ReadonlyMap<TaskKey, Placed>,
): Promise<readonly TaskKey[]> {
  const { dryRun, hasEdges, onStep } = request;
  if (!hasEdges || issue.outcome === "closed") return [];
  const wanted = issue.desired.blockers
    .flatMap((blocker) => (blocker.strength === "hard" ? (placed.get(blocker.key) ?? []) : []))
    .slice(0, EDGES_MAX);
  const there =
    issue.hasBlockers && wanted.length > 0 ? await blockersOf(request, issue.number) : new Set();
  const missing = wanted.filter(({ id }) => id === null || !there.has(id));
  for (const { id, desired } of missing) {
    if (dryRun || id === null) continue;
    onStep?.(`${issue.desired.key} waits for ${desired.key}`);
    await makeEdge(request, issue.number, id);
  }
  return missing.map(({ desired }) => desired.key);
}

/** `number` waits for the issue of that id; one that does already is left as it is. */
export async function makeEdge(request: RepositoryAt, number: number, id: number): Promise<void> {
  const { client, at } = request;
  const route = `POST ${REPOSITORY}/issues/{issue_number}/dependencies/blocked_by`;
  await unlessThere(
    async () => ((await blockersOf(request, number)).has(id) ? true : null),
    (look) =>
      client.write(
        route,
        { ...at, issue_number: number, issue_id: id },
        z.unknown().transform(() => true),
        look,
      ),
  );
}
