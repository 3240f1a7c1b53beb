import { z } from "zod";
import type {
  Declaration,
  Issue,
  Place,
  PlanFinding,
  Priority,
  Step,
} from "../../../core/plan/issue.ts";
import { readCriteria } from "../criteria.ts";

const Id = z
  .union(
    [
      z.int().positive(),
      z
        .string()
        .trim()
        .regex(/^\w[\w.-]{0,39}$/u),
    ],
    "must be a number or a short word",
  )
  .transform(String);
/** Text, or lines of it. */
const Words = z
  .union([z.string(), z.array(z.string())], "must be text")
  .nullish()
  .transform((words) => (typeof words === "string" ? words : (words ?? []).join("\n")).trim());
const Dependencies = z
  .array(Id, "must be a list of numbers")
  .nullish()
  .transform((ids) => ids ?? []);
const Word = z
  .string("must be a word")
  .nullish()
  .transform((word) => (word ?? "").trim().toLowerCase().replaceAll("_", "-"));

const Subtask = z.object(
  {
    id: Id,
    title: z.string("must be text").trim().min(1, "is empty"),
    description: Words,
    details: Words,
    status: Word,
    dependencies: Dependencies,
  },
  "must be an object",
);
type Subtask = z.infer<typeof Subtask>;

export const Task = Subtask.extend({
  priority: Word,
  testStrategy: Words,
  acceptanceCriteria: Words,
  // Read one by one: a step that cannot be read costs nobody the task.
  subtasks: z
    .array(z.unknown(), "must be a list")
    .nullish()
    .transform((subtasks) => subtasks ?? []),
});
export type Task = z.infer<typeof Task>;

/** Where things of one task stand; `path` begins at the task. */
export type PlaceOf = (path: readonly PropertyKey[]) => Place;

export interface ReadTask {
  readonly issue: Issue;
  readonly findings: readonly PlanFinding[];
}

const STATUSES = [
  "pending",
  "in-progress",
  "review",
  "done",
  "completed",
  "deferred",
  "cancelled",
  "canceled",
  "blocked",
];
const PRIORITIES: Readonly<Record<string, Priority>> = {
  critical: "P0",
  high: "P0",
  medium: "P1",
  low: "P2",
};

/** What the tasks of a list may name. */
interface TaskNames {
  readonly ids: ReadonlySet<string>;
  /** Steps that are done, such as `4.1`. */
  readonly doneSteps: ReadonlySet<string>;
}

/** All names of a list's tasks, so that a dependency on a step finds its task. */
export function namesOf(tasks: readonly Task[]): TaskNames {
  const doneSteps = tasks.flatMap((task) =>
    task.subtasks.flatMap((entry) => {
      const read = Subtask.safeParse(entry);
      return read.success && isDone(read.data) ? [`${task.id}.${read.data.id}`] : [];
    }),
  );
  return { ids: new Set(tasks.map(({ id }) => id)), doneSteps: new Set(doneSteps) };
}

/** Makes an issue of a task. */
export function toIssue(task: Task, placeOf: PlaceOf, names: TaskNames): ReadTask {
  const key = task.id;
  const { steps, subtasks, dependencies, findings } = readSubtasks(key, task.subtasks, placeOf);
  return {
    issue: {
      key,
      number: key,
      title: task.title,
      body: bodyOf(task, subtasks),
      ...stateOf(task.status),
      labels: [],
      priority: PRIORITIES[task.priority] ?? null,
      type: "CODING",
      url: null,
      files: [],
      acceptanceCriteria: readCriteria(`${task.acceptanceCriteria}\n\n${task.testStrategy}`),
      declarations: declarationsOf(task, placeOf, dependencies, names),
      statesDependencies: true,
      // Free words about others are no edges here: the file has a place for those.
      edgesAreGiven: true,
      place: placeOf([]),
      ...(steps.length === 0 ? {} : { steps }),
    },
    findings: [...statusFindings(task, placeOf), ...findings],
  };
}

function stateOf(status: string): Pick<Issue, "state" | "closedAs"> {
  switch (status) {
    case "done":
    case "completed":
      return { state: "closed", closedAs: "completed" };
    case "cancelled":
    case "canceled":
    case "deferred":
      return { state: "closed", closedAs: "not-planned" };
    default:
      return { state: "open", closedAs: null };
  }
}

function statusFindings(task: Task, placeOf: PlaceOf): readonly PlanFinding[] {
  const where = { key: task.id, ...placeOf(["status"]) };
  if (task.status === "deferred") {
    return [
      {
        code: "source/deferred",
        severity: "info",
        ...where,
        message: `${task.id} is deferred; it is left out of the run.`,
        hint: "Set its status to pending to have it worked on.",
      },
    ];
  }
  if (task.status === "" || STATUSES.includes(task.status)) return [];
  return [
    {
      code: "source/unknown-status",
      severity: "warning",
      ...where,
      message: `${task.id} has the status "${task.status.slice(0, 40)}", which is not known; it is taken as pending.`,
      hint: `Use one of ${STATUSES.filter((word) => !/^(?:completed|canceled)$/u.test(word)).join(", ")}.`,
    },
  ];
}

/** A dependency as it stands in the file, of the task or of one of its steps. */
interface Written {
  readonly id: string;
  readonly path: readonly PropertyKey[];
}

function declarationsOf(
  task: Task,
  placeOf: PlaceOf,
  ofSteps: readonly Written[],
  { ids, doneSteps }: TaskNames,
): readonly Declaration[] {
  // A step is done with its task, so what waits for a step waits for the task.
  const targetOf = (id: string) => {
    const owner = ownerOf(id);
    return ids.has(id) || !ids.has(owner) ? id : owner;
  };
  const declare = ({ id, path }: Written): Declaration => ({
    target: targetOf(id),
    strength: "hard",
    origin: "text",
    place: placeOf(path),
    words: `dependencies: ${id}`,
    resolved: true,
  });
  const own = task.dependencies.map((id, index) => declare({ id, path: ["dependencies", index] }));
  // What the task waits for already needs no second word from its steps.
  const known = new Set([task.id, ...own.map(({ target }) => target)]);
  const declared = [...own];
  for (const written of ofSteps) {
    const target = targetOf(written.id);
    if (known.has(target) || doneSteps.has(written.id)) continue;
    known.add(target);
    declared.push(declare(written));
  }
  if (task.status !== "blocked") return declared;
  const words = "status: blocked";
  const place = placeOf(["status"]);
  return [
    ...declared,
    { target: words, strength: "hard", origin: "text", place, words, resolved: false },
  ];
}

/** `4` of `4.1`. */
function ownerOf(id: string): string {
  return id.replace(/\..*$/su, "");
}

function readSubtasks(
  key: string,
  entries: readonly unknown[],
  placeOf: PlaceOf,
): {
  readonly steps: readonly Step[];
  readonly subtasks: readonly Subtask[];
  /** What open steps wait for in other tasks. */
  readonly dependencies: readonly Written[];
  readonly findings: readonly PlanFinding[];
} {
  const steps: Step[] = [];
  const subtasks: Subtask[] = [];
  const dependencies: Written[] = [];
  const findings: PlanFinding[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = Subtask.safeParse(entry);
    const place = placeOf(["subtasks", index]);
    if (!read.success) {
      const [defect] = read.error.issues;
      findings.push({
        code: "source/bad-step",
        severity: "warning",
        key,
        ...placeOf(["subtasks", index, ...(defect?.path ?? [])]),
        message: `Subtask ${index + 1} of ${key}: ${[...(defect?.path ?? [])].join(".")} ${defect?.message ?? "cannot be read"}. It is left out.`,
        hint: 'A subtask is {"id": 1, "title": "…", "status": "pending"}.',
      });
      continue;
    }
    subtasks.push(read.data);
    if (isDone(read.data)) continue;
    for (const [at, id] of read.data.dependencies.entries()) {
      const path = ["subtasks", index, "dependencies", at];
      // Without a dot it is a step of the same task.
      if (id.includes(".") && ownerOf(id) !== key) dependencies.push({ id, path });
    }
    const { title } = read.data;
    steps.push({ title, minutes: null, files: [], red: null, green: null, verify: null, place });
  }
  return { steps, subtasks, dependencies, findings };
}

function isDone(subtask: Subtask): boolean {
  return stateOf(subtask.status).state === "closed";
}

function bodyOf(task: Task, subtasks: readonly Subtask[]): string {
  const parts = [task.description, task.details];
  if (subtasks.length > 0)
    parts.push(
      ["### Steps", "", ...subtasks.map((subtask) => stepText(task.id, subtask))].join("\n"),
    );
  return parts.filter((part) => part !== "").join("\n\n");
}

/** One point of a list; what it follows is said in words that are no dependency between issues. */
function stepText(key: string, subtask: Subtask): string {
  const before = subtask.dependencies.map((id) => (id.includes(".") ? id : `${key}.${id}`));
  const follows = before.length === 0 ? "" : ` (follows step ${before.join(", ")})`;
  const rest = [subtask.description, subtask.details].flatMap((part) =>
    part === "" ? [] : ["", ...part.split(/\r\n|\n|\r/u).map((line) => `  ${line}`.trimEnd())],
  );
  const box = isDone(subtask) ? "x" : " ";
  return [`- [${box}] ${key}.${subtask.id} ${subtask.title}${follows}`, ...rest].join("\n");
}
