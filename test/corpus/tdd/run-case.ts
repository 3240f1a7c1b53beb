import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createGateRunner, sweepRun } from "../../../src/adapters/gates/gate-runner.ts";
import { openRepository, type GitRepository } from "../../../src/adapters/git/git-repository.ts";
import type { Proof } from "../../../src/core/execute/proof.ts";
import type { Discipline, TddPolicy } from "../../../src/core/run/settings.ts";
import { agentMail } from "../../../src/core/shared/agent-mail.ts";
import { measureProof } from "../../../src/engine/measure-proof.ts";
import type { World } from "../../../src/engine/performer.ts";
import { aRun } from "../../support/a-run.ts";
import type { CaseCommit, Files, TddCase } from "./case.ts";
import { RECORDED_PROGRAMS } from "./recorded.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MODULES = path.join(ROOT, "node_modules");
const CAIRN = { name: "Cairn", email: "cairn@cairn.invalid" };
const AGENT = { name: "agent", email: agentMail("m1", "1-s1") };

const POLICY: TddPolicy = {
  tests: ["**/*.{test,spec}.*", "**/test{,s}/**", "**/test_*.py", "**/*_test.go"],
  exempt: ["**/*.md", "docs/**"],
  restarts: 2,
};

const GATES: Readonly<Record<TddCase["runner"], string>> = {
  node: "npm test",
  vitest: "npm run test",
  make: "make test",
  pytest: "python3 -m pytest -q -p no:cacheprovider",
  "recorded-pytest": "python -m pytest",
  "recorded-go": "go vet ./... && go test ./...",
};

/** Whether this machine has what the case needs. */
export function canRun({ runner }: TddCase): boolean {
  const needs = { make: ["make", "--version"], pytest: ["python3", "-m", "pytest", "--version"] };
  if (runner !== "make" && runner !== "pytest") return true;
  const [program = "", ...args] = needs[runner];
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface Corpus {
  /** What the proof says of the case's head, with real git and real test programs. */
  prove(story: TddCase): Promise<Proof>;
  close(): Promise<void>;
}

/** One repository in which every case has a history of its own, from a root commit of its own. */
export async function openCorpus(): Promise<Corpus> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-tdd-")));
  const root = path.join(folder, "repo");
  const run = `tdd-${process.pid}`;
  git(folder, ["init", "-q", "-b", "main", root]);
  git(root, ["commit", "-q", "--allow-empty", "-m", "start"]);
  writePrograms(path.join(folder, "bin"));
  const repository = await openRepository({
    root,
    cairnFolder: path.join(root, ".cairn"),
    run,
    committer: CAIRN,
  });
  const free: string[] = [];
  let slots = 0;
  return {
    async prove(story) {
      const slot = free.pop() ?? `w${(slots += 1)}`;
      try {
        return await prove({ story, slot, folder, root, run, repository });
      } finally {
        free.push(slot);
      }
    },
    async close() {
      await sweepRun(run);
      await repository.close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function prove(at: {
  readonly story: TddCase;
  readonly slot: string;
  readonly folder: string;
  readonly root: string;
  readonly run: string;
  readonly repository: GitRepository;
}): Promise<Proof> {
  const { story, slot, folder, root, repository } = at;
  const { forkPoint, head, base } = writeHistory(root, story);
  const run = aRun({
    gates: {
      preMerge: [{ name: "test", run: GATES[story.runner], kind: "test", timeoutMs: 60_000 }],
      postMerge: [],
      parallel: 1,
      outputBytes: 1_000_000,
    },
    discipline: { tdd: POLICY } as Discipline,
  })
    .with({ integration: { branch: "milestone/1", head: base, base: forkPoint } })
    .withTask("7", {
      status: "running",
      issue: { type: story.issueType ?? "CODING" },
      workspace: { slot, path: "", branch: "feat/7", forkPoint },
    })
    .build();
  const bin = story.runner.startsWith("recorded") ? path.join(folder, "bin", "recorded") : "";
  const environment = {
    ...process.env,
    PATH: [bin, path.join(MODULES, ".bin"), process.env["PATH"]].filter(Boolean).join(":"),
  };
  const world = {
    repository,
    gates: createGateRunner({ run: at.run, environment }),
    bootstrap: { prepare: async (directory: string) => linkModules(directory, story) },
  } as unknown as World;
  const task = run.tasks.get("7");
  if (task === undefined) throw new Error("no task");
  const key = `proof:7:${head}`;
  const proof = await measureProof(world, run, { key, task, commit: head });
  if (proof === null) throw new Error(`${story.name}: nothing was proven`);
  return proof;
}

/** As a bootstrap with the strategy `link` would. */
async function linkModules(directory: string, { runner }: TddCase): Promise<void> {
  const link = path.join(directory, "node_modules");
  const isThere = fs.lstatSync(link, { throwIfNoEntry: false }) !== undefined;
  if (runner === "vitest" && !isThere) fs.symlinkSync(MODULES, link);
  if (runner !== "vitest" && isThere) fs.rmSync(link);
}

function writePrograms(folder: string): void {
  for (const [name, text] of Object.entries(RECORDED_PROGRAMS)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text, { mode: 0o755 });
  }
}

interface Written {
  readonly forkPoint: string;
  readonly head: string;
  /** Where the base is by the end. */
  readonly base: string;
}

/** Writes all commits of a case through one `git fast-import`; answers their ids. */
function writeHistory(root: string, story: TddCase): Written {
  const lines: string[] = [];
  let marks = 0;
  const write = (
    files: Files,
    { subject, body, by }: Omit<CaseCommit, "files">,
    parents: readonly number[],
  ): number => {
    marks += 1;
    const message = body === undefined ? subject : `${subject}\n\n${body}`;
    const who = by === "cairn" ? CAIRN : AGENT;
    const [first, ...others] = parents;
    lines.push(
      "commit refs/cairn/corpus",
      `mark :${marks}`,
      `author ${who.name} <${who.email}> ${1_800_000_000 + marks} +0000`,
      `committer ${who.name} <${who.email}> ${1_800_000_000 + marks} +0000`,
      data(message),
      ...(first === undefined ? [] : [`from :${first}`]),
      ...others.map((parent) => `merge :${parent}`),
      "deleteall",
    );
    for (const [name, text] of Object.entries(files))
      if (text !== null) lines.push(`M 100644 inline ${JSON.stringify(name)}`, data(text));
    return marks;
  };
  lines.push("reset refs/cairn/corpus", "");
  const tree: Record<string, string | null> = { ...story.before };
  const baseTree: Record<string, string | null> = { ...story.before };
  const beginning = write({}, { subject: "start" }, []);
  const forkPoint = write(tree, { subject: story.name }, [beginning]);
  let [head, base] = [forkPoint, forkPoint];
  for (const commit of story.commits) {
    const parents = [head];
    if (commit.base !== undefined) {
      Object.assign(baseTree, commit.base);
      base = write(baseTree, { subject: "theirs" }, [base]);
      Object.assign(tree, commit.base);
      parents.push(base);
    }
    if (commit.forged === true) parents.push(beginning);
    Object.assign(tree, commit.files);
    head = write(tree, commit, parents);
  }
  const marksFile = path.join(root, ".git", `marks-${process.hrtime.bigint()}`);
  execFileSync("git", ["fast-import", "--quiet", "--force", `--export-marks=${marksFile}`], {
    cwd: root,
    input: `${lines.join("\n")}\n`,
  });
  const ids = new Map(
    fs
      .readFileSync(marksFile, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
  const idOf = (mark: number): string => ids.get(`:${mark}`) ?? "";
  return { forkPoint: idOf(forkPoint), head: idOf(head), base: idOf(base) };
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

function git(cwd: string, args: readonly string[]): void {
  execFileSync("git", args, {
    cwd,
    stdio: "ignore",
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    },
  });
}
