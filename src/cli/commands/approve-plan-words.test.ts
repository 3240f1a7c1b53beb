import { expect, test } from "vitest";
import { applyCorrections } from "../../core/plan/apply-corrections.ts";
import { readCorrections } from "../../core/plan/corrections.ts";
import type { Issue } from "../../core/plan/issue.ts";
import { buildPlan } from "../../core/plan/plan.ts";
import type { Plan } from "../../core/plan/plan.ts";
import { decidedWords, unclearCorrection } from "./approve-plan-words.ts";

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

/** As a command line takes them: all read against the plan as it was, all applied at once. */
function applied(plan: Plan, texts: readonly string[]): Plan {
  const said = texts.flatMap((text) => {
    const read = readCorrections(text, plan);
    if (read.kind !== "read") throw new Error(`${text}: ${read.kind}`);
    return read.corrections;
  });
  const { plan: after, refusals } = applyCorrections(plan, said);
  expect(refusals).toEqual([]);
  return after;
}

const together = (texts: readonly string[]): Plan => applied(BASE, texts);

const outline = (plan: Plan): unknown => [
  plan.issues.map(({ key, body, blockers }) => [
    key,
    body,
    blockers.map((it) => it.key).toSorted(),
  ]),
  // A group of one keeps nobody apart.
  plan.conflictGroups.flatMap(({ keys }) => (keys.length > 1 ? [keys] : [])),
];

// What was decided in a dialogue goes on with `--detach` as words: they must decide the same.
test.each([
  ["3 needs 1"],
  ["3 does not need 2; drop 2"],
  ["1 and 2 are independent"],
  ["never 1 and 3 together"],
  ["2 needs 1; 3 does not need 2"],
  ["1, 2 and 3 are independent; group 1 and 2; 3 needs 2"],
  ["1 and 2 are independent; drop 1"],
  ['add to 1: "Make it blue; 2 needs 1\\nNot red."'],
  ["add to 2: Make it round.\nadd to 2: And big."],
])("%s is decided again by its words", (words) => {
  const after = corrected(BASE, words);
  const decided = decidedWords(BASE, after);
  expect(outline(together(decided))).toEqual(outline(after));
  // What was said by --correct is still on that command line.
  expect(outline(together([words, ...decided]))).toEqual(outline(after));
});

test("an edge that a person leaves in a group they dissolve is decided too", () => {
  const grouped: Plan = {
    ...BASE,
    conflictGroups: [{ id: "g", reason: "both", keys: ["1", "2", "3"] }],
  };
  const after = corrected(grouped, "1, 2 and 3 are independent; 3 needs 2");
  const again = applied(grouped, decidedWords(grouped, after));
  expect(outline(again)).toEqual(outline(after));
  expect(after.issues[2]?.blockers.map(({ key }) => key)).toEqual(["2"]);
});

test.each([
  ["in a row", "To have what may collide put in a row: --autonomous"],
  ["approve", "To take the plan as it is then: --approve-plan"],
  ["undo", "Leave it out, or say what to correct."],
])("--correct %j says which flag answers that", (text, hint) => {
  const read = readCorrections(text, BASE);
  if (read.kind === "read") throw new Error("it corrects something");
  const error = unclearCorrection(text, read);
  expect([error.code, error.hints]).toEqual(["plan/unclear-correction", [hint]]);
  expect(error.message).toBe(
    `\`--correct "${text}"\` corrects nothing: that is an answer to a question.`,
  );
});
