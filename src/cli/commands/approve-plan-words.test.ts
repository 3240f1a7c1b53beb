import { expect, test } from "vitest";
import { applyCorrections } from "../../core/plan/apply-corrections.ts";
import { readCorrections } from "../../core/plan/corrections.ts";
import type { Issue } from "../../core/plan/issue.ts";
import { buildPlan } from "../../core/plan/plan.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { decidedWords } from "./approve-plan-words.ts";

const issue = (key: string, body: string): Issue => ({
  key,
  number: key,
  title: `Issue ${key}`,
  body,
  state: "open",
  closedAs: null,
  labels: [],
  priority: null,
  type: "CODING",
  url: null,
  files: [],
  acceptanceCriteria: [],
  declarations: [],
  statesDependencies: false,
  place: {},
});

const BASE = buildPlan({
  source: { kind: "json", reference: "issues.json" },
  title: "M",
  number: "1",
  url: null,
  issues: [
    issue("1", "Depends on: none\n\nFiles: `src/a.ts`"),
    issue("2", "Depends on: none\n\nFiles: `src/a.ts`"),
    issue("3", "Depends on: 2\n\nFiles: `src/b.ts`"),
  ],
  documents: [],
  handoff: null,
  findings: [],
});

function corrected(plan: Plan, words: string): Plan {
  const said = readCorrections(words, plan);
  if (said.kind !== "read") throw new Error(`${words}: ${said.kind}`);
  const { plan: after, refusals } = applyCorrections(plan, said.corrections);
  expect(refusals).toEqual([]);
  return after;
}

const outline = (plan: Plan): unknown => [
  plan.issues.map(({ key, blockers }) => [key, blockers.map((blocker) => blocker.key)]),
  plan.conflictGroups.map(({ keys }) => keys),
];

// What was decided in a dialogue goes on with `--detach` as words: they must decide the same.
test.each([
  ["3 needs 1"],
  ["3 does not need 2; drop 2"],
  ["1 and 2 are independent"],
  ["never 1 and 3 together"],
  ["2 needs 1; 3 does not need 2"],
])("%s is decided again by its words", (words) => {
  const after = corrected(BASE, words);
  const again = decidedWords(BASE, after).reduce(corrected, BASE);
  expect(outline(again)).toEqual(outline(after));
});
