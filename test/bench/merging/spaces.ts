import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createBootstrap } from "../../../src/adapters/bootstrap/bootstrap.ts";
import { openRepository } from "../../../src/adapters/git/git-repository.ts";
import type { Row } from "./row.ts";

const FOLDERS = 77;
const FILES_EACH = 39;
const ROUNDS = 9;
const PACKAGES = 300;
const PACKAGE_FILES = 30;
/** Ways to have dependencies that are not among the rows, with the reason. */
const NOT_HERE =
  "not built: overlayfs (needs root or a user namespace, mounts outlive kill -9), one link for the whole folder (wrong tree); reflink only where the disk can";

/** Worktrees and dependencies ready for a task, against making them anew. Everything lies below the temporary folder. */
export async function spaceRows(): Promise<readonly Row[]> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-bench-spaces-")));
  const env = environmentOf(folder);
  try {
    return [await worktreeRow(folder, env), ...(await dependencyRows(folder, env))];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Env = Readonly<Record<string, string>>;

function environmentOf(folder: string): Env {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Bench",
    GIT_AUTHOR_EMAIL: "bench@cairn.invalid",
    GIT_COMMITTER_NAME: "Bench",
    GIT_COMMITTER_EMAIL: "bench@cairn.invalid",
    npm_config_cache: path.join(folder, "npm-cache"),
    npm_config_update_notifier: "false",
  };
}

/** A slot whose task merged gets the next task's branch, on a base that has moved by a few files. */
async function worktreeRow(folder: string, env: Env): Promise<Row> {
  const root = path.join(folder, "repository");
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: root, env, encoding: "utf8" }).trim();
  const commits = makeRepository(root, git);
  const repository = await openRepository({
    root,
    cairnFolder: path.join(root, ".cairn"),
    worktreesFolder: path.join(folder, "slots"),
    run: "bench",
    committer: { name: "Bench", email: "bench@cairn.invalid" },
  });
  const added: number[] = [];
  const reused: number[] = [];
  const prepare = async (round: number, base: string): Promise<void> => {
    const branch = `feat/${round}`;
    await repository.prepareWorkspace({ slot: "w1", branch, base, mode: "create" });
  };
  try {
    await prepare(0, commits[0] ?? "HEAD");
    for (const [round, base] of commits.entries()) {
      const place = path.join(folder, `added-${round}`);
      const args = ["worktree", "add", "-q", "--no-track", "-b", `added/${round}`, place, base];
      added.push(await timed(() => git(...args)));
      reused.push(await timed(() => prepare(round + 1, base)));
    }
  } finally {
    await repository.close();
  }
  return row("worktree ready, used before", median(added), median(reused), {
    aim: 0.2,
    note: `git worktree add, ${FOLDERS * FILES_EACH} files; ours verifies base, branch and cleanness`,
  });
}

function makeRepository(
  root: string,
  git: (...args: readonly string[]) => string,
): readonly string[] {
  for (let at = 0; at < FOLDERS; at += 1) {
    fs.mkdirSync(path.join(root, `part-${at}`), { recursive: true });
    for (let file = 0; file < FILES_EACH; file += 1)
      fs.writeFileSync(path.join(root, `part-${at}/file-${file}.txt`), textOf(at, file, 60));
  }
  git("init", "-q", "-b", "main");
  const commits: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let file = 0; file < 6; file += 1)
      fs.writeFileSync(path.join(root, `part-${round}/file-${file}.txt`), `round ${round}\n`);
    git("add", "-A");
    git("commit", "-q", "-m", `Round ${round}`);
    commits.push(git("rev-parse", "HEAD"));
  }
  return commits;
}

async function dependencyRows(folder: string, env: Env): Promise<readonly Row[]> {
  const template = path.join(folder, "project");
  makeProject(template, env);
  const worktree = (name: string): string => {
    const made = path.join(folder, name);
    fs.mkdirSync(made);
    for (const file of ["package.json", "package-lock.json", "vendor"])
      fs.cpSync(path.join(template, file), path.join(made, file), { recursive: true });
    return made;
  };
  const install = (name: string): Promise<number> => {
    const cwd = worktree(name);
    const args = ["ci", "--offline", "--no-audit", "--no-fund", "--loglevel=error"];
    return timed(() => execFileSync("npm", args, { cwd, env }));
  };
  await install("cold");
  const installed = [await install("warm-1"), await install("warm-2"), await install("warm-3")];
  const rows: Row[] = [];
  for (const strategy of ["link", "copy"] as const) {
    const bootstrap = createBootstrap({
      strategy,
      storeFolder: path.join(folder, "store"),
      run: "bench",
      environment: env,
      timeoutMs: 600_000,
    });
    await bootstrap.prepare(worktree(`${strategy}-first`));
    const ready: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const made = worktree(`${strategy}-${round}`);
      ready.push(await timed(() => bootstrap.prepare(made)));
    }
    rows.push(
      row(`dependencies ready by ${strategy}`, median(installed), median(ready), {
        aim: 0.01,
        note: `npm ci --offline, warm cache, ${PACKAGES} packages, ${PACKAGES * (PACKAGE_FILES + 1)} files; ${NOT_HERE}`,
      }),
    );
  }
  return rows;
}

function makeProject(template: string, env: Env): void {
  fs.mkdirSync(path.join(template, "vendor"), { recursive: true });
  const dependencies: Record<string, string> = {};
  for (let at = 0; at < PACKAGES; at += 1) {
    const made = path.join(template, "..", "packages", String(at), "package");
    fs.mkdirSync(made, { recursive: true });
    const name = `package-${at}`;
    fs.writeFileSync(path.join(made, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
    for (let file = 0; file < PACKAGE_FILES; file += 1)
      fs.writeFileSync(path.join(made, `file-${file}.js`), textOf(at, file, 200));
    const archive = path.join(template, "vendor", `${name}.tgz`);
    execFileSync("tar", ["-czf", archive, "-C", path.dirname(made), "package"]);
    dependencies[name] = `file:vendor/${name}.tgz`;
  }
  const manifest = { name: "project", version: "1.0.0", dependencies };
  fs.writeFileSync(path.join(template, "package.json"), JSON.stringify(manifest));
  const args = ["install", "--offline", "--package-lock-only", "--no-audit", "--no-fund"];
  execFileSync("npm", args, { cwd: template, env });
}

function textOf(at: number, file: number, lines: number): string {
  return Array.from({ length: lines }, (_, line) => `// ${at} ${file} ${line}\n`).join("");
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function row(
  what: string,
  baseline: number,
  ours: number,
  more: { readonly aim: number | null; readonly note: string },
): Row {
  return { what, baseline, ours, ratio: ours / baseline, ...more };
}
