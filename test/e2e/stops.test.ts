// Every stop condition once: what the table says of it is what a run does, and a person answers from another process.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { STOP_TABLE, type StopCondition } from "../../src/core/review/stops/stop-table.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository, type Sample } from "../support/e2e-repository.ts";
import {
  asked,
  everyStop,
  sayGo,
  unanswered,
  untilSettled,
  untilSo,
} from "../support/e2e-stops.ts";

const STORED = "Stored; takes effect with `cairn resume`.\n";

/** What each task meets that a person is asked about, with words of the question. */
const ASKED: readonly (readonly [string, StopCondition, string])[] = [
  ["large", "large-diff", "9 files and 9 lines"],
  ["breaking", "schema-breaking", "schema/2.sql: drops the table letters"],
  ["restrictive", "licence-restrictive", "became GPL-3.0-only"],
  ["boundary", "cross-boundary", "the label papers may touch: parts/boundary.txt"],
  [
    "surface",
    "protected-surface",
    "(needs-human: auth/door.txt; needs-dep-review: package.json). package.json adds new ^2.0.0.",
  ],
  ["tdd", "tdd", "src/step.js was changed, and no test came with it"],
  ["spec", "spec", "after 1 fix round: The spec is wrong."],
  ["quality", "quality", "after 1 fix round: The quality is wrong."],
  ["tests", "tests", "after 1 fix round: The tests is wrong."],
  ["conflict", "conflict", "2 rounds did not settle it"],
];

/** What goes on with a label. */
const LABELLED: readonly (readonly [string, StopCondition])[] = [
  ["additive", "schema-additive"],
  ["permissive", "licence-permissive"],
  ["sensitive", "sensitive"],
  ["coverage", "coverage"],
];

const HALTED: readonly (readonly [string, StopCondition])[] = [
  ["secret", "secret"],
  ["breach", "protected-branch"],
];

/** The report tells them with the rounds. */
const OF_ROUNDS: ReadonlySet<StopCondition> = new Set(["spec", "quality", "tests", "conflict"]);

let home: string;
const repositories: SampleRepository[] = [];

beforeAll(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-stops-home-")));
});

afterAll(async () => {
  const left = [];
  for (const repository of repositories) {
    // Where a test has failed, its task still waits.
    sayGo(repository);
    left.push(...(await untilNothingLives(repository.folder, null)));
    repository.remove();
  }
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (left.length > 0) throw new Error(`Still running: ${JSON.stringify(left)}`);
});

function repositoryOf(sample: Sample): SampleRepository {
  const repository = new SampleRepository(() => sample, home);
  repositories.push(repository);
  return repository;
}

function runOf(repository: SampleRepository): Run {
  const found = repository.run();
  if (found === null) throw new Error("There is no run.");
  return found.run;
}

function taskOf(repository: SampleRepository, key: string): Task {
  const task = runOf(repository).tasks.get(key);
  if (task === undefined) throw new Error(`There is no task ${key}.`);
  return task;
}

function statuses(repository: SampleRepository, keys: readonly string[]): readonly string[] {
  return keys.map((key) => `${key} ${taskOf(repository, key).status}`);
}

/** From processes of their own, while no engine works on the run. */
async function answer(repository: SampleRepository, ...lines: readonly string[]): Promise<void> {
  const sent = await Promise.all(lines.map((line) => repository.cairn(line.split(" "))));
  expect(sent.map(({ words }, at) => `${lines[at]}: ${words}`)).toEqual(
    lines.map((line) => `${line}: ${STORED}`),
  );
}

function expectLabels(repository: SampleRepository): void {
  for (const [key, condition] of LABELLED) {
    const { status, labels } = taskOf(repository, key);
    expect([key, status, labels]).toEqual([key, "merged", [STOP_TABLE[condition].label]]);
  }
  expect(taskOf(repository, "plain")).toMatchObject({ status: "merged", labels: [] });
}

const RUN = ["run", "stops.yaml", "--progress", "plain"];
const RESUME = ["resume", "--progress", "plain"];

describe.concurrent("every stop condition, met once", { timeout: 150_000 }, () => {
  test("interactive: each is asked, labelled or halts as the table says, and is answered from another process", async () => {
    const repository = repositoryOf(everyStop("interactive"));
    const engine = repository.start(RUN);
    await untilSettled(repository, engine);
    for (const [key, condition, words] of ASKED) {
      const { options, default: otherwise } = STOP_TABLE[condition];
      const { question } = taskOf(repository, key);
      // It is begun anew as often as the settings allow before the default leaves it out.
      const usual = key === "tdd" ? "restart" : otherwise;
      expect([key, question?.options, question?.default]).toEqual([key, options, usual]);
      expect(question?.text).toContain(words);
    }
    expectLabels(repository);

    // While the engine works.
    const approved = await repository.cairn(["approve", "large"]);
    expect(approved).toMatchObject({ code: 0, words: "large: approve.\n" });
    const refused = await repository.cairn(["approve", "tdd"]);
    expect(refused.code).toBe(2);
    expect(refused.words).toContain("Answer with one of: restart, skip, abort.");
    await untilSo(() => taskOf(repository, "large").status === "merged", "large to be merged");

    sayGo(repository);
    const first = await engine.ended;
    expect(first.code).toBe(5);
    const commands = Object.fromEntries(
      ASKED.slice(1).map(([key]) => {
        const { options, default: otherwise } = taskOf(repository, key).question ?? {};
        const typed = options?.map((option) => {
          const line = option === "abort" ? "cairn abort" : `cairn ${option} ${key}`;
          return option === otherwise ? `${line} (default)` : line;
        });
        return [key, typed?.join(", ")];
      }),
    );
    for (const line of Object.values(commands)) expect(first.words).toContain(`  ${line}\n`);
    expect(runOf(repository).status).toBe("waiting");

    await answer(
      repository,
      "approve breaking",
      "skip restrictive",
      "approve boundary",
      "approve surface",
      "restart tdd",
      "fix spec",
      "fix quality",
      "fix tests",
      "resolve conflict",
    );
    const second = await repository.cairn(RESUME);
    expect(second.code).toBe(5);
    const merged = [
      "breaking",
      "boundary",
      "surface",
      "tdd",
      "spec",
      "quality",
      "tests",
      "conflict",
    ];
    expect(statuses(repository, [...merged, "restrictive"])).toEqual([
      ...merged.map((key) => `${key} merged`),
      "restrictive skipped",
    ]);
    expect(taskOf(repository, "tdd")).toMatchObject({
      restarts: 1,
      labels: ["tdd-violation"],
      proof: { verdict: "proven" },
    });
    expect(repository.git("show", "milestone/1-stops:parts/shared.txt")).toBe(
      "plain\nof the conflict",
    );
    expect(second.words).toContain('The run  The phase "Ground" is over. Does "Roof" begin?\n');
    expect(second.words).toContain("cairn continue (default), cairn skip-phase, cairn abort\n");
    expect(taskOf(repository, "secret").sessions).toBe(0);

    await answer(repository, "continue");
    await expectHalts(repository, await repository.cairn(RESUME));
    await answer(repository, "skip breach");
    const last = await repository.cairn([...RESUME, "--acknowledge"]);
    expect(last.code).toBe(1);
    expect(last.words).toContain("16 of 18 merged");
    expect(taskOf(repository, "breach")).toMatchObject({ status: "skipped", reason: "by-command" });
  });

  test("autonomous: labelled, mended and skipped as the table says, nobody asked but about the surface", async () => {
    const repository = repositoryOf(everyStop("autonomous"));
    const engine = repository.start(RUN);
    await untilSettled(repository, engine);
    sayGo(repository);
    const first = await engine.ended;
    expectLabels(repository);
    for (const [key, , words] of ASKED) {
      if (key === "surface") continue;
      const { status, detail } = taskOf(repository, key);
      expect([key, status]).toEqual([key, "skipped"]);
      expect(detail).toContain(words);
      expect(first.words).toMatch(new RegExp(`^  ${key} +skipped: `, "m"));
    }
    for (const [key, condition] of LABELLED)
      expect(first.words).toMatch(
        new RegExp(`^  ${key} +went on with the label ${STOP_TABLE[condition].label}$`, "m"),
      );
    expect(first.words).toMatch(/^ {2}tdd +begun again from a clean branch: /m);
    expect(taskOf(repository, "tdd")).toMatchObject({ restarts: 1, labels: ["tdd-violation"] });
    expect(
      ["spec", "quality", "tests", "conflict"].map((key) => taskOf(repository, key).rounds),
    ).toMatchObject([{ spec: 1 }, { quality: 1 }, { tests: 1 }, { conflict: 2 }]);

    await expectHalts(repository, first);
    const third = await repository.cairn([...RESUME, "--acknowledge"]);
    expect(third.code).toBe(5);
    expect(statuses(repository, ["secret", "breach", "surface"])).toEqual([
      "secret merged",
      "breach merged",
      "surface escalated",
    ]);
    expect(asked(repository)).toEqual(["surface protected-surface", "secret secret"]);
    await answer(repository, "approve surface");
    const last = await repository.cairn(RESUME);
    expect(last.code).toBe(1);
    expect(last.words).toContain("9 of 18 merged");
    const report = await repository.cairn(["report"]);
    const told = [...ASKED, ...LABELLED].filter(([, condition]) => !OF_ROUNDS.has(condition));
    for (const [key, condition] of [...told, ...HALTED])
      expect(report.words).toMatch(new RegExp(`^- ${key}: ${condition}: `, "m"));
  });

  test("a question that nobody answers in time is answered with its default, and the run goes on by itself", async () => {
    const repository = repositoryOf(unanswered());
    const { code, words } = await repository.cairn(RUN);
    expect(code).toBe(1);
    expect(taskOf(repository, "large")).toMatchObject({ status: "skipped" });
    expect(taskOf(repository, "plain")).toMatchObject({ status: "merged" });
    expect(words).toMatch(/^ {2}large +not answered in time, so "skip" counted: large stops /m);
    expect(words).toMatch(/^ {2}The run +not answered in time, so "continue" counted: /m);
    const events = repository.run()?.events ?? [];
    expect(events).toContainEqual(
      expect.objectContaining({ type: "TaskSkipped", task: "large", by: "question timeout" }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: "PhaseContinued", phase: "Ground", by: "question timeout" }),
    );
  });
});

/** What no mode passes: a secret, in an attempt and in a round after it, then the protected branch. */
async function expectHalts(
  repository: SampleRepository,
  first: { readonly words: string; readonly code: number | null },
): Promise<void> {
  const isHalted = [5, "halted"];
  expect([first.code, runOf(repository).status]).toEqual(isHalted);
  expect(first.words).toContain("github-token: parts/secret.txt, line 1");
  expect(taskOf(repository, "secret")).toMatchObject({ status: "waiting", attemptsFailed: 1 });
  const again = await repository.cairn(RESUME);
  expect(again.words).toContain("cairn resume --acknowledge");
  expect(again.code).not.toBe(0);
  expect(runOf(repository).status).toBe("halted");

  const second = await repository.cairn([...RESUME, "--acknowledge"]);
  expect([second.code, runOf(repository).status]).toEqual(isHalted);
  const { options, default: otherwise } = STOP_TABLE.secret;
  const { question } = taskOf(repository, "secret");
  expect(question).toMatchObject({ kind: "secret", options, default: otherwise });
  await answer(repository, "retry secret");

  const third = await repository.cairn([...RESUME, "--acknowledge"]);
  expect([third.code, runOf(repository).status]).toEqual(isHalted);
  expect(taskOf(repository, "secret").status).toBe("merged");
  expect(repository.git("show", "milestone/1-stops:parts/secret.txt")).toBe(
    "from the environment\nmended",
  );
  expect(third.words).toContain(
    "The agent of breach wrote on a protected branch. Put back: refs/heads/main",
  );
  expect(repository.git("rev-list", "--count", "main")).toBe("1");
  expect(repository.git("for-each-ref", "--format=%(refname)", "refs/cairn/breach/")).not.toBe("");
}
