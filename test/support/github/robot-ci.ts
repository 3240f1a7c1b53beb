// GitHub Actions as they answer a pull request or a push: jobs that are queued, run and end by the clock.
import { later, type CheckRun, type Hub, type HubEvent } from "./hub.ts";
import { addCheck, endCheck } from "./reviewing.ts";
import { lookAt, mergedTree, openPull, treeAt, type Looked, type Tree } from "./robot-tree.ts";
import { announce } from "./hub.ts";
import { iso } from "./shapes.ts";

export interface Mistake {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Job {
  readonly name: string;
  /** Null: it never ends. */
  readonly conclusion: CheckRun["conclusion"];
  readonly app?: string;
  readonly title?: string;
  readonly summary?: string;
  readonly mistakes?: readonly Mistake[];
  /** Written by the job, without times. */
  readonly log?: readonly string[];
  /** Until it is seen at all, until it is started, and how long it runs. */
  readonly appearMs?: number;
  readonly queueMs?: number;
  readonly runMs?: number;
}

/** Decides by what it would merge; `pull` is null for a push to a branch without one. */
export type Ci = (pull: Looked | null, sha: string, tree: Tree) => readonly Job[];

export const BROKEN_BUILD = "BROKEN-BUILD";
export const FAILING_TEST = "FAILING-TEST";

/** `build` and `test`, red while a file holds their word. */
export const markedCi: Ci = (_pull, _sha, tree) =>
  [
    { name: "build", word: BROKEN_BUILD },
    { name: "test", word: FAILING_TEST },
  ].map(({ name, word }) => {
    const found = tree.find(word);
    const mistakes = found.map((place) => ({ ...place, message: `${word} found` }));
    return {
      name,
      conclusion: found.length === 0 ? ("success" as const) : ("failure" as const),
      title: found.length === 0 ? `${name} passed` : `${name}: ${found.length} failed`,
      mistakes,
      log: [
        `Run npm run ${name}`,
        ...mistakes.map(({ path, line, message }) => `${path}:${line}: ${message}`),
        ...(found.length === 0 ? [] : ["##[error]Process completed with exit code 1."]),
      ],
    };
  });

const APPEAR_MS = 2_000;
const QUEUE_MS = 5_000;
const RUN_MS = 60_000;

export interface CiOptions {
  readonly ci: Ci;
  /** Branches whose pushes start it, too. */
  readonly pushes?: readonly string[];
}

/** Watches for pull requests that are opened, reopened or pushed to: the events that start workflows. */
export function ciRobot(hub: Hub, { ci, pushes = [] }: CiOptions): (event: HubEvent) => void {
  hub.queueJudge ??= (candidate) =>
    ci(null, candidate, treeAt(hub, candidate)).every(({ conclusion }) =>
      ["success", "neutral", "skipped"].includes(conclusion ?? ""),
    );
  return (event) => {
    if (event.kind === "push" && event.after !== null && pushes.includes(event.branch)) {
      const sha = event.after;
      for (const job of ci(null, sha, treeAt(hub, sha))) runJob(hub, sha, job);
    }
    if (event.kind !== "pull") return;
    if (!["opened", "reopened", "synchronize"].includes(event.action)) return;
    const pull = openPull(hub, event.number) === null ? null : lookAt(hub, event.number);
    const tree = pull === null ? null : mergedTree(hub, pull);
    if (pull === null || tree === null) return;
    for (const job of ci(pull, pull.sha, tree)) runJob(hub, pull.sha, job);
  };
}

/** Brings one job to its end; what it found is known at once and told when it is over. */
function runJob(hub: Hub, sha: string, job: Job): void {
  const { name, app = "github-actions" } = job;
  later(hub, job.appearMs ?? APPEAR_MS, () => {
    const run = addCheck(hub, { sha, name, app, status: "queued" });
    later(hub, job.queueMs ?? QUEUE_MS, () => {
      run.status = "in_progress";
      run.startedAt = hub.now();
      announce(hub, { kind: "check", action: "created", id: run.id, by: app });
      if (job.conclusion === null) return;
      later(hub, job.runMs ?? RUN_MS, () => {
        endCheck(hub, run, { conclusion: job.conclusion, ...reportOf(hub, job) });
      });
    });
  });
}

function reportOf(hub: Hub, job: Job): Pick<CheckRun, "output" | "annotations" | "log"> {
  const at = iso(hub.now()).replace("Z", ".0000000Z");
  return {
    output: { title: job.title ?? null, summary: job.summary ?? null, text: null },
    annotations: (job.mistakes ?? []).map(({ path, line, message }) => ({
      path,
      start_line: line,
      end_line: line,
      annotation_level: "failure",
      message,
      title: job.name,
      raw_details: null,
      start_column: null,
      end_column: null,
      blob_href: "",
    })),
    log: (job.log ?? []).map((line) => `${at} ${line}\n`).join(""),
  };
}
