import type { Declaration, Issue, PlanFinding } from "./issue.ts";

/** An edge whose blocker is not in the plan, or names nothing; the words of its hint say how to mend it. */
export function unknownBlocker(waiting: Issue, declaration: Declaration): PlanFinding | null {
  const { target, strength, resolved, place, words } = declaration;
  const where = { key: waiting.key, ...place };
  if (strength === "soft") {
    if (resolved) return null;
    // Beside issues that it does name, a line is not quoted as a whole.
    const said = /#\d/u.test(words) ? target : words;
    return {
      code: "plan/unread-requirement",
      severity: "warning",
      ...where,
      message: `${waiting.key} says "${said}", which names no issue; nothing waits for it.`,
      hint: "If it means another issue, write its number: `Depends on: #12`.",
    };
  }
  return {
    code: "plan/dangling",
    severity: "critical",
    ...where,
    message: resolved
      ? `${waiting.key} waits for ${target}, which is not in this plan.`
      : `${waiting.key} declares a blocker that names no issue: "${target}".`,
    hint: resolved
      ? `Correct the reference, add ${target} to the plan, or remove the line.`
      : "Write the number of the issue it waits for, or `none`.",
  };
}

/** An edge for an issue that is not in the plan: nothing to hold. */
export function unknownDependent(issue: Issue, declaration: Declaration): PlanFinding {
  const { target, dependent, place } = declaration;
  const said =
    dependent === undefined
      ? `that it blocks ${target}, which`
      : `that ${dependent} waits for ${target}; ${dependent}`;
  return {
    code: "plan/unknown-dependent",
    severity: "info",
    key: issue.key,
    ...place,
    message: `${issue.key} says ${said} is not in this plan.`,
    hint: "Nothing to do, unless the number is wrong.",
  };
}

export function selfEdge(issue: Issue, waiting: Issue, declaration: Declaration): PlanFinding {
  const whom = issue === waiting ? "it waits" : `${waiting.key} waits`;
  return {
    code: "plan/self-edge",
    severity: "warning",
    key: waiting.key,
    ...declaration.place,
    message: `${issue.key} says that ${whom} for itself; that is left out.`,
    hint: "Remove it, or name the issue that was meant.",
  };
}

export function doubleEdge(issue: Issue, declaration: Declaration): PlanFinding {
  return {
    code: "plan/duplicate-edge",
    severity: "info",
    key: issue.key,
    ...declaration.place,
    message: `${issue.key} names ${declaration.target} more than once.`,
    hint: "One of the two lines is enough.",
  };
}

/** A blocker that was closed without being done will never be: a person has to say what that means. */
export function abandonedBlocker(
  waiting: Issue,
  closed: Issue,
  declaration: Declaration,
): PlanFinding {
  return {
    code: "plan/closed-not-planned",
    severity: "critical",
    key: waiting.key,
    ...declaration.place,
    message: `${waiting.key} waits for ${closed.key}, which was ${howClosed(closed)}: nothing will free it.`,
    hint: `Remove the dependency, name the issue that took the place of ${closed.key}, or close ${waiting.key} too.`,
  };
}

/** How an issue ended that was not done, in a person's words. */
export function howClosed(issue: Issue): string {
  return issue.closedAs === "duplicate" ? "closed as a duplicate" : "closed as not planned";
}
