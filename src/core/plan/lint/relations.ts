import type { PlanFinding } from "../issue.ts";
import type { PlannedIssue } from "../plan.ts";

const EPIC_LABEL = /^(?:(?:type|kind)[\s:/_-]+)?epic$/iu;
const REFERENCE = /#(\d{1,9})(?!\d)/gu;
const TEXT_MAX = 100_000;

/** Parts without their whole, epics without their parts, and the same work twice. */
export function lintRelations(issues: readonly PlannedIssue[]): readonly PlanFinding[] {
  const open = issues.filter((issue) => issue.state === "open" && !issue.done);
  return [...twins(open), ...lonely(issues, open)];
}

/** Issues of the same name, phase and parent: most often one that was filed twice. */
function twins(open: readonly PlannedIssue[]): readonly PlanFinding[] {
  const first = new Map<string, PlannedIssue>();
  const found: PlanFinding[] = [];
  for (const issue of open) {
    const words = issue.title.toLowerCase().match(/[\p{L}\p{N}]+/gu);
    if (words === null) continue;
    const name = `${words.join(" ")}\n${issue.phase ?? ""}\n${issue.parent ?? ""}`;
    const known = first.get(name);
    if (known === undefined) {
      first.set(name, issue);
      continue;
    }
    found.push({
      code: "plan/duplicate-title",
      severity: "warning",
      key: issue.key,
      ...issue.place,
      message: `${issue.key} has the same title as ${known.key}: "${issue.title.slice(0, 100)}".`,
      hint: "If both mean the same work, close one as a duplicate; else say in the titles what differs.",
    });
  }
  return found;
}

function lonely(
  issues: readonly PlannedIssue[],
  open: readonly PlannedIssue[],
): readonly PlanFinding[] {
  const epics = open.filter((issue) => issue.labels.some((label) => EPIC_LABEL.test(label)));
  if (epics.length === 0 && open.every((issue) => issue.parent === undefined)) return [];
  const names = namesOf(issues);
  const parents = new Set(
    issues.map(({ parent }) => (parent === undefined ? undefined : names.get(normal(parent)))),
  );
  return [
    ...open.flatMap((issue): readonly PlanFinding[] => {
      if (issue.parent === undefined || names.has(normal(issue.parent))) return [];
      return [
        {
          code: "plan/orphan-child",
          severity: "info",
          key: issue.key,
          ...issue.place,
          message: `${issue.key} is a part of ${issue.parent}, which is not in this plan.`,
          hint: "Nothing to do, unless what blocks the whole should hold its parts: then add it to the plan.",
        },
      ];
    }),
    ...epics.flatMap((epic): readonly PlanFinding[] => {
      if (parents.has(epic) || namesParts(epic, names)) return [];
      return [
        {
          code: "plan/epic-alone",
          severity: "info",
          key: epic.key,
          ...epic.place,
          message: `${epic.key} is an epic, and none of its parts is in this plan: one agent gets all of it.`,
          hint: "Add its parts to the plan, or take the label off if it is one piece of work.",
        },
      ];
    }),
  ];
}

/** True where the text lists an issue of this plan. */
function namesParts(epic: PlannedIssue, names: ReadonlyMap<string, PlannedIssue>): boolean {
  for (const [reference] of epic.body.slice(0, TEXT_MAX).matchAll(REFERENCE)) {
    const named = names.get(reference);
    if (named !== undefined && named !== epic) return true;
  }
  return false;
}

/** Every way in which a source may name a parent; keys first. */
function namesOf(issues: readonly PlannedIssue[]): ReadonlyMap<string, PlannedIssue> {
  const names = new Map(issues.map((issue) => [normal(issue.key), issue]));
  for (const issue of issues) {
    const number = normal(issue.number);
    const repository = /^https?:\/\/[^/]+\/([\w.-]+\/[\w.-]+)\//u.exec(issue.url ?? "")?.[1];
    const aliases = [
      number,
      `#${number}`,
      ...(repository === undefined ? [] : [`${normal(repository)}#${number}`]),
    ];
    for (const alias of aliases) if (!names.has(alias)) names.set(alias, issue);
  }
  return names;
}

function normal(name: string): string {
  return name.trim().toLowerCase();
}
