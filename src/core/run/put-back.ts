import type { Run } from "./run.ts";

/** The command by which a person puts the branch where work meets back to where this run had it. */
export function putBack(run: Run): string {
  const { branch, head } = run.integration ?? { branch: "the branch", head: "" };
  const commit = head.slice(0, 10);
  return run.settings.forge === undefined
    ? `git branch -f ${branch} ${commit}`
    : `git push --force-with-lease origin ${commit}:refs/heads/${branch}`;
}
