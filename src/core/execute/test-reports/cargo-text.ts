import { broken, failed, passed, skipped, type TestOutcome } from "./test-outcome.ts";

/** Where the lines are that a text is made of, and what stands between them. */
interface Run {
  readonly outcomes: TestOutcome[];
  /** Names and words of `---- name stdout ----`, in their order. */
  readonly words: Map<string, string>;
  /** Source of the test program whose tests are being listed. */
  file: string | null;
}

/** Reads what `cargo test` prints on a stable toolchain, both channels together: only the other one names the files. */
export function readCargoText(text: string): readonly TestOutcome[] | null {
  const faults = compilerFaults(text);
  const isReport = /^(?:running \d+ tests?|test result: )/mu.test(text);
  if (!isReport && faults.length === 0) return null;
  const lines = text.split("\n");
  const run: Run = { outcomes: [], words: wordsByTest(lines), file: null };
  for (const line of lines) readLine(line, run);
  return [...faults, ...run.outcomes];
}

function readLine(line: string, run: Run): void {
  const program = /^\s+(?:Running (?:unittests )?(\S+) \(|Doc-tests )/u.exec(line);
  if (program !== null) {
    run.file = program[1] ?? null;
    return;
  }
  const died = /process didn't exit successfully: .{0,1000}\((signal: [^)]{1,80})\)/u.exec(line);
  if (died !== null) {
    const told = { parts: [run.file ?? "cargo test"], file: run.file };
    run.outcomes.push(
      failed({ ...told, headline: `panic: the program ended by ${died[1]}`, body: line }),
    );
    return;
  }
  const test = /^test (.{1,1000}?)( - should panic)? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/u.exec(
    line,
  );
  if (test === null) return;
  const [, name = "", , result, why = ""] = test;
  const isDoc = name.includes(" - ") || name.includes(" (line ");
  const told = {
    parts: isDoc ? [name] : name.split("::"),
    file: isDoc ? (/^\S+\.rs/u.exec(name)?.[0] ?? run.file) : run.file,
  };
  if (result === "ok") run.outcomes.push(passed(told));
  else if (result === "ignored") run.outcomes.push(skipped({ ...told, why }));
  else
    run.outcomes.push(failed({ ...told, headline: run.words.get(name) ?? "panicked", body: "" }));
}

function wordsByTest(lines: readonly string[]): Map<string, string> {
  const words = new Map<string, string>();
  let name: string | null = null;
  let said: string[] = [];
  const keep = () => {
    if (name !== null) words.set(name, said.join("\n").trim());
    said = [];
  };
  for (const line of lines) {
    const head = /^---- (.{1,1000}) stdout ----$/u.exec(line);
    const isEnd = /^(?:failures:|test result: )/u.test(line);
    if (head !== null || isEnd) {
      keep();
      name = head?.[1] ?? null;
    } else if (name !== null && !/^(?:stack backtrace:|\s+\d+: |\s+at )/u.test(line))
      said.push(line);
  }
  keep();
  return words;
}

/** One broken outcome for each file with an error of the compiler; for a crate where it shows no place. */
function compilerFaults(text: string): readonly TestOutcome[] {
  const byFile = new Map<string, string[]>();
  for (const block of text.split(/\n\n+/u)) {
    const from = block.search(
      /^error(?:\[E\d+\])?: (?!could not compile|aborting|test failed|\d+ targets? failed)/mu,
    );
    if (from < 0) continue;
    const said = block.slice(from);
    const file = /^ *--> ([^\n]{1,500}?):\d+:\d+$/mu.exec(said)?.[1];
    if (file !== undefined) byFile.set(file, [...(byFile.get(file) ?? []), said]);
  }
  if (byFile.size > 0) {
    return [...byFile].map(([file, blocks]) =>
      broken({ parts: [file], file, headline: blocks.join("\n\n"), body: "" }),
    );
  }
  const crate = /^error: could not compile (`[^`\n]{1,200}`(?: \([^)\n]{1,200}\))?)/mu.exec(text);
  if (crate === null) return [];
  return [broken({ parts: [crate[1] ?? ""], file: null, headline: text, body: "" })];
}
