import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitWorld, type GitWorld } from "../../test/contract/git-world.ts";
import { aRun } from "../../test/support/a-run.ts";
import { createBootstrap } from "../adapters/bootstrap/bootstrap.ts";
import { createGateRunner } from "../adapters/gates/gate-runner.ts";
import { agentEnvironment } from "../composition/session-environment.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import type { Run } from "../core/run/run.ts";
import { performGates } from "./perform-gates.ts";
import { performWorkspace } from "./perform-workspace.ts";
import type { World } from "./performer.ts";

const RUN = "m1-test";
const inside = async (): Promise<void> => Promise.resolve();

let git: GitWorld;
let head: string;
let outside: string;
beforeEach(async () => {
  git = await gitWorld();
  outside = path.join(git.root, "..");
  const base = { slot: "w1", branch: "feat/1", base: git.start, mode: "create" } as const;
  const { path: at } = await git.repository.prepareWorkspace(base);
  head = await git.commitIn(at, { "c.txt": "c\n" }, "an agent's work");
});
afterEach(() => git.close());

/** A run whose task 1 is to be gated by this command, in the state the engine asks for it. */
function runWith(command: string): Run {
  const gate = { name: "test", run: command, kind: "test", timeoutMs: 20_000 } as const;
  const gates = { preMerge: [gate], postMerge: [], parallel: 1, outputBytes: 100_000 };
  const workspace = { slot: "w1", path: "", branch: "feat/1", forkPoint: git.start };
  return aRun({ gates }).with({ id: RUN }).withTask("1", { status: "running", workspace }).build();
}

async function realWorld(run: Run, bootstrap: "auto" | "none" | { command: string } = "none") {
  const folders = { root: git.root, cairnFolder: path.join(git.root, ".cairn") };
  const ofSession = await agentEnvironment(RUN, folders, run.settings);
  const shared = {
    run: RUN,
    environment: process.env,
    gitEnvironment: (key: string) => ofSession(measurementSession(key)),
  };
  const world = {
    repository: git.repository,
    progressFile: () => null,
    gates: createGateRunner(shared),
    bootstrap: createBootstrap({ ...shared, strategy: bootstrap, timeoutMs: 20_000 }),
  };
  return world as unknown as World;
}

const gatesOf = async (command: string, world?: World) => {
  const run = runWith(command);
  const performers = performGates(world ?? (await realWorld(run)));
  return {
    task: () =>
      performers.RunGates(
        { type: "RunGates", key: "gates:1:n1", task: "1", commit: head, forMerge: false },
        run,
      )(inside),
    baseline: () =>
      performers.RunBaseline({ type: "RunBaseline", key: "baseline", commit: head }, run)(inside),
    integration: () =>
      performers.TestIntegration(
        { type: "TestIntegration", key: "verify:1", commit: head },
        run,
      )(inside),
  };
};

const main = (): string => git.git(["rev-parse", "main"]);

describe("a gate", () => {
  test("that moves a protected branch is stopped by git", async () => {
    const gates = await gatesOf("git update-ref refs/heads/main HEAD");
    const outcome = await gates.task();
    expect(outcome).toMatchObject({ results: [{ ok: false }] });
    expect(outcome.results[0]?.tail).toContain("refs/heads/main is protected");
    expect(outcome).not.toHaveProperty("breaches");
    expect(main()).toBe(git.start);
  });

  test("that gets round that is a breach, put back, whatever is being measured", async () => {
    const gates = await gatesOf("git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD");
    for (const measure of [gates.task, gates.baseline, gates.integration]) {
      const outcome = await measure();
      expect(outcome.results).toMatchObject([{ ok: true }]);
      expect(outcome.breaches).toMatchObject([{ ref: "refs/heads/main" }]);
      expect(git.git(["rev-parse", outcome.breaches?.[0]?.keptAs ?? ""])).toBe(head);
      expect(main()).toBe(git.start);
    }
  });

  test("that an engine died of is found out by the next one", async () => {
    const gates = await gatesOf("git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD");
    // All but what follows the command, as if that had been cut off.
    const run = runWith("");
    const world = await realWorld(run);
    const directory = await git.repository.checkoutForGates("w1", head);
    const { preMerge: commands } = runWith(
      "git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD",
    ).settings.gates;
    const request = { key: "gates:1:n1", directory, commands, outputBytesMax: 1_000 };
    await world.gates.run(request, new AbortController().signal);
    expect(main()).toBe(head);
    expect((await gates.task()).breaches).toMatchObject([{ ref: "refs/heads/main" }]);
    expect(main()).toBe(git.start);
  });

  test("that was stopped for a breach is measured again under its name, and told of only if it does it again", async () => {
    const marker = path.join(outside, "once");
    const breach = "git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD";
    const gates = await gatesOf(`test -f ${marker} || ${breach}; touch ${marker}`);
    expect((await gates.task()).breaches).toHaveLength(1);
    expect(await gates.task()).not.toHaveProperty("breaches");
    fs.rmSync(marker);
    expect((await gates.task()).breaches).toHaveLength(1);
  });

  // What a command that hides who it is can do at most.
  const asPerson =
    "env -i PATH=$PATH HOME=/ GIT_COMMITTER_NAME=P GIT_COMMITTER_EMAIL=p@example.com";

  test("cannot put the commit that is being judged on a protected branch under anybody's name", async () => {
    git.git(["commit", "-q", "--allow-empty", "-m", "the user's"]);
    const users = main();
    const gates = await gatesOf(`${asPerson} git update-ref refs/heads/main HEAD`);
    const outcome = await gates.task();
    expect(outcome.results).toMatchObject([{ ok: true }]);
    expect(outcome.breaches).toMatchObject([{ ref: "refs/heads/main" }]);
    expect(main()).toBe(users);
  });

  test("is no reason to touch what a person did meanwhile", async () => {
    const theirs = git.git(["commit-tree", "-m", "theirs", "-p", "main", "main^{tree}"]);
    const gates = await gatesOf(`${asPerson} git update-ref refs/heads/main ${theirs}`);
    expect(await gates.task()).not.toHaveProperty("breaches");
    expect(main()).toBe(theirs);
  });

  test("of a task is run with the dependencies of the commit that is judged", async () => {
    const run = runWith("test -f ready.ignored");
    const command = "touch ready.ignored";
    const gates = await gatesOf("test -f ready.ignored", await realWorld(run, { command }));
    expect((await gates.task()).results).toMatchObject([{ ok: true }]);
  });
});

test("an installer that moves a protected branch is a breach, though it fails", async () => {
  const run = runWith("true");
  const marker = path.join(outside, "failed-once");
  const breach = "git -c core.hooksPath=/dev/null update-ref refs/heads/main feat/1";
  const command = `${breach}; test -f ${marker} || { touch ${marker}; exit 1; }`;
  const performers = performWorkspace(await realWorld(run, { command }));
  const prepare = performers.PrepareWorkspace(
    {
      type: "PrepareWorkspace",
      key: "workspace:2:n0",
      task: "2",
      slot: "w2",
      branch: "feat/2",
      base: git.start,
      mode: "create",
      attempt: 1,
    },
    run,
  );
  await expect(prepare(inside)).rejects.toMatchObject({ code: "workspace/bootstrap" });
  expect(main()).toBe(git.start);
  expect(fs.existsSync(marker)).toBe(true);
  expect(await prepare(inside)).toMatchObject({ breaches: [{ ref: "refs/heads/main" }] });
  expect(main()).toBe(git.start);
});
