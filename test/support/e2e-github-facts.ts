// What stands on the double and in the clone after a run, in words that are the same for two runs that did the same.
import type { GitHubSample } from "./e2e-github.ts";
import type { Comment, Issue, PullRequest } from "./github/hub.ts";

/** Name of Cairn's hidden line, such as `status`, and the task it stands for. */
interface Marked {
  readonly kind: string;
  readonly task: string;
}

export interface PullFacts {
  readonly number: number;
  readonly issue: Issue;
  readonly pull: PullRequest;
  /** Null: the one that lands. */
  readonly task: string | null;
}

/** Everything that must be the same after a calm run and after one that was killed. */
export interface HubOutcome {
  readonly status: string;
  readonly merged: readonly string[];
  readonly tree: string;
  /** Commits on the service's main, merged branches apart. */
  readonly commits: number;
  readonly branches: readonly string[];
  readonly pulls: readonly string[];
  readonly comments: readonly string[];
  readonly issues: readonly string[];
  readonly milestone: string;
  readonly labels: readonly string[];
  readonly defects: readonly string[];
  readonly checkout: string;
  readonly refs: readonly string[];
}

const MARK = /^<!-- cairn:([a-z]+):[^:\s]+(?::(\S+))? -->/mu;

function markOf(text: string | null): Marked | null {
  const found = MARK.exec(text ?? "");
  return found === null ? null : { kind: found[1] ?? "", task: found[2] ?? "" };
}

/** Pull requests in the order they were opened. */
export function pullsOf({ world }: GitHubSample): readonly PullFacts[] {
  return [...world.hub.issues.values()].flatMap((issue): PullFacts[] => {
    const { pull, number } = issue;
    if (pull === null) return [];
    const mark = markOf(issue.body);
    return [{ number, issue, pull, task: mark?.kind === "pr" ? mark.task : null }];
  });
}

/** The issues of the milestone, which are no pull requests. */
export function issuesOf({ world }: GitHubSample): readonly Issue[] {
  return [...world.hub.issues.values()].filter(({ pull }) => pull === null);
}

export function commentsOn({ world }: GitHubSample, number: number): readonly Comment[] {
  return [...world.hub.comments.values()].filter(({ issue }) => issue === number);
}

/** Comments of Cairn's on that issue or pull request, by their hidden line. */
export function markedComments(
  sample: GitHubSample,
  number: number,
  kind: string,
): readonly Comment[] {
  return commentsOn(sample, number).filter(({ body }) => markOf(body)?.kind === kind);
}

/** Branches on the service. */
export function branchesOf(sample: GitHubSample): readonly string[] {
  return sample.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n");
}

/** Numbers of the issues whose commits the branch of the service has, oldest first, beside its merged branches. */
export function mergedOn(sample: GitHubSample, branch: string): readonly number[] {
  const titles = sample.git("log", "--reverse", "--first-parent", "--format=%s", branch);
  return [...titles.matchAll(/\(#(\d+)\)$/gmu)].map(([, number]) => Number(number));
}

/** Where the user's clone stands: branch, commit and what is not committed. */
export function checkoutOf(sample: GitHubSample): string {
  return [
    sample.here("symbolic-ref", "HEAD"),
    sample.here("rev-parse", "HEAD", "refs/heads/main"),
    sample.here("status", "--porcelain"),
  ].join("\n");
}

/** What the description of GitHub has against the requests. */
export function defectsOf({ world }: GitHubSample): readonly string[] {
  const all = world.double.seen.flatMap(({ route, defects }) =>
    defects.map((defect) => `${route}: ${defect}`),
  );
  return [...new Set(all)];
}

/** How often each issue was closed, counted from here on. */
export function countClosings({ world }: GitHubSample): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  world.hub.watchers.add((event) => {
    if (event.kind !== "issue" || event.action !== "closed") return;
    counts.set(event.number, (counts.get(event.number) ?? 0) + 1);
  });
  return counts;
}

export function outcomeOf(
  sample: GitHubSample,
  closings: ReadonlyMap<number, number>,
  begun: string,
): HubOutcome {
  const { hub } = sample.world;
  const { run } = sample.run();
  const noted = (words: string): number => hub.log.filter(({ what }) => what === words).length;
  const milestone = hub.milestones.get(sample.milestone);
  const pulls = pullsOf(sample);
  return {
    status: run.status,
    merged: run.merged.toSorted(),
    tree: treeOf(sample),
    commits: Number(sample.git("rev-list", "--count", "--first-parent", "main")),
    branches: branchesOf(sample),
    pulls: pulls.map(pullWords).toSorted(),
    comments: [...issuesOf(sample).map(({ number }) => number), ...pulls.map((one) => one.number)]
      .flatMap((number) => commentsOn(sample, number))
      .map(({ body }) => markOf(body))
      .map((mark) => (mark === null ? "unmarked" : `${mark.kind} ${mark.task}`))
      .toSorted(),
    issues: issuesOf(sample).map(
      ({ number, state }) => `#${number} ${state}, closed ${closings.get(number) ?? 0} times`,
    ),
    milestone: `${milestone?.state}, closed ${noted(`milestone ${sample.milestone} closed`)} times`,
    labels: [...hub.labels.keys()].map((name) => `${name}, made ${noted(`label ${name}`)} times`),
    defects: defectsOf(sample),
    checkout: checkoutOf(sample) === begun ? "untouched" : checkoutOf(sample),
    // Whichever branch comes second is rewritten, and what it was is kept by its commit.
    refs: sample
      .here("for-each-ref", "--format=%(refname)")
      .split("\n")
      .map((ref) => ref.replace(/^(refs\/cairn\/old\/).*$/u, "$1…")),
  };
}

/** Files on main; the configuration names the service, whose port is another one each time. */
function treeOf(sample: GitHubSample): string {
  const files = sample.git("ls-tree", "-r", "main").split("\n");
  return files.filter((line) => !line.endsWith("\t.cairn.yml")).join("; ");
}

function pullWords({ issue, pull, task }: PullFacts): string {
  const state = pull.merged ? "merged" : issue.state;
  const draft = pull.draft ? ", draft" : "";
  return `${task ?? "landing"} ${state}${draft} into ${pull.base}, labels ${issue.labels.join(" ")}, milestone ${issue.milestone}`;
}
