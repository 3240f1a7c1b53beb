// A task's branch that somebody has made before the run: the run asks, and keeps what was on it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { ONE_TASK, RoughWorld, WORKS } from "../support/rough-world.ts";

const RUN = ["run", "@docs/M1_trail.md", "--progress", "plain"];
const BRANCH = "feat/issue-1.1-one";

let world: RoughWorld;
beforeEach(() => {
  world = new RoughWorld({ plan: ONE_TASK, agent: WORKS, config: "mode: interactive" });
  world.git("checkout", "-q", "-b", BRANCH);
  world.write("mine.txt", "Somebody's work.\n");
  world.git("add", ".");
  world.git("commit", "-q", "-m", "Somebody's work");
  world.git("checkout", "-q", "main");
});
afterEach(() => {
  world.remove();
});

test("`clean`, said from another process, begins it anew and keeps its commits", async () => {
  const asked = await world.cairn(...RUN);
  expect(asked.code).toBe(5);
  expect(`${asked.out}${asked.told}`).toContain(
    "cairn answer 1.1 clean, cairn skip 1.1 (default), cairn abort",
  );
  const mine = world.git("rev-parse", BRANCH);
  expect(await world.cairn("answer", "1.1", "clean")).toMatchObject({ code: 0 });
  expect(await world.cairn("resume", "--progress", "plain")).toMatchObject({ code: 0 });
  expect((await world.status()).tasks).toMatchObject([{ status: "merged", attempt: 1 }]);
  expect(world.git("for-each-ref", "--format=%(objectname)", "refs/cairn/old/")).toContain(mine);
  const [whole] = world
    .git("for-each-ref", "--format=%(refname)", "refs/heads/milestone/")
    .split("\n");
  const files = world.git("ls-tree", "--name-only", whole ?? "").split("\n");
  expect([files.includes("agent.sh"), files.includes("mine.txt")]).toEqual([true, false]);
});

test("with --existing skip nobody is asked, and it stays as it is", async () => {
  const mine = world.git("rev-parse", BRANCH);
  const left = await world.cairn(...RUN, "--existing", "skip");
  expect(left.code).toBe(1);
  expect((await world.status()).tasks).toMatchObject([{ status: "skipped" }]);
  expect(world.git("rev-parse", BRANCH)).toBe(mine);
});
