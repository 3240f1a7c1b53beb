import { expect, test } from "vitest";
import { ENGINE, SimulatedRepository, type Tree } from "../../test/simulation/repository.ts";
import { aRun } from "../../test/support/a-run.ts";
import { createLocalForge } from "../adapters/forge/local/local-forge.ts";
import type { GateResult } from "../core/execute/gates.ts";
import type { ActionOf } from "../core/run/actions.ts";
import { agentMail } from "../core/shared/agent-mail.ts";
import { performWhole } from "./perform-whole.ts";
import type { World } from "./performer.ts";

const GATE = { name: "test", run: "test", kind: "test", timeoutMs: 1 } as const;
const BRANCH = "milestone/1";

/** `one` and `two` are merged on `begin`; the branch ends in `two`. */
class Branch {
  readonly repository = new SimulatedRepository();
  readonly begin = this.repository.commit({ a: "0\n" }, [], "begin", "person");
  readonly one = this.repository.commit({ a: "1\n" }, [this.begin], "one", ENGINE);
  readonly two: string;
  gates = 0;

  constructor(second: Tree = { a: "1\n", b: "2\n" }) {
    this.two = this.repository.commit(second, [this.one], "two", ENGINE);
    this.repository.setRef("main", this.begin, "person");
    this.repository.setRef(BRANCH, this.two, ENGINE);
  }

  get tip(): string | null {
    return this.repository.tip(BRANCH);
  }

  get tree(): Tree {
    return this.repository.get(this.tip ?? "").tree;
  }

  /** Takes `one` back, as an engine does that has seen the branch end in `two`. */
  async takeBack(result: Partial<GateResult> = {}, meanwhile?: () => void) {
    const { repository } = this;
    const run = aRun({
      gates: { preMerge: [GATE], postMerge: [], parallel: 1, outputBytes: 1 },
    })
      .with({ integration: { branch: BRANCH, head: this.two, base: this.begin } })
      .withTask("1", { status: "merged", mergedOnto: this.begin, mergedCommit: this.one })
      .build();
    const green = { name: "test", kind: "test", ok: true, exitCode: 0, durationMs: 1 } as const;
    const world = {
      repository,
      forge: createLocalForge({ repository, numberOf: () => 1 }),
      bootstrap: { prepare: async () => undefined },
      gates: {
        run: async () => {
          this.gates += 1;
          meanwhile?.();
          return [{ ...green, failures: [], tail: "", problem: null, ...result }];
        },
      },
    } as unknown as World;
    const action: ActionOf<"RevertTask"> = {
      type: "RevertTask",
      key: "revert:1",
      task: "1",
      landed: this.one,
      before: this.begin,
      onto: this.two,
    };
    const done = await performWhole(world).RevertTask(action, run)(async () => undefined);
    return done.result;
  }

  push(committer: string): string {
    const tip = this.tip ?? "";
    const pushed = this.repository.commit({ ...this.tree, c: "3\n" }, [tip], "push", committer);
    this.repository.setRef(BRANCH, pushed, committer);
    return pushed;
  }
}

test("the branch ends in a green commit without it; what came after it stays", async () => {
  const branch = new Branch();
  const result = await branch.takeBack();
  expect(result).toMatchObject({ kind: "reverted", commit: branch.tip, results: [{ ok: true }] });
  expect(branch.tree).toEqual({ a: "0\n", b: "2\n" });
  expect(branch.gates).toBe(1);
});

test("after a death behind the move it is found there, and measured no more", async () => {
  const branch = new Branch();
  await branch.takeBack();
  const reverted = branch.tip;
  branch.push("ada@example.org");
  const result = await branch.takeBack({ ok: false, exitCode: 1 });
  expect(result).toMatchObject({ kind: "reverted", commit: reverted, found: true });
  expect(branch.gates).toBe(1);
});

test("red without it: the branch stays where it is", async () => {
  const branch = new Branch();
  const result = await branch.takeBack({ ok: false, exitCode: 1 });
  expect(result).toMatchObject({ kind: "refused" });
  expect(JSON.stringify(result)).toContain("Gate test failed");
  expect(branch.tip).toBe(branch.two);
});

test("what is built on it is named", async () => {
  const branch = new Branch({ a: "1 and more\n" });
  const result = await branch.takeBack();
  expect(result).toMatchObject({ kind: "refused" });
  expect(JSON.stringify(result)).toContain("(a)");
  expect(branch.gates).toBe(0);
});

test("gates that were ended from outside are no reason to refuse it: it is tried again", async () => {
  const branch = new Branch();
  const ended = branch.takeBack({ ok: false, problem: "ended" });
  await expect(ended).rejects.toMatchObject({ code: "trouble/gates-ended" });
  expect(branch.tip).toBe(branch.two);
});

test("a branch that somebody moves meanwhile is told, and not moved", async () => {
  const branch = new Branch();
  let pushed = "";
  const result = await branch.takeBack({}, () => {
    pushed = branch.push("ada@example.org");
  });
  expect(result).toEqual({ kind: "base-moved", base: pushed });
  expect(branch.tip).toBe(pushed);
});

test("nobody builds on what an agent wrote there: it is tried again when that is put back", async () => {
  const branch = new Branch();
  branch.push(agentMail("sim", "s1"));
  await expect(branch.takeBack()).rejects.toThrow("An agent wrote on milestone/1");
});

test("a branch that was moved back is left as it is", async () => {
  const branch = new Branch();
  branch.repository.setRef(BRANCH, branch.begin, "person");
  expect(await branch.takeBack()).toMatchObject({ kind: "refused" });
  expect(branch.tip).toBe(branch.begin);
});

test("what a person has landed by hand is not taken back here", async () => {
  const branch = new Branch();
  branch.repository.setRef("main", branch.two, "person");
  const result = await branch.takeBack();
  expect(result).toMatchObject({ kind: "refused" });
  expect(JSON.stringify(result)).toContain("on the target already");
  expect(branch.tip).toBe(branch.two);
});
