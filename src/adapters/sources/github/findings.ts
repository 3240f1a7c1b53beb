import type { PlanFinding } from "../../../core/plan/issue.ts";
import type { GitHubIssue, KnownFields } from "./api.ts";
import { isEpic } from "./hierarchy.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { PullNamed } from "./read-issues.ts";

/** Says what an older service cannot tell. */
export function lackingFindings({ dependencies, subIssues }: KnownFields): readonly PlanFinding[] {
  return [
    ...(dependencies
      ? []
      : [
          {
            code: "source/no-native-edges",
            severity: "warning" as const,
            message:
              "GitHub here knows no `blocked by` between issues: only what their texts say is read.",
            hint: "Write `Depends on: #12` into the issues.",
          },
        ]),
    ...(subIssues
      ? []
      : [
          {
            code: "source/no-sub-issues",
            severity: "warning" as const,
            message:
              "GitHub here knows no sub-issues: an epic is taken as an issue like any other.",
            hint: "Take epics out of the milestone.",
          },
        ]),
  ];
}

/** Epics are left out: their sub-issues are the work. */
export function epicFindings(
  read: readonly GitHubIssue[],
  hierarchy: Hierarchy,
): readonly PlanFinding[] {
  return read.filter(isEpic).map(({ number, state, subIssues: { totalCount, nodes } }) => {
    const elsewhere = nodes
      .filter((member) => member.state === "open" && !hierarchy.isKnown(hierarchy.nameOf(member)))
      .map((member) => hierarchy.nameOf(member));
    const parts = `${totalCount} sub-issue${totalCount === 1 ? "" : "s"}`;
    const isOpen = state === "open" && elsewhere.length > 0;
    return {
      code: "source/epic",
      severity: isOpen ? ("warning" as const) : ("info" as const),
      message: isOpen
        ? `#${number} is an epic with ${parts} and nobody's task; open and not in this plan: ${shown(elsewhere)}.`
        : `#${number} is an epic with ${parts} and nobody's task; what blocks it holds them.`,
      hint: isOpen
        ? "Put them into the milestone, or name them, if they are to be done now."
        : "Nothing to do. What waits for the epic waits for its sub-issues.",
    };
  });
}

/** Pull requests stand in milestones, too. */
export function pullFindings(pulls: readonly PullNamed[], total: number): readonly PlanFinding[] {
  if (total === 0) return [];
  const names = shown(pulls.map(({ number }) => `#${number}`));
  return [
    {
      code: "source/pull-request",
      severity: "info",
      message:
        total === 1
          ? `The milestone also holds a pull request (${names}); it is left out.`
          : `The milestone also holds ${total} pull requests (${names}); they are left out.`,
      hint: "Nothing to do; whatever they change has to be merged by somebody.",
    },
  ];
}

const WITH_ACCESS: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/** Agents read the texts of issues: whoever may write one in a public repository speaks to them. */
export function strangerFindings(issues: readonly GitHubIssue[]): readonly PlanFinding[] {
  const strange = issues.filter(
    ({ state, authorAssociation }) => state === "open" && !WITH_ACCESS.has(authorAssociation),
  );
  if (strange.length === 0) return [];
  const authors = [...new Set(strange.map(({ author }) => author?.login ?? "a deleted account"))];
  const names = shown(strange.map(({ number }) => `#${number}`));
  const were = strange.length === 1 ? "was" : "were";
  return [
    {
      code: "source/stranger",
      severity: "warning",
      message: `${names} ${were} written by people without write access here (${shown(authors)}).`,
      hint: "Agents will read these texts: read them before you start.",
    },
  ];
}

const SHOWN_MAX = 10;

function shown(names: readonly string[]): string {
  const more = names.length - SHOWN_MAX;
  return names.slice(0, SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
