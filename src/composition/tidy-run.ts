import { openRepository } from "../adapters/git/git-repository.ts";
import type { Run } from "../core/run/run.ts";
import { COMMITTER } from "./session-environment.ts";

export interface TidyRequest {
  readonly root: string;
  readonly cairnFolder: string;
  readonly worktreesFolder: string;
  readonly keep: "failed" | "all" | "none";
}

/** What a run that is over leaves behind: the workspaces of failed, cancelled and skipped tasks, named in the report. */
export async function tidyRun(run: Run, request: TidyRequest): Promise<void> {
  if (request.keep === "all") return;
  const repository = await openRepository({ ...request, run: run.id, committer: COMMITTER });
  try {
    const kept = new Set<string>();
    for (const task of run.tasks.values()) {
      if (task.workspace !== null && task.status !== "merged") kept.add(task.workspace.slot);
    }
    const used = new Set(
      [...run.tasks.values()].flatMap((task) =>
        task.workspace === null ? [] : [task.workspace.slot],
      ),
    );
    for (const slot of ["gate", ...used]) {
      // `none` is for those who look at branches, not folders; uncommitted work stays even then.
      if (!kept.has(slot)) await repository.removeWorkspace(slot);
    }
    for (const task of run.tasks.values()) {
      if (task.status === "merged" && task.head !== null)
        await repository.deleteBranch(task.branch, task.head);
    }
    // The target has it: the branch where the milestone met has done its work.
    if (
      run.landed !== null &&
      run.integration !== null &&
      run.settings.integrationBranch !== run.settings.target
    ) {
      await repository.deleteBranch(run.settings.integrationBranch, run.integration.head);
    }
  } finally {
    await repository.close();
  }
}
