import { describe, expect, test } from "vitest";
import { aRun, anIssue, NOW, tell, work } from "../../../test/support/a-run.ts";
import type { ConflictedFile } from "../merge/conflicts/facts.ts";
import { againstResolution } from "./conflict-rounds.ts";
import { decide } from "./decide.ts";
import { giveBackDraft } from "./give-back.ts";
import { unmergedBlockers } from "./may-merge.ts";
import type { Work } from "./outcomes.ts";
import type { Run, Task } from "./run.ts";
import type { Discipline, MergeSettings, RunSettings } from "./settings.ts";
import { isBroughtHome } from "./stand-in.ts";
import { workerOf } from "./step-action.ts";

const DISCIPLINE = {
  tdd: { tests: ["**/*.test.*"], exempt: [], restarts: 2 },
  testRounds: null,
  stepSessions: false,
  handoff: "off",
  followUps: 2,
  questionTimeoutMs: null,
  phases: false,
  autofix: [],
} as unknown as Discipline;

function file(path: string, kind: ConflictedFile["kind"] = "contents"): ConflictedFile {
  const side = { mode: "100644", blob: "b" };
  return {
    path,
    kind,
    base: side,
    ours: side,
    theirs: side,
    hunks: 1,
    lines: 4,
    isGenerated: false,
  };
}

/** 2 is at its turn and conflicts with 1, which is merged; 3 needs 2. */
function atItsTurn(
  heavy: MergeSettings["heavy"] = "give-back",
  changes: Partial<Task> = {},
  more: Partial<RunSettings> = {},
): Run {
  const merging = {
    train: 1,
    everyCommitGreen: false,
    medium: { files: 3, hunks: 6, lines: 80, attempts: 2 },
    heavy,
  } as const;
  const run = aRun({ merging, discipline: DISCIPLINE, mode: "interactive", ...more })
    .with({ integration: { branch: "milestone/1", head: "c1", base: "head0" } })
    .withTask("1", { status: "merged", mergedCommit: "c1", changedPaths: ["a.ts"] })
    .withTask("2", {
      status: "merging",
      step: { at: "candidate" },
      head: "h2",
      changedPaths: ["a.ts", "a.test.ts"],
      issue: { labels: ["area"], acceptanceCriteria: ["it holds"] },
      ...changes,
    })
    .withTask("3", { dependsOn: ["2"] })
    .build();
  const action = decide(run, NOW).actions.find(({ type }) => type === "BuildCandidate");
  if (action === undefined) throw new Error("There is no candidate.");
  run.effects.set(action.key, { key: action.key, action, startedAt: NOW });
  return run;
}

function meets(run: Run, files: readonly ConflictedFile[]): void {
  const [key] = [...run.effects.keys()];
  const paths = files.map(({ path }) => path);
  const result = { kind: "conflict", paths, messages: "", files } as const;
  tell(run, key ?? "", { of: "BuildCandidate", result });
}

const task = (run: Run, key: string): Task => run.tasks.get(key)!;

test("a small conflict of text goes to somebody who settles conflicts", () => {
  const run = atItsTurn();
  meets(run, [file("a.ts")]);
  expect(task(run, "2")).toMatchObject({ status: "fixing", roundKind: "conflict" });
  expect(task(run, "2").conflict).toMatchObject({ class: "medium", onto: "c1" });
  expect(workerOf(task(run, "2"))).toBe("conflict-resolver");
});

test("what a proven resolver settled is told, and gated like anything else", () => {
  const run = atItsTurn();
  const [key] = [...run.effects.keys()];
  const resolved = [{ path: "package.json", by: "json" }];
  const result = { kind: "clean", commit: "m", tree: "t", resolved } as const;
  tell(run, key ?? "", { of: "BuildCandidate", result });
  expect(task(run, "2").notes.join()).toContain("package.json (json)");
  expect(task(run, "2").step.at).toBe("candidate-gates");
});

describe("a heavy conflict", () => {
  test("becomes an issue that takes the task's place, with its branch as material", () => {
    const run = atItsTurn();
    meets(run, [file("a.ts", "modify-delete")]);
    expect(task(run, "2").step).toMatchObject({ at: "give-back" });
    const { step } = task(run, "2");
    if (step.at !== "give-back") throw new Error(step.at);
    const draft = giveBackDraft(run, task(run, "2"), step.conflict);
    expect(draft.title).toBe("Resolve merge conflict: 2 vs 1");
    expect(draft.labels).toEqual(["area", "conflict-resolution"]);
    expect(draft.body).toContain("feat/2");
    expect(draft.acceptanceCriteria).toEqual(["it holds"]);
    const action = [...run.effects.values()].find((effect) => effect.action.type === "GiveBack");
    const issue = { ...anIssue("2.1"), followUpOf: "2" };
    tell(run, action!.key, {
      of: "GiveBack",
      result: { kind: "added", issue, branch: "feat/2.1" },
    });
    expect(task(run, "2")).toMatchObject({
      status: "skipped",
      reason: "superseded",
      supersededBy: "2.1",
    });
    expect(run.merging).toBeNull();
    expect(task(run, "3").status).toBe("waiting");
    expect(task(run, "3").issue.blockers.map(({ key }) => key)).toEqual(["2.1"]);
    expect(isBroughtHome(run, task(run, "2"))).toBe(false);
    run.tasks.set("2.1", { ...task(run, "2.1"), status: "merged" });
    expect(isBroughtHome(run, task(run, "2"))).toBe(true);
  });

  test("whoever has begun on its unmerged work keeps what it did, and is merged after the issue", () => {
    const run = atItsTurn("give-back", {}, { start: "stacked" });
    run.tasks.set("3", { ...task(run, "3"), status: "queued", head: "h3", sessions: 2 });
    meets(run, [file("a.ts", "modify-delete")]);
    const action = [...run.effects.values()].find((effect) => effect.action.type === "GiveBack");
    const issue = { ...anIssue("2.1"), followUpOf: "2" };
    tell(run, action!.key, {
      of: "GiveBack",
      result: { kind: "added", issue, branch: "feat/2.1" },
    });
    expect(task(run, "3")).toMatchObject({ status: "queued", head: "h3" });
    expect(unmergedBlockers(run, task(run, "3"))).toEqual(["2.1"]);
  });

  test("is asked about where nobody takes the issue, or where that is asked for", () => {
    const given = atItsTurn();
    meets(given, [file("a.ts", "binary")]);
    const action = [...given.effects.values()].find(({ action: { type } }) => type === "GiveBack");
    tell(given, action!.key, { of: "GiveBack", result: { kind: "refused", why: "No place." } });
    for (const run of [given, atItsTurn("ask")]) {
      if (run !== given) meets(run, [file("a.ts", "binary")]);
      expect(task(run, "2")).toMatchObject({ status: "escalated" });
      expect(task(run, "2").question).toMatchObject({
        kind: "conflict",
        options: ["resolve", "skip", "continue"],
      });
    }
  });

  test("is skipped where that is asked for", () => {
    const run = atItsTurn("skip");
    meets(run, [file("a.ts", "binary")]);
    expect(task(run, "2")).toMatchObject({ status: "skipped", reason: "conflict" });
  });

  test("a medium one that two rounds did not settle is heavy", () => {
    const rounds = { spec: 0, quality: 0, tests: 0, pullRequest: 0, conflict: 2 };
    const run = atItsTurn("give-back", { rounds });
    meets(run, [file("a.ts")]);
    expect(task(run, "2").step).toMatchObject({ at: "give-back" });
  });

  test("no issue is given back more often than it may be", () => {
    const run = atItsTurn();
    for (const key of ["2.1", "2.2"])
      run.tasks.set(key, {
        ...task(run, "3"),
        key,
        status: "cancelled",
        issue: { ...anIssue(key), followUpOf: "2" },
      });
    meets(run, [file("a.ts", "binary")]);
    expect(task(run, "2").status).toBe("escalated");
  });
});

describe("what an agent made of a conflict", () => {
  test("is accepted where it stays with what conflicts and what the branch had changed", () => {
    expect(settled(["a.ts", "a.test.ts", "b.ts"])).toBeNull();
  });

  test("is not where it changes something else", () => {
    expect(settled(["a.ts", "a.test.ts", "z.ts"])).toContain("z.ts");
  });

  test("is not where nothing is left of the branch's tests, whatever the profile", () => {
    expect(settled(["a.ts"], { dropped: ["a.test.ts"] })).toContain("a.test.ts");
    // What conflicted may well end as the other side has it.
    expect(settled(["a.ts"], { dropped: ["b.ts"] })).toBeNull();
    // The base has brought the same test: it is in no difference any more, and nothing is lost.
    expect(settled(["a.ts"], { dropped: [] })).toBeNull();
  });

  test("is not where git's markers are left, committed or not", () => {
    expect(settled(["a.ts"], { markers: ["a.ts"] })).toContain("markers are left in a.ts");
  });

  test("is not where nothing of the branch is left, or what did not conflict was taken back", () => {
    expect(settled([])).toContain("Nothing of the branch's own change is left");
    expect(settled(["a.ts"], { dropped: ["own.ts"] })).toContain("taken back: own.ts");
  });
});

function settled(changedPaths: readonly string[], more: Partial<Work> = {}): string | null {
  const run = atItsTurn();
  meets(run, [file("a.ts"), file("b.ts")]);
  const begun = [...run.effects.values()].find(({ action }) => action.type === "BeginMerge");
  tell(run, begun?.key ?? "", { of: "BeginMerge", state: "conflict", work: work("2") });
  return againstResolution(run, task(run, "2"), work("2", { changedPaths, ...more }));
}
