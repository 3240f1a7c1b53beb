import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository, type Sample } from "../support/e2e-repository.ts";

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

const AGENT = `#!/bin/sh
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*) cat > "task-$CAIRN_TASK.md" ;;
esac
`;

const PLAN = `# Milestone 1: Notes

## Task 1.1: Begin the notes

Depends on: none

### Acceptance criteria

- there is a note

## Task 1.2: Go on with the notes

Depends on: 1.1

### Acceptance criteria

- there is a note

## Task 1.3: Another beginning

Depends on: none

### Acceptance criteria

- there is a note
`;

const sample = (agents: string): Sample => ({
  plan: PLAN,
  config: `version: 1\n${agents}gates:\n  pre_merge:\n    - { name: readable, run: test -r plan.md, kind: other }\n`,
  files: { "agent.sh": AGENT },
});

interface Seen {
  readonly code: number | null;
  readonly merged: readonly string[];
  readonly merges: number;
  readonly checkout: string;
  /** What the script was told for 1.2, as it stands on the integration branch. */
  readonly prompt: string;
  readonly committers: readonly string[];
  readonly alive: number;
}

async function runWith(config: string, agent: string): Promise<Seen> {
  const repository = new SampleRepository(() => sample(config), home);
  try {
    const { code, words } = await repository.cairn(["run", "@plan.md", "--agent", agent]);
    expect(words).toContain("3 of 3 merged");
    const { merged, merges, checkout } = repository.outcome();
    const run = repository.run()?.run;
    const branch = run?.settings.integrationBranch ?? "";
    const committers = repository.git("log", "--format=%ce", `main..${branch}`).split("\n");
    return {
      code,
      merged,
      merges,
      checkout,
      prompt: repository.git("show", `${branch}:task-1.2.md`),
      committers: [...new Set(committers)],
      alive: (await untilNothingLives(repository.root, run?.id ?? null)).length,
    };
  } finally {
    repository.remove();
  }
}

const BROUGHT_HOME = {
  code: 0,
  merged: ["1.1", "1.2", "1.3"],
  // Three tasks, and the marks of what is done.
  merges: 4,
  checkout: "refs/heads/main ",
  prompt: expect.stringContaining("Go on with the notes"),
  // The script commits nothing: what it leaves is committed in Cairn's name.
  committers: ["cairn@cairn.invalid"],
  alive: 0,
};

test("a five-line shell script under agents.define brings a milestone home", async () => {
  const config = "agents:\n  define:\n    command: { kind: command, command: [./agent.sh] }\n";
  expect(await runWith(config, "command")).toEqual(BROUGHT_HOME);
});

test("the same script is an agent by its path alone", async () => {
  expect(await runWith("", "./agent.sh")).toEqual(BROUGHT_HOME);
});
