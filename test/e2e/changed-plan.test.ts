// A plan that is edited while its run waits: running it again says exactly what changed, and goes on as it was begun.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

const CONFIG = `version: 1
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
gates:
  pre_merge:
    - { name: plan, run: test -r plan.md, kind: other }
`;

const task = (key: string, title: string, needs: string): string =>
  `## Task ${key}: ${title}\n\nDepends on: ${needs}\n\n### Acceptance criteria\n\n- it is there\n`;

const before = [
  "# M1",
  task("1.1", "One", "none"),
  task("1.2", "Two", "1.1"),
  task("1.3", "Three", "1.2"),
];
const after = [
  "# M1",
  task("1.1", "First", "none"),
  task("1.2", "Two", "1.1").replace("it is", "all is"),
  task("1.4", "Four", "1.2"),
];

/** A workflow is a protected surface: the task waits for a person, and the run with it. */
const RECORDING = {
  "1.1": [
    { steps: [{ write: ".github/workflows/ci.yml", content: "on: push\n" }, { commit: "one" }] },
  ],
};

test("running it again names each change, and the run goes on with the plan it was begun with", async () => {
  const sample = { plan: before.join("\n\n"), config: CONFIG, recording: RECORDING };
  const repository = new SampleRepository(() => sample, home);
  try {
    expect(await repository.cairn(["run", "plan.md", "--autonomous"])).toMatchObject({ code: 5 });
    fs.writeFileSync(path.join(repository.root, "plan.md"), after.join("\n\n"));
    const again = await repository.cairn(["run", "plan.md", "--autonomous"]);
    expect(again.code).toBe(5);
    expect(again.words.split("\n").slice(0, 7)).toEqual([
      "The plan has changed since this run began:",
      "  + 1.4 Four",
      "  - 1.3 Three",
      '  ~ 1.1 is now called "First", it was "One"',
      "  ~ 1.2 text edited",
      "  1.4 now waits for 1.2",
      "The run goes on with the plan it was begun with.",
    ]);
    expect([...(repository.run()?.run.tasks.keys() ?? [])]).toEqual(["1.1", "1.2", "1.3"]);
    expect(await untilNothingLives(repository.root, null)).toEqual([]);
  } finally {
    repository.remove();
  }
});
