import { isHardOn, type PlanEdge } from "./apply-corrections-checks.ts";
import { withEdges } from "./apply-corrections.ts";
import type { Correction } from "./corrections.ts";
import type { Plan } from "./plan.ts";
import { mayCollide, serialEdges } from "./unmapped.ts";

export interface SerialPlan {
  readonly plan: Plan;
  readonly added: readonly (PlanEdge & { readonly from: string })[];
}

/**
 * The safe choice where nobody can be asked: what may collide is put in a row, in merge order. Issues that a person
 * has called independent get no edge between them.
 */
export function serialisePlan(plan: Plan, said: readonly Correction[] = []): SerialPlan {
  if (!mayCollide(plan.issues)) return { plan: { ...plan, status: "ready" }, added: [] };
  // `all independent`: nobody is put in a row whom a person has just let go.
  if (said.some(({ kind }) => kind === "parallel"))
    return { plan: { ...plan, status: "ready" }, added: [] };
  const independent = said.flatMap((correction) =>
    correction.kind === "independent" ? [new Set(correction.keys)] : [],
  );
  const issues = new Map(plan.issues.map((issue) => [issue.key, issue]));
  const added = new Map<string, SerialPlan["added"][number]>();
  for (const [blocker, dependent, from] of serialEdges(plan.issues, plan.mergeOrder)) {
    if (independent.some((keys) => keys.has(blocker) && keys.has(dependent))) continue;
    if (issues.get(dependent)?.blockers.some(isHardOn(blocker)) === true) continue;
    const name = JSON.stringify([blocker, dependent]);
    if (!added.has(name)) added.set(name, { blocker, dependent, from });
  }
  const edges = [...added.values()];
  return { plan: { ...withEdges(plan, edges), status: "ready" }, added: edges };
}
