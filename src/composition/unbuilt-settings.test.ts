import { expect, test } from "vitest";
import { keyTable } from "../config/key-table.ts";
import { WITHOUT_EFFECT } from "./unbuilt-settings.ts";

/** Keys this version reads. A key that is in neither list would do nothing and say nothing. */
const READ: readonly string[] = [
  "version",
  "target",
  "target_policy",
  "mode",
  "profile",
  "parallel",
  "in_flight",
  "start",
  "barrier",
  "forge.kind",
  "forge.remote",
  "forge.api_url",
  "forge.webhook",
  "ci",
  "close",
  "labels",
  "land",
  "merge.update",
  "merge.train",
  "merge.medium",
  "merge.heavy",
  "merge.every_commit_green",
  "pull_request.draft",
  "pull_request.labels",
  "review.wait_for",
  "review.timeout",
  "branches.integration",
  "branches.task",
  "branches.existing",
  "branches.stale_after",
  "sources.milestones",
  "sources.dispatch",
  "sources.handoff",
  "planning.review",
  "planning.unmapped",
  "workspace.worktrees",
  "workspace.path",
  "workspace.bootstrap",
  "workspace.link",
  "workspace.keep",
  "workspace.max_age",
  "workspace.max_size",
  "agents.default",
  "agents.roles.planner",
  "agents.roles.implementer",
  "agents.roles.quality-reviewer",
  "agents.roles.fixer",
  "agents.roles.conflict-resolver",
  "agents.models",
  "agents.define",
  "agents.env",
  "agents.home",
  "agents.prompts",
  "agents.limits",
  "gates.pre_merge",
  "gates.post_merge",
  "gates.timeout",
  "gates.output",
  "gates.parallel",
  "baseline.require_green",
  "review.mode",
  "review.rounds",
  "fix_rounds",
  "merge.auto",
  "merge.method",
  "merge.delete_branch",
  "protected.branches",
  "protected.surfaces",
  "limits.attempts",
  "limits.retry",
  "limits.budget.session",
  "limits.budget.task",
  "limits.budget.run",
  "limits.budget.day",
  "limits.prices",
  "limits.unknown_cost",
  "secrets.values_from",
  "secrets.allow",
  "agents.roles.spec-reviewer",
  "agents.roles.test-checker",
  "coverage",
  "gates.autofix",
  "planning.follow_ups",
  "protected.sensitive",
  "review.test_quality",
  "stops",
  "tdd",
  "sandbox",
  "fleet",
];

function isIn(list: readonly string[], key: string): boolean {
  return list.some((one) => key === one || key.startsWith(`${one}.`));
}

test("every key is read, or named by doctor as without effect, never both", () => {
  const keys = keyTable().map((row) => row.key);
  expect(keys.filter((key) => !isIn(READ, key) && !isIn(WITHOUT_EFFECT, key))).toEqual([]);
  expect(keys.filter((key) => isIn(READ, key) && isIn(WITHOUT_EFFECT, key))).toEqual([]);
});

test("no list names a key that does not exist", () => {
  const keys = keyTable().map((row) => row.key);
  const unknown = [...READ, ...WITHOUT_EFFECT].filter(
    (one) => !keys.some((key) => isIn([one], key)),
  );
  expect(unknown).toEqual([]);
});
