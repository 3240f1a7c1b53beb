// Installs the pinned agent CLIs beside the repository and runs the contract tests against them: as root and as an
// ordinary user where it can be both, in a clean environment with a fresh home. The model is played on loopback.
//   npm run test:agents            all of them
//   npm run test:agents -- codex   one of them
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

interface Cli {
  readonly name: string;
  readonly npm: string;
  readonly version: string;
  /** Its tests, as a file URL. */
  readonly tests: string;
}

interface Who {
  readonly label: string;
  readonly uid: number | null;
}

interface Row {
  readonly cli: string;
  readonly who: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

const manifestSchema = z.object({ version: z.string() });
const countsSchema = z.record(z.string(), z.number());
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          status: z.string(),
          title: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

const ROOT = path.resolve(import.meta.dirname, "..");
const CACHE = path.join(ROOT, ".agents-cache");
const CONFIG = import.meta.resolve("../test/contract/real-agents/vitest.config.ts");
/** Number of tests by CLI, for the line `npm test` prints about what it left out. */
const COUNTS = path.join(ROOT, "test/contract/real-agents.json");
const NOBODY = 65_534;

// Versions the adapters were written against; a new one is tried here before it is named there.
const CLIS: readonly Cli[] = [
  {
    name: "claude",
    npm: "@anthropic-ai/claude-code",
    version: "2.1.197",
    tests: import.meta.resolve("../test/contract/real-agents/claude.real.ts"),
  },
  {
    name: "codex",
    npm: "@openai/codex",
    version: "0.169.0",
    tests: import.meta.resolve("../test/contract/real-agents/codex.real.ts"),
  },
];

async function main(wanted: readonly string[]): Promise<number> {
  const clis = CLIS.filter((cli) => wanted.length === 0 || wanted.includes(cli.name));
  if (clis.length === 0) {
    console.error(`Known agents: ${CLIS.map((cli) => cli.name).join(", ")}.`);
    return 2;
  }
  for (const cli of clis) install(cli);
  const rows: Row[] = [];
  for (const cli of clis) for (const who of users()) rows.push(await run(cli, who));
  for (const line of table(rows)) console.log(line);
  return rows.every((row) => row.failed === 0 && row.problems.length === 0) ? 0 : 1;
}

function users(): readonly Who[] {
  if (process.getuid?.() !== 0) return [{ label: os.userInfo().username, uid: null }];
  return [
    { label: "root", uid: null },
    { label: `uid ${NOBODY}`, uid: NOBODY },
  ];
}

function install(cli: Cli): void {
  const folder = path.join(CACHE, cli.name);
  if (installedVersion(folder, cli) === cli.version) return;
  fs.mkdirSync(folder, { recursive: true });
  // A package of its own, or npm would install into the repository above it.
  fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  console.log(`Installing ${cli.npm}@${cli.version} …`);
  const wanted = `${cli.npm}@${cli.version}`;
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact", wanted];
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: "inherit" });
  if (status !== 0 || installedVersion(folder, cli) !== cli.version)
    throw new Error(`${wanted} could not be installed into ${folder}; npm said why above.`);
}

function installedVersion(folder: string, cli: Cli): string | null {
  const manifest = path.join(folder, "node_modules", cli.npm, "package.json");
  const program = path.join(folder, "node_modules/.bin", cli.name);
  if (!fs.existsSync(manifest) || !fs.existsSync(program)) return null;
  return readJson(manifest, manifestSchema).version;
}

/** One CLI as one user, in a folder of its own that is gone afterwards. */
async function run(cli: Cli, who: Who): Promise<Row> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-real-agents-"));
  const [home, temporary] = [path.join(folder, "home"), path.join(folder, "tmp")];
  for (const each of [folder, home, temporary]) {
    fs.mkdirSync(each, { recursive: true });
    if (who.uid !== null) fs.chownSync(each, who.uid, who.uid);
  }
  const report = path.join(folder, "report.json");
  const startedAt = performance.now();
  try {
    await vitest(cli, who, { HOME: home, TMPDIR: temporary, report });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    return { cli: cli.name, who: who.label, seconds, ...judge(cli, report) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function vitest(
  cli: Cli,
  who: Who,
  place: { readonly HOME: string; readonly TMPDIR: string; readonly report: string },
): Promise<void> {
  const args = [
    path.join(ROOT, "node_modules/vitest/vitest.mjs"),
    "run",
    `--config=${fileURLToPath(CONFIG)}`,
    // The other loaders write beside the configuration, where an ordinary user may not.
    "--configLoader=native",
    "--reporter=json",
    `--outputFile=${place.report}`,
    fileURLToPath(cli.tests),
  ];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: {
      // The CLIs' launchers are Node programs: they get the Node that runs this.
      PATH: `${path.dirname(process.execPath)}:${process.env["PATH"] ?? "/usr/bin:/bin"}`,
      HOME: place.HOME,
      TMPDIR: place.TMPDIR,
      LANG: "C.UTF-8",
      NO_COLOR: "1",
    },
    stdio: ["ignore", "ignore", "inherit"],
    ...(who.uid === null ? {} : { uid: who.uid, gid: who.uid }),
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
}

function judge(cli: Cli, report: string): Pick<Row, "passed" | "failed" | "problems"> {
  if (!fs.existsSync(report))
    return { passed: 0, failed: 0, problems: ["the test runner did not get as far as a report"] };
  const { testResults } = readJson(report, reportSchema);
  const tests = testResults.flatMap((file) => file.assertionResults);
  const red = tests.filter((test) => test.status !== "passed");
  const problems = red.map((test) => `${test.title}\n${test.failureMessages?.join("\n") ?? ""}`);
  const counts = readJson(COUNTS, countsSchema);
  if (counts[cli.name] !== tests.length)
    problems.push(
      `real-agents.json says ${String(counts[cli.name])} tests, ${tests.length} were run: put the number right`,
    );
  return { passed: tests.length - red.length, failed: red.length, problems };
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
}

function table(rows: readonly Row[]): readonly string[] {
  const head = ["agent", "version", "user", "passed", "failed", "seconds"];
  const cells = rows.map((row) => [
    row.cli,
    CLIS.find((cli) => cli.name === row.cli)?.version ?? "",
    row.who,
    String(row.passed),
    String(row.failed),
    String(row.seconds),
  ]);
  const widths = head.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const lines = [head, ...cells].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const problems = rows.flatMap((row) =>
    row.problems.map((problem) => `\n${row.cli} as ${row.who}: ${problem}`),
  );
  return [...lines, ...problems];
}

process.exitCode = await main(process.argv.slice(2));
