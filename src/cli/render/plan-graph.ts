import type { Plan, PlannedIssue } from "../../core/plan/plan.ts";
import { oneLine } from "./text-width.ts";

const TITLE_MAX = 60;

/** The plan as a Mermaid flow chart, blockers to the left, conflict groups as boxes: for a README or a pull request. */
export function renderMermaid(plan: Plan): string {
  const ids = idsOf(plan);
  const nodes = plan.issues.map(
    (issue) => `  ${idOf(ids, issue.key)}["${mermaidText(labelOf(issue))}"]`,
  );
  const edges = edgesOf(plan).map(
    ([from, to, soft]) => `  ${idOf(ids, from)} ${soft ? "-.->" : "-->"} ${idOf(ids, to)}`,
  );
  const boxes = boxesOf(plan).flatMap(({ label, keys }, index) => [
    `  subgraph g${index + 1}["${mermaidText(label)}"]`,
    ...keys.map((key) => `    ${idOf(ids, key)}`),
    "  end",
  ]);
  const done = plan.done.map((key) => idOf(ids, key));
  const classes =
    done.length === 0 ? [] : ["  classDef done opacity:0.5", `  class ${done.join(",")} done`];
  return ["flowchart LR", ...nodes, ...boxes, ...edges, ...classes].join("\n");
}

/** The plan as a graph for Graphviz, with conflict groups as boxes. */
export function renderDot(plan: Plan): string {
  const nodes = plan.issues.map(
    (issue) =>
      `  ${JSON.stringify(issue.key)} [label=${JSON.stringify(labelOf(issue))}${issue.done ? ", style=dashed" : ""}];`,
  );
  const edges = edgesOf(plan).map(
    ([from, to, soft]) =>
      `  ${JSON.stringify(from)} -> ${JSON.stringify(to)}${soft ? " [style=dotted]" : ""};`,
  );
  const boxes = boxesOf(plan).flatMap(({ label, keys }, index) => [
    `  subgraph cluster_${index + 1} {`,
    `    label=${JSON.stringify(label)};`,
    "    style=dashed;",
    ...keys.map((key) => `    ${JSON.stringify(key)};`),
    "  }",
  ]);
  const head = ["digraph plan {", "  rankdir=LR;", "  node [shape=box];"];
  return [...head, ...nodes, ...boxes, ...edges, "}"].join("\n");
}

function labelOf(issue: PlannedIssue): string {
  return `${issue.key} ${short(issue.title)}`;
}

function short(words: string): string {
  const line = oneLine(words);
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1)}…` : line;
}

/** Conflict groups with work left. An issue stands in one box, whatever else a source says. */
function boxesOf(
  plan: Plan,
): readonly { readonly label: string; readonly keys: readonly string[] }[] {
  const open = plan.issues.filter(({ state, done }) => state === "open" && !done);
  return plan.conflictGroups.flatMap(({ id, reason }) => {
    const keys = open.filter(({ conflictGroup }) => conflictGroup === id).map(({ key }) => key);
    return keys.length > 1 ? [{ label: `never at the same time: ${short(reason)}`, keys }] : [];
  });
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
