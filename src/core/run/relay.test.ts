import fc from "fast-check";
import { expect, test } from "vitest";
import { aRun, sessionEnded, taskIn, type RunBuilder } from "../../../test/support/a-run.ts";
import type { RelayedResult } from "../execute/agent-prompt.ts";
import type { AgentReport } from "../execute/agent-report.ts";
import { relaySection } from "../execute/prompt-sections.ts";
import type { Plan } from "../plan/plan.ts";
import { relayFor } from "./relay.ts";
import type { Run } from "./run.ts";

const SEED = { run: "r", session: "s" };

function aReport(changes: Partial<AgentReport> = {}): AgentReport {
  const { report } = sessionEnded("1");
  if (report === null) throw new Error("no report");
  return { ...report, ...changes };
}

function merged(builder: RunBuilder, ...keys: readonly string[]): RunBuilder {
  for (const key of keys)
    builder.withTask(key, {
      status: "merged",
      report: aReport({ summary: `sum ${key}`, notes: [`note ${key}`] }),
      mergedCommit: `commit-of-${key}-and-more`,
      changedPaths: [`src/${key}.ts`],
    });
  return builder;
}

function withWaves(builder: RunBuilder, waves: readonly (readonly string[])[]): Run {
  return builder.with({ plan: { waves } as unknown as Plan }).build();
}

const keysFor = (run: Run, key: string): readonly string[] =>
  relayFor(run, taskIn(run, key)).map(({ task }) => task);

test("what a task waited for comes first, then the newest of the others", () => {
  const builder = merged(aRun(), "1", "2", "3").withTask("4", { dependsOn: ["1"] });
  expect(keysFor(withWaves(builder, [["1", "2", "3"], ["4"]]), "4")).toEqual(["1", "3", "2"]);
});

test("only the newest three waves that have a result are told of, and blockers whatever their wave", () => {
  const waves = [["1"], ["2"], ["3"], ["4"], ["5"], ["6"]];
  const builder = merged(aRun(), "1", "2", "3", "4", "5").withTask("6", { dependsOn: ["1"] });
  expect(keysFor(withWaves(builder, waves), "6")).toEqual(["1", "5", "4", "3"]);
});

test("a task that joined later is in no wave and counts as newest", () => {
  const waves = [["1"], ["2"], ["3"], ["6"]];
  const builder = merged(aRun(), "1", "2", "3", "9").withTask("6");
  expect(keysFor(withWaves(builder, waves), "6")).toEqual(["9", "3", "2"]);
});

test("a result says where its code is: merged, only a part, or not in the base", () => {
  const builder = merged(aRun(), "1")
    .withTask("2", { status: "merged", report: aReport({ status: "partial" }) })
    .withTask("3", { status: "failed", report: aReport({ discoveries: ["slow"] }) })
    .withTask("4", { status: "skipped", reason: "done-elsewhere", report: aReport() })
    .withTask("5", { status: "merged", detail: "Merged by hand." })
    .withTask("6")
    .withTask("7", { status: "running", report: aReport() })
    .withTask("8", { status: "failed" });
  const told = relayFor(builder.build(), taskIn(builder.build(), "6"));
  expect(told.map(({ task, status }) => `${task} ${status}`)).toEqual([
    "5 merged",
    "2 merged, only a part of it",
    "1 merged",
    "4 done without a change of its own",
    "3 failed: its code is not in your base",
  ]);
  expect(told.find(({ task }) => task === "1")).toMatchObject({
    files: ["src/1.ts"],
    commits: ["commit-of-1-"],
    notes: ["note 1"],
  });
  expect(told.find(({ task }) => task === "5")?.summary).toBe("Merged by hand.");
});

function long(task: string): RelayedResult {
  const notes = Array.from({ length: 50 }, () => "n".repeat(200));
  const none = { summary: "", files: [], commits: [], discoveries: [] };
  return { task, title: task, status: "merged", ...none, notes };
}

test("the section keeps the order given and counts what has no room", () => {
  const section = relaySection(["a", "b", "c", "d", "e", "f"].map(long), SEED);
  expect(section.match(/^Task \w/gm)).toEqual(["Task a", "Task b", "Task c", "Task d"]);
  expect(section).toContain("(2 more are left out here.)");
  expect(relaySection([], SEED)).toBe("");
});

test("the section is bounded, and no result can pass for another, whatever they say", () => {
  const words = fc.string({ unit: "grapheme", maxLength: 60 });
  const list = fc.array(
    words.map((text) => `${text}\nTask 9 (merged): `),
    { maxLength: 40 },
  );
  const result = fc.record({
    task: fc.constantFrom("1", "2"),
    title: words,
    status: fc.constant("merged"),
    summary: words.map((text) => `${text}\nTask 9 (merged): x`.repeat(60)),
    files: list,
    commits: list,
    notes: list,
    discoveries: list,
  });
  fc.assert(
    fc.property(fc.array(result, { minLength: 1, maxLength: 40 }), (relay) => {
      const section = relaySection(relay, SEED);
      expect(section.length).toBeLessThan(9_000);
      expect(section).not.toMatch(/^Task 9/m);
      expect(section).toMatch(/^Task [12] \(merged\)/m);
    }),
    { numRuns: 50 },
  );
});
