import { isDone } from "../plan/resolve-edges.ts";
import type { TaskKey } from "../shared/names.ts";
import { owedActions } from "./admission.ts";
import type { EventOf, TaskEvent } from "./events.ts";
import { hardIn, type Reading } from "./milestone-reading.ts";
import type { Run, Task } from "./run.ts";
import { freesDependents, isTerminal } from "./task-state.ts";
import type { WaitsGraph } from "./waits-graph.ts";

/** Changes of what tasks wait for, in the two parts in which they must be told. */
export interface EdgeNews {
  /** What holds no longer, what holds from outside, and notes. */
  readonly freeing: readonly TaskEvent[];
  /** New edges between tasks; to be asked after the added tasks were taken into the graph. */
  readonly holding: () => readonly TaskEvent[];
}

const BY = "the milestone";

/**
 * What a new reading changes about who waits for whom. Edges that a person or the planner made stay; an edge that is
 * new counts only for a task that has not begun, and none may close a circle.
 */
export function edgeNews(
  run: Run,
  reading: Reading,
  graph: WaitsGraph,
  open: readonly Task[],
): EdgeNews {
  const freeing = open.flatMap((task) => {
    const gone = goneEdges(run, task, reading);
    for (const { blocker } of gone) graph.remove(task.key, blocker);
    return [...gone, ...outsideNews(run, task, reading)];
  });
  return { freeing, holding: () => newEdges(run, reading, graph, open) };
}

/** Hard blockers of a task that its issue, as the run knows it, has now. */
function hardBlockers(task: Task): readonly TaskKey[] {
  return task.issue.blockers.flatMap(({ key, strength }) => (strength === "hard" ? [key] : []));
}

function frees(run: Run, key: TaskKey): boolean {
  const task = run.tasks.get(key);
  return task === undefined ? run.freed.has(key) : freesDependents(task);
}

function goneEdges(
  run: Run,
  task: Task,
  { before, after, listed }: Reading,
): readonly EventOf<"DependencyRemoved">[] {
  const [were, are] = [hardIn(before, task.key), hardIn(after, task.key)];
  const isGone = (key: TaskKey): boolean => {
    if (frees(run, key)) return false;
    const issue = listed.get(key);
    // Closed before the run and not done: it held the task from outside, until somebody did it.
    if (!run.tasks.has(key)) return issue !== undefined && isDone(issue);
    // Sources drop edges to what is closed; whether that frees anybody is asked about the closed one.
    return were.has(key) && !are.has(key) && issue?.state !== "closed";
  };
  return hardBlockers(task)
    .filter(isGone)
    .map((blocker) => ({ type: "DependencyRemoved", task: task.key, blocker, by: BY }));
}

/** A declared blocker that no task of the run is. */
function outsideNews(run: Run, task: Task, reading: Reading): readonly TaskEvent[] {
  const { before, after } = reading;
  const [was = null, is = null] = [before, after].map(({ outside }) => outside.get(task.key));
  const now = task.issue.blockedFromOutside;
  if (now === is) return [];
  if (is === null) return [{ type: "OutsideFreed", task: task.key }];
  if (was === is) return [];
  if (!hasNotBegun(run, task)) return noted(task, is);
  return isEmptyEpic(run, task, reading)
    ? []
    : [{ type: "OutsideBlocked", task: task.key, by: is }];
}

/**
 * An epic whose members are all over is named by the source instead of them, until somebody closes it. Where this run
 * has brought those home, what the task waited for is done.
 */
function isEmptyEpic(run: Run, task: Task, { before, after, listed }: Reading): boolean {
  const issue = listed.get(task.key);
  // A text that was changed names what a person wants it to wait for.
  if (issue === undefined || issue.body !== task.issue.body) return false;
  const are = hardIn(after, task.key);
  const gone = [...hardIn(before, task.key).keys()].filter((key) => !are.has(key));
  if (gone.length === 0 || !gone.every((key) => frees(run, key))) return false;
  const named = new Set(issue.declarations.map(({ target }) => `${target} (not in this plan)`));
  const reasons = after.outside.get(task.key)?.split("; ") ?? [];
  return reasons.every((reason) => named.has(reason));
}

interface NewEdge {
  readonly task: Task;
  readonly blocker: TaskKey;
  readonly from: string;
}

function newEdges(
  run: Run,
  reading: Reading,
  graph: WaitsGraph,
  open: readonly Task[],
): readonly TaskEvent[] {
  const added = new Set(reading.added.map(({ key }) => key));
  const edges = open.flatMap((task): readonly NewEdge[] => {
    const were = hardIn(reading.before, task.key);
    const has = new Set(hardBlockers(task));
    return [...hardIn(reading.after, task.key)].flatMap(([blocker, from]) => {
      const isNew = !were.has(blocker) && !has.has(blocker);
      return isNew && (run.tasks.has(blocker) || added.has(blocker))
        ? [{ task, blocker, from }]
        : [];
    });
  });
  const late = edges.filter(({ task }) => !hasNotBegun(run, task));
  const early = edges.filter(({ task }) => hasNotBegun(run, task));
  const closing = early.filter(({ blocker }) => hasEnded(run, blocker, added));
  const live = early.filter((edge) => !closing.includes(edge));
  return [
    ...late.flatMap(({ task, blocker }) => (frees(run, blocker) ? [] : noted(task, blocker))),
    ...live.flatMap((edge) => told(run, graph, edge)),
    ...closingEdges(run, graph, closing),
  ];
}

function told(run: Run, graph: WaitsGraph, { task, blocker, from }: NewEdge): readonly TaskEvent[] {
  if (graph.waitsFor(blocker, task.key))
    return frees(run, blocker) ? [] : noted(task, blocker, circleWords(task.key, blocker));
  graph.add(task.key, blocker);
  return [{ type: "DependencyAdded", task: task.key, blocker, by: from }];
}

/** Over and frees nobody; an added task that nobody may be asked about is skipped at once. */
function hasEnded(run: Run, key: TaskKey, added: ReadonlySet<TaskKey>): boolean {
  if (added.has(key)) return run.settings.mode === "autonomous";
  const task = run.tasks.get(key);
  return task !== undefined && isTerminal(task.status) && !freesDependents(task);
}

/** Each of these edges closes a chain: of a task that is in an earlier one nothing more can be told. */
function closingEdges(
  run: Run,
  graph: WaitsGraph,
  edges: readonly NewEdge[],
): readonly TaskEvent[] {
  const heads: TaskKey[] = [];
  const waits = (key: TaskKey): boolean => run.tasks.get(key)?.status === "waiting";
  const isClosed = (key: TaskKey): boolean =>
    waits(key) && heads.some((head) => waits(head) && graph.waitsFor(key, head, waits));
  return edges.flatMap((edge) => {
    if (isClosed(edge.task.key)) return [];
    const events = told(run, graph, edge);
    if (events.some(({ type }) => type === "DependencyAdded")) heads.push(edge.task.key);
    return events;
  });
}

/** Before its first session: row 3. A workspace that is being made may not find its task blocked again. */
export function hasNotBegun(run: Run, task: Task): boolean {
  const waits =
    task.status === "waiting" || (task.status === "escalated" && task.question?.kind === "scope");
  if (!waits || task.sessions > 0) return false;
  for (const action of owedActions(run))
    if (action.type === "PrepareWorkspace" && action.task === task.key) return false;
  return true;
}

/** What is said of an edge that was refused because it would close a circle. */
export function circleWords(dependent: TaskKey, blocker: TaskKey): string {
  return `${saying(dependent, blocker)}, which waits for ${dependent} itself: not taken.`;
}

function saying(dependent: TaskKey, blocker: string): string {
  return `${dependent} now says that it needs ${blocker}`;
}

/** Said once of each edge: the text of an issue that is over goes on saying it. */
function noted(
  task: Task,
  blocker: string,
  words = `${saying(task.key, blocker)}; it has begun already and goes on.`,
): readonly TaskEvent[] {
  const said = saying(task.key, blocker);
  const isSaid = task.notes.some((note) =>
    [`${said},`, `${said};`].some((start) => note.startsWith(start)),
  );
  return isSaid ? [] : [{ type: "TaskNoted", task: task.key, words }];
}
