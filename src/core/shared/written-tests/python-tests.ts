import { argumentsIn, normalised, partsOf, type Range } from "./code-range.ts";
import type { FoundTest } from "./found-tests.ts";
import type { MaskedCode } from "./masked-code.ts";
import { blockLength, pythonLines, type PythonLine } from "./python-blocks.ts";

const SKIPS = /\b(?:skip\w*|xfail|expectedFailure)\b/u;

/** Test functions and methods of pytest and unittest; classes are their suites. */
export function pythonTests(masked: MaskedCode): readonly FoundTest[] {
  const lines = pythonLines(masked);
  const isFileSkipped = lines.some(
    ({ indent, code }) =>
      indent === 0 &&
      (/^pytestmark\b.*\b(?:skip|xfail)/u.test(code) ||
        /^pytest\s*\.\s*(?:skip|importorskip)\s*\(/u.test(code) ||
        /^__test__\s*=\s*False/u.test(code)),
  );
  const inFunctions = insideFunctions(lines);
  const found: FoundTest[] = [];
  for (const [index, line] of lines.entries()) {
    const head = /^(?:async\s+)?(def|class)\s+(\w+)/u.exec(line.code);
    if (head === null || inFunctions.has(line)) continue;
    const [, kind, name = ""] = head;
    if (kind === "def" && !name.startsWith("test")) continue;
    const marks = decoratorsOf(lines, index);
    const test = foundAt(masked, { lines, index, name, marks });
    const isSuite = kind === "class";
    found.push({
      ...test,
      kind: isSuite ? "suite" : "test",
      body: isSuite ? null : test.body,
      isSkipped: test.isSkipped || (isFileSkipped && line.indent === 0),
    });
  }
  const replaced = shadowed(found);
  return found.map((test) => ({ ...test, isSkipped: test.isSkipped || replaced.has(test) }));
}

/** Lines inside a function: another function there is never collected. */
function insideFunctions(lines: readonly PythonLine[]): ReadonlySet<PythonLine> {
  const inside = new Set<PythonLine>();
  let outer: number | null = null;
  for (const line of lines) {
    if (outer !== null && line.indent <= outer) outer = null;
    if (outer !== null) inside.add(line);
    else if (/^(?:async\s+)?def\b/u.test(line.code)) outer = line.indent;
  }
  return inside;
}

function decoratorsOf(lines: readonly PythonLine[], index: number): readonly PythonLine[] {
  let first = index;
  while (lines[first - 1]?.code.startsWith("@") === true) first -= 1;
  return lines.slice(first, index);
}

interface At {
  readonly lines: readonly PythonLine[];
  readonly index: number;
  readonly name: string;
  readonly marks: readonly PythonLine[];
}

function foundAt(masked: MaskedCode, { lines, index, name, marks }: At): FoundTest {
  const line = lines[index] ?? { from: 0, to: 0, indent: 0, code: "" };
  const inner = lines.slice(index + 1, index + 1 + blockLength(lines, index));
  const body = { from: inner[0]?.from ?? endOfHead(masked, line), to: inner.at(-1)?.to ?? line.to };
  const isOff = inner.some(({ code }) =>
    /^(?:__test__\s*=\s*False|pytestmark\b.*\bskip)/u.test(code),
  );
  return {
    kind: "test",
    name,
    from: marks[0]?.from ?? line.from,
    to: body.to,
    body,
    isSkipped: marks.some(({ code }) => SKIPS.test(code)) || isOff,
    isOnly: false,
    cases: marks.flatMap((mark) => parameters(masked, mark)),
    expectations: [],
  };
}

/** `def test_x(): assert x` on one line. */
function endOfHead(masked: MaskedCode, { from, to }: Range): number {
  const [head] = partsOf(masked, { from, to }, ":");
  return Math.min(to, (head?.to ?? to) + 1);
}

function parameters(masked: MaskedCode, mark: PythonLine): readonly string[] {
  const open = mark.from + mark.code.indexOf("(");
  if (!/parametrize\s*\(/u.test(mark.code)) return [];
  const table = argumentsIn(masked, open)[1];
  if (table === undefined || !/[[(]/u.test(masked.code[table.from] ?? "")) return [];
  return argumentsIn(masked, table.from).map((row) => normalised(masked, row));
}

/** Of two functions of one name in one place the later one replaces the earlier. */
function shadowed(found: readonly FoundTest[]): ReadonlySet<FoundTest> {
  const open: FoundTest[] = [];
  const last = new Map<string, FoundTest>();
  const replaced = new Set<FoundTest>();
  for (const test of found) {
    while (open.length > 0 && (open.at(-1)?.to ?? 0) <= test.from) open.pop();
    const key = `${open.at(-1)?.from ?? "file"} ${test.kind} ${test.name}`;
    const earlier = last.get(key);
    if (earlier !== undefined) replaced.add(earlier);
    last.set(key, test);
    if (test.kind === "suite") open.push(test);
  }
  return replaced;
}
