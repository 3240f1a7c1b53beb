import { z } from "zod";
import { broken, failed, passed, skipped, type TestOutcome } from "./test-outcome.ts";

/** One line of `go test -json`; what could not be built stands between them as plain text, or as `build-output`. */
const Line = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

interface Seen {
  readonly where: string;
  readonly test: string;
  readonly output: string[];
  ended: "pass" | "fail" | "skip" | null;
}

interface Run {
  readonly tests: Map<string, Seen>;
  /** What was said about building, in lines. */
  readonly build: string[];
  /** What each package said outside of its tests, and those that ended red. */
  readonly said: Map<string, string>;
  readonly red: Set<string>;
  isReport: boolean;
}

/** Reads what `go test -json` writes, with or without what its compiler says on the other channel. */
export function readGoJson(text: string): readonly TestOutcome[] | null {
  const run: Run = {
    tests: new Map(),
    build: [],
    said: new Map(),
    red: new Set(),
    isReport: false,
  };
  for (const line of text.split("\n")) readLine(line, run);
  const faults = buildFaults(run.build);
  if (!run.isReport && faults.length === 0) return null;
  const outcomes = [...run.tests.values()].map((seen) => outcomeOf(seen, run));
  return [...(faults.length > 0 ? faults : died(run)), ...outcomes];
}

/** Packages that ended red without a red test: they left the program before, between or after their tests. */
function died({ tests, said, red }: Run): readonly TestOutcome[] {
  const isRed = (name: string) =>
    [...tests.values()].some(
      ({ where, ended }) => where === name && ended !== "pass" && ended !== "skip",
    );
  return [...red]
    .filter((name) => !isRed(name))
    .map((name) => broken({ parts: [name], file: null, headline: said.get(name) ?? "", body: "" }));
}

function readLine(line: string, run: Run): void {
  const event = Line.safeParse(parsed(line));
  if (!event.success) {
    run.build.push(line);
    return;
  }
  run.isReport = true;
  const { Action: action, Package: where = "", Test: test, Output: output = "" } = event.data;
  if (test === undefined) {
    if (action === "build-output") run.build.push(output.trimEnd());
    // `FAIL pkg [build failed]` comes as an output of the package from Go 1.24 on.
    if (action === "output" && output.startsWith("FAIL\t")) run.build.push(output.trimEnd());
    if (action === "output") run.said.set(where, (run.said.get(where) ?? "") + output);
    if (action === "fail") run.red.add(where);
    return;
  }
  const key = `${where}\n${test}`;
  const seen = run.tests.get(key) ?? { where, test, output: [], ended: null };
  run.tests.set(key, seen);
  if (action === "output") seen.output.push(output);
  if (action === "pass" || action === "fail" || action === "skip") seen.ended = action;
}

function parsed(line: string): unknown {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function outcomeOf({ test, output, ended }: Seen, run: Run): TestOutcome {
  const told = { parts: test.split("/"), file: null };
  const words = output
    .filter((line) => !/^\s*(?:=== |--- (?:PASS|FAIL|SKIP): )/u.test(line))
    .join("");
  if (ended === "pass") return passed(told);
  if (ended === "skip") return skipped({ ...told, why: words });
  // Without an end it was under way when the program died.
  const said = words === "" ? wordsBelow(test, run) : words;
  if (/^\s*panic: /mu.test(said) || ended === null) {
    const headline = /^\s*(panic: .*)$/mu.exec(said)?.[1] ?? "panic: the test never ended";
    return failed({ ...told, headline, body: said });
  }
  return { ...failed({ ...told, headline: said, body: "" }), reason: "assertion", missing: null };
}

/** A test that is red only because of what it started says nothing itself. */
function wordsBelow(test: string, { tests }: Run): string {
  return [...tests.values()]
    .filter((seen) => seen.ended === "fail" && seen.test.startsWith(`${test}/`))
    .flatMap(({ output }) => output.filter((line) => !/^\s*(?:=== |--- )/u.test(line)))
    .join("");
}

/** One broken outcome for each file that the compiler complains about; for a package where it names no file. */
function buildFaults(lines: readonly string[]): readonly TestOutcome[] {
  const byFile = new Map<string, string[]>();
  const packages = new Set<string>();
  let last: string[] | null = null;
  for (const line of lines) {
    const place = /^(?:vet: )?(\.?[^\s:]{1,500}\.go):\d+(?::\d+)?: (.*)$/u.exec(line);
    const failure = /^FAIL\t(\S+) \[(?:build|setup) failed\]/u.exec(line);
    if (failure?.[1] !== undefined) packages.add(failure[1]);
    if (place?.[1] !== undefined) {
      const file = place[1].replace(/^\.\//u, "");
      last = byFile.get(file) ?? [];
      byFile.set(file, last);
      last.push(place[2] ?? "");
    } else if (/^\s+\S/u.test(line)) last?.push(line);
    else last = null;
  }
  const named = [...byFile].map(([file, words]) =>
    broken({ parts: [file], file, headline: words.join("\n"), body: "" }),
  );
  if (named.length > 0) return named;
  return [...packages].map((name) =>
    broken({ parts: [name], file: null, headline: lines.join("\n"), body: "" }),
  );
}
