import fs from "node:fs";
import path from "node:path";
import type { Sample } from "./sample.ts";

/**
 * The same milestone by hand: a careful person's script with one worktree for all issues, the same agent, gate and
 * reviewer with their prompts and transcripts as files, and the same kind of commit on the same branch. It remembers
 * nothing, undoes nothing and guards nothing.
 */
export function writeShellRun(sample: Sample, issues: number): string {
  const file = path.join(sample.folder, "by-hand.sh");
  fs.writeFileSync(file, scriptText(sample, issues), { mode: 0o755 });
  return file;
}

function scriptText(sample: Sample, issues: number): string {
  const { root, folder, agent, reviewer, gate } = sample;
  return `#!/bin/sh
set -e
cd ${root}
mkdir -p ${folder}/logs
echo "Do the issue as the plan says, and commit it." > ${folder}/prompt.md
git branch milestone/m1-bench main
git worktree add -q --detach ${folder}/w1 main
cd ${folder}/w1
sh -c ${gate}
n=1
while [ $n -le ${issues} ]; do
  export CAIRN_TASK=1.$n
  log=${folder}/logs/$n
  git checkout -q -f -B feat/issue-$n milestone/m1-bench
  ${agent} < ${folder}/prompt.md > $log.agent 2>&1
  [ "$(git rev-list --count milestone/m1-bench..HEAD)" -gt 0 ]
  [ -z "$(git status --porcelain)" ]
  sh -c ${gate} > $log.gate 2>&1
  ${reviewer} < ${folder}/prompt.md > $log.review 2>&1
  read -r verdict < $log.review
  [ "$verdict" = PASS ]
  git checkout -q --detach milestone/m1-bench
  git merge -q --squash feat/issue-$n > /dev/null
  git commit -q -m "Write file $n (#$n)"
  git update-ref refs/heads/milestone/m1-bench HEAD
  n=$((n + 1))
done
sh -c ${gate}
`;
}
