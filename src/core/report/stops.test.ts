import { expect, test } from "vitest";
import { endSummary } from "../../api/end-summary.ts";
import { reportOf } from "../../api/report-json.ts";
import { NO_DISCIPLINE } from "../../../test/support/no-discipline.ts";
import { commit, RunStory } from "../../../test/support/run-story.ts";
import type { StopFound } from "../review/change-facts.ts";
import { reportText } from "./report-text.ts";

const ISSUES = [
  { key: "1", title: "One" },
  { key: "2", title: "Two" },
];
const LARGE: StopFound = { kind: "large-diff", words: "9 files, 500 lines.", paths: [] };
const BREAKS: StopFound = { kind: "schema-breaking", words: "users.name is dropped.", paths: [] };
const ADDS: StopFound = { kind: "schema-additive", words: "users.nick is new.", paths: [] };
const SECRET = { rule: "github-token", path: "src/a.ts", line: 3, fingerprint: "f00" };

function story(more: Parameters<RunStory["begun"]>[0] = {}): RunStory {
  const discipline = { ...NO_DISCIPLINE, tdd: null };
  const protectedSurfaces = { migrations: ["migrations/**"] };
  return new RunStory().begun({ discipline, protectedSurfaces, ...more }, ISSUES);
}

function measured(run: RunStory, task: string, stops: readonly StopFound[]): RunStory {
  const change = { files: 1, lines: 1, stops, tests: [], coverage: null, secrets: [] };
  const step = { at: "none" } as const;
  const event = { type: "WorkMeasured", task, commit: commit("c"), proof: null } as const;
  return run.tell({ ...event, change, step });
}

/** One section of the report as it stands on a terminal, without its title. */
function section(run: RunStory, title: string): string {
  const text = reportText(reportOf(run.run, run.events, false), 200);
  const [, after = ""] = text.split(`\n${title}\n`);
  return after.split("\n\n")[0] ?? "";
}

test("each condition that was met is reported with what followed, and every label", () => {
  const run = measured(story().started("1"), "1", [LARGE, BREAKS, ADDS]).accepted("1");
  run.tell({ type: "LabelsSet", task: "1", labels: ["migrations", "sensitive-review"] });
  run.asked("1", { kind: "stop", text: "1 stops before its merge.", options: ["approve", "skip"] });
  expect(section(run, "Stop conditions and labels")).toMatchInlineSnapshot(`
    "  - 1: protected-surface: migrations (not decided yet)
      - 1: large-diff: 9 files, 500 lines (went on with the label sensitive-review)
      - 1: schema-breaking: users.name is dropped (went on with the label sensitive-review)
      - 1: schema-additive: users.nick is new (went on with the label sensitive-review)"
  `);
  const by = { by: "ada" };
  run.tell(
    {
      type: "QuestionAnswered",
      task: "1",
      answer: "approve",
      kind: "stop",
      to: "reviewing",
      step: { at: "undraft" },
      ...by,
    },
    { type: "DraftLeft", task: "1" },
  );
  expect(section(run, "Questions")).toContain("(answered by ada: approve)");
});

test("what counted by itself says so, and the end of a phase is a question, too", () => {
  const run = story().started("1").accepted("1").asked("1", { text: "And now?" });
  run.tell(
    { type: "QuestionTimedOut", task: "1", question: "1-q1" },
    {
      type: "TaskSkipped",
      task: "1",
      reason: "review-rejected",
      detail: "Skipped.",
      by: "question timeout",
    },
  );
  expect(section(run, "Decided without a person")).toContain(
    '1 not answered in time, so "skip" counted: And now?',
  );
  const phases = story().tell({ type: "PhaseEnded", phase: "Ground", next: "Roof" });
  expect(section(phases, "Questions")).toBe(
    '  - The run: The phase "Ground" is over. Does "Roof" begin? (not answered)',
  );
  const command = { name: "skip-phase", task: null, text: null, flags: {}, by: "ada" } as const;
  phases.tell(
    {
      type: "CommandTaken",
      number: 1,
      command: { ...command, from: "terminal" },
      accepted: true,
      answer: "",
    },
    { type: "PhaseContinued", phase: "Ground", by: "ada" },
  );
  expect(section(phases, "Questions")).toContain("(answered by ada: skip-phase)");
  const late = story().tell(
    { type: "PhaseEnded", phase: "Ground", next: "Roof", timeoutMs: 1 },
    { type: "PhaseContinued", phase: "Ground", by: "question timeout" },
  );
  expect(section(late, "Decided without a person")).toContain(
    'The run not answered in time, so "continue" counted: The phase "Ground" is over.',
  );
});

test("a halt for a secret alerts wherever the run is shown, until somebody has let it go on", () => {
  const forge = { kind: "github" } as unknown as NonNullable<RunStory["run"]["settings"]["forge"]>;
  const run = story({ forge }).started("1").accepted("1");
  run.tell({
    type: "CriticalStopRaised",
    what: "secret",
    detail: "A secret is in the commits of 1.",
    task: "1",
    secrets: [SECRET],
  });
  const told = endSummary(run.run, run.events, { questionsShown: true }).join("\n");
  expect(told).toMatchInlineSnapshot(`
    "0 of 2 merged on milestone/m4-workers; the run is halted.
    A secret is in the commits of 1.

    A secret was found.
    - github-token: src/a.ts, line 3

    Cairn did not push it; it is in the commits of feat/issue-1.
    In place of it stands [REDACTED:github-token] wherever Cairn writes.

    Pushed or posted before, look whether it is in there:
      feat/issue-1, pushed as 1 head, the newest 369fc82303
      pull request #11 of 1: no address

    Revoke (github-token):
      printf '{"credentials":["%s"]}' "$TOKEN" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke
      Or: https://github.com/settings/tokens (an app's: its settings, Revoke all user tokens)
    Replace:
      gh auth login
      Then in every place that used it: gh secret set NAME

    How the run goes on:
      When it is revoked: cairn resume --acknowledge
      Or give the run up: cairn cancel --run
      Where it is harmless, in .cairn.yml: secrets: {allow: ["f00"]}

      next: cairn resume --acknowledge
      next: cairn report"
  `);
  expect(section(run, "Attention needed")).toMatchInlineSnapshot(`
    "  - The run is halted: A secret is in the commits of 1.
      - Revoke the github-token in src/a.ts, line 3 (f00): printf '{"credentials":["%s"]}' "$TOKEN" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke Or:
        https://github.com/settings/tokens (an app's: its settings, Revoke all user tokens)
      - Look whether it is in feat/issue-1, pushed as 1 head, the newest 369fc82303
      - Look whether it is in pull request #11 of 1: no address"
  `);
  run.tell({ type: "RunResumed", by: "ada", afterPanic: false, acknowledged: true });
  expect(endSummary(run.run, run.events, { questionsShown: true }).join("\n")).not.toContain(
    "secret",
  );
  expect(section(run, "Stop conditions and labels")).toBe(
    "  - 1: secret: A secret is in the commits of 1 (the run was halted; ada let it go on)",
  );
});

test("in the words of an agent: whose session it was; an old log without places is told as far as it goes", () => {
  const run = story().started("1");
  const stop = { type: "CriticalStopRaised", what: "secret", task: "1" } as const;
  run.tell({
    ...stop,
    detail: "It said a secret.",
    session: "1-s1",
    secrets: [{ rule: "anthropic-key", line: 7, path: "stream.jsonl" }],
  });
  const told = endSummary(run.run, run.events, { questionsShown: true }).join("\n");
  expect(told).toContain("- anthropic-key: the output of session 1-s1 (stream.jsonl), line 7");
  expect(told).toContain("Nothing was pushed or posted with it.");
  const old = story()
    .started("1")
    .tell({ ...stop, detail: "It said a secret." });
  expect(old.run.secretStops).toEqual([]);
  expect(old.run.haltReason).toBe("It said a secret.");
});
