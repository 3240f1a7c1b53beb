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
