import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { testCommandFor, testRunnerOf } from "./test-runner.ts";

const BIN = 'PATH="$PWD/node_modules/.bin:$PATH" ';
const VITEST = `${BIN}vitest run --reporter=json --outputFile="$1"`;
const THERE = '"$PWD"/a.test.js';
const NODE = `${BIN}node --test --test-reporter=tap --test-reporter-destination="$1"`;
const PYTHON = "PYTHONDONTWRITEBYTECODE=1 ";
const PYTEST = '-o junit_family=xunit1 --junitxml="$1"';

function manifest(scripts: Readonly<Record<string, string>>): string {
  return JSON.stringify({ scripts });
}

function runOf(gate: string, scripts: Readonly<Record<string, string>> = {}, file = "a.test.js") {
  return testCommandFor({ run: gate }, manifest(scripts), [file]).run;
}

describe("of a gate only the asked files are run, with a report", () => {
  test.each([
    ["npm test", { test: "vitest run" }, `${VITEST} ./a.test.js`],
    ["npm run test --silent", { test: "vitest --run" }, `${VITEST} ./a.test.js`],
    ["pnpm test", { test: "vitest run src --coverage" }, `${VITEST} ./a.test.js`],
    [
      "yarn unit",
      { unit: "vitest run -c v.ts" },
      `${VITEST.replace(" run", " run -c v.ts")} ./a.test.js`,
    ],
    ["bun run test", { test: "vitest" }, `${VITEST} ./a.test.js`],
    ["npx vitest run", {}, `${VITEST} ./a.test.js`],
    ["npm test && npm run lint", { test: "vitest run" }, `${VITEST} ./a.test.js`],
    ["npm run lint && npm test", { test: "vitest run" }, `${VITEST} ./a.test.js`],
    [
      "npm test",
      { test: "npm run lint && npm run unit", unit: "vitest run" },
      `${VITEST} ./a.test.js`,
    ],
    ["npm test", { test: "tsc && vitest run" }, `tsc; ${VITEST} ./a.test.js`],
    ["npm test", { test: "tsc --noEmit && vitest run" }, `${VITEST} ./a.test.js`],
    [
      "npm test",
      { pretest: "npm run build", test: "vitest run" },
      `npm run build; ${VITEST} ./a.test.js`,
    ],
    [
      "npm test",
      { test: "TZ=UTC vitest run" },
      `${VITEST.replace("vitest", "TZ=UTC vitest")} ./a.test.js`,
    ],
    [
      "npm test",
      { test: "cross-env CI=1 vitest run" },
      `${VITEST.replace("vitest", "CI=1 vitest")} ./a.test.js`,
    ],
    [
      "npx jest --coverage --config j.js",
      {},
      `${BIN}jest --config j.js --json --outputFile="$1" --runTestsByPath ./a.test.js`,
    ],
    ["node --test", {}, `${NODE} ${THERE}`],
    ["npm test", { test: "node --test 'test/**/*.test.js'" }, `${NODE} ${THERE}`],
    [
      "npm test",
      { test: "c8 node --import ./hook.js --test --test-reporter spec test" },
      `${NODE.replace("--test ", "--test --import ./hook.js ")} ${THERE}`,
    ],
    ["python -m pytest -x tests", {}, `${PYTHON}python -m pytest ${PYTEST} ./a.test.js`],
    [
      "uv run pytest -k 'not slow'",
      {},
      `${PYTHON}uv run pytest -k 'not slow' ${PYTEST} ./a.test.js`,
    ],
    ["bun test", {}, 'bun test --reporter=junit --reporter-outfile="$1" ./a.test.js'],
  ] satisfies readonly [string, Record<string, string>, string][])(
    "%s %j",
    (gate, scripts, run) => {
      const command = testCommandFor({ run: gate }, manifest(scripts), ["a.test.js"]);
      expect(command).toMatchObject({ run, perFile: true });
    },
  );

  test("go is asked for the folders of the files, cargo for the targets of its test folder", () => {
    const files = ["pkg/a_test.go", "pkg/b_test.go", "c_test.go"];
    expect(testCommandFor({ run: "go vet ./... && go test -race -v ./..." }, null, files)).toEqual({
      run: 'go test -json -race ./pkg ./. > "$1" 2>&1',
      format: "go-json",
      perFile: true,
    });
    expect(testCommandFor({ run: "cargo test" }, null, ["tests/adds.rs"])).toEqual({
      run: 'cargo test --no-fail-fast --test adds > "$1" 2>&1',
      format: "cargo-text",
      perFile: true,
    });
    expect(testCommandFor({ run: "cargo test" }, null, ["src/tests/adds.rs"])).toEqual({
      run: 'cargo test --no-fail-fast > "$1" 2>&1',
      format: "cargo-text",
      perFile: false,
    });
  });
});

test("without files everything is run that the gate runs", () => {
  const scripts = manifest({ test: "node --test 'test/*.js' other.js" });
  expect(testCommandFor({ run: "npm test" }, scripts, [])).toEqual({
    run: `${NODE} 'test/*.js' other.js`,
    format: "tap",
    perFile: false,
  });
});

test.each([
  ["make test", {}],
  ["npm test", {}],
  ["npm test", { test: "turbo run test" }],
  ["npm test", { test: "npm test" }],
  ["cd app && npm test", { test: "vitest run" }],
  ["npm test | tee log", { test: "vitest run" }],
  ["npm test", { test: "vitest run > log" }],
  ["sh -c 'vitest run'", {}],
  ["vitest $(cat files)", {}],
  ["npm --prefix app test", { test: "vitest run" }],
])("what cannot be taken apart is run as it stands: %s %j", (run, scripts) => {
  const command = testCommandFor({ run }, manifest(scripts), ["a.test.js"]);
  expect(command).toEqual({ run, format: null, perFile: false });
});

test("a manifest that is none, or that has no such script, is nothing to go by", () => {
  for (const text of [null, "", "{", "[]", '{"scripts": 1}'])
    expect(testCommandFor({ run: "npm test" }, text, ["a.test.js"]).format).toBeNull();
});

test("a path is one word for the shell and no option for the program, whatever it holds", () => {
  const names = [
    "-rf.test.js",
    "a b.test.js",
    "$(touch x).js",
    "`id`'\"\\.js",
    "a;b&c\nd.js",
    "é*.js",
  ];
  const { run } = testCommandFor({ run: "pytest" }, null, names);
  const words = run.slice(run.indexOf('"$1"') + 4);
  const told = execFileSync("sh", ["-c", `printf '%s\\0' ${words}`], { encoding: "utf8" });
  expect(told.split("\0").slice(0, -1)).toEqual(names.map((name) => `./${name}`));
});

test("environment of the gate's own line stays", () => {
  expect(runOf("A=1 npm test", { test: "B=2 vitest run" })).toBe(
    `${VITEST.replace("vitest", "A=1 B=2 vitest")} ./a.test.js`,
  );
});

test("node is given patterns that mean the files alone, and none that it takes for an option", () => {
  const { run } = testCommandFor({ run: "node --test" }, null, ["-a.js", "[id]/b*.js", "{c,d}.js"]);
  expect(run.slice(run.indexOf('"$PWD"/'))).toBe(
    `"$PWD"/-a.js "$PWD"/'[[]id]/b[*].js' "$PWD"/'?c,d?.js'`,
  );
});

test.each([
  ["npm test", { test: "node --test" }, "node --test"],
  ["npx vitest run", {}, "vitest run"],
  ["uv run python -m pytest -q", {}, "python -m pytest"],
  ["go vet ./... && go test ./...", {}, "go test"],
  ["make test", {}, null],
])("the program behind %s %j is %s", (run, scripts, program) => {
  expect(testRunnerOf({ run }, manifest(scripts))).toBe(program);
});
