import type { TaskKey } from "../shared/names.ts";
import {
  isHard,
  isHardOn,
  isOver,
  newCycles,
  standingProposals,
  stillNeeded,
  waysAround,
  type PlanEdge,
} from "./apply-corrections-checks.ts";
import { withGroup, withoutGroup } from "./apply-corrections-groups.ts";
import type { Correction } from "./corrections.ts";
import type { Blocker, ConflictGroup, Plan, PlannedIssue, ProposedEdge } from "./plan.ts";

/** Headline of what a person has added to an issue's text for its agent. */
const ADDED_SECTION = "## Added by a person";

/** What a person has added, of the end of a text that begins behind the issue's own. */
export function addedWords(end: string): string {
  const words = end.trim();
  return words.startsWith(ADDED_SECTION) ? words.slice(ADDED_SECTION.length).trim() : words;
}

/** A plan while corrections are applied to it: they may undo each other, so only the end is judged. */
export class CorrectedPlan {
  readonly #plan: Plan;
  readonly #issues: Map<TaskKey, PlannedIssue>;
  readonly #said = new Map<string, PlanEdge>();
  readonly #withdrawn = new Set<ProposedEdge>();
  readonly #worded = new Set<TaskKey>();
  readonly #refused: string[] = [];
  readonly #notes: string[] = [];
  readonly #independent: (readonly TaskKey[])[] = [];
  #groups: readonly ConflictGroup[];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#issues = new Map(plan.issues.map((issue) => [issue.key, issue]));
    this.#groups = plan.conflictGroups;
  }

  apply(correction: Correction): void {
    switch (correction.kind) {
      case "needs":
        return this.#connect(correction, correction.words);
      case "needs-not":
        return this.#disconnect(correction);
      case "independent":
        return this.#part(correction.keys);
      case "apart":
        return this.#group(correction.keys, correction.words);
      case "first":
      case "last":
        return this.#toTheEdge(correction.kind, correction.keys, correction.words);
      case "drop":
        return this.#drop(correction.keys);
      case "keep-only":
        return this.#keepOnly(correction.keys);
      case "parallel":
        return this.#withdraw(this.#plan.proposed);
      case "add-words":
        return this.#addWords(correction.key, correction.text);
    }
  }

  has(key: TaskKey): boolean {
    return this.#issues.has(key);
  }

  /** In source order. */
  issues(): readonly PlannedIssue[] {
    const groupOf = new Map(
      this.#groups.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)),
    );
    return [...this.#issues.values()].map((issue) => {
      const conflictGroup = groupOf.get(issue.key) ?? null;
      // Order alone goes with what is left out; who needs it has refused that.
      const blockers = issue.blockers.every(({ key }) => this.has(key))
        ? issue.blockers
        : issue.blockers.filter(({ key }) => this.has(key));
      return conflictGroup === issue.conflictGroup && blockers === issue.blockers
        ? issue
        : { ...issue, conflictGroup, blockers };
    });
  }

  groups(): readonly ConflictGroup[] {
    return this.#groups
      .map((group) => ({ ...group, keys: group.keys.filter((key) => this.has(key)) }))
      .filter((group) => group.keys.length > 0);
  }

  worded(): readonly TaskKey[] {
    return [...this.#worded];
  }

  notes(): readonly string[] {
    return [...new Set([...this.#notes, ...waysAround(this.issues(), this.#independent)])];
  }

  /** What is still proposed: not said already, and no way round to itself. */
  proposals(): readonly ProposedEdge[] {
    const stays = this.#plan.proposed.filter((edge) => !this.#withdrawn.has(edge));
    return standingProposals(this.issues(), stays);
  }

  /** Why these corrections cannot be taken; empty when they can. */
  refusals(): readonly string[] {
    const now = [...this.#issues.values()];
    const dropped = new Set(this.#plan.issues.flatMap(({ key }) => (this.has(key) ? [] : [key])));
    const isEmpty = dropped.size > 0 && now.every(isOver);
    return [
      ...new Set([
        ...this.#refused,
        ...newCycles(now, [...this.#said.values()]),
        ...stillNeeded(now, dropped),
        ...(isEmpty ? ["Nothing would be left to do."] : []),
      ]),
    ];
  }

  #connect(edge: PlanEdge, words: string): void {
    const [blocker, dependent] = [this.#known(edge.blocker), this.#known(edge.dependent)];
    if (blocker === null || dependent === null) return;
    if (isOver(dependent)) {
      const how = dependent.done ? "done" : "closed";
      this.#refused.push(`${dependent.key} is ${how}: it waits for nothing any more.`);
      return;
    }
    if (isOver(blocker) && !blocker.done) {
      const why = `${blocker.key} is closed and not done: nothing would free ${dependent.key}.`;
      this.#refused.push(why);
      return;
    }
    if (dependent.blockers.some(isHardOn(blocker.key))) {
      this.#notes.push(`${dependent.key} waits for ${blocker.key} already.`);
      return;
    }
    if (blocker.done)
      this.#notes.push(`${blocker.key} is done: it holds ${dependent.key} no longer.`);
    this.#said.set(nameOf(edge), edge);
    this.#setBlockers(dependent, [
      ...dependent.blockers.filter(({ key }) => key !== blocker.key),
      { key: blocker.key, strength: "hard", from: `said by a person: "${words}"` },
    ]);
  }

  #disconnect({ blocker, dependent }: PlanEdge): void {
    const issue = this.#issues.get(dependent);
    if (issue === undefined || !this.has(blocker)) {
      // True already: so what was said with a `drop` may be said once more behind it.
      this.#notes.push(`${dependent} does not wait for ${blocker} anyway.`);
      return;
    }
    const proposals = this.#plan.proposed.filter(
      (edge) => edge.blocker === blocker && edge.dependent === dependent,
    );
    this.#withdraw(proposals);
    const left = issue.blockers.filter(({ key }) => key !== blocker);
    if (left.length === issue.blockers.length && proposals.length === 0)
      this.#notes.push(`${dependent} does not wait for ${blocker} anyway.`);
    this.#said.delete(nameOf({ blocker, dependent }));
    this.#setBlockers(issue, left);
  }

  /** Takes every edge, proposal and group between some issues away. */
  #part(keys: readonly TaskKey[]): void {
    if (keys.some((key) => this.#known(key) === null)) return;
    const inside = new Set(keys);
    const between = (edge: PlanEdge): boolean =>
      inside.has(edge.blocker) && inside.has(edge.dependent);
    this.#withdraw(this.#plan.proposed.filter(between));
    for (const [name, edge] of this.#said) if (between(edge)) this.#said.delete(name);
    for (const key of keys) {
      const issue = this.#issues.get(key);
      if (issue === undefined) continue;
      const left = issue.blockers.filter((blocker) => !inside.has(blocker.key));
      this.#setBlockers(issue, left);
    }
    this.#independent.push(keys);
    this.#regroup(withoutGroup(this.#groups, keys));
  }

  #group(keys: readonly TaskKey[], words: string): void {
    if (keys.some((key) => this.#known(key) === null)) return;
    this.#regroup(withGroup(this.#groups, keys, { words, order: [...this.#issues.keys()] }));
  }

  #regroup({ groups, notes }: ReturnType<typeof withGroup>): void {
    this.#groups = groups;
    this.#notes.push(...notes);
  }

  /** Before, or behind, everything else: only the first, or last, of the others need the edge. */
  #toTheEdge(kind: "first" | "last", keys: readonly TaskKey[], words: string): void {
    if (keys.some((key) => this.#known(key) === null)) return;
    const chosen = new Set(keys);
    const others = this.#open().filter((issue) => !chosen.has(issue.key));
    const inside = new Set(others.map((issue) => issue.key));
    const needed = new Set(others.flatMap(hardBlockers));
    const ends = others.filter((issue) =>
      kind === "first"
        ? !hardBlockers(issue).some((key) => inside.has(key))
        : !needed.has(issue.key),
    );
    for (const { key: end } of ends) {
      for (const key of keys) {
        const [blocker, dependent] = kind === "first" ? [key, end] : [end, key];
        this.#connect({ blocker, dependent }, words);
      }
    }
  }

  #keepOnly(keys: readonly TaskKey[]): void {
    if (keys.some((key) => this.#known(key) === null)) return;
    const kept = new Set(keys);
    this.#drop(this.#open().flatMap(({ key }) => (kept.has(key) ? [] : [key])));
  }

  #drop(keys: readonly TaskKey[]): void {
    for (const key of keys) {
      const issue = this.#issues.get(key);
      if (issue === undefined) continue;
      if (isOver(issue)) this.#notes.push(`${key} is over: no run would touch it.`);
      else this.#issues.delete(key);
    }
  }

  #addWords(key: TaskKey, text: string): void {
    const issue = this.#known(key);
    if (issue === null) return;
    const body = issue.body.trimEnd();
    const [, before = ""] = body.split(ADDED_SECTION);
    if (before.includes(text.trim())) {
      this.#notes.push(`${key} has these words already.`);
      return;
    }
    const head = body.includes(ADDED_SECTION) ? body : `${body}\n\n${ADDED_SECTION}`.trimStart();
    this.#worded.add(key);
    this.#issues.set(key, { ...issue, body: `${head}\n\n${text.trim()}\n` });
  }

  #withdraw(edges: readonly ProposedEdge[]): void {
    for (const edge of edges) this.#withdrawn.add(edge);
  }

  #known(key: TaskKey): PlannedIssue | null {
    const issue = this.#issues.get(key) ?? null;
    if (issue === null) this.#refused.push(`${key} is left out of this run already.`);
    return issue;
  }

  #open(): readonly PlannedIssue[] {
    return [...this.#issues.values()].filter((issue) => !isOver(issue));
  }

  #setBlockers(issue: PlannedIssue, blockers: readonly Blocker[]): void {
    const isSame = blockers.length === issue.blockers.length;
    if (isSame && blockers.every((item, at) => item === issue.blockers[at])) return;
    this.#issues.set(issue.key, { ...issue, blockers });
  }
}

function hardBlockers(issue: PlannedIssue): readonly TaskKey[] {
  return issue.blockers.filter(isHard).map(({ key }) => key);
}

function nameOf({ blocker, dependent }: PlanEdge): string {
  return JSON.stringify([blocker, dependent]);
}
