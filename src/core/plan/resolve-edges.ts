import type { Declaration, Issue, PlanFinding } from "./issue.ts";
import type { Blocker } from "./plan.ts";

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

/** Resolves every declaration; self edges and doubles are dropped with a finding, what names nothing fails closed. */
export function resolveEdges(issues: readonly Issue[]): ResolvedEdges {
  const resolving = new Resolving(issues);
  for (const index of issues.keys()) resolving.resolve(index);
  return resolving.answer();
}

class Resolving {
  readonly #issues: readonly Issue[];
  readonly #names: ReadonlyMap<string, number>;
  readonly #blockers: Map<number, Blocker>[];
  readonly #outside: string[][];
  readonly #findings: PlanFinding[] = [];

  constructor(issues: readonly Issue[]) {
    this.#issues = issues;
    this.#names = namesOf(issues);
    this.#blockers = issues.map(() => new Map<number, Blocker>());
    this.#outside = issues.map(() => []);
  }

  resolve(index: number): void {
    const issue = this.#issues[index];
    if (issue === undefined) return;
    const named = new Set<number>();
    for (const declaration of issue.declarations) {
      const other = declaration.resolved
        ? this.#names.get(normalise(declaration.target))
        : undefined;
      if (other === undefined) this.#reportUnknown(index, issue, declaration);
      else if (other === index) this.#reportSelf(issue, declaration);
      else this.#connect({ index, other, issue }, declaration, named);
    }
  }

  answer(): ResolvedEdges {
    return {
      // Ascending by source order, so that the order of the lines of a text changes nothing.
      blockers: this.#blockers.map((map) =>
        [...map].toSorted(([a], [b]) => a - b).map(([, blocker]) => blocker),
      ),
      outside: this.#outside.map((reasons) => (reasons.length === 0 ? null : reasons.join("; "))),
      findings: this.#findings,
    };
  }

  #connect(
    { index, other, issue }: { index: number; other: number; issue: Issue },
    declaration: Declaration,
    named: Set<number>,
  ): void {
    const [blocker, dependent] = declaration.reverse === true ? [index, other] : [other, index];
    if (declaration.origin === "text" && declaration.strength === "hard") {
      if (named.has(other)) this.#reportDouble(issue, declaration);
      named.add(other);
    }
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
    if (declaration.strength === "hard") this.#askAboutAbandoned(blocker, dependent, declaration);
  }

  /** A blocker that was closed without being done will never be: a person has to say what that means. */
  #askAboutAbandoned(blocker: number, dependent: number, declaration: Declaration): void {
    const [closed, waiting] = [this.#issues[blocker], this.#issues[dependent]];
    if (closed === undefined || waiting === undefined) return;
    if (closed.state !== "closed" || isDone(closed) || waiting.state === "closed") return;
    const how = closed.closedAs === "duplicate" ? "closed as a duplicate" : "closed as not planned";
    this.#outside[dependent]?.push(`${closed.key} (${how})`);
    this.#findings.push({
      code: "plan/closed-not-planned",
      severity: "critical",
      key: waiting.key,
      ...declaration.place,
      message: `${waiting.key} waits for ${closed.key}, which was ${how}: nothing will free it.`,
      hint: `Remove the dependency, name the issue that took the place of ${closed.key}, or close ${waiting.key} too.`,
    });
  }

  #reportUnknown(index: number, issue: Issue, declaration: Declaration): void {
    if (issue.state === "closed") return;
    const { target, strength, resolved, reverse, place, words } = declaration;
    const where = { key: issue.key, ...place };
    if (strength === "soft") {
      if (resolved) return;
      this.#findings.push({
        code: "plan/unread-requirement",
        severity: "warning",
        ...where,
        message: `${issue.key} says "${words}", which names no issue; nothing waits for it.`,
        hint: "If it means another issue, write its number: `Depends on: #12`.",
      });
      return;
    }
    if (reverse === true) {
      this.#findings.push({
        code: "plan/unknown-dependent",
        severity: "info",
        ...where,
        message: `${issue.key} says that it blocks ${target}, which is not in this plan.`,
        hint: "Nothing to do, unless the number is wrong.",
      });
      return;
    }
    this.#outside[index]?.push(resolved ? `${target} (not in this plan)` : `"${target}"`);
    this.#findings.push({
      code: "plan/dangling",
      severity: "critical",
      ...where,
      message: resolved
        ? `${issue.key} waits for ${target}, which is not in this plan.`
        : `${issue.key} declares a blocker that names no issue: "${target}".`,
      hint: resolved
        ? `Correct the reference, add ${target} to the plan, or remove the line.`
        : "Write the number of the issue it waits for, or `none`.",
    });
  }

  #reportSelf(issue: Issue, declaration: Declaration): void {
    this.#findings.push({
      code: "plan/self-edge",
      severity: "warning",
      key: issue.key,
      ...declaration.place,
      message: `${issue.key} says that it waits for itself; that is left out.`,
      hint: "Remove it, or name the issue that was meant.",
    });
  }

  #reportDouble(issue: Issue, declaration: Declaration): void {
    this.#findings.push({
      code: "plan/duplicate-edge",
      severity: "info",
      key: issue.key,
      ...declaration.place,
      message: `${issue.key} names ${declaration.target} more than once.`,
      hint: "One of the two lines is enough.",
    });
  }
}

/** Every way an issue may be called. Keys first: an alias never hides a key. */
function namesOf(issues: readonly Issue[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const add = (name: string, index: number): void => {
    const normal = normalise(name);
    if (!names.has(normal)) names.set(normal, index);
  };
  for (const [index, issue] of issues.entries()) add(issue.key, index);
  for (const [index, issue] of issues.entries()) {
    add(issue.number, index);
    add(`#${issue.number}`, index);
    const repository = repositoryOf(issue.url);
    if (repository !== null) add(`${repository}#${issue.number}`, index);
  }
  return names;
}

function normalise(name: string): string {
  return name.trim().toLowerCase();
}

/** `owner/repo` of an issue's address; null for anything else. */
function repositoryOf(url: string | null): string | null {
  return (
    /^https?:\/\/[^/]+\/([\w.-]+\/[\w.-]+)\/(?:-\/)?(?:issues|pull)\//u.exec(url ?? "")?.[1] ?? null
  );
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
