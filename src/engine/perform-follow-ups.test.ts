import { describe, expect, test } from "vitest";
import { anIssue, aRun, sessionEnded, taskIn } from "../../test/support/a-run.ts";
import type { FollowUpDraft } from "../core/run/follow-ups.ts";
import type { Run } from "../core/run/run.ts";
import type { FollowUpFiles, ProgressFile } from "../ports/source.ts";
import { performFollowUps } from "./perform-follow-ups.ts";
import type { World } from "./performer.ts";
import { sourceEdits } from "./source-edits.ts";

const REPORT = { ...sessionEnded("4.1").report!, status: "partial" as const };
const ACTION = { type: "AddFollowUps", key: "f", task: "4.1" } as const;
const inside = async (): Promise<void> => Promise.resolve();

const FILES: FollowUpFiles = {
  nameFor: (of, taken) => {
    const key = ["b", "c"].map((letter) => `${of}${letter}`).find((one) => !taken.has(one));
    return key === undefined ? null : { key, number: key, url: null };
  },
  edits: ({ key, of }) => [
    {
      path: "plan.md",
      edit: (text) => (text === null || !text.includes(`${of}\n`) ? null : `${text}${key}\n`),
    },
  ],
};

function runWith(kind: "markdown" | "json", ...others: readonly string[]): Run {
  const run = aRun({}).withTask("4.1", { status: "running", report: REPORT });
  for (const key of others) run.withTask(key);
  const plan = { source: { kind, reference: "plan.md" }, issues: [anIssue("4.1")] };
  return run.with({ plan: plan as never }).build();
}

async function perform(run: Run, world: Partial<World>) {
  const ready = performFollowUps(world as World).AddFollowUps(ACTION, run);
  // Whatever joins the run meanwhile is not what the action was decided on.
  run.tasks.set("4.1b", taskIn(run, "4.1"));
  const { result } = await ready(inside);
  return result;
}

const rest = (of: string): { readonly followUpOf: string } => ({ followUpOf: of });

describe("issues for what is left", () => {
  test("of a source in files are named at once, past every name that is taken", async () => {
    const world = { followUpFiles: () => FILES, taskBranch: "work/{number}" };
    expect(await perform(runWith("markdown"), world)).toMatchObject({
      kind: "added",
      issues: [{ branch: "work/4.1b", issue: { key: "4.1b", followUpOf: "4.1" } }],
    });
    expect(await perform(runWith("markdown", "4.1b"), world)).toMatchObject({
      issues: [{ issue: { key: "4.1c" } }],
    });
  });

  test("on a service are what it made, under its names", async () => {
    const made: FollowUpDraft[] = [];
    const followUps = {
      add: async (drafts: readonly FollowUpDraft[]) => {
        made.push(...drafts);
        return Promise.resolve([{ key: "#57", number: "57", url: "https://x/57", body: "There." }]);
      },
    };
    // Files of a dispatch plan beside it give no names.
    expect(
      await perform(runWith("markdown"), { followUps, followUpFiles: () => FILES }),
    ).toMatchObject({
      issues: [{ issue: { key: "#57", url: "https://x/57", body: "There." } }],
    });
    expect(made).toMatchObject([{ of: "4.1" }]);
  });

  test.each([
    ["A source of the kind json takes no follow-up issues here.", "json", {}],
    [
      "There is no name left for a follow-up of 4.1",
      "markdown",
      { followUpFiles: () => ({ ...FILES, nameFor: () => null }) },
    ],
  ] as const)("are refused with words: %s", async (words, kind, world) => {
    const result = await perform(runWith(kind), world);
    expect(result).toMatchObject({ kind: "refused", why: expect.stringContaining(words) });
  });
});

function partly(): Run {
  const run = runWith("markdown");
  const more = aRun({})
    .withTask("4.1b", { status: "merged", issue: rest("4.1") })
    .withTask("4.1c", { issue: rest("4.1b") })
    .withTask("4.1d", { issue: rest("4.2") })
    .build();
  for (const [key, task] of more.tasks) run.tasks.set(key, task);
  run.tasks.set("4.1", { ...taskIn(run, "4.1"), status: "merged" });
  return run;
}

describe("what is written into the source's files", () => {
  const MARKS: ProgressFile = {
    path: "plan.md",
    mark: (text, marks) =>
      text.replaceAll(/^(4\.1\w?)$/gmu, (key) => (marks.get(key) === "done" ? `${key} done` : key)),
  };

  function world(changes: Partial<World> = {}): World {
    return { progressFile: () => MARKS, followUpFiles: () => FILES, ...changes } as World;
  }

  test("are follow-ups first, then the marks of all that is done, as one edit of each file", () => {
    const edits = sourceEdits(world(), partly());
    expect(edits?.files.map(({ path }) => path)).toEqual(["plan.md"]);
    expect(edits?.files[0]?.edit("# Plan\n4.1\n")).toBe("# Plan\n4.1 done\n4.1b done\n4.1c\n");
    expect(edits?.taken()).toEqual(["4.1b", "4.1c"]);
  });

  test("a text that cannot take one is marked without it", () => {
    const edits = sourceEdits(world(), partly());
    expect(edits?.files[0]?.edit("other\n")).toBeNull();
    expect(edits?.taken()).toEqual([]);
  });

  test("nothing at all where the source keeps nothing in the repository", () => {
    const nothing = { progressFile: () => null, followUpFiles: () => null };
    expect(sourceEdits(world(nothing), partly())).toBeNull();
  });
});
