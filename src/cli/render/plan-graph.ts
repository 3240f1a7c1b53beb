import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { oneLine } from "./text-width.ts";

const TITLE_MAX = 60;

/** The plan as a Mermaid flow chart, blockers to the left: for a README or a pull request. */
export function renderMermaid(plan: Plan): string {
  const ids = idsOf(plan);
  const nodes = plan.issues.map(
    (issue) => `  ${idOf(ids, issue.key)}["${mermaidText(labelOf(issue))}"]`,
  );
  const edges = edgesOf(plan).map(
    ([from, to, soft]) => `  ${idOf(ids, from)} ${soft ? "-.->" : "-->"} ${idOf(ids, to)}`,
  );
  const done = plan.done.map((key) => idOf(ids, key));
  const classes =
    done.length === 0 ? [] : ["  classDef done opacity:0.5", `  class ${done.join(",")} done`];
  return ["flowchart LR", ...nodes, ...edges, ...classes].join("\n");
}

/** The plan as a graph for Graphviz. */
export function renderDot(plan: Plan): string {
  const nodes = plan.issues.map(
    (issue) =>
      `  ${JSON.stringify(issue.key)} [label=${JSON.stringify(labelOf(issue))}${issue.done ? ", style=dashed" : ""}];`,
  );
  const edges = edgesOf(plan).map(
    ([from, to, soft]) =>
      `  ${JSON.stringify(from)} -> ${JSON.stringify(to)}${soft ? " [style=dotted]" : ""};`,
  );
  return ["digraph plan {", "  rankdir=LR;", "  node [shape=box];", ...nodes, ...edges, "}"].join(
    "\n",
  );
}

function labelOf(issue: PlannedIssue): string {
  const title = oneLine(issue.title);
  return `${issue.key} ${title.length > TITLE_MAX ? `${title.slice(0, TITLE_MAX - 1)}…` : title}`;
}

/** Edges between issues of the plan: blocker, dependent, whether only the order is meant. */
function edgesOf(plan: Plan): readonly (readonly [string, string, boolean])[] {
  const known = new Set(plan.issues.map((issue) => issue.key));
  return plan.issues.flatMap((issue) =>
    issue.blockers
      .filter((blocker) => known.has(blocker.key))
      .map((blocker) => [blocker.key, issue.key, blocker.strength === "soft"] as const),
  );
}

/** Mermaid takes few characters in names: numbers do. */
function idsOf(plan: Plan): ReadonlyMap<string, string> {
  return new Map(plan.issues.map((issue, index) => [issue.key, `i${index + 1}`]));
}

function idOf(ids: ReadonlyMap<string, string>, key: string): string {
  return ids.get(key) ?? "unknown";
}

function mermaidText(text: string): string {
  return text.replaceAll(/["#<>&;`]/g, (char) => `#${char.codePointAt(0) ?? 0};`);
}
