import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

let home: string;
let repository: SampleRepository;
let before: unknown;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  repository = sample();
  before = checkout();
});
afterEach(() => {
  repository.remove();
});

const RUN = ["run", "@plan.md", "--agent", "./agent.sh", "--no-worktree", "--progress", "plain"];

/** Adds everything it sees, as agents do; the second task waits for a file that says go. */
const agent = (go: string): string => `#!/bin/sh
case $CAIRN_ROLE in *reviewer) echo PASS; exit ;; esac
echo "$CAIRN_TASK" >> ${go}.begun
echo work > "task-$CAIRN_TASK.md"
echo "$CAIRN_TASK" >> notes.md
[ "$CAIRN_TASK" != 1.2 ] || while [ ! -e ${go} ]; do sleep 0.1; done
[ "$CAIRN_TASK" != 1.1 ] || { git add -A; git commit -qm "feat: begin"; }
`;

const task = (key: string, needs: string): string =>
  `## Task ${key}: Write note ${key}\n\nDepends on: ${needs}\n\n### Acceptance criteria\n\n- there is a note\n`;

const PLAN = `# Milestone 1: Notes\n\n${task("1.1", "none")}\n${task("1.2", "1.1")}\n${task("1.3", "1.2")}`;

/** On a branch of the user's own, with untracked, ignored and tracked files. */
function sample(): SampleRepository {
  const made = new SampleRepository(
    (diary) => ({
      plan: PLAN,
      config:
        "version: 1\ntarget: main\ngates:\n  pre_merge:\n    - { name: clean, run: test ! -e scratch.txt, kind: other }\n",
      files: {
        "agent.sh": agent(`${diary}.go`),
        "notes.md": "# Notes\n",
        ".gitignore": "*.local\n",
      },
    }),
    home,
  );
  made.git("switch", "-qc", "mine");
  fs.writeFileSync(path.join(made.root, "scratch.txt"), "mine\n");
  fs.writeFileSync(path.join(made.root, "[odd] *.txt"), "mine too\n");
  fs.writeFileSync(path.join(made.root, "secret.local"), "ignored\n");
  return made;
}

/** Everything of the checkout that must be as it was. */
function checkout(): unknown {
  const names = fs.readdirSync(repository.root).filter((name) => !name.startsWith(".cairn"));
  const files = names.filter((name) => name !== ".git").toSorted();
  return {
    head: fs.readFileSync(path.join(repository.root, ".git/HEAD"), "utf8"),
    commit: repository.git("rev-parse", "HEAD"),
    index: repository.git("ls-files", "--stage"),
    status: repository.git("status", "--porcelain"),
    files: files.map((name) => [name, fs.readFileSync(path.join(repository.root, name), "utf8")]),
    left: fs.readdirSync(path.join(repository.root, ".git")).filter((name) => /cairn/.test(name)),
  };
}

const go = (): void => fs.writeFileSync(`${repository.diary}.go`, "");

/** Waits until the agent of 1.2 works in the checkout. */
async function untilSecondTask(): Promise<void> {
  const begun = `${repository.diary}.go.begun`;
  const notes = path.join(repository.root, "task-1.2.md");
  for (let tries = 0; tries < 300; tries += 1) {
    const text = fs.existsSync(begun) ? fs.readFileSync(begun, "utf8") : "";
    if (text.includes("1.2") && fs.existsSync(notes)) return;
    await wait(100);
  }
  throw new Error("the second task never began");
}

function expectAllMerged(): void {
  expect(repository.run()?.run.merged.toSorted()).toEqual(["1.1", "1.2", "1.3"]);
  const branch = repository.run()?.run.settings.integrationBranch ?? "";
  const names = repository.git("ls-tree", "--name-only", branch).split("\n");
  expect(names).toContain("task-1.3.md");
  expect(names).not.toContain("scratch.txt");
  expect(repository.git("show", `${branch}:notes.md`)).toBe("# Notes\n1.1\n1.2\n1.3");
  expect(repository.git("for-each-ref", "refs/cairn/set-aside")).toBe("");
}

test("tasks work in the checkout one after the other, and it is as before afterwards", async () => {
  go();
  const { code, words } = await repository.cairn(RUN);
  expect(words).toContain("3 of 3 merged");
  expect(code).toBe(0);
  expectAllMerged();
  expect(checkout()).toEqual(before);
});

test("a detached HEAD is a place to come back to", async () => {
  repository.git("switch", "-q", "--detach");
  before = checkout();
  go();
  expect((await repository.cairn(RUN)).code).toBe(0);
  expectAllMerged();
  expect(checkout()).toEqual(before);
});

test("a pause gives the checkout back, and the run goes on where it was", async () => {
  const started = repository.start(RUN);
  await untilSecondTask();
  process.kill(started.pid, "SIGINT");
  await wait(500);
  go();
  const { code } = await started.ended;
  expect(code).toBe(130);
  expect(checkout()).toMatchObject({ ...(before as object), left: ["cairn-parked.json"] });
  expect((await repository.cairn(["resume"])).code).toBe(0);
  expectAllMerged();
  expect(checkout()).toEqual(before);
});

test("a run that is given up in a pause leaves nothing in the checkout", async () => {
  const started = repository.start(RUN);
  await untilSecondTask();
  process.kill(started.pid, "SIGTERM");
  expect((await started.ended).code).toBe(143);
  expect(checkout()).toMatchObject({ ...(before as object), left: ["cairn-parked.json"] });
  await repository.cairn(["cancel", "--run", "--yes"]);
  await repository.cairn(["resume"]);
  expect(repository.run()?.run.status).toBe("cancelled");
  expect(checkout()).toEqual(before);
});

test("after kill -9, resume finishes the run and gives the checkout back", async () => {
  const started = repository.start(RUN);
  await untilSecondTask();
  process.kill(started.pid, "SIGKILL");
  await started.ended;
  expect(repository.git("branch", "--show-current")).toContain("1.2");
  go();
  expect((await repository.cairn(["resume"])).code).toBe(0);
  expectAllMerged();
  expect(checkout()).toEqual(before);
  expect(await untilNothingLives(repository.root, repository.run()?.run.id ?? null)).toEqual([]);
});

test("a modified tracked file refuses, also with --allow-dirty", async () => {
  fs.appendFileSync(path.join(repository.root, "notes.md"), "not committed\n");
  const { code, words } = await repository.cairn([...RUN, "--allow-dirty"]);
  expect(code).toBe(2);
  expect(words).toContain("leave out --no-worktree");
  expect(repository.run()).toBeNull();
});
