import type { CulpritSearch } from "../run/merge-events.ts";
import type { Run } from "../run/run.ts";
import type { Block } from "./sections.ts";
import { shortCommit } from "./words.ts";

type Failed = NonNullable<Run["verifyFailed"]>;

/** What is wrong with the whole, since when, and what a person can do; one paragraph. */
export function redWholeWords(run: Run, failed: Failed): string {
  const { commit, results, culprit, search, why } = failed;
  if (results.length === 0 && why !== undefined)
    return `The integration test could not be run: ${why}`;
  const red = results.filter((result) => !result.ok).map((result) => result.name);
  const { integrationBranch: branch } = run.settings;
  const what = `The integration test failed on ${branch} at ${shortCommit(commit)}: ${red.join(", ") || "no gate named"}.`;
  return [what, sinceWhen(run, culprit, search, why), wayOut(run, culprit)].join(" ").trim();
}

function sinceWhen(
  run: Run,
  culprit: string | null,
  search: CulpritSearch | undefined,
  why: string | undefined,
): string {
  if (culprit !== null) return `Red since ${culprit} was merged${asCommit(run, culprit)}.`;
  if (search !== undefined) return search.why;
  return why === undefined ? "" : `Which merge broke it could not be looked for: ${why}`;
}

/** Nobody takes anything back, or adds a task that mends it, without a person's word. */
function wayOut(run: Run, culprit: string | null): string {
  const mend = `mend it on ${run.settings.integrationBranch}, by hand or with an agent of your own, then: cairn resume.`;
  if (culprit === null || !mayRevert(run, culprit)) return `To go on, ${mend}`;
  return `To go on: cairn revert ${culprit}. Or ${mend}`;
}

function asCommit(run: Run, key: string): string {
  const commit = run.tasks.get(key)?.mergedCommit ?? null;
  return commit === null ? "" : ` (${shortCommit(commit)})`;
}

/** True where `cairn revert` takes it back: merged by this run, and on no branch that others may have taken it from. */
export function mayRevert(run: Run, key: string): boolean {
  const task = run.tasks.get(key);
  if (task?.status !== "merged" || task.mergedCommit === null || task.mergedOnto === null)
    return false;
  if (task.mergedOnto === task.mergedCommit) return false;
  return run.landed === null && run.settings.integrationBranch !== run.settings.target;
}

/** The states that were tested to find what broke the whole, in the order they were tested. */
export function trialsTable(search: CulpritSearch): Block {
  return {
    kind: "table",
    head: ["Trial", "After", "Commit", "Result"],
    rows: search.trials.map(({ task, commit, ok }, index) => [
      String(index + 1),
      task ?? "nothing of this run",
      shortCommit(commit),
      ok ? "green" : "red",
    ]),
  };
}

/** Tasks that stand on what was taken back and was not merged again. */
export function suspects(run: Run): readonly string[] {
  return [...run.tasks.values()].flatMap(({ key, status, suspectOf }) => {
    const gone = suspectOf.filter((of) => run.tasks.get(of)?.status !== "merged");
    if (gone.length === 0 || (status !== "merged" && status !== "escalated")) return [];
    const verb = status === "merged" ? "was merged on" : "is built on";
    return [
      `${key} ${verb} ${gone.join(", ")}, which was taken back: look whether it still holds.`,
    ];
  });
}
