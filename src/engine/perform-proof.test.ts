import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gitWorld, type GitWorld } from "../../test/contract/git-world.ts";
import { aRun, type TaskWishes } from "../../test/support/a-run.ts";
import { NO_DISCIPLINE } from "../../test/support/no-discipline.ts";
import { createBootstrap } from "../adapters/bootstrap/bootstrap.ts";
import { createGateRunner } from "../adapters/gates/gate-runner.ts";
import { agentEnvironment } from "../composition/session-environment.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run, RunSettings } from "../core/run/run.ts";
import { measurementSession } from "../core/shared/agent-mail.ts";
import { performProof } from "./perform-proof.ts";
import type { World } from "./performer.ts";

const RUN = "m1-test";
const TDD = { tests: ["**/*.test.*"], exempt: ["**/*.md"], restarts: 2 };
const SUM = 'import { sum } from "./sum.js";\n';
/** A gate that nobody can take apart: it is told by its exit code, and notes each of its runs. */
const GATE = `{ echo run >> "$RUNS"; for f in *.test.js; do node --test "$f" || exit 1; done; } > log.ignored`;

let git: GitWorld;
let at: string;
let runs: string;
beforeEach(async () => {
  git = await gitWorld();
  runs = path.join(git.root, "..", "runs");
  const slot = { slot: "w1", branch: "feat/1", base: git.start, mode: "create" } as const;
  at = (await git.repository.prepareWorkspace(slot)).path;
});
afterEach(() => git.close());

const nodeTest = (name: string, body: string, imports = ""): string =>
  `import assert from "node:assert";\nimport { test } from "node:test";\n${imports}test("${name}", () => { ${body} });\n`;

const commit = (subject: string, files: Readonly<Record<string, string | null>>): Promise<string> =>
  git.commitIn(at, { "package.json": '{ "type": "module" }\n', ...files }, subject);

async function testDriven(): Promise<string> {
  await commit("test: sums", {
    "sum.test.js": nodeTest("sums", "assert.equal(sum(1, 2), 3);", SUM),
  });
  return commit("feat: sums", { "sum.js": "export const sum = (a, b) => a + b;\n" });
}

/** What the performer answers about this head, and how often it ran tests for that. */
async function prove(
  head: string,
  more: { gate?: string; task?: TaskWishes; discipline?: RunSettings["discipline"] | null } = {},
): Promise<Extract<Outcome, { of: "ProveWork" }> & { readonly ran: number }> {
  const gate = { name: "test", run: more.gate ?? GATE, kind: "test", timeoutMs: 20_000 } as const;
  const gates = { preMerge: [gate], postMerge: [], parallel: 1, outputBytes: 100_000 };
  const discipline = more.discipline === null ? {} : { discipline: { ...NO_DISCIPLINE, tdd: TDD } };
  const workspace = { slot: "w1", path: at, branch: "feat/1", forkPoint: git.start };
  const run = aRun({ gates, ...discipline })
    .with({ id: RUN, integration: { branch: "milestone/1", head: git.start, base: git.start } })
    .withTask("1", { status: "running", workspace, ...more.task })
    .build();
  fs.rmSync(runs, { force: true });
  const action = { type: "ProveWork", key: "proof:1:n1", task: "1", commit: head } as const;
  const outcome = await performProof(await realWorld(run)).ProveWork(
    action,
    run,
  )(async () => undefined);
  const ran = fs.existsSync(runs) ? fs.readFileSync(runs, "utf8").split("\n").length - 1 : 0;
  return { ...outcome, ran };
}

async function realWorld(run: Run): Promise<World> {
  const folders = { root: git.root, cairnFolder: path.join(git.root, ".cairn") };
  const ofSession = await agentEnvironment(RUN, folders, run.settings);
  const shared = {
    run: RUN,
    environment: { ...process.env, RUNS: runs },
    variables: ["RUNS"],
    gitEnvironment: (key: string) => ofSession(measurementSession(key)),
  };
  const world = {
    repository: git.repository,
    secrets: { scan: () => Promise.resolve([]) },
    gates: createGateRunner(shared),
    bootstrap: createBootstrap({ ...shared, strategy: "none", timeoutMs: 20_000 }),
  };
  return world as unknown as World;
}

test("a proof is the same when it is asked for again, moves nothing, and leaves the head clean in its worktree", async () => {
  const head = await testDriven();
  const refs = git.git(["for-each-ref"]);
  const first = await prove(head);
  expect(first.proof).toMatchObject({
    verdict: "proven",
    revert: "red",
    steps: [{ subject: "test: sums", tests: ["sums"], isProven: true }],
    runs: { files: 0, suite: 2 },
  });
  expect(first.change).toMatchObject({ files: 2, secrets: [] });
  expect(await prove(head)).toEqual(first);
  expect(git.git(["for-each-ref"])).toBe(refs);
  expect(git.git(["rev-parse", "HEAD"], { cwd: at })).toBe(head);
  expect(git.git(["status", "--porcelain"], { cwd: at })).toBe("");
});

test("nothing is proven and nothing is run where nothing has to be", async () => {
  const head = await testDriven();
  expect(await prove(head, { discipline: null })).toMatchObject({ proof: null, ran: 0 });
});

test("what the order of the commits shows costs no run", async () => {
  const head = await commit("feat: sums", { "sum.js": "export const sum = (a, b) => a + b;\n" });
  const { proof, ran } = await prove(head);
  expect(proof).toMatchObject({ verdict: "violated", violations: [{ kind: "no-test" }] });
  expect(ran).toBe(0);
});

test("where reviewed work is mended, known steps are not run again, and an order that breaks the rules does not hide the rest", async () => {
  const proven = await testDriven();
  const { proof, ran } = await prove(proven);
  expect(ran).toBe(2);
  await commit("fix: as the reviewer said", { "sum.js": "export const sum = (a, b) => b + a;\n" });
  const head = await commit("test: faster", {
    "sum.test.js": nodeTest("sums", "assert.equal(sum(1, 2), 3);", "const sum = () => 3;\n"),
  });
  const again = await prove(head, { task: { status: "fixing", proof } });
  expect(again.proof?.steps).toEqual(proof?.steps);
  expect(again.proof?.violations.map(({ kind }) => kind)).toEqual([
    "code-before-test",
    "revert-stays-green",
  ]);
  expect(again.ran).toBe(1);
});

test("what an agent's tests do to a protected branch is put back and told", async () => {
  const away = "git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD";
  const outcome = await prove(await testDriven(), { gate: `${away}; ${GATE}` });
  expect(outcome.proof?.verdict).toBe("proven");
  expect(outcome.breaches).toMatchObject([{ ref: "refs/heads/main" }]);
  expect(git.git(["rev-parse", "main"])).toBe(git.start);
});

test("tests that were ended from outside prove nothing, for or against", async () => {
  const head = await testDriven();
  await expect(prove(head, { gate: "kill -KILL $$" })).rejects.toMatchObject({
    code: "trouble/gates-ended",
  });
});
