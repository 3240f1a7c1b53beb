import { UserError } from "../../../errors.ts";
import type { PlanText } from "./plan-text.ts";

const SHOWN_MAX = 5;

/** Says what a plan without task headings holds instead. */
export function noTasks(reference: string, plan: PlanText): UserError {
  const open = plan.findings.find((finding) => finding.code === "source/open-fence");
  const headings = plan.lines.flatMap(({ heading, number }) =>
    heading === null ? [] : [`"${heading.text.slice(0, 60)}" (line ${number})`],
  );
  const shown = headings.slice(0, SHOWN_MAX).join(", ");
  const more = headings.length > SHOWN_MAX ? ` and ${headings.length - SHOWN_MAX} more` : "";
  const instead =
    headings.length === 0 ? "It has no headings at all" : `Its headings are ${shown}${more}`;
  const hints = ["A task begins with a heading such as `## Task 4.1: Title`.", ...almost(plan)];
  if (open !== undefined) {
    hints.push(
      `The code block or comment of line ${open.line} is never closed; what is below it counts as code.`,
    );
  }
  return new UserError("source/no-tasks", `${reference} has no task headings. ${instead}.`, {
    hints,
  });
}

/** Lines that may have been meant as tasks. */
function almost(plan: PlanText): readonly string[] {
  const like = (pattern: RegExp): number | undefined =>
    plan.lines.find((line) => line.prose && line.heading === null && pattern.test(line.text))
      ?.number;
  const plain = like(/^\s*(?:[-*+]\s+)?(?:\[[ xX]\]\s+)?(?:\*\*|__)?task[\s#:-]+\d/iu);
  const coded = like(/^\s*[-*+]\s+\[[ xX]\]\s+T\d{2,}\b/u);
  const numbered = plan.lines.find((line) => /^\d+\.\d+\s+\S/u.test(line.heading?.text ?? ""));
  return [
    ...(plain === undefined
      ? []
      : [`Line ${plain} names a task and is no heading: begin it with ##.`]),
    ...(coded === undefined
      ? []
      : [`Line ${coded} looks like a task list of spec-kit: such a file is called tasks.md.`]),
    ...(numbered === undefined
      ? []
      : [
          `Line ${numbered.number} is a numbered heading: write the word Task before the number, or put a heading "Tasks" above it.`,
        ]),
  ];
}
