import { expect, test } from "vitest";
import { serialisePlan } from "./apply-corrections-serial.ts";
import type { Issue } from "./issue.ts";
import { buildPlan } from "./plan.ts";

const issue = (key: string): Issue => ({
  key,
  number: key,
  title: `Issue ${key}`,
  body: "Files: `src/a.ts`",
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

const plan = buildPlan({
  source: { kind: "json", reference: "issues.json" },
  title: "M",
  number: "1",
  url: null,
  issues: ["1", "2", "3"].map(issue),
  documents: [],
  handoff: null,
  findings: [],
});

test("what may collide is put in a row where nobody has spoken", () => {
  const { added, plan: serial } = serialisePlan(plan);
  expect(added.map(({ blocker, dependent }) => [blocker, dependent])).toEqual([
    ["1", "2"],
    ["2", "3"],
  ]);
  expect([serial.status, serial.waves]).toEqual(["ready", [["1"], ["2"], ["3"]]]);
});

test("all independent: nobody is put in a row", () => {
  const { added, plan: free } = serialisePlan(plan, [
    { kind: "parallel", words: "all independent" },
  ]);
  expect(added).toEqual([]);
  expect([free.status, free.waves]).toEqual(["ready", [["1", "2", "3"]]]);
});
