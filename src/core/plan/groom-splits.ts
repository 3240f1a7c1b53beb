import type { TaskKey } from "../shared/names.ts";
import type { Step } from "./issue.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

/** An issue that is too large for one task, and how it might be cut. */
export interface ProposedSplit {
  readonly key: TaskKey;
  /** What makes it large: `12 files, 10 acceptance criteria`. */
  readonly reason: string;
  /** At least two. */
  readonly parts: readonly SplitPart[];
}

export interface SplitPart {
  readonly title: string;
  readonly files: readonly string[];
  readonly criteria: readonly string[];
}

// The same figures as those of the large-diff stop and of the linter: what is larger would not pass unseen anyway.
const FILES_MAX = 8;
const STEPS_MAX = 12;
const MINUTES_MAX = 90;
const CRITERIA_MAX = 8;

const PARTS_MAX = 5;
const STEPS_IN_PART = 6;
const CRITERIA_IN_PART = 5;
const TITLE_MAX = 60;

/** Folders that say what kind of file it is and not what it is about. */
const GENERIC =
  /^(?:\.+|src|lib|app|apps|packages?|test|tests|spec|specs|__tests__|e2e|main|source|internal|cmd|pkg)$/iu;

/** How the open issues that are too large might be cut; one that nothing cuts sensibly is left out. */
export function proposeSplits(plan: Pick<Plan, "issues" | "estimates">): readonly ProposedSplit[] {
  return plan.issues
    .filter((issue) => issue.state === "open" && !issue.done)
    .flatMap((issue) => {
      const reason = sizeWords(issue, plan.estimates[issue.key]?.minutes ?? 0);
      const parts = reason === "" ? [] : partsOf(issue);
      return parts.length > 1 ? [{ key: issue.key, reason, parts }] : [];
    });
}

function sizeWords(issue: PlannedIssue, minutes: number): string {
  const steps = issue.steps?.length ?? 0;
  const sizes = [
    issue.files.length > FILES_MAX ? `${issue.files.length} files` : "",
    steps > STEPS_MAX ? `${steps} steps` : "",
    issue.acceptanceCriteria.length > CRITERIA_MAX
      ? `${issue.acceptanceCriteria.length} acceptance criteria`
      : "",
    minutes > MINUTES_MAX ? `about ${minutes} minutes` : "",
  ];
  return sizes.filter((words) => words !== "").join(", ");
}

/** Files that belong together, and what is said about them. */
interface Heap {
  readonly name: string;
  readonly files: readonly string[];
}

function partsOf(issue: PlannedIssue): readonly SplitPart[] {
  const steps = issue.steps ?? [];
  const heaps = [heapsOfSteps(steps), heapsOfAreas(issue.files)].find((found) => found.length > 1);
  if (heaps !== undefined) return withCriteria(issue, fewer(heaps));
  const inOrder = steps.length > STEPS_MAX ? stepsInOrder(issue, steps) : [];
  return inOrder.length > 1 ? withCriteria(issue, inOrder) : criteriaInOrder(issue);
}

/** Steps that share a file belong together; one without files goes with the step before it. */
function heapsOfSteps(steps: readonly Step[]): readonly Heap[] {
  if (!steps.some((step) => step.files.length > 0)) return [];
  const heaps: { name: string; files: Set<string>; subjects: Set<string> }[] = [];
  for (const step of steps) {
    const subjects = step.files.map(subjectOf);
    const met = heaps.filter((heap) => subjects.some((subject) => heap.subjects.has(subject)));
    const into = met[0] ?? (subjects.length === 0 ? heaps.at(-1) : undefined);
    if (into === undefined) {
      heaps.push({ name: step.title, files: new Set(step.files), subjects: new Set(subjects) });
      continue;
    }
    for (const heap of [...met.slice(1), { files: step.files, subjects }]) {
      for (const file of heap.files) into.files.add(file);
      for (const subject of heap.subjects) into.subjects.add(subject);
    }
    for (const heap of met.slice(1)) heaps.splice(heaps.indexOf(heap), 1);
  }
  return heaps.map(({ name, files }) => ({ name, files: [...files] }));
}

/** A test belongs to what it tests: `test/auth/login.test.ts` and `src/auth/login.ts` are one subject. */
function subjectOf(file: string): string {
  const segments = file.split("/").filter((segment) => !GENERIC.test(segment));
  return segments
    .join("/")
    .replace(/(?:[._-](?:test|spec))?\.\w+$/iu, "")
    .replace(/(^|\/)test_/u, "$1");
}

function heapsOfAreas(files: readonly string[]): readonly Heap[] {
  const areas = Map.groupBy(files, (file) => subjectOf(file).split("/", 1)[0] ?? "");
  return [...areas].map(([name, inside]) => ({ name, files: inside }));
}

/** A person reads five parts: the small ones become one. */
function fewer(heaps: readonly Heap[]): readonly Heap[] {
  if (heaps.length <= PARTS_MAX) return heaps;
  const largest = new Set(
    heaps.toSorted((a, b) => b.files.length - a.files.length).slice(0, PARTS_MAX - 1),
  );
  const rest = heaps.filter((heap) => !largest.has(heap));
  return [
    ...heaps.filter((heap) => largest.has(heap)),
    { name: "the rest", files: rest.flatMap(({ files }) => files) },
  ];
}

function stepsInOrder(issue: PlannedIssue, steps: readonly Step[]): readonly Heap[] {
  const pieces = inPieces(steps, STEPS_IN_PART);
  const seen = new Set<string>();
  return pieces.map((piece) => {
    const files = piece.flatMap((step) => step.files).filter((file) => !seen.has(file));
    for (const file of files) seen.add(file);
    return { name: piece[0]?.title ?? issue.title, files: [...new Set(files)] };
  });
}

function criteriaInOrder(issue: PlannedIssue): readonly SplitPart[] {
  if (issue.acceptanceCriteria.length <= CRITERIA_MAX) return [];
  const pieces = inPieces(issue.acceptanceCriteria, CRITERIA_IN_PART);
  return pieces.map((criteria, at) => ({
    title: `${short(issue.title)} (${at + 1} of ${pieces.length})`,
    files: at === 0 ? issue.files : [],
    criteria,
  }));
}

/** Pieces of nearly the same length, none longer than `most`. */
function inPieces<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / most);
  const length = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * length, (at + 1) * length));
}

/** Each criterion goes to the part whose files or name it speaks of, else to the first. */
function withCriteria(issue: PlannedIssue, heaps: readonly Heap[]): readonly SplitPart[] {
  const placed = issue.acceptanceCriteria.map((criterion) => {
    const words = new Set(criterion.toLowerCase().match(/[\p{L}\d]{3,}/gu) ?? []);
    const scores = heaps.map((heap) => [...wordsOf(heap)].filter((word) => words.has(word)).length);
    return { criterion, part: Math.max(0, scores.indexOf(Math.max(1, ...scores))) };
  });
  return heaps.map(({ name, files }, at) => ({
    title: `${short(issue.title)}: ${short(name)}`,
    files,
    criteria: placed.filter(({ part }) => part === at).map(({ criterion }) => criterion),
  }));
}

function wordsOf({ name, files }: Heap): ReadonlySet<string> {
  const said = [name, ...files.map(subjectOf)].join(" ").toLowerCase();
  return new Set(said.match(/[\p{L}\d]{3,}/gu));
}

function short(words: string): string {
  return words.length > TITLE_MAX ? `${words.slice(0, TITLE_MAX - 1).trimEnd()}…` : words;
}
