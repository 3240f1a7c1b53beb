import type { ReviewStage } from "../../../src/core/execute/agent-report.ts";

/** A small diff with one known fault, as it was written and as it would be right. */
export interface Defect {
  readonly name: string;
  /** The stage that has to see it. */
  readonly stage: Extract<ReviewStage, "spec" | "quality">;
  readonly path: string;
  /** Added lines. */
  readonly written: string;
  readonly mended: string;
  readonly fault: string;
  readonly isFaulty: (text: string) => boolean;
}

/** How a fixer answers a rejection. */
export interface Fixer {
  readonly name: string;
  /** True where what it leaves is right in the end, within the rounds there are. */
  readonly mends: boolean;
  /** The reviewer approves whatever it sees for the second time. */
  readonly moody?: true;
  readonly fix: (text: string, defect: Defect, round: number) => string;
}

function defect(
  name: string,
  stage: Defect["stage"],
  path: string,
  lines: { readonly written: string; readonly mended: string; readonly fault: string },
): Defect {
  return {
    name,
    stage,
    path,
    ...lines,
    isFaulty: (text) => text.split("\n").includes(lines.written),
  };
}

export const SEEDED_DEFECTS: readonly Defect[] = [
  defect("a criterion is left out", "spec", "src/parse.ts", {
    written: "return lines.map(toPoint);",
    mended: "return lines.filter(isPoint).map(toPoint);",
    fault: "Empty lines must be skipped (criterion 2).",
  }),
  defect("a name is not the one asked for", "spec", "src/index.ts", {
    written: "export { parseTrail } from './parse.ts';",
    mended: "export { parse } from './parse.ts';",
    fault: "The issue asks for `parse`.",
  }),
  defect("a boundary is excluded", "spec", "src/range.ts", {
    written: "return value > low && value < high;",
    mended: "return value >= low && value <= high;",
    fault: "Both ends belong to the range.",
  }),
  defect("the wrong exit code", "spec", "src/command.ts", {
    written: "process.exitCode = 1;",
    mended: "process.exitCode = 2;",
    fault: "Usage errors end with 2.",
  }),
  defect("units are mixed up", "spec", "src/distance.ts", {
    written: "return metres;",
    mended: "return metres / 1000;",
    fault: "The answer is in kilometres.",
  }),
  defect("something extra", "spec", "src/telemetry.ts", {
    written: "await send(event);",
    mended: "return event;",
    fault: "Nobody asked for anything to be sent.",
  }),
  defect("the order is not kept", "spec", "src/sort.ts", {
    written: "return [...points].sort(byHeight);",
    mended: "return points;",
    fault: "Points stay in the order of the file.",
  }),
  defect("a default differs", "spec", "src/options.ts", {
    written: "const limit = options.limit ?? 10;",
    mended: "const limit = options.limit ?? 100;",
    fault: "The default is 100.",
  }),
  defect("the format is another", "spec", "src/format.ts", {
    written: "return `${km} km, ${up} m`;",
    mended: "return `${km} km / ${up} m`;",
    fault: "The issue shows a slash.",
  }),
  defect("no test shows the criterion", "spec", "test/parse.test.ts", {
    written: "test.todo('refuses the rest');",
    mended: "test('refuses the rest', () => assert.throws(() => parse('x')));",
    fault: "Criterion 3 has no test.",
  }),
  defect("a shell is given a name from outside", "quality", "src/open.ts", {
    written: "exec(`open ${name}`);",
    mended: "execFile('open', ['--', name]);",
    fault: "The name reaches a shell.",
  }),
  defect("a path leaves its folder", "quality", "src/read.ts", {
    written: "return readFile(join(folder, name));",
    mended: "return readFile(join(folder, basename(name)));",
    fault: "`../` leads out of the folder.",
  }),
  defect("an error is swallowed", "quality", "src/load.ts", {
    written: "} catch { return null; }",
    mended: "} catch (error) { throw new LoadError(path, { cause: error }); }",
    fault: "Nobody learns that the file could not be read.",
  }),
  defect("a promise is not awaited", "quality", "src/save.ts", {
    written: "write(file, text);",
    mended: "await write(file, text);",
    fault: "The write may fail unseen.",
  }),
  defect("quadratic for no reason", "quality", "src/unique.ts", {
    written: "return all.filter((one, at) => all.indexOf(one) === at);",
    mended: "return [...new Set(all)];",
    fault: "10,000 points take seconds.",
  }),
  defect("SQL from words", "quality", "src/find.ts", {
    written: "db.query(`SELECT * FROM trail WHERE name = '${name}'`);",
    mended: "db.query('SELECT * FROM trail WHERE name = ?', name);",
    fault: "The name becomes a part of the statement.",
  }),
  defect("a timer is never cleared", "quality", "src/watch.ts", {
    written: "setInterval(look, 1000);",
    mended: "const timer = setInterval(look, 1000); return () => clearInterval(timer);",
    fault: "The program never ends.",
  }),
  defect("floating point equality", "quality", "src/compare.ts", {
    written: "return a === b;",
    mended: "return Math.abs(a - b) < TOLERANCE;",
    fault: "0.1 + 0.2 is not 0.3.",
  }),
  defect("shared state at the top", "quality", "src/cache.ts", {
    written: "let last: Trail | null = null;",
    mended: "export function createCache(): Cache {",
    fault: "Two trails at once overwrite each other.",
  }),
  defect("an unbounded read", "quality", "src/download.ts", {
    written: "return response.text();",
    mended: "return readBounded(response, MAX_BYTES);",
    fault: "A large answer takes all memory.",
  }),
  defect("a type is asserted away", "quality", "src/config.ts", {
    written: "return JSON.parse(text) as Config;",
    mended: "return ConfigSchema.parse(JSON.parse(text));",
    fault: "What comes from outside is not checked.",
  }),
  defect("a regular expression that explodes", "quality", "src/match.ts", {
    written: "return /^(a+)+$/.test(text);",
    mended: "return /^a+$/.test(text);",
    fault: "Exponential on long input.",
  }),
];

export const FIXERS: readonly Fixer[] = [
  { name: "mends at once", mends: true, fix: (_text, { mended }) => mended },
  {
    name: "mends at the second try",
    mends: true,
    fix: (text, { mended }, round) => (round === 0 ? `${text}\n// looked at` : mended),
  },
  { name: "changes nothing", mends: false, fix: (text) => text },
  {
    name: "changes nothing, and the reviewer would let it pass the second time",
    mends: false,
    moody: true,
    fix: (text) => text,
  },
  {
    name: "changes something else",
    mends: false,
    fix: (text, _defect, round) => `${text}\n// ${round}`,
  },
  {
    name: "goes to and fro, and the reviewer would let it pass the second time",
    mends: false,
    moody: true,
    fix: (text, { written }) => (text === written ? `${written}\n// other` : written),
  },
];
