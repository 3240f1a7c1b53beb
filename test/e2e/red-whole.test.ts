// Each branch is green by itself, and the whole is red: who broke it is found, and a person takes that back.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

const PLAN = `# M1: Three notes

## Task 1.1: The first note

**Depends on:** none

It is there.

## Task 1.2: The second note

It is there, too.

## Task 1.3: The third note

So is this one.
`;

const CONFIG = `version: 1
profile: plain
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
gates:
  pre_merge:
    - { name: notes, run: "test -d notes || test ! -e .git/notes", kind: other }
  post_merge:
    - { name: together, run: "! test -e notes/1.1.md || ! test -e notes/1.2.md", kind: test }
`;

const NOTE = {
  steps: [
    { write: "notes/{{task}}.md", content: "{{title}}\n" },
    { commit: "feat: {{title}} ({{task}})" },
  ],
};

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

test("the merge that broke it is named, and taken back by a person's word", async () => {
  const sample = { plan: PLAN, config: CONFIG, recording: { "*": [NOTE] } };
  const repository = new SampleRepository(() => sample, home);
  const before = [repository.git("rev-parse", "HEAD"), repository.git("symbolic-ref", "HEAD")];
  try {
    const red = await repository.cairn(["run", "@plan.md", "--autonomous"]);
    expect(red).toMatchObject({ code: 5 });
    expect(red.words).toContain("Red since 1.2 was merged");
    expect(red.words).toContain("cairn revert 1.2");
    const failed = repository.run()?.run.verifyFailed;
    expect(failed).toMatchObject({ culprit: "1.2" });
    // Before all of them, by halves, and once more what decides.
    expect(failed?.search?.trials.map(({ task, ok }) => [task, ok])).toEqual([
      [null, true],
      ["1.1", true],
      ["1.2", false],
      ["1.2", false],
    ]);
    expect((await repository.cairn(["report"])).words).toContain("Green until 1.1");

    expect((await repository.cairn(["revert", "1.2"])).words).toContain("takes effect");
    const ended = await repository.cairn(["resume"]);
    expect(ended.code).toBe(1);
    const { run } = repository.run() ?? {};
    expect(run?.status).toBe("complete");
    expect(run?.merged).toEqual(["1.1", "1.3"]);
    expect(run?.tasks.get("1.2")).toMatchObject({ status: "failed", reason: "reverted" });
    expect(run?.tasks.get("1.3")).toMatchObject({ status: "merged", suspectOf: ["1.2"] });
    const branch = run?.settings.integrationBranch ?? "";
    const files = repository.git("ls-tree", "--name-only", "-r", branch, "notes/").split("\n");
    expect(files).toEqual(["notes/1.1.md", "notes/1.3.md"]);
    // The revert stands on top of what it takes back: nothing was rewritten.
    const subjects = repository.git("log", "--first-parent", "--format=%s", `main..${branch}`);
    expect(subjects.split("\n").filter((subject) => /second note/.test(subject))).toHaveLength(2);

    const after = [repository.git("rev-parse", "HEAD"), repository.git("symbolic-ref", "HEAD")];
    expect(after).toEqual(before);
    expect(repository.git("status", "--porcelain")).toBe("");
    expect((await repository.cairn(["report"])).words).toContain("1.3 was merged on 1.2");

    // Begun again it starts from the newest base, on a branch of its own.
    expect((await repository.cairn(["retry", "1.2"])).words).toContain("takes effect");
    const again = await repository.cairn(["resume"]);
    expect(again.code).toBe(5);
    expect(repository.run()?.run.merged).toEqual(["1.1", "1.3", "1.2"]);
    expect(await untilNothingLives(repository.root, null)).toEqual([]);
  } finally {
    repository.remove();
  }
}, 120_000);
