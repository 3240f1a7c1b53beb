import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeNpmProject, type NpmProject } from "../../../test/support/npm-project.ts";
import { createBootstrap } from "./bootstrap.ts";

const EXTRA = "file:vendor/extra-1.0.0.tgz";

let folder: string;
let project: NpmProject;
let storeFolder: string;
let count = 0;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-modules-")));
  project = makeNpmProject(folder);
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  storeFolder = path.join(folder, `store-${(count += 1)}`);
  project.calls();
});

const bootstrap = (strategy: "auto" | "link" | "copy") =>
  createBootstrap({
    strategy,
    storeFolder,
    run: `modules-${process.pid}`,
    environment: project.environment,
    timeoutMs: 60_000,
  });

const worktree = (): string => project.worktree(`worktree-${(count += 1)}`);

function entries(directory: string): readonly string[] {
  return fs.readdirSync(path.join(directory, "node_modules"));
}

function npm(directory: string, ...words: readonly string[]): string {
  return execFileSync("npm", words, { cwd: directory, env: project.environment, encoding: "utf8" });
}

/** What `script` prints in a worktree. */
function node(directory: string, script: string): unknown {
  const said = execFileSync("node", ["-p", `JSON.stringify(${script})`], {
    cwd: directory,
    env: project.environment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return JSON.parse(said);
}

/** Every file below a folder with its contents, every link with its target. */
function contents(top: string): readonly string[] {
  return fs
    .readdirSync(top, { recursive: true, encoding: "utf8" })
    .toSorted()
    .map((name) => {
      const stat = fs.lstatSync(path.join(top, name));
      if (stat.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(path.join(top, name))}`;
      if (stat.isDirectory()) return `${name}/`;
      const bytes = fs.readFileSync(path.join(top, name));
      return `${name} ${createHash("sha1").update(bytes).digest("hex")}`;
    });
}

function tree(): string {
  const names = fs.readdirSync(storeFolder);
  expect(names).toHaveLength(1);
  return path.join(storeFolder, names[0] ?? "", "tree");
}

/** Names and versions as npm lists them, without where they lie. */
function listed(directory: string): unknown {
  const strip = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => ["version", "dependencies"].includes(key));
    const isList = kept.length === 0 || !("version" in value || "dependencies" in value);
    const named = isList ? Object.entries(value) : kept;
    return Object.fromEntries(named.map(([key, one]) => [key, strip(one)]));
  };
  return strip(JSON.parse(npm(directory, "ls", "--all", "--json")));
}

test.for(["link", "copy"] as const)(
  "%s: one installation serves every worktree, and each loads its own packages of the project",
  async (strategy) => {
    const [one, two] = [worktree(), worktree()];
    fs.writeFileSync(path.join(two, "packages/words/index.js"), `exports.is = "words of two";\n`);
    await bootstrap(strategy).prepare(one);
    // The next engine finds it, too.
    await bootstrap(strategy).prepare(two);
    expect(project.calls()).toEqual(["ci"]);
    for (const made of [one, two]) {
      expect(fs.lstatSync(path.join(made, "node_modules")).isDirectory()).toBe(true);
      expect(node(made, `[require("plain").is, require("@team/scoped").is]`)).toEqual([
        "plain-1.0.0",
        "scoped-1.0.0",
      ]);
      const bin = path.join(made, "node_modules/.bin/plain");
      expect(execFileSync(bin, { encoding: "utf8" })).toBe("plain-1.0.0 deep-1.0.0\n");
    }
    expect(node(one, `require("@own/words")`)).toEqual({
      is: "words of the template",
      deep: "deep-2.0.0",
    });
    expect(node(two, `require("@own/words")`)).toEqual({ is: "words of two" });
    expect(node(two, `require.resolve("@own/words")`)).toBe(`${two}/packages/words/index.js`);
  },
);

test.for(["link", "copy"] as const)(
  "%s: what npm installs in a worktree stays there, and makes it a tree of its own",
  async (strategy) => {
    const [own, added, anew] = [worktree(), worktree(), worktree()];
    for (const made of [added, anew]) await bootstrap(strategy).prepare(made);
    const before = contents(tree());
    npm(added, "install", "--offline", "--no-audit", EXTRA);
    npm(anew, "ci", "--offline", "--no-audit");
    expect(contents(tree())).toEqual(before);
    npm(own, "install", "--offline", "--no-audit", EXTRA);
    expect(listed(added)).toEqual(listed(own));
    expect(fs.lstatSync(path.join(anew, "node_modules/plain")).isDirectory()).toBe(true);
  },
);

test("copy: npm lists what it lists after an installation", async () => {
  const [own, copied] = [worktree(), worktree()];
  await bootstrap("auto").prepare(own);
  await bootstrap("copy").prepare(copied);
  expect(listed(copied)).toEqual(listed(own));
  const list = "node_modules/.package-lock.json";
  expect(fs.readFileSync(path.join(copied, list))).toEqual(fs.readFileSync(path.join(own, list)));
  // Written in place by npm: never a second name for the store's.
  expect(fs.statSync(path.join(copied, list)).nlink).toBe(1);
});

test("another state of the lock file is another installation, and both are kept", async () => {
  const [one, two] = [worktree(), worktree()];
  await bootstrap("link").prepare(one);
  npm(two, "install", "--offline", "--package-lock-only", EXTRA);
  project.calls();
  await bootstrap("link").prepare(two);
  expect(project.calls()).toEqual(["ci"]);
  expect(entries(one)).not.toContain("extra");
  expect(entries(two)).toContain("extra");
  expect(fs.readdirSync(storeFolder)).toHaveLength(2);
  // A worktree that goes back to the first state.
  for (const name of ["package.json", "package-lock.json"])
    fs.copyFileSync(path.join(one, name), path.join(two, name));
  await bootstrap("link").prepare(two);
  expect(project.calls()).toEqual([]);
  expect(entries(two)).not.toContain("extra");
});

test("two worktrees that need the same at once wait for one installation", async () => {
  const preparing = bootstrap("link");
  const both = [worktree(), worktree()];
  await Promise.all(both.map((one, at) => preparing.prepare(one, `k${at}`)));
  expect(project.calls()).toEqual(["ci"]);
  for (const one of both) expect(node(one, `require("plain").is`)).toBe("plain-1.0.0");
});

test("caches and virtual environments are nobody else's; a store that was taken away is filled again", async () => {
  const [one, two] = [worktree(), worktree()];
  fs.mkdirSync(path.join(one, ".venv"));
  await bootstrap("link").prepare(one);
  fs.mkdirSync(path.join(tree(), "node_modules/.cache"));
  await bootstrap("link").prepare(two);
  expect(fs.readdirSync(two)).not.toContain(".venv");
  expect(entries(two)).toContain("plain");
  expect(entries(two)).not.toContain(".cache");
  fs.rmSync(storeFolder, { recursive: true });
  await bootstrap("link").prepare(two);
  expect(node(two, `require("plain").is`)).toBe("plain-1.0.0");
});

test.for([
  ["a script that npm ci runs for this worktree", { scripts: { postinstall: "true" } }],
  ["a package of the project has one", { scripts: { prepare: "true" } }, "packages/words"],
] as const)("each worktree is installed by itself: %s", async ([, more, at = ""]) => {
  const one = worktree();
  const file = path.join(one, at, "package.json");
  const manifest: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
  fs.writeFileSync(file, JSON.stringify({ ...(manifest as object), ...more }));
  await bootstrap("link").prepare(one);
  expect(project.calls()).toEqual(["ci"]);
  expect(fs.existsSync(storeFolder)).toBe(false);
  expect(fs.lstatSync(path.join(one, "node_modules/plain")).isDirectory()).toBe(true);
});

test("what loads a package of the project from the store is told so, and never gets another tree's", async () => {
  const one = worktree();
  await bootstrap("link").prepare(one);
  const stored = path.join(tree(), "node_modules/plain/index.js");
  fs.appendFileSync(stored, `exports.wrong = () => require("@own/words");\n`);
  expect(() => node(one, `require("plain").wrong()`)).toThrow("linked packages cannot load it");
});
