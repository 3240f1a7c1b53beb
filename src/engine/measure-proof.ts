import type { GateCommand } from "../core/execute/gates.ts";
import type { Proof } from "../core/execute/proof.ts";
import { testsOf } from "../core/execute/tdd/changed-tests.ts";
import {
  affordableRuns,
  SUITE_RUNS_MAX,
  wantedRuns,
  type WantedRun,
} from "../core/execute/tdd/choose-runs.ts";
import type { TaskHistory } from "../core/execute/tdd/history.ts";
import {
  judgeProof,
  NOTHING_MEASURED,
  type Measurements,
} from "../core/execute/tdd/judge-proof.ts";
import type { TestRun } from "../core/execute/tdd/judge-step.ts";
import { standsOn } from "../core/execute/tdd/old-tests.ts";
import { pathKinds } from "../core/execute/tdd/path-kinds.ts";
import { planProof, type ProofPlan } from "../core/execute/tdd/plan-proof.ts";
import { readTestReport } from "../core/execute/test-reports/read-test-report.ts";
import { testCommandFor, type TestCommand } from "../core/execute/test-runner.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { TddPolicy } from "../core/run/settings.ts";
import type { CommitSha } from "../core/shared/names.ts";
import { workspaceOf, type World } from "./performer.ts";
import { taskHistory } from "./task-history.ts";

/** What a measurement runs with; all of it is read from the run before anything is awaited. */
interface Surroundings {
  readonly world: World;
  /** Of the action: under its address the owner's commands work. */
  readonly key: string;
  readonly slot: string;
  readonly gate: GateCommand | null;
  readonly outputBytesMax: number;
  /** Text of `package.json` at the head: what a commit on the way there made of its scripts is nothing to the proof. */
  readonly manifest: string | null;
}

/**
 * Proves how `commit` came to be: reads its history, runs the tests of its steps where they have to be red and green, and
 * takes the source back once. Null: nothing has to be proven in this run. Asking twice is harmless: it runs the owner's
 * test command in the task's own worktree, which afterwards stands at `commit`, clean.
 */
export async function measureProof(
  world: World,
  run: Run,
  { key, task, commit }: { readonly key: string; readonly task: Task; readonly commit: CommitSha },
): Promise<Proof | null> {
  const policy = run.settings.discipline?.tdd ?? null;
  if (policy === null) return null;
  const { preMerge, outputBytes: outputBytesMax } = run.settings.gates;
  const gate = preMerge.find((one) => one.kind === "test") ?? null;
  const { slot } = workspaceOf(task);
  const known = task.proof?.steps ?? [];
  // A restart begins anew; whoever mends reviewed work is not stopped by an order that cannot be mended.
  const stopsEarly = task.status === "running";
  const history = await readHistory(world, { run, task, commit });
  const plan = planProof(history, policy, known);
  const [file] = await world.repository.filesAt(commit, (path) => path === "package.json");
  const manifest = file?.text ?? null;
  const around = { world, key, slot, gate, outputBytesMax, manifest };
  const proof = await measure(around, plan, { policy, history, stopsEarly });
  if (proof.runs.files + proof.runs.suite > 0)
    await world.repository.checkoutForGates(slot, commit);
  return proof;
}

/** Commits of the task with what each changed, and the whole of it. */
async function readHistory(
  world: World,
  { run, task, commit }: { run: Run; task: Task; commit: CommitSha },
): Promise<TaskHistory> {
  const { repository } = world;
  const { base, commits } = await taskHistory(world, run, task, commit);
  const changed = [];
  for (const one of commits) {
    const [parent, other] = one.parents;
    const isPlain = parent !== undefined && other === undefined;
    const files = isPlain ? await repository.changesBetween(parent, one.sha, () => true) : [];
    changed.push({ ...one, files });
  }
  const whole = await repository.changesBetween(base, commit, () => true);
  return { issueType: task.issue.type, base, head: commit, commits: changed, whole };
}

async function measure(
  around: Surroundings,
  plan: ProofPlan,
  asked: { policy: TddPolicy; history: TaskHistory; stopsEarly: boolean },
): Promise<Proof> {
  const byText = judgeProof(plan, NOTHING_MEASURED);
  if (plan.exempt !== null && plan.runnerSettings.length === 0 && plan.old === null) return byText;
  if (byText.violations.length > 0 && asked.stopsEarly) return byText;
  if (around.gate === null)
    return { ...byText, noted: [...byText.noted, "There is no test gate: nothing was run."] };
  const steps = await measureSteps(around, plan);
  const bySteps = judgeProof(plan, steps);
  if (bySteps.violations.length > 0 && asked.stopsEarly) return bySteps;
  const reverted = await measureRevert(around, plan, steps);
  const whole = await measureSuite(around, plan, reverted, asked);
  return judgeProof(plan, whole);
}

async function measureSteps(around: Surroundings, plan: ProofPlan): Promise<Measurements> {
  const wanted = wantedRuns(plan);
  const perFile = new Set<WantedRun>();
  for (const run of wanted) if (commandFor(around, run.files).perFile) perFile.add(run);
  const chosen = affordableRuns(wanted, (run) => perFile.has(run));
  const results = new Map<WantedRun, TestRun>();
  for (const run of chosen) results.set(run, await runTests(around, run.commit, run.files));
  const resultOf = (step: number, at: WantedRun["at"]): TestRun | null => {
    const run = chosen.find((one) => one.step === step && one.at === at);
    if (run !== undefined) return results.get(run) ?? null;
    const isLast = at === "green" && step === plan.steps.length - 1;
    return isLast && plan.steps[step]?.known === null ? GREEN_BY_GATES : null;
  };
  const suite = chosen.filter((run) => !perFile.has(run)).length;
  const left = wanted.length - chosen.length;
  return {
    ...NOTHING_MEASURED,
    steps: plan.steps.map((_, step) => ({
      red: resultOf(step, "red"),
      green: resultOf(step, "green"),
    })),
    runs: { files: chosen.length - suite, suite },
    noted:
      left === 0
        ? []
        : [
            `The test gate cannot be asked for single files: ${left} of ${wanted.length} runs were left out.`,
          ],
  };
}

/** Before anything is proven the gates were green at the head, and with them what the last step brought. */
const GREEN_BY_GATES: TestRun = { ok: true, problem: null, outcomes: null };

/** The source taken back, the tests as they are now. */
async function measureRevert(
  around: Surroundings,
  plan: ProofPlan,
  before: Measurements,
): Promise<Measurements> {
  const { revert, head, base } = plan;
  if (revert === null) return before;
  const commit = await around.world.repository.treeWith(head, base, revert.paths);
  const run = await runTests(around, commit, revert.files);
  return { ...before, revert: run, runs: oneMore(before.runs) };
}

/**
 * The old tests as they were, on the new code: all of them where settings of the runner were changed, to see whether
 * everything is still run; else those that may have been changed under it.
 */
async function measureSuite(
  around: Surroundings,
  plan: ProofPlan,
  before: Measurements,
  { policy, history }: { policy: TddPolicy; history: TaskHistory },
): Promise<Measurements> {
  const { runnerSettings, old } = plan;
  const isWhole = runnerSettings.length > 0;
  if (!isWhole && old === null) return before;
  const noting = (words: string): Measurements => ({ ...before, noted: [...before.noted, words] });
  if (before.runs.suite >= SUITE_RUNS_MAX)
    return noting(
      "Old tests that were changed were not run as they were before: two runs were made.",
    );
  const { repository } = around.world;
  const { kindOf } = pathKinds(policy);
  const gone = new Set(history.whole.filter((file) => file.after === null).map(({ path }) => path));
  const there = await repository.filesAt(
    plan.base,
    (path) => kindOf(path) === "test" && !gone.has(path),
  );
  const wanted = there.filter(
    (file) => isWhole || old?.files.includes(file.path) || standsOn(file, old?.supports ?? []),
  );
  const held = wanted.map(({ path, text }) => ({ path, tests: testsOf(path, text) }));
  const files = held.filter(({ tests }) => tests.length > 0).map(({ path }) => path);
  if (files.length === 0) return before;
  const asked = isWhole ? [] : files;
  if (commandFor(around, asked).format === null) {
    const changed = isWhole ? `${runnerSettings.join(", ")} was changed` : "Old tests were changed";
    return noting(`${changed}, and no report says which tests are run.`);
  }
  const commit =
    old === null ? plan.head : await repository.treeWith(plan.head, plan.base, old.paths);
  const run = await runTests(around, commit, asked);
  const testsBefore = held.flatMap(({ tests }) => tests);
  return { ...before, suite: { run, testsBefore }, runs: oneMore(before.runs) };
}

function oneMore(runs: Proof["runs"]): Proof["runs"] {
  return { ...runs, suite: runs.suite + 1 };
}

function commandFor({ gate, manifest }: Surroundings, files: readonly string[]): TestCommand {
  return testCommandFor({ run: gate?.run ?? "" }, manifest, files);
}

/** @throws an Error of passing trouble where the run was stopped meanwhile: that says nothing about the tests. */
async function runTests(
  around: Surroundings,
  commit: CommitSha,
  files: readonly string[],
): Promise<TestRun> {
  const { world, key, slot, gate, outputBytesMax } = around;
  const { run, format } = commandFor(around, files);
  const directory = await world.repository.checkoutForGates(slot, commit);
  await world.bootstrap.prepare(directory, key);
  const command: GateCommand = {
    name: gate?.name ?? "test",
    run,
    kind: "test",
    timeoutMs: gate?.timeoutMs ?? 0,
    ...(format === null ? {} : { report: true }),
  };
  const request = { key, directory, commands: [command], outputBytesMax };
  const [result] = await world.gates.run(request, new AbortController().signal);
  if (result === undefined || result.problem === "ended") {
    const words = "The tests of a proof were ended before they had measured anything.";
    throw Object.assign(new Error(words), { code: "trouble/gates-ended" });
  }
  const { ok, problem, report } = result;
  const text = report ?? null;
  const outcomes = format === null || text === null ? null : readTestReport(format, text);
  return { ok, problem, outcomes };
}
