import type { PlanFinding } from "../../core/plan/issue.ts";
import { printable, wrap } from "./plan-text.ts";
import { LIST_MAX } from "./plan-view-lines.ts";
import type { Lines, View } from "./plan-view-lines.ts";

const TITLES = { critical: "Critical", warning: "Warnings", info: "Notes" } as const;
/** Of one kind; the rest is only counted. */
const ALIKE_MAX = 8;

/** One section for each severity, worst first. What is mended in the same way stands together, its hint once. */
export function findingSections(view: View): readonly Lines[] {
  return (["critical", "warning", "info"] as const).map((severity) => {
    const found = view.plan.findings.filter((finding) => finding.severity === severity);
    if (found.length === 0) return [];
    const title = `${TITLES[severity]} (${found.length})`;
    const paint = { critical: view.paint.red, warning: view.paint.yellow, info: view.paint.strong };
    const kinds = [...Map.groupBy(found, ({ code, hint }) => `${code} ${hint}`).values()];
    const more =
      kinds.length > LIST_MAX
        ? [`  … and ${kinds.length - LIST_MAX} more kinds; \`--json\` has them all`]
        : [];
    return [
      paint[severity](title),
      ...kinds.slice(0, LIST_MAX).flatMap((alike) => kindLines(view, alike)),
      ...more,
    ];
  });
}

function kindLines({ width, paint }: View, alike: readonly PlanFinding[]): Lines {
  const shown = alike
    .slice(0, ALIKE_MAX)
    .flatMap((finding) => wrap(`  ${placed(finding)}`, width, "    "));
  const more =
    alike.length > ALIKE_MAX ? [`  … and ${alike.length - ALIKE_MAX} more like these`] : [];
  const { hint = "", code = "" } = alike[0] ?? {};
  const mend = wrap(`    ${printable(hint)} [${printable(code)}]`, width, "    ");
  return [...shown, ...more, ...mend.map(paint.faint)];
}

function placed({ file, line, column, message }: PlanFinding): string {
  if (file === undefined) return printable(message);
  const place = [printable(file), line, column].filter((part) => part !== undefined);
  return `${place.join(":")}: ${printable(message)}`;
}
