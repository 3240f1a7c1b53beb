import type { Declaration, Place, PlanFinding } from "../../../core/plan/issue.ts";
import { createPhaseNames } from "./phase-names.ts";
import { readSaidLine, readTaskWords } from "./said-order.ts";
import type { PhaseStatement, Reference, Statement } from "./said-order.ts";
import type { Phase, SaidLine, TaskLine, TaskLines } from "./task-lines.ts";

export interface TaskOrder {
  /** What each task waits for, by its key. */
  readonly declarations: ReadonlyMap<string, readonly Declaration[]>;
  readonly findings: readonly PlanFinding[];
}

/** Where every one of a group waits for every one of another, larger groups meet in one task instead. */
const PAIRS_MAX = 400;
const RANGE_MAX = 1000;
/** More than any real file has; a file made to have more asks a person instead of growing without end. */
const EDGES_MAX = 300_000;

/**
 * The order of a `tasks.md`: what its sentences say, and the order of its phases and lines. A task without `[P]` waits
 * for all before it in its phase, those with `[P]` that stand together do not wait for each other; a phase waits for
 * the one before it unless a sentence says what it waits for.
 */
export function orderTasks(file: string, lines: TaskLines): TaskOrder {
  const ordering = new Ordering(file, lines);
  ordering.readTasks();
  for (const line of lines.said) ordering.readSaid(line);
  ordering.orderPhases();
  return { declarations: ordering.declarations, findings: ordering.findings };
}

class Ordering {
  readonly declarations = new Map<string, Declaration[]>();
  readonly findings: PlanFinding[] = [];
  readonly #file: string;
  readonly #phases: readonly Phase[];
  readonly #tasks: readonly TaskLine[];
  readonly #numbers: readonly number[];
  readonly #byName: ReadonlyMap<string, TaskLine>;
  readonly #names: ReturnType<typeof createPhaseNames>;
  /** Phases that a phase waits for, where a sentence says so. */
  readonly #said = new Set<string>();
  readonly #waits = new Map<number, Set<number>>();
  /** Phases that hold another one by a sentence, beside what that one waits for anyway. */
  readonly #heldBy = new Map<number, Set<number>>();
  readonly #targets = new Map<string, Set<string>>();
  #edgesLeft = EDGES_MAX;

  constructor(file: string, { phases }: TaskLines) {
    this.#file = file;
    this.#phases = withoutDoubles(phases);
    const tasks = this.#phases.flatMap((phase) => phase.tasks);
    // `T1` and `T001` are two tasks of the plan; a sentence means the first.
    this.#byName = new Map(tasks.map((task) => [nameOf(task.key), task] as const).toReversed());
    this.#tasks = [...new Set(this.#byName.values())].toSorted((a, b) => a.line - b.line);
    this.#numbers = this.#tasks.map(({ key }) => numberOf(key));
    this.#names = createPhaseNames(phases);
  }

  readTasks(): void {
    for (const task of this.#phases.flatMap((phase) => phase.tasks)) {
      const { waitsFor, holds } = readTaskWords([task.text, ...task.nested].join(" "));
      const self = [{ from: task.key, to: task.key }];
      const words = task.text.slice(0, 200);
      if (waitsFor.length > 0) this.#state({ before: waitsFor, after: self, words }, task.line);
      if (holds.length > 0) this.#state({ before: self, after: holds, words }, task.line);
    }
  }

  readSaid({ text, line }: SaidLine): void {
    // Said again it says nothing new, and looking for every phase in every sentence is what takes time.
    if (this.#said.has(text)) return;
    this.#said.add(text);
    const said = readSaidLine(text);
    for (const statement of said.tasks) this.#state(statement, line);
    for (const statement of said.phases) this.#statePhases(statement);
  }

  orderPhases(): void {
    const groups = this.#phases.map((phase) => groupsOf(this.#inOrder(phase.tasks)));
    for (const [index, inside] of groups.entries()) {
      for (const [at, group] of inside.entries()) {
        const before = inside[at - 1]?.map(({ key }) => key) ?? [];
        this.#connect(before, group, (key) => `after ${key}, by the order of the list`);
      }
      const ends = [...this.#before(index)].flatMap((at) => groups[at]?.at(-1) ?? []);
      const keys = ends.map(({ key }) => key);
      this.#connect(keys, inside[0] ?? [], (key) => `after ${key}, which ends a phase before`);
    }
  }

  /** Phases with tasks that a phase waits for; empty ones hand on what they wait for. */
  #before(index: number): ReadonlySet<number> {
    const seen = new Set<number>();
    const found = new Set<number>();
    const queue = [...this.#waitsOf(index)];
    for (const at of queue) {
      if (seen.has(at) || at === index) continue;
      seen.add(at);
      if ((this.#phases[at]?.tasks.length ?? 0) > 0) found.add(at);
      else queue.push(...this.#waitsOf(at));
    }
    return found;
  }

  #waitsOf(index: number): readonly number[] {
    const before = index > 0 ? [index - 1] : [];
    return [...(this.#waits.get(index) ?? before), ...(this.#heldBy.get(index) ?? [])];
  }

  #statePhases({ subject, relation, object }: PhaseStatement): void {
    const subjects = this.#names(subject, null);
    if (relation === "before") {
      for (const index of this.#names(object, null)) addAll(this.#heldBy, index, subjects);
      return;
    }
    for (const index of subjects) {
      const blockers = relation === "nothing" ? [] : this.#names(object, index);
      if (relation === "nothing" || blockers.length > 0) addAll(this.#waits, index, blockers);
    }
  }

  #state({ before, after, words }: Statement, line: number): void {
    const blockers = this.#resolve(before);
    const dependents = this.#resolve(after).flatMap(({ task, name }) => {
      if (task === null) this.#reportUnknown(name, words, line);
      return task === null ? [] : [task];
    });
    const place = { file: this.#file, line, column: 1 };
    const [first] = dependents;
    const isLarge = blockers.length * dependents.length > PAIRS_MAX;
    for (const dependent of dependents) {
      const isFirst = !isLarge || dependent === first;
      const targets =
        isFirst || first === undefined ? blockers.map(({ name }) => name) : [first.key];
      for (const target of targets) this.#add(dependent.key, target, words, place);
    }
  }

  #resolve(
    references: readonly Reference[],
  ): readonly { readonly name: string; readonly task: TaskLine | null }[] {
    return references.flatMap(({ from, to }) => {
      const inside = from === to ? [] : this.#between(from, to);
      if (inside.length > 0) return inside.map((task) => ({ name: task.key, task }));
      const task = this.#byName.get(nameOf(from)) ?? null;
      return [{ name: task?.key ?? (from === to ? from : `${from}-${to}`), task }];
    });
  }

  #between(from: string, to: string): readonly TaskLine[] {
    const [low, high] = [numberOf(from), numberOf(to)];
    if (high - low > RANGE_MAX) return [];
    return this.#tasks.filter((_, index) => {
      const number = this.#numbers[index] ?? 0;
      return number >= low && number <= high;
    });
  }

  #reportUnknown(name: string, words: string, line: number): void {
    this.findings.push({
      code: "source/unknown-task",
      severity: "warning",
      file: this.#file,
      line,
      column: 1,
      message: `"${words}" speaks of ${name}, which is no task of this file.`,
      hint: "Correct the number, or remove the sentence.",
    });
  }

  #reportTooMany(place: Place): void {
    this.findings.push({
      code: "source/too-many-edges",
      severity: "critical",
      ...place,
      message: `The sentences about order name more than ${EDGES_MAX} pairs of tasks; the rest is not read.`,
      hint: "Say less: a phase waits for the one before it without any sentence.",
    });
  }

  #connect(
    before: readonly string[],
    group: readonly TaskLine[],
    words: (key: string) => string,
  ): void {
    const [first] = group;
    const isLarge = before.length * group.length > PAIRS_MAX;
    for (const task of group) {
      const place = { file: this.#file, line: task.line, column: task.column };
      const targets = isLarge && first !== undefined && task !== first ? [first.key] : before;
      for (const target of targets) this.#add(task.key, target, words(target), place);
    }
  }

  #add(key: string, target: string, words: string, place: Place): void {
    this.#edgesLeft -= 1;
    if (this.#edgesLeft === 0) this.#reportTooMany(place);
    const targets = this.#targets.get(key) ?? new Set<string>();
    if (this.#edgesLeft <= 0 || targets.has(target)) return;
    targets.add(target);
    this.#targets.set(key, targets);
    const declarations = this.declarations.get(key) ?? [];
    declarations.push({ target, strength: "hard", origin: "text", place, words, resolved: true });
    this.declarations.set(key, declarations);
  }

  /** The list's order, but for tasks that wait for a later one of their phase by a sentence: those come behind it. */
  #inOrder(tasks: readonly TaskLine[]): readonly TaskLine[] {
    const inside = new Map(tasks.map((task) => [task.key, task] as const));
    const ordered = new Set<TaskLine>();
    const entered = new Set<TaskLine>();
    for (const task of tasks) {
      const stack = [task];
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const missing = entered.has(top)
          ? []
          : this.#saidBefore(top, inside).filter((other) => !entered.has(other));
        entered.add(top);
        if (missing.length > 0) {
          stack.push(...missing.toReversed());
          continue;
        }
        ordered.add(top);
        stack.pop();
      }
    }
    return [...ordered];
  }

  #saidBefore(task: TaskLine, inside: ReadonlyMap<string, TaskLine>): readonly TaskLine[] {
    return [...(this.#targets.get(task.key) ?? [])].flatMap((key) => inside.get(key) ?? []);
  }
}

/** Of doubled keys the plan keeps the first; edges of the others would be edges of that one. */
function withoutDoubles(phases: readonly Phase[]): readonly Phase[] {
  const seen = new Set<string>();
  return phases.map((phase) => {
    const tasks = phase.tasks.filter(({ key }) => !seen.has(key) && seen.add(key));
    return { ...phase, tasks };
  });
}

function addAll(map: Map<number, Set<number>>, index: number, others: readonly number[]): void {
  const rest = others.filter((other) => other !== index);
  map.set(index, new Set([...(map.get(index) ?? []), ...rest]));
}

/** Runs of `[P]` tasks under one heading; every other task alone. */
function groupsOf(tasks: readonly TaskLine[]): readonly (readonly TaskLine[])[] {
  const groups: TaskLine[][] = [];
  for (const task of tasks) {
    const last = groups.at(-1)?.[0];
    const isBeside = task.parallel && last?.parallel === true && last.block === task.block;
    if (isBeside) groups.at(-1)?.push(task);
    else groups.push([task]);
  }
  return groups;
}

/** `T1` and `T001` are one task. */
function nameOf(key: string): string {
  return `${numberOf(key)}${/[a-z]$/iu.exec(key)?.[0].toLowerCase() ?? ""}`;
}

function numberOf(key: string): number {
  return Number(/\d+/u.exec(key)?.[0] ?? 0);
}
