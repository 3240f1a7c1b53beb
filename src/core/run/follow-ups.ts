import { TASK_BRANCH, taskBranch } from "../execute/workspace-name.ts";
import { completeIssue } from "../plan/complete-issue.ts";
import { followUpLine } from "../plan/follow-up-line.ts";
import type { Issue } from "../plan/issue.ts";
import type { PlannedIssue } from "../plan/plan.ts";
import { readDependencies } from "../plan/read-dependencies.ts";
import type { TaskKey } from "../shared/names.ts";
import { isAddedFollowUp } from "./follow-up-chain.ts";
import { hasNotBegun } from "./milestone-edges.ts";
import type { Run, Task } from "./run.ts";
import { freesDependents, isTerminal } from "./task-state.ts";

/** An issue for what a partial result leaves, before its source has given it a name. */
export interface FollowUpDraft {
  /** By this name it is found again: the same rest of the same run never becomes two issues. */
  readonly marker: string;
  /** Whose rest it is; it waits for that one, whose part it builds on. */
  readonly of: TaskKey;
  readonly title: string;
  /** Says nothing about dependencies and has no headings: each format has its own way to say both. */
  readonly body: string;
  readonly type: Issue["type"];
  readonly priority: Issue["priority"];
  readonly labels: readonly string[];
  readonly files: readonly string[];
  readonly acceptanceCriteria: readonly string[];
  /** Those that waited for the whole and have not begun: they wait for the rest as well. */
  readonly dependents: readonly TaskKey[];
}

/** A follow-up with the name that it has in the run. */
export interface NamedFollowUp extends FollowUpDraft {
  readonly key: TaskKey;
}

/** What a source calls a follow-up. */
export interface FollowUpName {
  readonly key: TaskKey;
  /** As branch names have it. */
  readonly number: string;
  readonly url: string | null;
  /** Its text there, where that is more than the draft's. */
  readonly body?: string;
}

const TITLE_MAX = 200;
const LINE_MAX = 600;
const LINES_MAX = 40;

/**
 * One issue for all that is left: its parts belong together as much as they did before. The same state gives the same
 * draft.
 */
export function followUpDrafts(run: Run, task: Task): readonly FollowUpDraft[] {
  const { issue, report, key } = task;
  if (report === null) return [];
  return [
    {
      marker: `follow-up:${run.id}:${key}:${task.retries}:${task.followUps.length + 1}`,
      of: key,
      title: `Follow-up of ${key}: ${plainTitle(issue.title)}`.slice(0, TITLE_MAX).trim(),
      body: bodyOf(run, task),
      type: issue.type,
      priority: issue.priority,
      labels: issue.labels,
      files: issue.files,
      acceptanceCriteria: issue.acceptanceCriteria,
      dependents: openDependents(run, key).filter((dependent) => {
        const other = run.tasks.get(dependent);
        return other !== undefined && hasNotBegun(run, other);
      }),
    },
  ];
}

/** Whoever waits for the task and is not over. */
export function openDependents(run: Run, key: TaskKey): readonly TaskKey[] {
  return (run.dependents.get(key) ?? []).filter((dependent) => {
    const task = run.tasks.get(dependent);
    return task !== undefined && !isTerminal(task.status);
  });
}

/** What is left, one line for each: what the agent says, and the steps that nobody has begun. */
export function leftOf(run: Run, task: Task): readonly string[] {
  const said = (task.report?.stepsBlocked ?? []).map(({ step, why }) =>
    oneLine(why === "" ? step : `${step} (${why})`),
  );
  const isStepwise = run.settings.discipline?.stepSessions === true;
  // The step that was worked on is the one that the agent speaks of.
  const behind = isStepwise ? (task.issue.steps ?? []).slice(task.stepsDone.length + 1) : [];
  const first = task.stepsDone.length + 2;
  const named = new Set((task.report?.stepsBlocked ?? []).flatMap(({ step }) => namesOf(step)));
  // An agent may speak of later steps as well, by number or by name: each is listed once.
  const unsaid = behind.filter(
    ({ title }, at) =>
      !namesOf(title).some((name) => named.has(name)) && !named.has(`step ${first + at}`),
  );
  const left = [...said, ...unsaid.map(({ title }) => oneLine(title))];
  return left.length > 0 ? left : [oneLine(task.report?.summary ?? "What is not done yet.")];
}

/** What a step may be called by: `Step 3: mul` is `step 3` and `mul`. */
function namesOf(step: string): readonly string[] {
  const words = oneLine(step).toLowerCase();
  const [, number, name] = /^(?:step|task)\s+(\d+)\s*(?:[-:.)–—]\s*(.*))?$/u.exec(words) ?? [];
  if (number === undefined) return [words];
  return [`step ${number}`, ...(name === undefined || name === "" ? [] : [name])];
}

function bodyOf(run: Run, task: Task): string {
  const { issue, key, report } = task;
  const { file } = issue.place;
  const where = file === undefined ? "" : ` The whole stands in ${file}, as ${key}.`;
  const done = (report?.stepsCompleted ?? []).map(oneLine);
  const fields = [
    ...(issue.type === "CODING" ? [] : [`**Type:** ${issue.type}`]),
    ...(issue.priority === null ? [] : [`**Priority:** ${issue.priority}`]),
    ...(issue.files.length === 0 ? [] : [`**Files:** ${issue.files.join(", ")}`]),
  ];
  return [
    followUpLine(key),
    `A part of ${key} is done; this is the rest.${where} What the part meets already stays met.`,
    list("Left", leftOf(run, task)),
    list("There already", done),
    // All of them: which of them the part meets nobody but a reviewer can say.
    list("Acceptance criteria", issue.acceptanceCriteria.map(oneLine)),
    fields.join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** Words of an agent declare no dependency: where they would be read as one they stand as code. */
function list(name: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const items = lines.slice(0, LINES_MAX).map((line) => `- ${line}`);
  const { declarations, parent } = readDependencies(items.join("\n"));
  const speaks = declarations.length > 0 || parent !== null;
  const shown = speaks
    ? ["```text", ...items.map((item) => item.replaceAll("`", "'")), "```"]
    : items;
  return [`**${name}:**`, "", ...shown].join("\n");
}

function oneLine(words: string): string {
  const line = words.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 1).toWellFormed()}…` : line;
}

/** Of a rest of a rest the title is the first one's. */
function plainTitle(title: string): string {
  return title.replace(/^(?:Follow-up of \S+: )+/u, "");
}

/** An issue as it joins the run, and the branch it will work on. */
export interface JoiningIssue {
  readonly issue: PlannedIssue;
  readonly branch: string;
}

/** Makes the draft an issue of the run, once its source has given it a name. Reads the run now, not when it is called. */
export function followUpIssue(
  run: Run,
  draft: FollowUpDraft,
  branches: string = TASK_BRANCH,
): (name: FollowUpName) => JoiningIssue {
  const original = run.tasks.get(draft.of)?.issue;
  const taken = new Set([...run.tasks.values()].map(({ branch }) => branch));
  const count = run.tasks.size;
  return (name) => {
    const issue = plannedIssue(draft, name, original);
    const branch = taskBranch(branches, issue);
    return { issue, branch: taken.has(branch) ? `${branch}-${count}` : branch };
  };
}

function plannedIssue(
  draft: FollowUpDraft,
  { key, number, url, body = draft.body }: FollowUpName,
  original: PlannedIssue | undefined,
): PlannedIssue {
  const read = completeIssue({
    key,
    number,
    url,
    title: draft.title,
    body,
    state: "open",
    closedAs: null,
    labels: draft.labels,
    priority: draft.priority,
    type: draft.type,
    files: draft.files,
    acceptanceCriteria: draft.acceptanceCriteria,
    declarations: [],
    statesDependencies: true,
    edgesAreGiven: true,
    place: {},
    followUpOf: draft.of,
    ...(original?.phase === undefined ? {} : { phase: original.phase }),
  });
  return {
    ...read,
    blockers: [{ key: draft.of, strength: "hard", from: `follow-up of ${draft.of}` }],
    // It touches what the original touches.
    conflictGroup: original?.conflictGroup ?? null,
    done: false,
    blockedFromOutside: null,
  };
}

/**
 * Follow-ups that the source's own files should hold by now, originals before what follows them: those whose part is on
 * the branch. Without it the original is still to be done as a whole.
 */
export function followUpsToWrite(run: Run): readonly NamedFollowUp[] {
  return [...run.tasks.values()].flatMap((task): readonly NamedFollowUp[] => {
    const of = task.issue.followUpOf;
    const original = of === undefined ? undefined : run.tasks.get(of);
    if (of === undefined || original === undefined || !isAddedFollowUp(run, task.key)) return [];
    if (!freesDependents(original)) return [];
    const { key, title, body, type, priority, labels, files, acceptanceCriteria } = task.issue;
    const dependents = (run.dependents.get(key) ?? []).filter(
      (dependent) => run.tasks.get(dependent)?.issue.followUpOf !== key,
    );
    const said = { title, body, type, priority, labels, files, acceptanceCriteria };
    return [{ marker: key, key, of, ...said, dependents }];
  });
}
