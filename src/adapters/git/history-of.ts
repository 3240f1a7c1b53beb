import { randomUUID } from "node:crypto";
import type { HistoryCommit } from "../../core/execute/tdd/history.ts";
import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

/** No agent makes more on one issue; what is older is not looked at. */
const COMMITS_MAX = 1_000;

/** Marks the begin of a commit in the answer. Random, because a path may hold any words. */
const MARK = `commit-${randomUUID()}`;

/** The commits of `head` that neither `forkPoint` nor one of `without` has, oldest first. One git process. */
export async function historyOf(
  context: RepositoryContext,
  forkPoint: CommitSha,
  head: CommitSha,
  without: readonly CommitSha[],
): Promise<readonly HistoryCommit[]> {
  const answer = await context.git([
    "-c",
    "log.showSignature=false",
    "log",
    "--topo-order",
    "--reverse",
    `--max-count=${COMMITS_MAX}`,
    "-z",
    "--name-only",
    // Of a merge: what differs from all of its parents, which is what somebody did by hand.
    "-c",
    "-O/dev/null",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
    "--no-mailmap",
    "--no-notes",
    "--no-color",
    "--encoding=UTF-8",
    `--format=${MARK}%x00%H%x00%P%x00%ce%x00%an <%ae>%n%cn <%ce>%x00%s%x00%b%x00`,
    head,
    ...[forkPoint, ...without].map((commit) => `^${commit}`),
    "--",
  ]);
  return readHistory(fields(answer.text));
}

/** Mark, id, parents, address, people, subject, body, then paths; the first of these may have a line break before it. */
function readHistory(parts: readonly string[]): readonly HistoryCommit[] {
  const starts = [...parts.keys()].filter((at) => parts[at] === MARK);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? parts.length;
    const [sha = "", parents = "", committer = "", people = "", subject = "", body = "", ...rest] =
      parts.slice(start + 1, end);
    const paths = rest.filter((path) => path !== "" && path !== "\n");
    const [first, ...others] = paths;
    return {
      sha,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      committer,
      people,
      subject,
      body: body.trim(),
      paths: first === undefined ? [] : [first.replace(/^\n/, ""), ...others],
    };
  });
}
