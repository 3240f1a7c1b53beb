import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../errors.ts";
import { configJsonSchema, keyTable } from "./key-table.ts";
import { loadConfig } from "./load.ts";
import type { ConfigRequest } from "./load.ts";
import { nearest } from "./nearest.ts";
import { configReference, configSchemaText } from "./reference.ts";
import { guessKind } from "./gates.ts";

const repository = resolve(import.meta.dirname, "../..");
const documented = readFileSync(
  join(repository, "test/golden/config/documented.cairn.yml"),
  "utf8",
);

function committed(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cairn-config-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function load(more: Partial<ConfigRequest> = {}) {
  return loadConfig({ root, env: {}, ...more });
}

function defectsOf(more: Partial<ConfigRequest> = {}): string {
  try {
    load(more);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "no defect";
}

test("without a file every key has its default, in code's names and units", () => {
  const { config, origins } = load();
  expect(config).toMatchObject({
    parallel: 1,
    targetPolicy: "integration",
    branches: { task: "feat/issue-{number}-{slug}", staleAfterMs: 604_800_000 },
    workspace: { maxBytes: 20 * 2 ** 30 },
    agents: { limits: { wallMs: 3_600_000, outputBytes: 64 * 2 ** 20, graceMs: 5_000 } },
    ci: { pollMs: [30_000, 60_000, 120_000], noneAfterMs: 120_000 },
    limits: { budget: { session: { usd: 5, tokens: null }, day: { usd: null, tokens: null } } },
    labels: { "needs-human": "#B60205" },
  });
  expect(origins).toEqual({});
});

test("the documented example is the defaults, key by key", () => {
  const defaults = load().config;
  write(".cairn.yml", documented);
  expect(load().config).toEqual(defaults);
  const documentedKeys = keyTable().filter(
    (row) => row.fallback !== undefined && row.path[0] !== "notify",
  );
  const example: unknown = parse(documented);
  const valueOf = (path: readonly string[]): unknown =>
    path.reduce<unknown>((value, part) => Reflect.get(Object(value), part), example);
  for (const row of documentedKeys)
    expect({ [row.key]: valueOf(row.path) }).toEqual({ [row.key]: row.fallback });
});

test("flag > variable > file > default, and each value knows where it came from", () => {
  write(".cairn.yml", "parallel: 2\nreview:\n  rounds: 3\n  mode: none\n");
  const { config, origins } = load({
    env: { CAIRN_PARALLEL: "4", CAIRN_REVIEW_ROUNDS: "5", CAIRN_SOMETHING_ELSE: "x" },
    flags: [{ flag: "--parallel", key: "parallel", value: "6" }],
  });
  expect([config.parallel, config.review.rounds, config.review.mode]).toEqual([6, 5, "none"]);
  expect(origins["parallel"]).toEqual({ from: "flag", name: "--parallel" });
  expect(origins["review.rounds"]).toEqual({ from: "variable", name: "CAIRN_REVIEW_ROUNDS" });
  expect(origins["review.mode"]).toEqual({ from: "file", file: ".cairn.yml", line: 4 });
  expect(origins["ci.timeout"]).toBe(undefined);
});

test.each([
  [{ CAIRN_CI_TIMEOUT: "90" }, 90_000],
  [{ CAIRN_CI_TIMEOUT: "1h 30m" }, 5_400_000],
  [{ CI_POLL_TIMEOUT: "15m" }, 900_000],
  [{ CI_POLL_TIMEOUT: "15m", CAIRN_CI_TIMEOUT: "10m" }, 600_000],
])("%j sets how long to wait for checks; bare numbers are seconds", (env, expected) => {
  expect(load({ env }).config.ci.timeoutMs).toBe(expected);
});

test("variables hold lists, words, numbers and maps as the key asks for", () => {
  const { config } = load({
    env: {
      CAIRN_AGENTS_ENV: "FOO, BAR",
      CAIRN_GATES_PRE_MERGE: "make a,b\nmake c",
      CAIRN_REVIEW_WAIT_FOR: "auto",
      CAIRN_TARGET: "123",
      CAIRN_AGENTS_ROLES_SPEC_REVIEWER: "codex",
      CAIRN_AGENTS_MODELS: "{implementer: big}",
      CAIRN_LIMITS_BUDGET_DAY: "12.5",
    },
  });
  expect(config.agents.env).toEqual(["FOO", "BAR"]);
  expect(config.gates.preMerge.map((gate) => gate.run)).toEqual(["make a,b", "make c"]);
  expect(config.review.waitFor).toBe("auto");
  expect(config.agents.roles).toEqual({ "spec-reviewer": "codex" });
  expect(config.agents.models).toEqual({ implementer: "big" });
  expect(config.limits.budget.day.usd).toBe(12.5);
});

describe("a wrong configuration", () => {
  test("is told all at once, each with place, reason and way out, and exit code 2", () => {
    write(
      ".cairn.yml",
      [
        "paralel: 2",
        "ci:",
        "  timeout: soon",
        "  timeuot: 3m",
        "gates:",
        "  pre_merge:",
        "    - npm test",
        "    - {run: make, kind: tset}",
        "agents:",
        "  default: cluade",
        "merge: {train: 0}",
        "notify: {slack: {url_env: 'https://hooks.example/x'}}",
      ].join("\n"),
    );
    expect(defectsOf({ env: { CAIRN_IN_FLIGHT: "many" } })).toMatchInlineSnapshot(`
      "The configuration has 7 defects:
        CAIRN_IN_FLIGHT: \`in_flight\` is "many": expected a number or null.
        .cairn.yml:8:25: \`gates.pre_merge.1.kind\` is "tset": expected typecheck, lint, test, build or other.
        .cairn.yml:3:12: \`ci.timeout\` is "soon": expected a duration like 90s, 30m or 14d.
        .cairn.yml:4:3: unknown key \`ci.timeuot\`. Did you mean \`ci.timeout\`?
        .cairn.yml:11:16: \`merge.train\` is 0: expected 1 or more.
        .cairn.yml:12:27: \`notify.slack.url_env\` is not a name: expected the name of an environment variable, like CAIRN_TOKEN; the secret itself does not belong here.
        .cairn.yml:1:1: unknown key \`paralel\`. Did you mean \`parallel\`?"
    `);
  });

  test("unknown agents are found once the shape is right", () => {
    write(".cairn.yml", "agents:\n  default: cluade\n  models: {implementor: x}\n");
    expect(defectsOf()).toMatchInlineSnapshot(`
      "The configuration has 2 defects:
        .cairn.yml:2:12: \`agents.default\` names the agent \`cluade\`, which is not there: expected claude, codex, opencode, gemini or scripted, or a name under agents.define.
        .cairn.yml:3:12: \`agents.models.implementor\` is neither a role nor an agent. Did you mean \`implementer\`?"
    `);
  });

  test("broken YAML is told with line and column", () => {
    write(".cairn.yml", "parallel: 2\nci: {timeout: 3m\nmode: auto\nparallel: 3\n");
    expect(defectsOf()).toMatch(/^The configuration has .*\n {2}\.cairn\.yml:3:1: /);
  });

  test("a text instead of keys, a list, and a missing --config file are told", () => {
    write(".cairn.yml", "just words");
    expect(defectsOf()).toContain(".cairn.yml:1:1: expected keys with values");
    expect(defectsOf({ file: join(root, "none.yml") })).toContain("does not exist");
  });

  test("an empty file and one of comments only are fine", () => {
    write(".cairn.yml", "# nothing yet\n");
    expect(load().config.parallel).toBe(1);
  });

  test("a flag's value is told by the flag's name", () => {
    const flags = [{ flag: "--parallel", key: "parallel", value: "x" }];
    expect(defectsOf({ flags })).toContain(
      '--parallel: `parallel` is "x": expected a whole number.',
    );
  });
});

function commands(): readonly string[] {
  return load().config.gates.preMerge.map((gate) => `${gate.kind}: ${gate.run}`);
}

describe("gates", () => {
  test("scripts of package.json are recognised, for the package manager in use", () => {
    write(
      "package.json",
      JSON.stringify({ scripts: { test: "vitest", lint: "oxlint", start: "x" } }),
    );
    expect(commands()).toEqual(["lint: npm run lint", "test: npm run test"]);
    write("pnpm-lock.yaml", "");
    expect(commands()).toEqual(["lint: pnpm run lint", "test: pnpm run test"]);
    expect(load().config.gates.recognised).toBe(true);
  });

  test("npm's placeholder test and a broken manifest are no gates", () => {
    write("package.json", JSON.stringify({ scripts: { test: 'echo "Error: no test specified"' } }));
    expect(commands()).toEqual([]);
    write("package.json", "{");
    expect(commands()).toEqual([]);
  });

  test.each([
    ["Makefile", "build:\n\ntest: build\n\ttrue\n", ["test: make test"]],
    ["Cargo.toml", "", ["typecheck: cargo check --all-targets", "test: cargo test"]],
    ["go.mod", "", ["lint: go vet ./...", "test: go test ./..."]],
    ["pytest.ini", "", ["test: python -m pytest"]],
  ])("%s is recognised", (file, text, expected) => {
    write(file, text);
    expect(commands()).toEqual(expected);
  });

  test("written gates replace recognised ones; kind, name and time limit are filled in", () => {
    write("Makefile", "test:\n");
    write(
      ".cairn.yml",
      "gates:\n  timeout: 1m\n  pre_merge: [npx tsc, {name: unit, run: ./t.sh, kind: test, timeout: 5, report: r.xml}]\n",
    );
    const { gates } = load().config;
    expect(gates.preMerge).toEqual([
      { name: "npx tsc", run: "npx tsc", kind: "typecheck", timeoutMs: 60_000, junit: null },
      { name: "unit", run: "./t.sh", kind: "test", timeoutMs: 5_000, junit: "r.xml" },
    ]);
    expect(gates.postMerge).toEqual(gates.preMerge);
    expect(gates.recognised).toBe(false);
  });

  test.each([
    ["npm run typecheck", "typecheck"],
    ["npx eslint .", "lint"],
    ["cargo nextest run", "test"],
    ["npm run build", "build"],
    ["npm test -- -x", "test"],
    ["./verify.sh", "other"],
    ["test -e dist && ! test -s errors.log", "other"],
    ["if test -d e2e; then npm test; fi", "test"],
  ])("%s is of kind %s", (command, kind) => {
    expect(guessKind(command)).toBe(kind);
  });
});

test("a surface or label that is added leaves the built-in ones in place; [] switches one off", () => {
  write(
    ".cairn.yml",
    "protected: {surfaces: {legal: ['LICENSE'], needs-db-review: []}}\nlabels: {legal: '#123456'}\n",
  );
  const { config } = load();
  expect(config.protected.surfaces["legal"]).toEqual(["LICENSE"]);
  expect(config.protected.surfaces["needs-db-review"]).toEqual([]);
  expect(config.protected.surfaces["needs-human"]).toContain(".cairn.yml");
  expect(config.labels).toMatchObject({ legal: "#123456", "needs-human": "#B60205" });
});

describe("the JSON Schema", () => {
  const accepts = new Ajv2020({ strict: false }).compile(configJsonSchema());

  test("accepts nothing written, the documented example, and what code accepts", () => {
    expect(accepts({})).toBe(true);
    expect(accepts(parse(documented))).toBe(true);
    expect(
      accepts({ limits: { budget: { run: { usd: 3, tokens: 1_000 } } }, ci: { timeout: 90 } }),
    ).toBe(true);
  });

  test.each([
    [{ paralel: 2 }],
    [{ parallel: 0 }],
    [{ ci: { timeout: "soon" } }],
    [{ gates: { pre_merge: [{ run: "x", kind: "tset" }] } }],
    [{ workspace: { max_size: "20 GB" } }],
    [{ agents: { roles: { implementor: "claude" } } }],
    [{ fleet: {}, version: 2 }],
  ])("refuses %j", (written) => {
    expect(accepts(written)).toBe(false);
  });

  test("file and reference are fresh", () => {
    expect(committed("schemas/cairn.schema.json")).toBe(configSchemaText());
    expect(committed("docs/config-reference.md")).toBe(configReference());
  });
});

test.each([
  ["paralel", "parallel"],
  ["statsu", "status"],
  ["xyzzy", null],
])("nearest to %s is %s", (written, expected) => {
  expect(nearest(written, ["parallel", "status", "plan"])).toBe(expected);
});
