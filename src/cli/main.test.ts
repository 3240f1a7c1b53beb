import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BrokenPromise, UserError } from "../errors.ts";
import { COMMANDS, loadCommand } from "./command-table.ts";
import type { CommandModule } from "./command-module.ts";
import { commandIndex, mentions } from "./options.ts";
import { parseCommand } from "./parse-command.ts";
import { renderError } from "./print-error.ts";
import {
  renderCommandHelp,
  renderEnvironment,
  renderExitCodes,
  renderHelp,
} from "./render-help.ts";

const repository = resolve(import.meta.dirname, "../..");
const golden = (name: string) => join(repository, "test/golden/cli", name);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cairn-cli-"));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_STATE_HOME: join(folder, "state"),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  ...more,
});

function cairn(args: readonly string[], env: Record<string, string> = {}) {
  const result = spawnSync(join(repository, "bin/cairn"), args, {
    cwd: folder,
    encoding: "utf8",
    env: environment(env),
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("help", () => {
  test("of the program, of a command, and its topics", async () => {
    await expect(`${renderHelp()}\n`).toMatchFileSnapshot(golden("help.txt"));
    await expect(`${renderExitCodes()}\n`).toMatchFileSnapshot(golden("help-exit-codes.txt"));
    await expect(`${renderEnvironment()}\n`).toMatchFileSnapshot(golden("help-environment.txt"));
    const row = COMMANDS.find((each) => each.name === "init");
    const text = row && renderCommandHelp(row, await loadCommand("init"));
    await expect(`${text}\n`).toMatchFileSnapshot(golden("help-init.txt"));
  });

  test("is printed by help, --help and a bare call alike, without loading the command", async () => {
    const text = `${renderHelp()}\n`;
    for (const args of [[], ["help"], ["--help"], ["-h"]])
      expect(cairn(args)).toEqual({ code: 0, out: text, err: "" });
    const row = COMMANDS.find((each) => each.name === "init");
    const init = `${row && renderCommandHelp(row, await loadCommand("init"))}\n`;
    expect(cairn(["init", "--help"])).toMatchObject({ code: 0, out: init });
    expect(cairn(["help", "init"])).toMatchObject({ code: 0, out: init });
  });

  test("every row has one to three examples that begin with its command", () => {
    const odd = COMMANDS.filter(
      ({ name, summary, examples }) =>
        examples.length === 0 ||
        examples.length > 3 ||
        summary.endsWith(".") ||
        examples.some((example) => !example.startsWith(`cairn ${name}`)),
    );
    expect(odd).toEqual([]);
  });
});

// Rows may come before their module while the program grows; none may be left when it is released.
const present = COMMANDS.filter(({ name }) =>
  existsSync(join(import.meta.dirname, "commands", `${name}.ts`)),
);

test.each(present)("commands/$name.ts exports a command that can be parsed", async ({ name }) => {
  const { args, options } = await loadCommand(name);
  expect([...args, ...options].filter((each) => each.meaning.endsWith("."))).toEqual([]);
  const withoutArguments: CommandModule = { args: [], options, run: async () => undefined };
  expect(parseCommand(name, withoutArguments, []).flags).toEqual([]);
});

describe("errors", () => {
  const plain = { json: false, stack: false, details: null };

  test("are a sentence, another program's words, and what to do next", async () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n");
    const errors = [
      new UserError("plan/cycle", "Issues #4 -> #9 -> #4 wait for each other.", {
        hints: ["Remove one of the `Depends on` lines.", "`cairn plan` shows where they stand."],
      }),
      new UserError("git/failed", "git could not make the branch.", {
        quote: "fatal: a\nfatal: b\n",
      }),
      new UserError("gate/red", "The gate `make test` is red.", { quote: many, exitCode: 1 }),
    ];
    const text = errors.map((error) => renderError(error, plain).stderr).join("\n");
    const bug = renderError(new BrokenPromise("A task merged twice."), {
      ...plain,
      details: "/state/e.txt",
    });
    await expect(`${text}\n${bug.stderr}`).toMatchFileSnapshot(golden("errors.txt"));
    expect(bug.exitCode).toBe(70);
    expect(bug.stdout).toBe("");
  });

  test("are one object on stdout with --json", () => {
    const error = new UserError("store/busy", "Busy.", { hints: ["Wait."], exitCode: 1 });
    expect(renderError(error, { ...plain, json: true })).toEqual({
      stdout: '{"error":{"code":"store/busy","message":"Busy.","hints":["Wait."]}}\n',
      stderr: "",
      exitCode: 1,
    });
  });

  test("of our own show no stack unless it is asked for", () => {
    const error = new TypeError("x is not a function\nmore");
    expect(renderError(error, plain).stderr).toMatch(
      /^error: Cairn has a bug: x is not a function\n/,
    );
    expect(renderError(error, plain).stderr).not.toContain("main.test.ts");
    expect(renderError(error, { ...plain, stack: true }).stderr).toContain("main.test.ts");
    expect(renderError("a text", plain).exitCode).toBe(70);
  });

  test("an unknown command and a wrong option are usage errors with a guess", () => {
    expect(cairn(["confg"])).toEqual({
      code: 2,
      out: "",
      err: "error: There is no command `confg`.\n  → Did you mean `cairn config`?\n  → `cairn help` lists the commands.\n",
    });
    expect(cairn(["init", "--dry-rnu"])).toEqual({
      code: 2,
      out: "",
      err: "error: Unknown option '--dry-rnu'.\n  → Did you mean --dry-run?\n  → `cairn help init` shows arguments and options.\n",
    });
    expect(JSON.parse(cairn(["confg", "--json"]).out)).toMatchObject({
      error: { code: "cli/unknown-command" },
    });
    expect(cairn(["--verbose"]).code).toBe(2);
  });

  test("inside a session only commands that read are allowed", () => {
    const inside = { CAIRN_INSIDE: "1" };
    expect(cairn(["run", "plan.md"], inside)).toMatchObject({ code: 2, out: "" });
    expect(cairn(["run", "--json"], inside).out).toContain('"code":"cli/inside-session"');
    expect(cairn(["config", "path"], inside).code).toBe(0);
    const allowed = COMMANDS.filter((row) => row.insideSession).map((row) => row.name);
    expect(allowed).toEqual([
      "plan",
      "status",
      "logs",
      "events",
      "report",
      "audit",
      "doctor",
      "config",
    ]);
  });

  test("a bug ends with 70, one line, and its details in a file only the user can read", () => {
    const sabotage = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
      const write = fs.writeFileSync;
      fs.writeFileSync = (file, ...rest) => {
        if (String(file).endsWith(".cairn.yml")) throw new TypeError("no such thing");
        return write(file, ...rest);
      };
      syncBuiltinESMExports();`;
    const broken = {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(sabotage)}`,
    };
    const { code, out, err } = cairn(["init"], broken);
    const details = /The details are in (.*)\.\n/.exec(err)?.[1] ?? "";
    expect({ code, out }).toEqual({ code: 70, out: "" });
    expect(err).toMatch(/^error: Cairn has a bug: no such thing\n {2}→ The details are in /);
    expect(err).not.toContain("at writeConfig");
    expect(readFileSync(details, "utf8")).toContain("at writeConfig");
    expect(statSync(details).mode & 0o077).toBe(0);
    expect(cairn(["init"], { ...broken, CAIRN_DEBUG: "1" }).err).toContain("at writeConfig");
    expect(cairn(["init", "--verbose"], broken).err).toContain("at writeConfig");
  });

  test("a reader that goes away is no error", async () => {
    const child = spawn(join(repository, "bin/cairn"), ["config", "schema"], {
      cwd: folder,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (data) => (err += String(data)));
    const [code] = await once(child, "close");
    expect({ code, err }).toEqual({ code: 0, err: "" });
  });
});

describe("arguments", () => {
  const module: CommandModule = {
    args: [{ words: "[source...]", meaning: "x" }],
    options: [
      { flags: "--parallel <n>", meaning: "x", sets: { key: "parallel" } },
      { flags: "--skip-ci", meaning: "x", sets: { key: "ci.wait", value: false } },
      { flags: "--no-worktree", meaning: "x", sets: { key: "workspace.worktrees", value: false } },
      { flags: "--only <key>", meaning: "x", repeats: true },
    ],
    run: async () => undefined,
  };

  test("flags that set keys arrive by key, and only those that were typed", () => {
    expect(parseCommand("run", module, ["a.md"]).flags).toEqual([]);
    const parsed = parseCommand("run", module, [
      "--parallel",
      "4",
      "a.md",
      "--skip-ci",
      "--no-worktree",
      "--only",
      "1",
      "--only",
      "2",
      "-C",
      "sub",
      "b",
    ]);
    expect(parsed.flags).toEqual([
      { flag: "--parallel", key: "parallel", value: "4" },
      { flag: "--skip-ci", key: "ci.wait", value: false },
      { flag: "--no-worktree", key: "workspace.worktrees", value: false },
    ]);
    expect(parsed.args).toEqual(["a.md", "b"]);
    expect(parsed.options["only"]).toEqual(["1", "2"]);
    expect(parsed.directory).toBe("sub");
  });

  test("global options stand before or after the command", () => {
    expect(commandIndex(["-C", "run", "--json", "status"])).toBe(3);
    expect(commandIndex(["--progress=plain", "run"])).toBe(1);
    expect(commandIndex(["--json", "--", "run"])).toBe(-1);
    expect(mentions(["x", "--", "--json"], "--json")).toBe(false);
    const { globals } = parseCommand("run", module, [
      "--json",
      "--no-color",
      "--progress",
      "plain",
    ]);
    expect(globals).toEqual({
      json: true,
      verbose: false,
      progress: "plain",
      color: false,
      config: null,
    });
    expect(parseCommand("run", module, []).globals.color).toBe(null);
    expect(errorOf(() => parseCommand("run", module, ["--progress", "loud"]))).toMatchObject({
      code: "cli/usage",
    });
  });
});

describe("cairn config", () => {
  test("show prints each value and where it came from", () => {
    writeFileSync(join(folder, ".cairn.yml"), "ci:\n  timeout: 10m\n");
    const { code, out } = cairn(["config", "show", "ci"], { CAIRN_CI_WAIT: "false" });
    expect({ code, out }).toEqual({
      code: 0,
      out: [
        "ci.wait        false  (CAIRN_CI_WAIT)",
        'ci.timeout     "10m"  (.cairn.yml:2)',
        'ci.poll        ["30s","60s","120s"]  (default)',
        'ci.none_after  "2m"  (default)',
        "",
      ].join("\n"),
    });
    const json: unknown = JSON.parse(cairn(["config", "--json"]).out);
    expect(json).toMatchObject({ schemaVersion: 1, file: join(folder, ".cairn.yml") });
  });

  test("a null that was written is shown as written", () => {
    writeFileSync(join(folder, ".cairn.yml"), "limits: {budget: {run: null}}\n");
    expect(cairn(["config", "show", "limits.budget.run"]).out).toBe(
      "limits.budget.run  null  (.cairn.yml:1)\n",
    );
  });

  test("names defects of the file, unknown keys and unknown words, with exit code 2", () => {
    writeFileSync(join(folder, ".cairn.yml"), "paralel: 2\n");
    const { code, err } = cairn(["config", "show"]);
    expect(code).toBe(2);
    expect(err).toContain(".cairn.yml:1:1: unknown key `paralel`. Did you mean `parallel`?");
    rmSync(join(folder, ".cairn.yml"));
    expect(cairn(["config", "show", "ci.timout"]).err).toContain("Did you mean `ci.timeout`?");
    expect(cairn(["config", "list"]).code).toBe(2);
  });

  test("path and --config agree, also from a folder inside the repository", () => {
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    expect(cairn(["-C", "deep/er", "config", "path"]).out).toBe(`${join(folder, ".cairn.yml")}\n`);
    expect(cairn(["config", "show", "--config", "none.yml"]).err).toContain(
      "none.yml does not exist",
    );
    expect(JSON.parse(cairn(["config", "schema"]).out)).toMatchObject({ title: ".cairn.yml" });
  });
});

describe("cairn init", () => {
  test("writes a configuration that is valid, with gates and agent recognised", () => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/codex"), "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(folder, "Makefile"), "test:\n\ttrue\n");
    const path = { PATH: `${join(folder, "bin")}:/usr/bin:/bin` };
    expect(cairn(["init"], path)).toMatchObject({ code: 0, out: "Wrote .cairn.yml.\n" });
    const shown = cairn(["config", "show", "gates.pre_merge"]).out;
    expect(shown).toBe('gates.pre_merge  ["make test"]  (.cairn.yml:9)\n');
    expect(cairn(["config", "show", "agents.default"]).out).toContain('"codex"');
  });

  test("its commented defaults are valid when all are switched on", () => {
    cairn(["init"]);
    const file = join(folder, ".cairn.yml");
    const lines = readFileSync(file, "utf8").split("\n");
    const on = lines.map((line) => (/^#[a-z]/.test(line) ? line.slice(1) : line));
    expect(on).not.toEqual(lines);
    writeFileSync(file, on.join("\n"));
    expect(cairn(["config", "show", "review.mode"])).toMatchObject({ code: 0, err: "" });
  });

  test("writes nothing with --dry-run, and over nothing without --force", () => {
    const file = join(folder, ".cairn.yml");
    expect(cairn(["init", "--dry-run"]).out).toContain("version: 1");
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, "parallel: 3\n");
    expect(cairn(["init"])).toMatchObject({ code: 2, out: "" });
    expect(readFileSync(file, "utf8")).toBe("parallel: 3\n");
    expect(cairn(["init", "--force"]).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("version: 1");
  });

  test("outside of a repository it says so", () => {
    rmSync(join(folder, ".git"), { recursive: true });
    expect(cairn(["init", "--json"]).out).toContain('"code":"git/no-repository"');
    expect(existsSync(join(folder, ".cairn.yml"))).toBe(false);
  });
});
