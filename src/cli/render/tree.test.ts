import { describe, expect, test } from "vitest";
import { statusJson, type EngineHolder } from "../../api/status-json.ts";
import {
  aFinding,
  commit,
  gateResult,
  RunStory,
  STORY_BEGINS,
  WORKERS,
} from "../../../test/support/run-story.ts";
import { displayWidth } from "./text-width.ts";
import { renderTree, type TreeLook } from "./tree.ts";

const ENGINE: EngineHolder = {
  pid: 4711,
  command: "cairn run docs/M4_workers.md",
  startedAt: STORY_BEGINS,
};

function look(changes: Partial<TreeLook> = {}): TreeLook {
  return {
    width: 80,
    colour: false,
    ascii: false,
    now: STORY_BEGINS,
    clock: (iso) => iso.slice(11, 16),
    ...changes,
  };
}

function draw(
  story: RunStory,
  changes: Partial<TreeLook> & { readonly engine?: EngineHolder | null } = {},
): string {
  const { engine = ENGINE, ...rest } = changes;
  const lines = renderTree(
    statusJson(story.run, story.now, engine),
    look({ now: story.now, ...rest }),
  );
  return `${lines.join("\n")}\n`;
}

const WORDS: Readonly<Record<string, string>> = {
  "4.2": "Edit: src/queue/journal.ts",
  "4.3": "npm test -- retry",
};

function planning(): RunStory {
  const story = new RunStory().created().planned();
  return story
    .tell({
      type: "EffectStarted",
      key: "baseline:x",
      action: { type: "RunBaseline", key: "baseline:x", commit: commit("base") },
    })
    .wait(0.5);
}

function running(): RunStory {
  return new RunStory()
    .begun()
    .wait(0.2)
    .started("4.2")
    .broughtHome("4.1", 6)
    .accepted("4.2", 0.77)
    .reviewed("4.2")
    .merged("4.2")
    .started("4.3")
    .wait(1)
    .sessionEnded("4.3", 0.11, "stall")
    .tell({
      type: "AttemptFailed",
      task: "4.3",
      reason: "stall",
      detail: "No word for 10m.",
      final: false,
      notBefore: null,
    })
    .started("4.3")
    .wait(2.5)
    .started("4.5")
    .wait(0.7);
}

function waiting(): RunStory {
  return running()
    .accepted("4.3")
    .session("4.3", "spec-reviewer")
    .sessionEnded("4.3", 0.07)
    .asked(
      "4.3",
      {
        text: "Two fix rounds did not satisfy the reviewer of 4.3: the limit of retries is not configurable, and the issue asks for a setting.",
      },
      [aFinding("The limit is not configurable.")],
    )
    .accepted("4.5")
    .reviewed("4.5")
    .merged("4.5")
    .broughtHome("4.4", 5)
    .tell({ type: "NothingCanMove", waiting: [{ task: "4.3", why: "a person is asked" }] });
}

function withFailures(): RunStory {
  return running()
    .failedFor("4.3", "No word from the agent for 10m, twice.")
    .accepted("4.5")
    .reviewed("4.5")
    .merged("4.5")
    .broughtHome("4.4", 5)
    .tell(
      { type: "TasksFinished", mergedAny: true },
      {
        type: "IntegrationPassed",
        commit: commit("merge-4.4"),
        results: [gateResult("test", true)],
        lands: false,
      },
    );
}

function complete(): RunStory {
  const story = new RunStory().begun();
  for (const { key } of WORKERS) story.broughtHome(key);
  return story.tell(
    { type: "TasksFinished", mergedAny: true },
    {
      type: "IntegrationPassed",
      commit: commit("merge-4.6"),
      results: [gateResult("test", true)],
      lands: true,
    },
    { type: "LandingHandedOver", how: "cairn land --yes" },
  );
}

describe("the tree in each state of a run", () => {
  const states: readonly (readonly [string, () => string])[] = [
    ["planning", () => draw(planning())],
    ["running", () => draw(running(), { lastWords: (task) => WORDS[task.key] ?? null })],
    [
      "running-60",
      () => draw(running(), { width: 60, lastWords: (task) => WORDS[task.key] ?? null }),
    ],
    [
      "running-ascii",
      () => draw(running(), { ascii: true, lastWords: (task) => WORDS[task.key] ?? null }),
    ],
    ["waiting", () => draw(waiting(), { engine: null })],
    ["draining", () => draw(running().tell({ type: "DrainRequested", by: "ada" }))],
    [
      "paused",
      () =>
        draw(
          running()
            .tell({ type: "RunAborted", by: "ada" })
            .sessionEnded("4.3", 0.1, "ended")
            .sessionEnded("4.5", 0.1, "ended"),
          { engine: null },
        ),
    ],
    [
      "halted",
      () =>
        draw(
          running().tell({
            type: "CriticalStopRaised",
            what: "breach",
            task: "4.3",
            detail:
              "The agent of 4.3 wrote on a protected branch. Put back: refs/heads/main (kept as refs/cairn/breach/1).",
          }),
          { engine: null },
        ),
    ],
    ["panicked", () => draw(running().tell({ type: "PanicRaised", by: "ada" }), { engine: null })],
    ["interrupted", () => draw(running(), { engine: null })],
    ["complete-with-failures", () => draw(withFailures(), { engine: null })],
    ["complete", () => draw(complete(), { engine: null })],
    [
      "landed",
      () =>
        draw(
          complete().tell(
            { type: "LandRequested", by: "ada", partial: false },
            { type: "Landed", commit: commit("landed"), target: "main" },
          ),
          { engine: null },
        ),
    ],
    [
      "short-terminal",
      () => draw(running(), { height: 12, lastWords: (task) => WORDS[task.key] ?? null }),
    ],
  ];
  test.each(states)("%s", async (name, drawn) => {
    await expect(drawn()).toMatchFileSnapshot(`../../../test/golden/tree-${name}.txt`);
  });
});

test("a branch that waits says which conflict is to be expected at its turn", () => {
  const story = new RunStory().begun();
  for (const key of ["4.1", "4.2"]) story.started(key).accepted(key);
  const headOf = (key: string): string => story.run.tasks.get(key)?.head ?? "";
  story.tell({
    type: "ConflictsForecast",
    onto: story.run.integration?.head ?? "",
    pairs: [
      {
        a: "4.1",
        b: "4.2",
        heads: [headOf("4.1"), headOf("4.2")],
        paths: ["src/a.ts", "src/b.ts"],
      },
    ],
  });
  expect(draw(story)).toContain("will conflict with 4.2 in src/a.ts and 1 more");
  expect(draw(story)).toContain("will conflict with 4.1 in src/a.ts and 1 more");
});

test("where steps have sessions of their own, the one at work is named", () => {
  const status = statusJson(new RunStory().begun().started("4.2").run, STORY_BEGINS, ENGINE);
  const drawn = (steps: { readonly total: number; readonly done: number | null }): string =>
    renderTree(
      {
        ...status,
        tasks: status.tasks.map((task) => (task.key === "4.2" ? { ...task, steps } : task)),
      },
      look(),
    ).join("\n");
  expect(drawn({ total: 3, done: 1 })).toContain("step 2 of 3, implementer at work");
  expect(drawn({ total: 3, done: null })).not.toContain("step");
});

describe("questions", () => {
  test("where a person types into the tree, commands stand as they are typed there", () => {
    const drawn = draw(waiting(), { typing: true });
    expect(drawn).toContain("      fix 4.3      have it fixed in one more round\n");
    expect(drawn).not.toContain("cairn ");
  });

  test("a question that ends by itself says when, and what counts then", () => {
    const story = new RunStory().begun().started("4.1").accepted("4.1");
    story.tell({
      type: "QuestionAsked",
      task: "4.1",
      question: {
        id: "q",
        kind: "rounds",
        text: "Not right.",
        options: ["fix", "skip"],
        default: "skip",
        timeoutMs: 90 * 60_000,
      },
      findings: [],
    });
    expect(draw(story)).toContain("cairn skip 4.1  default at 08:10: leave it out");
  });

  test("the end of a phase is asked by the run itself", () => {
    const story = new RunStory().begun();
    story.tell({ type: "PhaseEnded", phase: "Ground", next: "Roof" });
    const drawn = draw(story, { typing: true });
    expect(drawn).toContain('  ! The run  Ground\n      The phase "Ground" is over.');
    expect(drawn).toContain("      continue    default: begin the next phase\n");
    expect(drawn).toContain("      skip-phase  leave out every task of the next phase\n");
  });

  test("an agent's own options are its words; a question without any says what counts", () => {
    const story = new RunStory().begun().started("4.1").sessionEnded("4.1", null);
    story.asked("4.1", { kind: "agent", text: "How?", options: [], default: "as before" });
    expect(draw(story)).toContain('      cairn answer 4.1 "…"\n      default: as before\n');
  });
});

describe("the tree as a text", () => {
  test.each([60, 72, 80, 120, 40])("no line but a command is wider than %i columns", (width) => {
    for (const story of [running(), withFailures(), complete(), waiting()]) {
      const lines = draw(story, { width, engine: null, lastWords: () => "x".repeat(500) }).split(
        "\n",
      );
      for (const line of lines.filter((text) => !text.includes("cairn ")))
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  test("pull requests on a forge are named, each behind its task, and the one that lands", () => {
    const story = complete();
    const status = statusJson(story.run, story.now, null);
    const url = "https://github.com/ada/mill/pull/1";
    const tasks = status.tasks.map((task, at) => ({
      ...task,
      pullRequest: { number: 98 + at, url, draft: false },
    }));
    const run = { ...status.run, landingPullRequest: { number: 200, url } };
    const lines = renderTree({ ...status, run, tasks }, look({ now: story.now }));
    expect(lines.join(" ")).toContain(`It lands on ${run.target} with #200.`);
    for (const [at, task] of tasks.entries()) {
      const line = lines.find((text) => text.includes(` ${task.key} `));
      expect(line).toMatch(new RegExp(`${task.status} +#${98 + at} `, "u"));
    }
    const narrow = renderTree({ ...status, run, tasks }, look({ now: story.now, width: 40 }));
    for (const line of narrow.filter((text) => !text.includes("cairn ")))
      expect(displayWidth(line)).toBeLessThanOrEqual(40);
  });

  test("colour adds nothing that the words do not say", () => {
    // oxlint-disable-next-line no-control-regex -- colours are what is taken away
    const plain = draw(waiting(), { colour: true }).replaceAll(/\u001B\[\d+m/g, "");
    expect(plain).toBe(draw(waiting()));
    expect(draw(waiting(), { colour: true })).not.toBe(plain);
  });

  test("an ASCII terminal gets only ASCII", () => {
    const story = new RunStory()
      .begun({}, [{ key: "1", title: "Größe der Warteschlange – 待ち行列" }])
      .started("1");
    expect(draw(story, { ascii: true, lastWords: () => "✓ fertig" })).toMatch(
      /^[\n\u0020-\u007E]*$/,
    );
  });

  test("words from outside cannot move the cursor", () => {
    const story = new RunStory()
      .begun({}, [{ key: "1", title: "Evil \u001B[2J\u0007title\r\nsecond" }])
      .started("1");
    expect(draw(story, { lastWords: () => "\u001B]0;owned\u0007\u001B[1A gone" })).not.toMatch(
      /[^\P{Cc}\n]/u,
    );
  });

  test("a tree that is too tall folds finished waves, then says how much is missing", () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      key: String(index + 1),
      title: `Issue ${index + 1}`,
    }));
    const drawn = draw(new RunStory().begun({}, many).started("1"), { height: 20 })
      .trimEnd()
      .split("\n");
    expect(drawn).toHaveLength(20);
    expect(drawn.at(-1)).toMatch(/more lines: cairn status$/);
  });
});
