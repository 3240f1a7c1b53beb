import fs from "node:fs";
import { expect, test } from "vitest";
import { TASK_RULES } from "./evolve-task.ts";
import { RUN_RULES } from "./run-rules.ts";

const DOCUMENT = fs.readFileSync(
  new URL("../../../docs/state-machine.md", import.meta.url),
  "utf8",
);

/** In the tables for what is to come; no code tells them yet. */
const TO_COME = ["PullRequestClosedByPerson", "PlanRevised", "LandedByPerson"];

/** They change no status, and what they note is no row of its own. */
const NOTES = [
  "GatesPassed",
  "ReviewPassed",
  "LabelsSet",
  "DraftLeft",
  "FixFailed",
  "StepDecided",
  "SessionPrepared",
  "SessionEnding",
  "SessionEnded",
  "MergeBegun",
  "IssueReopened",
  "PlanProposed",
  "IntegrationReady",
  "BaselineRecorded",
  "CommandTaken",
  "EffectStarted",
  "EffectFinished",
  "EffectDelayed",
];

function eventsIn(text: string): readonly string[] {
  return text.match(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g) ?? [];
}

test("every event that the code knows stands in the document, and its tables name no other", () => {
  const known = [...Object.keys(TASK_RULES), ...Object.keys(RUN_RULES)];
  const named = new Set(eventsIn(DOCUMENT));
  // A word alone is no name of two words.
  const isNamed = (event: string): boolean =>
    named.has(event) || new RegExp(`\\b${event}\\b`).test(DOCUMENT);
  expect(known.filter((event) => !isNamed(event)).toSorted()).toEqual(NOTES.toSorted());
  const rows = DOCUMENT.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  const inTables = new Set(rows.flatMap((row) => eventsIn(row.split("|")[3] ?? "")));
  expect([...inTables].filter((event) => !known.includes(event)).toSorted()).toEqual(
    TO_COME.toSorted(),
  );
});
