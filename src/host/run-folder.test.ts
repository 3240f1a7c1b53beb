import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { RunStory } from "../../test/support/run-story.ts";
import { writeRunFolder } from "./run-folder.ts";

test("the run's folder holds plan, log, report and metrics, and is written again without leftovers", () => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-folder-"));
  try {
    const folder = path.join(parent, "runs/m4");
    const story = new RunStory().begun().broughtHome("4.1");
    const parts = { folder, run: story.run, events: story.events, planYaml: "schemaVersion: 1\n" };
    writeRunFolder(parts);
    writeRunFolder(parts);
    expect(fs.readdirSync(folder).toSorted()).toEqual([
      "events.ndjson",
      "metrics.json",
      "plan.yaml",
      "report.md",
    ]);
    const lines = fs.readFileSync(path.join(folder, "events.ndjson"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(story.events.length);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ seq: 1, type: "RunCreated" });
    expect(JSON.parse(fs.readFileSync(path.join(folder, "metrics.json"), "utf8"))).toMatchObject({
      issues: { attempted: 1, completed: 1, skipped: 0 },
    });
    expect(fs.readFileSync(path.join(folder, "report.md"), "utf8")).toMatch(/^# Report: Workers\n/);
  } finally {
    fs.rmSync(parent, { recursive: true, force: true });
  }
});
