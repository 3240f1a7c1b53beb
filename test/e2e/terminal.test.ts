// A person steers a whole run from its terminal; the same run alone asks nothing and says what it decided.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Recording } from "../../src/adapters/agents/scripted/recording.ts";
import { GIT_ALONE, PACKAGE, untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository, type Sample } from "../support/e2e-repository.ts";
import { Terminal } from "../support/e2e-terminal.ts";

const CAIRN = path.join(PACKAGE, "bin/cairn");

const PLAN = `# Milestone 1: Letters

## Task 1: The door

Depends on: none

### Acceptance criteria

- auth/door.txt is there

## Task 2: The wall

Depends on: none

### Acceptance criteria

- wall.txt is there

## Task 3: The roof

Depends on: none

### Acceptance criteria

- roof.txt is there

## Task 4: The paint

Depends on: Task 3

### Acceptance criteria

- paint.txt is there
`;

const CONFIG = `version: 1
parallel: 3
target: main
profile: plain
agents:
  default: recorded
  define: { recorded: { kind: scripted, command: [../recording.json] } }
  limits: { grace: 1s }
review: { mode: one-pass, rounds: 1 }
gates: { pre_merge: [{ name: whole, run: "true", kind: test }] }
`;

const finding = (message: string): object => ({
  severity: "critical",
  file: "wall.txt",
  line: 1,
  message,
});
const verdicts = (says: "approve" | "request-changes", message: string): object => ({
  status: "complete",
  summary: message,
  verdicts: ["spec", "quality"].map((stage) => ({
    stage,
    verdict: says,
    findings: says === "approve" ? [] : [finding(message)],
  })),
});

function writes(file: string): Recording[string] {
  return [
    {
      role: "implementer",
      steps: [{ write: file, content: "{{task}}\n" }, { commit: "feat: {{task}} (#{{task}})" }],
    },
    {
      role: "fixer",
      steps: [
        { append: file, content: "round {{round}}\n" },
        { commit: "fix: {{task}}, round {{round}} (#{{task}})" },
      ],
    },
  ];
}

/** The wall is right after two rounds, one more than there are; the roof never is. */
const RECORDING: Recording = {
  "1": writes("auth/door.txt"),
  "2": [
    ...writes("wall.txt"),
    { role: "quality-reviewer", round: 2, report: { ...verdicts("approve", "A wall.") } },
    { role: "quality-reviewer", report: { ...verdicts("request-changes", "It leans.") } },
  ],
  "3": [
    ...writes("roof.txt"),
    { role: "quality-reviewer", report: { ...verdicts("request-changes", "It leaks.") } },
  ],
  "4": writes("paint.txt"),
};

const sample = (): Sample => ({ plan: PLAN, config: CONFIG, recording: RECORDING });

let home: string;
let repository: SampleRepository;
let terminals: Terminal[];

beforeEach(() => {
  terminals = [];
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-terminal-home-")));
  repository = new SampleRepository(sample, home);
});

afterEach(async () => {
  for (const each of terminals) each.close();
  const left = await untilNothingLives(repository.folder, null);
  repository.remove();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (left.length > 0) throw new Error(`Still running: ${JSON.stringify(left)}`);
});

function terminal(...args: readonly string[]): Terminal {
  const started = new Terminal(args, { directory: repository.root, home });
  terminals.push(started);
  return started;
}

test("approve, fix, skip, a wrong command, help, abort, resume: a person at the terminal", async () => {
  const first = terminal("run", "plan.md");
  await first.see("help shows the words; Ctrl-C pauses");
  await first.see("Needs you (3)");
  await first.see("approve 1  let exactly this commit be merged");
  await first.see("fix 2   have it fixed in one more round");

  first.type("aprove 1");
  await first.see("There is no command `aprove`.");
  await first.see("Did you mean `approve`?");
  first.type("approve 99");
  await first.see("There is no task 99 in this run.");
  await first.see("1 asks, and takes: approve 1, skip 1 (default), abort");
  first.type("fix 1");
  await first.see("Answer with one of:");
  first.type("fix");
  await first.see("2 tasks ask: 2, 3.");

  first.type("help");
  await first.see("You can say now:");
  await first.see("approve [TASK]");
  await first.see("Not now:");
  await first.see("resolve, restart");

  // Typed with a mistake, mended with the keys that mend it.
  first.press("approvx 1\u001B[D\u001B[D\u001B[D\u001B[3~e\u001B[F\r");
  await first.see("1: approve.");
  first.type("fix 2");
  await first.see("2: fix.");
  await first.see("2 of 4 merged");

  // Another process is answered while this one waits for the person.
  const other = await repository.cairn(["fix", "1"]);
  expect(other.code).toBe(2);
  expect(other.words).toContain("1 is merged and asks nothing.");
  expect(other.words).toContain("3 asks, and takes: cairn fix 3");

  first.type("abort");
  expect(await first.ended).toBe(3);
  expect(first.words()).toContain("next: cairn resume");
  expect(repository.run()?.run.status).toBe("paused");

  const second = terminal("resume");
  await second.see("Needs you");
  second.type("skip done by the neighbour");
  expect(await second.ended).toBe(1);
  expect(second.words()).toContain("2 of 4 merged on");

  const run = repository.run()?.run;
  expect(run?.status).toBe("complete");
  expect(
    [...(run?.tasks.values() ?? [])].map(({ key, status, detail }) => [key, status, detail]),
  ).toMatchObject([
    ["1", "merged", null],
    ["2", "merged", null],
    ["3", "skipped", "done by the neighbour"],
    ["4", "skipped", expect.any(String)],
  ]);
  const audit = await repository.cairn(["audit"]);
  expect(audit.words).toMatch(/\(terminal\) {2}approve 1 +accepted: 1: approve\./);
  expect(audit.words).toMatch(/\(terminal\) {2}fix 1 +refused: /);
  expect(audit.words).toMatch(/\(terminal\) {2}abort +accepted: /);
}, 60_000);

test("the same run alone asks nothing, and says in the end what it decided and what waits", async () => {
  const alone = terminal("run", "plan.md", "--autonomous");
  expect(await alone.ended).toBe(5);
  const words = alone.words();
  expect(words).toContain(
    "0 of 4 merged on milestone/plan-milestone-1-letters; the run is waiting.",
  );
  expect(words).toContain("Decided without a person:");
  expect(words).toContain("  2  skipped: 2 is not right after 1 fix round: It leans.");
  expect(words).toContain("  3  skipped: 3 is not right after 1 fix round: It leaks. With it: 4.");
  const run = repository.run();
  expect(run?.events.filter(({ type }) => type === "QuestionAsked")).toMatchObject([
    // The one stop that no rule may pass.
    { task: "1", question: { kind: "protected-surface" } },
  ]);
  // Where there is no picture of the questions, the summary has them.
  const piped = await repository.cairn(["resume"]);
  expect(piped.code).toBe(5);
  expect(piped.words).toContain("Waits for a person:");
  expect(piped.words).toContain(
    "  1  1 changes a protected surface (needs-human: auth/door.txt).\n",
  );
  expect(piped.words).toContain("     cairn approve 1, cairn skip 1 (default), cairn abort\n");

  const approved = await repository.cairn(["approve"]);
  expect(approved.words).toBe("Stored; takes effect with `cairn resume`.\n");
  expect((await repository.cairn(["audit"])).words).toMatch(/^not taken yet .*approve 1 /m);
  const last = await repository.cairn(["resume"]);
  expect(last.code).toBe(1);
  expect(last.words).toContain("1 of 4 merged");
}, 60_000);

test("what is piped into a run is not read by it, and Ctrl-C at an open question leaves it open", async () => {
  const first = terminal("run", "plan.md");
  await first.see("Needs you (3)");
  first.press("\u0003");
  expect(await first.ended).toBe(5);
  expect([...(repository.run()?.run.tasks.values() ?? [])].map(({ status }) => status)).toEqual([
    "escalated",
    "escalated",
    "escalated",
    "waiting",
  ]);
  const file = path.join(repository.folder, "typed.txt");
  fs.writeFileSync(file, "skip 1\nskip 2\nskip 3\nwhat is left\n");
  const left = execFileSync(
    "sh",
    ["-c", `{ "$0" resume >words.txt 2>&1; cat; } < "${file}"; rm words.txt`, CAIRN],
    { cwd: repository.root, env: { ...process.env, HOME: home, ...GIT_ALONE }, encoding: "utf8" },
  );
  expect(left).toBe("skip 1\nskip 2\nskip 3\nwhat is left\n");
}, 60_000);
