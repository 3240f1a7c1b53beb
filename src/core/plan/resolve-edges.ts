import type { Declaration, Issue, PlanFinding } from "./issue.ts";
import type { Blocker } from "./plan.ts";
import {
  abandonedBlocker,
  doubleEdge,
  howClosed,
  selfEdge,
  unknownBlocker,
  unknownDependent,
} from "./resolve-edges-findings.ts";
import { finderOf } from "./resolve-edges-names.ts";
import type { FindIssue } from "./resolve-edges-names.ts";
import { holdChildren } from "./resolve-edges-parents.ts";

/** Edges of a plan: what was declared, held against the issues that exist. Indexes are those of the issues given. */
export interface ResolvedEdges {
  readonly blockers: readonly (readonly Blocker[])[];
  /** Why the issue cannot be freed by this plan; null when it can. */
  readonly outside: readonly (string | null)[];
  readonly findings: readonly PlanFinding[];
}

/** Done: it frees what waits for it. */
export function isDone(issue: Pick<Issue, "state" | "closedAs">): boolean {
  return issue.state === "closed" && issue.closedAs === "completed";
}

/**
 * Resolves every declaration; self edges and doubles are dropped with a finding, what names nothing fails closed. What
 * holds a parent holds its children too.
 */
export function resolveEdges(
  issues: readonly Issue[],
  repository: string | null = null,
): ResolvedEdges {
  const resolving = new Resolving(issues, repository);
  for (const index of issues.keys()) resolving.resolve(index);
  return resolving.answer();
}

/** A declaration between two issues of the plan. */
interface Edge {
  readonly blocker: number;
  readonly dependent: number;
}

class Resolving {
  readonly #issues: readonly Issue[];
  readonly #find: FindIssue;
  readonly #blockers: Map<number, Blocker>[];
  readonly #outside: string[][];
  readonly #findings: PlanFinding[] = [];

  constructor(issues: readonly Issue[], repository: string | null) {
    this.#issues = issues;
    this.#find = finderOf(issues, repository);
    this.#blockers = issues.map(() => new Map<number, Blocker>());
    this.#outside = issues.map(() => []);
  }

  resolve(index: number): void {
    const issue = this.#issues[index];
    if (issue === undefined) return;
    const named = new Set<string>();
    for (const declaration of issue.declarations) {
      const { target, dependent, reverse } = declaration;
      const other = declaration.resolved ? this.#find(target, issue) : undefined;
      const waiting = dependent === undefined ? index : this.#find(dependent, issue);
      if (waiting === undefined || (other === undefined && reverse === true))
        this.#tellUnknownDependent(issue, declaration);
      else if (other === undefined) this.#tellUnknownBlocker(waiting, declaration);
      else if (other === waiting) this.#tellSelf(issue, waiting, declaration);
      else {
        const isOwn = declaration.origin === "text" && waiting === index;
        if (isOwn && declaration.strength === "hard") {
          // "Depends on #1" and "Blocks #1" are no double but a contradiction, which the cycle names.
          const way = `${reverse === true ? "<" : ">"}${other}`;
          if (named.has(way)) this.#findings.push(doubleEdge(issue, declaration));
          named.add(way);
        }
        const edge = { blocker: other, dependent: waiting };
        const turned = { blocker: waiting, dependent: other };
        this.#connect(issue, declaration, reverse === true ? turned : edge);
      }
    }
  }

  answer(): ResolvedEdges {
    holdChildren(this.#issues, this.#find, { blockers: this.#blockers, outside: this.#outside });
    return {
      // Ascending by source order, so that the order of the lines of a text changes nothing.
      blockers: this.#blockers.map((map) =>
        [...map].toSorted(([a], [b]) => a - b).map(([, blocker]) => blocker),
      ),
      outside: this.#outside.map((reasons) => (reasons.length === 0 ? null : reasons.join("; "))),
      findings: this.#findings,
    };
  }

  #connect(issue: Issue, declaration: Declaration, { blocker, dependent }: Edge): void {
    const known = this.#blockers[dependent]?.get(blocker);
    // The stronger statement wins; of equal ones the first.
    if (known !== undefined && (known.strength === "hard" || declaration.strength === "soft"))
      return;
    const key = this.#issues[blocker]?.key ?? "";
    this.#blockers[dependent]?.set(blocker, {
      key,
      strength: declaration.strength,
      from: originOf(issue, declaration),
    });
    if (declaration.strength === "hard")
      this.#askAboutAbandoned(declaration, { blocker, dependent });
  }

  #askAboutAbandoned(declaration: Declaration, { blocker, dependent }: Edge): void {
    const [closed, waiting] = [this.#issues[blocker], this.#issues[dependent]];
    if (closed === undefined || waiting === undefined) return;
    if (closed.state !== "closed" || isDone(closed) || waiting.state === "closed") return;
    this.#outside[dependent]?.push(`${closed.key} (${howClosed(closed)})`);
    this.#findings.push(abandonedBlocker(waiting, closed, declaration));
  }

  #tellUnknownDependent(issue: Issue, declaration: Declaration): void {
    const isIdle = issue.state === "closed" || declaration.strength === "soft";
    if (!isIdle) this.#findings.push(unknownDependent(issue, declaration));
  }

  #tellUnknownBlocker(index: number, declaration: Declaration): void {
    const waiting = this.#issues[index];
    if (waiting === undefined || waiting.state === "closed") return;
    const finding = unknownBlocker(waiting, declaration);
    if (finding !== null) this.#findings.push(finding);
    if (declaration.strength === "soft") return;
    const { target, resolved } = declaration;
    this.#outside[index]?.push(resolved ? `${target} (not in this plan)` : `"${target}"`);
  }

  #tellSelf(issue: Issue, index: number, declaration: Declaration): void {
    const waiting = this.#issues[index] ?? issue;
    this.#findings.push(selfEdge(issue, waiting, declaration));
  }
}

function originOf(issue: Issue, declaration: Declaration): string {
  const { origin, place, words } = declaration;
  switch (origin) {
    case "order":
      return "order of the plan";
    case "native":
      return "an edge of the forge";
    case "text": {
      if (place.file !== undefined) return `${place.file}:${place.line ?? 1} "${words}"`;
      return `${issue.key} line ${place.line ?? 1} "${words}"`;
    }
  }
}
