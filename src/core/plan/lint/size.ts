import { isStated } from "../estimates.ts";
import type { Estimate } from "../estimates.ts";
import type { Issue, PlanFinding } from "../issue.ts";
import { outlineOf } from "./outline.ts";
import type { Outline } from "./outline.ts";
import { countedFiles } from "./paths.ts";
import { proposeSplit } from "./split.ts";

/** A diff of more files waits for a person or is left out (`stops.large_diff`), after the money is spent. */
const FILES_MAX = 8;
/** Sessions end after an hour by default (`agents.limits.wall`): half as much again needs a second one. */
const MINUTES_MAX = 90;
/** Steps of two to five minutes: more of them are rarely one reviewable change. A rule of thumb. */
const STEPS_MAX = 12;

/** `plan/oversize` for what one agent and one review will hardly bring home, else `plan/splittable`. */
export function lintSize(issue: Issue, estimate: Estimate | undefined): readonly PlanFinding[] {
  const outline = outlineOf(issue);
  const reasons = sizeReasons(issue, outline, estimate);
  const split = proposeSplit(issue, outline);
  const where = { key: issue.key, ...issue.place };
  if (reasons.length > 0) {
    return [
      {
        code: "plan/oversize",
        severity: "warning",
        ...where,
        message: `${issue.key} is large: ${reasons.join(", ")}.`,
        hint: `Make several issues of it${split === null ? "" : `: ${split.parts}`}; a diff that is too large is not merged without a person.`,
      },
    ];
  }
  if (split === null) return [];
  return [
    {
      code: "plan/splittable",
      severity: "info",
      ...where,
      message: `${issue.key} ${split.why}; it could be several issues.`,
      hint: `For instance ${split.parts}. As one it takes longer, and one defect holds all of it.`,
    },
  ];
}

function sizeReasons(
  issue: Issue,
  outline: Outline,
  estimate: Estimate | undefined,
): readonly string[] {
  const files = issue.files.length > FILES_MAX ? countedFiles(issue.files).length : 0;
  // What history or a default says of an issue is no statement about its size.
  const counts = estimate !== undefined && (isStated(estimate) || estimate.source === "size");
  const minutes = counts ? estimate.minutes : 0;
  const steps = Math.max(issue.steps?.length ?? 0, outline.steps);
  return [
    ...(files > FILES_MAX ? [`it names ${files} files (more than ${FILES_MAX})`] : []),
    ...(minutes > MINUTES_MAX
      ? [`its estimate is ${Math.round(minutes)} minutes (more than ${MINUTES_MAX})`]
      : []),
    ...(steps > STEPS_MAX ? [`it lists ${steps} steps (more than ${STEPS_MAX})`] : []),
  ];
}
