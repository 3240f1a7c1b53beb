import type { PlanProfile } from "../../api/plan-profile.ts";
import type { Forecast } from "../../core/plan/forecast.ts";
import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { formatUsd } from "../../core/shared/money.ts";
import { clip, columns, formatMinutes, painter, printable, wrap } from "./plan-text.ts";
import { findingSections } from "./plan-view-findings.ts";
import { count, LIST_MAX, listLines, moreLines, names } from "./plan-view-lines.ts";
import type { Lines, View } from "./plan-view-lines.ts";
import { waveSections } from "./plan-view-waves.ts";

export interface PlanViewOptions {
  /** Columns of the terminal; 80 where unknown. */
  readonly width: number;
  readonly colour: boolean;
  /** No characters beyond ASCII. */
  readonly ascii?: boolean;
  /** What a run of it may take and cost; absent: nobody asked. */
  readonly forecast?: Forecast;
  /** Commands that every merge has to pass, as they will run: `test: npm test`. */
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  /** Whether tests first is proven; absent: nobody asked. */
  readonly profile?: PlanProfile;
}

const WIDTH_MIN = 40;
/** A cut is three characters in ASCII and one elsewhere. */
const ASCII_ROOM = 4;

/** What `cairn plan` prints: waves, order, gates and what is wrong, for a person. Ends with a line end. */
export function renderPlan(plan: Plan, options: PlanViewOptions): string {
  const { ascii = false } = options;
  const view: View = {
    plan,
    width: Math.max(WIDTH_MIN, options.width) - (ascii ? ASCII_ROOM : 0),
    paint: painter(options.colour),
    byKey: new Map(plan.issues.map((issue) => [issue.key, issue])),
  };
  const sections = [
    headline(view, options.forecast),
    ...waveSections(view),
    cycleSection(view),
    orderSection(view),
    groupSection(view),
    phaseSection(view),
    gateSection(view, options.gates),
    profileSection(view, options.profile),
    proposalSection(view),
    ...findingSections(view),
  ];
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
  return `${ascii ? inAscii(text) : text}\n`;
}

function inAscii(text: string): string {
  return text
    .replaceAll("…", "...")
    .replaceAll(" · ", " | ")
    .replaceAll(/[–—]/gu, "-")
    .replaceAll(/[^\p{ASCII}]/gu, "?");
}

function headline({ plan, width, paint }: View, forecast: Forecast | undefined): Lines {
  const open = plan.issues.filter((issue) => issue.state === "open" && !issue.done);
  const steps = open.reduce((sum, issue) => sum + (issue.steps?.length ?? 0), 0);
  const facts = [
    printable(plan.source.reference),
    `${count(plan.issues.length, "issue")}: ${open.length} open, ${plan.done.length} done`,
    ...(steps > 0 ? [count(steps, "step")] : []),
  ];
  const time = open.length > 0 ? [`Critical path about ${formatMinutes(pathMinutes(plan))}`] : [];
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
    ...[facts, time, forecastFacts(forecast)]
      .flatMap((line) => factLines(line, width))
      .map(paint.faint),
    ...status.map(paint.yellow),
    ...doneLine(plan, width, paint.faint),
  ];
}

function forecastFacts(forecast: Forecast | undefined): Lines {
  if (forecast === undefined || forecast.tasks === 0) return [];
  const { minutes, usd, basis, parallel } = forecast;
  const slots = parallel === 1 ? "one at a time" : `${parallel} at a time`;
  const time = `${formatMinutes(minutes.low)} to ${formatMinutes(minutes.high)}`;
  return [
    `Forecast, ${slots}: about ${formatMinutes(minutes.likely)} (${time})`,
    ...(usd === null
      ? []
      : [`about ${formatUsd(usd.likely)} (${formatUsd(usd.low)} to ${formatUsd(usd.high)})`]),
    `from ${basis}`,
  ];
}

/** Broken between facts where there is room for none more; a longer one is broken as any words are. */
function factLines(facts: readonly string[], width: number): Lines {
  const lines: string[] = [];
  for (const fact of facts) {
    const longer = lines.length === 0 ? fact : `${lines.at(-1) ?? ""} · ${fact}`;
    if (lines.length > 0 && columns(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines.flatMap((line) => wrap(line, width, ""));
}

function doneLine(plan: Plan, width: number, faint: (words: string) => string): Lines {
  return plan.done.length === 0 ? [] : listLines("Done", plan.done, ", ", width).map(faint);
}

function minutesOf(plan: Plan, key: string): number {
  return plan.estimates[key]?.minutes ?? 0;
}

function pathMinutes(plan: Plan): number {
  return plan.criticalPath.reduce((sum, key) => sum + minutesOf(plan, key), 0);
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
  const path = plan.criticalPath.map((key) => `${key} ${formatMinutes(minutesOf(plan, key))}`);
  return [
    ...(path.length > 1 ? listLines("Critical path", path, " -> ", width) : []),
    ...(plan.mergeOrder.length > 1 ? listLines("Merge order", plan.mergeOrder, ", ", width) : []),
    ...(plan.free.length > 0 && plan.free.length < plan.mergeOrder.length
      ? listLines("Free", plan.free, ", ", width)
      : []),
  ];
}

/** Only what can still get in each other's way. */
function groupSection({ plan, width, paint, byKey }: View): Lines {
  const groups = plan.conflictGroups
    .map((group) => ({
      ...group,
      keys: group.keys.filter((key) => byKey.get(key)?.state === "open" && !byKey.get(key)?.done),
    }))
    .filter(({ keys }) => keys.length > 1);
  if (groups.length === 0) return [];
  const lines = groups
    .slice(0, LIST_MAX)
    .flatMap(({ id, keys, reason }) =>
      wrap(
        `  ${names(keys)} · ${printable(reason)}${isOwnName(id) ? ` [${printable(id)}]` : ""}`,
        width,
        "    ",
      ),
    );
  return [
    paint.strong("Never worked on at the same time"),
    ...lines,
    ...moreLines(groups.length, LIST_MAX),
  ];
}

/** A name that somebody gave; those that Cairn counts up say nothing. */
function isOwnName(id: string): boolean {
  return !/^(?:files|history|said)-\d+$/u.test(id);
}

function phaseSection({ plan, width, paint }: View): Lines {
  const named = plan.issues.filter((issue) => issue.phase !== undefined);
  const phases = [...Map.groupBy(named, (issue) => issue.phase ?? "")];
  if (phases.length === 0) return [];
  const lines = phases.slice(0, LIST_MAX).flatMap(([phase, issues]) => {
    const open = issues.filter(({ state, done }) => state === "open" && !done).length;
    const done = open < issues.length ? ` · ${issues.length - open} done` : "";
    const words = `${printable(phase)}: ${inARow(plan, issues)} · ${count(issues.length, "issue")}`;
    return wrap(`  ${words}${done}`, width, "    ");
  });
  return [paint.strong("Phases"), ...lines, ...moreLines(phases.length, LIST_MAX)];
}

/** `4.21 to 4.40` where nothing of another phase lies between, and each key is above the one before. */
function inARow(plan: Plan, issues: readonly PlannedIssue[]): string {
  const keys = issues.map(({ key }) => key);
  const [first = "", last = ""] = [keys[0], keys.at(-1)];
  const start = plan.issues.findIndex(({ key }) => key === first);
  const rises = keys.every(
    (key, at) => at === 0 || (keys[at - 1] ?? "").localeCompare(key, "en", { numeric: true }) < 0,
  );
  const isRow = keys.length > 2 && rises && plan.issues[start + keys.length - 1]?.key === last;
  return isRow ? `${printable(first)} to ${printable(last)}` : names(keys);
}

function gateSection({ width, paint }: View, gates: PlanViewOptions["gates"]): Lines {
  if (gates.length === 0) return [paint.yellow("No gates: nothing is checked before a merge.")];
  return [
    paint.strong("Gates before each merge"),
    ...gates.map(({ name, run }) =>
      // A gate that nobody named is called like its command.
      clip(`  ${name === run ? "" : `${printable(name)}: `}${printable(run)}`, width),
    ),
  ];
}

function profileSection({ width }: View, profile: PlanViewOptions["profile"]): Lines {
  if (profile === undefined) return [];
  const { gate, why, exempt, unreviewed } = profile;
  const words =
    gate === null
      ? `Tests first: asked for, not proven (plain): ${printable(why ?? "")}.`
      : `Tests first: proven with \`${printable(gate)}\` (tdd)`;
  const keys = exempt.map(({ key, type }) => `${key} ${type}`);
  return [
    ...wrap(words, width, "  "),
    ...(keys.length === 0 ? [] : listLines("  Exempt by type", keys, ", ", width)),
    ...(unreviewed === undefined
      ? []
      : wrap(`Review: none; ${printable(unreviewed)}.`, width, "  ")),
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
  return [
    paint.strong("Proposed, because files overlap"),
    ...edges,
    ...moreLines(plan.proposed.length, LIST_MAX),
  ];
}
