import { beadsFollowUps } from "../adapters/sources/beads/beads-follow-ups.ts";
import { dispatchFollowUps } from "../adapters/sources/dispatch/dispatch-follow-ups.ts";
import { folderFollowUps } from "../adapters/sources/folder/folder-follow-ups.ts";
import { markdownFollowUps } from "../adapters/sources/markdown/markdown-follow-ups.ts";
import { specKitFollowUps } from "../adapters/sources/spec-kit/spec-kit-follow-ups.ts";
import { taskMasterFollowUps } from "../adapters/sources/task-master/task-master-follow-ups.ts";
import type { Issue, SourceReference } from "../core/plan/issue.ts";
import type { Run } from "../core/run/run.ts";
import type { FollowUpFiles } from "../ports/source.ts";

/**
 * How the files of a run's source take issues for what partial results left; null where the source is no file of the
 * repository that anybody may write: a service, or the list that a service was asked for.
 */
export function followUpFilesOf(run: Run): FollowUpFiles | null {
  if (run.plan === null) return null;
  const issues = [...run.plan.issues, ...[...run.tasks.values()].map(({ issue }) => issue)];
  return filesOf(run.plan.source, issues);
}

function filesOf(
  { kind, reference, truth }: SourceReference,
  issues: readonly Issue[],
): FollowUpFiles | null {
  switch (kind) {
    case "markdown":
      return markdownFollowUps(reference);
    case "folder":
      return folderFollowUps(reference, issues);
    case "spec-kit":
      return specKitFollowUps(reference);
    case "task-master":
      return taskMasterFollowUps(reference);
    case "beads":
      return beadsFollowUps(reference);
    case "dispatch": {
      const own = dispatchFollowUps(reference);
      return truth === undefined ? own : both(filesOf(truth, issues), truth, own);
    }
    case "github":
    case "json":
      return null;
  }
}

/** The source that a dispatch plan is made of names the issue and holds it; the plan says how it is to be run. */
function both(
  truth: FollowUpFiles | null,
  { kind }: SourceReference,
  own: FollowUpFiles,
): FollowUpFiles | null {
  // On a service the issue is made by then, under the name that the service gave it.
  if (truth === null) return kind === "github" ? { ...own, nameFor: () => null } : null;
  return {
    nameFor: (of, taken) => truth.nameFor(of, taken),
    edits: (followUp) => [...truth.edits(followUp), ...own.edits(followUp)],
  };
}
