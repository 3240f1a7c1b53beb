import { parse } from "yaml";
import type { Finding } from "../core/execute/agent-report.ts";
import type { ChangeFacts, SecretFound } from "../core/review/change-facts.ts";
import { addedLines } from "../core/review/stops/added-lines.ts";
import { countedSize } from "../core/review/stops/counted-size.ts";
import { coverageOfChange } from "../core/review/stops/coverage.ts";
import { dependencyWords } from "../core/review/stops/dependency-words.ts";
import { findStops } from "../core/review/stops/find-stops.ts";
import { pathMatcher } from "../core/review/stops/path-matcher.ts";
import { scanTests } from "../core/review/test-scan.ts";
import type { HistoryCommit } from "../core/execute/tdd/history.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { CommitSha } from "../core/shared/names.ts";
import type { FileChange } from "../ports/repository.ts";
import type { AddedText } from "../ports/secrets.ts";
import { workspaceOf, type World } from "./performer.ts";
import { taskHistory } from "./task-history.ts";
import { UnreadFiles } from "./unread-files.ts";

/** A report of a large program has a few; one that is larger is not a report of this task's tests. */
const REPORT_BYTES_MAX = 8 * 1024 * 1024;
/** Where the settings name none, because nothing has to be proven: what the default of `tdd.tests` names. */
const TESTS: readonly string[] = [
  "**/*.{test,spec}.*",
  "**/test{,s}/**",
  "**/test_*.py",
  "**/*_test.go",
];

/**
 * Measures what a task changes up to `commit`, without asking an agent; asked twice it answers the same. To be asked
 * before anything else runs tests in the task's worktree: the report of coverage is the one that the gates wrote there.
 */
export async function measureChange(
  world: World,
  run: Run,
  task: Task,
  commit: CommitSha,
): Promise<ChangeFacts> {
  const { discipline } = run.settings;
  const { path: workspace } = workspaceOf(task);
  const history = await taskHistory(world, run, task, commit);
  // Where the base was merged in, what it brought is not the task's.
  const changes = await world.repository.changesBetween(history.base, commit, () => true);
  const tests = discipline?.tdd?.tests ?? TESTS;
  const report = discipline?.stops.coverage.report ?? null;
  const coverage = report === null ? null : await coverageOf(world, { workspace, report, changes });
  const dependencies = dependencyWords(changes);
  const context = { labels: task.issue.labels, tests, coverage, readYaml };
  return {
    ...countedSize(changes, tests),
    stops:
      discipline === undefined ? [] : findStops(changes, { ...context, policy: discipline.stops }),
    tests: discipline?.testRounds == null ? [] : testFindings(changes, tests),
    coverage,
    secrets: await secretsIn(world, changes, history.commits),
    ...(dependencies.length === 0 ? {} : { dependencies }),
  };
}

/** What was said of a test file before as well is not held against the task, wherever in it the words stand now. */
function testFindings(
  changes: readonly FileChange[],
  tests: readonly string[],
): readonly Finding[] {
  const isTest = pathMatcher(tests);
  return changes.flatMap(({ path, before, after }) => {
    if (after === null || !isTest(path)) return [];
    const known = scanTests(path, before ?? "").map(({ message }) => message);
    const added = new Set(addedLines(before, after).map(({ line }) => line));
    const isOld = ({ line }: Finding): boolean => line === null || !added.has(line);
    const found = scanTests(path, after);
    // Of two that are said in the same words, the one on a line of the task's own is the new one.
    const fresh = new Set(found);
    for (const finding of found.toSorted((a, b) => Number(isOld(b)) - Number(isOld(a)))) {
      const at = known.indexOf(finding.message);
      if (at < 0) continue;
      known.splice(at, 1);
      fresh.delete(finding);
    }
    return found.filter((finding) => fresh.has(finding));
  });
}

async function coverageOf(
  { repository }: World,
  measured: {
    readonly workspace: string;
    readonly report: string;
    readonly changes: readonly FileChange[];
  },
): Promise<ChangeFacts["coverage"]> {
  const { workspace, report, changes } = measured;
  // A report that the change itself brings was not written by the gate.
  if (changes.some(({ path }) => path === report)) return null;
  const text = await repository.readTextAt(workspace, report, REPORT_BYTES_MAX);
  if (text === null) return null;
  const lines = changes.map(
    ({ path, before, after }) => [path, addedLines(before, after).map(({ line }) => line)] as const,
  );
  return coverageOfChange(text, new Map(lines), workspace);
}

/** In the change as a whole, and in what each commit adds and says: all of them are pushed, also what a later one removes. */
async function secretsIn(
  { secrets, repository }: World,
  changes: readonly FileChange[],
  commits: readonly HistoryCommit[],
): Promise<readonly SecretFound[]> {
  const found = new Map<string, SecretFound>();
  const unread = new UnreadFiles(repository);
  const scan = async (files: readonly AddedText[]): Promise<void> => {
    // The same secret in several commits is told once, where the whole change has it if it does.
    for (const secret of await secrets.scan(files))
      if (!found.has(secret.fingerprint)) found.set(secret.fingerprint, secret);
  };
  const scanChanges = async (files: readonly FileChange[]): Promise<void> => {
    await scan(files.filter((one) => one.unread === undefined).map((one) => addedText(one)));
    // One by one: a large file is not held twice.
    for (const file of files) for await (const piece of unread.added(file)) await scan([piece]);
  };
  await scanChanges(changes);
  for (const { sha, parents, paths, people, subject, body } of commits) {
    await scan([
      wordsOf("commit message", `${subject}\n\n${body}`),
      wordsOf("commit author", people ?? ""),
    ]);
    const [parent] = parents;
    if (parent === undefined || commits.length === 1) continue;
    // Of a merge, what it took from another side is that side's: only what it wrote itself is looked at.
    const own = new Set(paths);
    const added = await repository.changesBetween(parent, sha, (path) => own.has(path));
    await scanChanges(added.filter(({ path }) => own.has(path)));
  }
  return [...found.values()];
}

function addedText({ path, before, after }: FileChange): AddedText {
  return { path, lines: addedLines(before, after) };
}

function wordsOf(path: string, words: string): AddedText {
  return { path, lines: addedLines(null, words) };
}

function readYaml(text: string): unknown {
  try {
    const value: unknown = parse(text, { logLevel: "silent" });
    return value;
  } catch {
    return undefined;
  }
}
