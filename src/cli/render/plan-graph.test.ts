import { expect, test } from "vitest";
import type { Issue } from "../../core/plan/issue.ts";
import { buildPlan } from "../../core/plan/plan.ts";
import { renderDot, renderMermaid } from "./plan-graph.ts";

function anIssue(key: string, needs: string, files: readonly string[]): Issue {
  return {
    key,
    number: key,
    title: `Title "${key}"`,
    body: `Depends on: ${needs}`,
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files,
    acceptanceCriteria: ["it works"],
    declarations: [],
    statesDependencies: true,
    place: {},
  };
}

const PLAN = buildPlan({
  source: { kind: "markdown", reference: "plan.md" },
  title: "M",
  number: "m",
  url: null,
  issues: [
    anIssue("4.1", "none", ["a.ts"]),
    anIssue("4.2", "none", ["a.ts"]),
    anIssue("4.3", "4.1", ["b.ts"]),
  ],
  documents: [],
  handoff: null,
  findings: [],
});

test("Mermaid draws a conflict group as a box", () => {
  expect(renderMermaid(PLAN)).toBe(`flowchart LR
  i1["4.1 Title #34;4.1#34;"]
  i2["4.2 Title #34;4.2#34;"]
  i3["4.3 Title #34;4.3#34;"]
  subgraph g1["never at the same time: 2 issues touch a.ts"]
    i1
    i2
  end
  i1 --> i3`);
});

test("Graphviz draws a conflict group as a box", () => {
  expect(renderDot(PLAN)).toBe(`digraph plan {
  rankdir=LR;
  node [shape=box];
  "4.1" [label="4.1 Title \\"4.1\\""];
  "4.2" [label="4.2 Title \\"4.2\\""];
  "4.3" [label="4.3 Title \\"4.3\\""];
  subgraph cluster_1 {
    label="never at the same time: 2 issues touch a.ts";
    style=dashed;
    "4.1";
    "4.2";
  }
  "4.1" -> "4.3";
}`);
});
