import type { Finding } from "../../src/core/execute/agent-report.ts";
import type { Proof, Violation, ViolationKind } from "../../src/core/execute/proof.ts";
import type { ActionOf } from "../../src/core/run/actions.ts";
import type { Outcome } from "../../src/core/run/outcomes.ts";
import type { Run } from "../../src/core/run/run.ts";
import { asBreaches, guardRefs } from "../../src/engine/guard-refs.ts";
import { measureChange } from "../../src/engine/measure-change.ts";
import { workspaceOf, type World } from "../../src/engine/performer.ts";
import type { SecretScanner } from "../../src/ports/secrets.ts";
import { hasMark, type Mark } from "./discipline.ts";
import type { Lifetime, SimulatedWorld } from "./world.ts";

/**
 * `ProveWork` in the simulation. The change is measured by the real measurement; how it came to be is read from marks,
 * because runs of tests on single commits would take most of the time of 20,000 runs. What it needs of the world is
 * asked for as the real one does: a checkout, a run of the test gate that may be ended, the guard of protected refs.
 */
export function proveByMarks(
  view: World,
  life: Lifetime,
  { repository }: SimulatedWorld,
): (action: ActionOf<"ProveWork">, run: Run) => Promise<Outcome> {
  return async (action, run) => {
    const task = run.tasks.get(action.task);
    if (task === undefined) throw new Error(`there is no task ${action.task}`);
    const { key, commit } = action;
    const { settings } = run;
    const { slot } = workspaceOf(task);
    await life.pass("ProveWork:before");
    const change = await measureChange(view, run, task, commit);
    await life.pass("ProveWork:inside");
    const runsTests = (settings.discipline?.tdd ?? null) !== null;
    const { breaches } = await guardRefs(
      view.repository,
      run,
      key,
      async () => (runsTests ? runTests(view, settings, { key, slot, commit }) : undefined),
      commit,
    );
    await life.pass("ProveWork:after");
    const own = repository.get(commit).tree[`own-${task.key}`];
    const proof = runsTests ? proofOf(task.key, task.issue.type, own) : null;
    const judged = (settings.discipline?.testRounds ?? null) !== null;
    const isWeak = judged && hasMark(own, "WEAKTEST", task.key);
    const tests = isWeak ? [weakTest(task.key)] : [];
    return {
      of: "ProveWork",
      commit,
      proof,
      change: { ...change, tests },
      ...asBreaches(breaches),
    };
  };
}

async function runTests(
  view: World,
  settings: Run["settings"],
  { key, slot, commit }: { readonly key: string; readonly slot: string; readonly commit: string },
): Promise<void> {
  const commands = settings.gates.preMerge.filter(({ kind }) => kind === "test");
  const directory = await view.repository.checkoutForGates(slot, commit);
  const request = { key, directory, commands, outputBytesMax: settings.gates.outputBytes };
  const [result] = await view.gates.run(request, new AbortController().signal);
  if (result?.problem === "ended")
    throw Object.assign(new Error("The proof was ended."), { code: "trouble/gates-ended" });
  await view.repository.checkoutForGates(slot, commit);
}

const VIOLATIONS: readonly (readonly [Mark, ViolationKind])[] = [
  ["UNPROVEN", "code-before-test"],
  ["WEAKENED", "test-weakened"],
];

function proofOf(key: string, type: string, own: string | undefined): Proof {
  const path = `own-${key}`;
  const violations = VIOLATIONS.flatMap(([mark, kind]): readonly Violation[] =>
    hasMark(own, mark, key)
      ? [{ kind, commit: null, path, test: null, words: `${kind} in ${path}.` }]
      : [],
  );
  const isExempt = type === "VALIDATION";
  const verdict = isExempt ? "exempt" : violations.length > 0 ? "violated" : "proven";
  return {
    verdict,
    why: isExempt ? type : null,
    steps: [],
    violations: isExempt ? [] : violations,
    revert: "not-run",
    runs: { files: 0, suite: 1 },
    noted: [],
  };
}

function weakTest(key: string): Finding {
  const message = "The test asserts nothing.";
  return { source: "tests", severity: "critical", file: `own-${key}`, line: null, message };
}

/** Finds what agents marked as a secret, in the change as a whole and in each commit, as the real scanner is asked to. */
export const SCANNER: SecretScanner = {
  scan: async (files) =>
    files.flatMap(({ path, lines }) =>
      lines
        .filter(({ text }) => text.startsWith("SECRET "))
        .map(({ line, text }) => ({ rule: "sim-key", path, line, fingerprint: `${path} ${text}` })),
    ),
};
