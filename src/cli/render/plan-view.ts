import type { PlanFinding } from "../../core/plan/issue.ts";
import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { clip, columns, formatMinutes, painter, printable, wrap } from "./plan-text.ts";
import type { Paint } from "./plan-text.ts";

export interface PlanViewOptions {
  /** Columns of the terminal; 80 where unknown. */
  readonly width: number;
  readonly colour: boolean;
  /** Commands that every merge has to pass, as they will run: `test: npm test`. */
  readonly gates: readonly { readonly name: string; readonly run: string }[];
}

const WIDTH_MIN = 40;
/** More of a list than anybody reads; `--json` has all of it. */
const WAVE_LINES_MAX = 60;
const LIST_MAX = 30;

/** What `cairn plan` prints: waves, order, gates and what is wrong, for a person. Ends with a line end. */
export function renderPlan(plan: Plan, options: PlanViewOptions): string {
  const view: View = {
    plan,
    width: Math.max(WIDTH_MIN, options.width),
    paint: painter(options.colour),
  };
  const sections = [
    headline(view),
    ...plan.waves
      .map((wave, index) => waveSection(view, wave, index + 1))
      .filter((lines) => lines.length > 0),
    cycleSection(view),
    orderSection(view),
    gateSection(view, options.gates),
    proposalSection(view),
    ...findingSections(view),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

interface View {
  readonly plan: Plan;
  readonly width: number;
  readonly paint: Paint;
}

type Lines = readonly string[];

function headline({ plan, width, paint }: View): Lines {
  const open = plan.issues.filter((issue) => issue.state === "open" && !issue.done);
  const minutes = plan.criticalPath.reduce(
    (sum, key) => sum + (plan.estimates[key]?.minutes ?? 0),
    0,
  );
  const facts = [
    `${count(plan.issues.length, "issue")}: ${open.length} open, ${plan.done.length} done`,
    ...(open.length > 0 ? [`critical path about ${formatMinutes(minutes)}`] : []),
  ];
  const status =
    plan.status === "ready"
      ? []
      : wrap(
          "Needs review: some issues may collide and nothing says which comes first.",
          width,
          "",
        );
  return [
    paint.strong(clip(printable(plan.milestone.title), width)),
    ...wrap(`${printable(plan.source.reference)} · ${facts.join(" · ")}`, width, "").map(
      paint.faint,
    ),
    ...status.map(paint.yellow),
    ...doneLine(plan, width, paint),
  ];
}

function doneLine(plan: Plan, width: number, paint: Paint): Lines {
  return plan.done.length === 0 ? [] : listLines("Done", plan.done, ", ", width).map(paint.faint);
}

function waveSection(view: View, all: readonly string[], number: number): Lines {
  const { plan, width, paint } = view;
  const byKey = issuesByKey(plan);
  const keys = all.filter((key) => byKey.get(key)?.done !== true);
  const done = all.length - keys.length;
  // A wave outside of the scope has no issue left.
  if (all.length === 0) return [];
  if (keys.length === 0) return [paint.faint(`Wave ${number} · ${count(done, "issue")}, done`)];
  const keyWidth = Math.min(12, Math.max(...keys.map((key) => columns(printable(key)))));
  const shown = keys.slice(0, WAVE_LINES_MAX).flatMap((key) => {
    const issue = byKey.get(key);
    return issue === undefined ? [] : issueLines(view, issue, keyWidth);
  });
  const more = keys.length > WAVE_LINES_MAX ? [`  … and ${keys.length - WAVE_LINES_MAX} more`] : [];
  return [
    clip(
      `${paint.strong(`Wave ${number}`)} ${paint.faint(`· ${count(keys.length, "issue")}${done > 0 ? `, ${done} done` : ""}`)}`,
      width + 20,
    ),
    ...shown,
    ...more,
  ];
}

function issueLines({ plan, width, paint }: View, issue: PlannedIssue, keyWidth: number): Lines {
  const key = printable(issue.key);
  const indent = "  ";
  const pad = " ".repeat(Math.max(0, keyWidth - columns(key)));
  const marks = [
    ...(issue.priority === null ? [] : [issue.priority]),
    ...(issue.type === "CODING" ? [] : [issue.type]),
  ];
  const tail = marks.length === 0 ? "" : `  ${marks.join(" ")}`;
  const room = width - indent.length - keyWidth - 2 - tail.length;
  const first = `${indent}${pad}${key}  ${clip(printable(issue.title), room)}${paint.faint(tail)}`;
  const below = indent + " ".repeat(keyWidth + 2);
  const reasons = waitReasons(plan, issue).flatMap((reason) =>
    wrap(`${below}${reason}`, width, `${below}  `).map(paint.faint),
  );
  return [first, ...reasons];
}

/** Why it does not start at once: only what is still open. */
function waitReasons(plan: Plan, issue: PlannedIssue): Lines {
  const done = new Set(plan.done);
  const open = issue.blockers.filter(
    (blocker) => blocker.strength === "hard" && !done.has(blocker.key),
  );
  const outside =
    issue.blockedFromOutside === null
      ? []
      : [`cannot start: waits for ${printable(issue.blockedFromOutside)}`];
  const byOrigin = Map.groupBy(open, (blocker) => blocker.from);
  const reasons = [...byOrigin].map(([from, blockers]) => {
    const keys = blockers.map((blocker) => printable(blocker.key));
    const shown = `${keys.slice(0, 12).join(", ")}${keys.length > 12 ? ", …" : ""}`;
    return `waits for ${shown} (${clip(shortOrigin(plan, from), 60)})`;
  });
  const more = reasons.length > 4 ? [`and for ${reasons.length - 4} more reasons`] : [];
  return [...outside, ...reasons.slice(0, 4), ...more];
}

/** Nearly every edge was read in the plan's own file: its name would only be noise. */
function shortOrigin(plan: Plan, from: string): string {
  const file = `${plan.source.reference}:`;
  return printable(from.startsWith(file) ? `line ${from.slice(file.length)}` : from);
}

function cycleSection({ plan, width, paint }: View): Lines {
  if (plan.cycles.length === 0) return [];
  const paths = plan.cycles.slice(0, LIST_MAX).flatMap((cycle) => {
    const path = [
      ...cycle.slice(0, LIST_MAX),
      ...(cycle.length > LIST_MAX ? ["…"] : []),
      cycle[0] ?? "",
    ];
    return wrap(`  ${path.map(printable).join(" -> ")}`, width, "    ");
  });
  const planned = new Set(plan.waves.flat());
  const behind = plan.issues.filter(
    (issue) => issue.state === "open" && !issue.done && !planned.has(issue.key),
  );
  const note = wrap(
    `  In no wave because of it: ${names(behind.map((issue) => issue.key))}`,
    width,
    "    ",
  );
  return [paint.red("These wait for each other"), ...paths, ...note];
}

function orderSection({ plan, width }: View): Lines {
  return [
    ...(plan.criticalPath.length > 1
      ? listLines("Critical path", plan.criticalPath, " -> ", width)
      : []),
    ...(plan.mergeOrder.length > 1 ? listLines("Merge order", plan.mergeOrder, ", ", width) : []),
    ...(plan.free.length > 0 && plan.free.length < plan.mergeOrder.length
      ? listLines("Free", plan.free, ", ", width)
      : []),
  ];
}

function listLines(
  label: string,
  keys: readonly string[],
  separator: string,
  width: number,
): Lines {
  const indent = " ".repeat(label.length + 2);
  return wrap(`${label}: ${names(keys, separator)}`, width, indent);
}

function names(keys: readonly string[], separator = ", "): string {
  const shown = keys.slice(0, LIST_MAX).map(printable).join(separator);
  return keys.length > LIST_MAX ? `${shown}${separator}… (${keys.length} in all)` : shown;
}

function gateSection({ width, paint }: View, gates: PlanViewOptions["gates"]): Lines {
  if (gates.length === 0) return [paint.yellow("No gates: nothing is checked before a merge.")];
  return [
    paint.strong("Gates before each merge"),
    ...gates.map((gate) => clip(`  ${printable(gate.name)}: ${printable(gate.run)}`, width)),
  ];
}

function proposalSection({ plan, width, paint }: View): Lines {
  if (plan.proposed.length === 0) return [];
  const edges = plan.proposed
    .slice(0, LIST_MAX)
    .flatMap((edge) =>
      wrap(
        `  ${printable(edge.dependent)} after ${printable(edge.blocker)}: ${printable(edge.reason)}`,
        width,
        "    ",
      ),
    );
  const more =
    plan.proposed.length > LIST_MAX ? [`  … and ${plan.proposed.length - LIST_MAX} more`] : [];
  return [paint.strong("Proposed, because files overlap"), ...edges, ...more];
}

const SEVERITY_TITLES = { critical: "Critical", warning: "Warnings", info: "Notes" } as const;

function findingSections(view: View): readonly Lines[] {
  return (["critical", "warning", "info"] as const).map((severity) => {
    const found = view.plan.findings.filter((finding) => finding.severity === severity);
    if (found.length === 0) return [];
    const title = `${SEVERITY_TITLES[severity]} (${found.length})`;
    const painted =
      severity === "critical"
        ? view.paint.red(title)
        : severity === "warning"
          ? view.paint.yellow(title)
          : view.paint.strong(title);
    const more =
      found.length > LIST_MAX
        ? [`  … and ${found.length - LIST_MAX} more; \`--json\` has them all`]
        : [];
    return [
      painted,
      ...found.slice(0, LIST_MAX).flatMap((finding) => findingLines(view, finding)),
      ...more,
    ];
  });
}

function findingLines({ width, paint }: View, finding: PlanFinding): Lines {
  const place = [
    finding.file === undefined ? "" : printable(finding.file),
    finding.line,
    finding.column,
  ]
    .filter((part) => part !== undefined && part !== "")
    .join(":");
  const where = finding.file === undefined ? "" : `${place}: `;
  return [
    ...wrap(`  ${where}${printable(finding.message)}`, width, "    "),
    ...wrap(`    ${printable(finding.hint)}`, width, "    ").map(paint.faint),
  ];
}

function issuesByKey(plan: Plan): ReadonlyMap<string, PlannedIssue> {
  return new Map(plan.issues.map((issue) => [issue.key, issue]));
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
