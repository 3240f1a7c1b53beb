import { expect, test } from "vitest";
import { aRun } from "../../test/support/a-run.ts";
import type { ActionOf } from "../core/run/actions.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import { UserError } from "../errors.ts";
import { performWorkspace } from "./perform-workspace.ts";
import type { World } from "./performer.ts";

const ACTION: ActionOf<"PrepareWorkspace"> = {
  type: "PrepareWorkspace",
  key: "workspace:1:n0",
  task: "1",
  slot: "w1",
  branch: "feat/1",
  base: "head0",
  mode: "create",
  attempt: 1,
};

function prepare(error: Error): Promise<Outcome> {
  const repository = { prepareWorkspace: async () => Promise.reject(error) };
  const world = { repository } as unknown as World;
  return performWorkspace(world).PrepareWorkspace(
    ACTION,
    aRun().withTask("1").build(),
  )(async () => Promise.resolve());
}

test("what git says of the task's own branch or folder is a refusal", async () => {
  for (const name of ["branch-exists", "branch-in-use", "folder-in-use", "wrong-base"]) {
    const code = `workspace/${name}`;
    expect(await prepare(new UserError(code, "No."))).toMatchObject({ code, refused: "No." });
  }
});

test("anything else that git runs into is thrown, to be tried again", async () => {
  for (const code of ["git/failed", "workspace/not-verified", "git/missing"]) {
    await expect(prepare(new UserError(code, "Try again."))).rejects.toMatchObject({ code });
  }
});

test.each([
  ["what a session committed, or this program for it", "s1+run@agents.cairn.invalid", "accepted"],
  ["the same, committed by this program", "cairn@cairn.invalid", "accepted"],
  ["a person's own merge", "ada@example.invalid", "tip"],
])(
  "the base is merged into what was accepted last, unless a person went on there: %s",
  async (_what, mail, from) => {
    const restored: string[] = [];
    const repository = {
      resolve: async () => Promise.resolve("tip"),
      committerOf: async () => Promise.resolve(mail),
      restoreIfMoved: async (_path: string, _branch: string, commit: string) => {
        restored.push(commit);
        return Promise.resolve();
      },
      beginMerge: async () => Promise.resolve("conflict"),
      inspectWork: async () => Promise.resolve({ onBranch: "feat/1" }),
    };
    const run = aRun().withTask("1", { status: "fixing", head: "accepted" }).build();
    const action = { type: "BeginMerge", key: "begin-merge:1", task: "1", other: "base1" } as const;
    const world = { repository } as unknown as World;
    await performWorkspace(world).BeginMerge(action, run)(async () => Promise.resolve());
    expect(restored).toEqual([from]);
  },
);
