// Ends the output of `npm test` with one plain line that people and CI can read: `12 passed, 0 failed`.
import type { Reporter, SerializedError, TestModule } from "vitest/node";
import { realAgentsLine } from "../../scripts/real-agents-line.ts";

/** Prints, after vitest's own table, what was left out and how many tests passed and failed. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    console.log(`${realAgentsLine()}\n${summaryLine(modules, unhandledErrors)}`);
  }
}

/** Counts tests by outcome. A file that does not load has no tests: its error counts as a failure. */
export function summaryLine(
  modules: readonly Pick<TestModule, "children" | "errors">[],
  unhandledErrors: readonly unknown[],
): string {
  const states = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => test.result().state),
  );
  const count = (state: string): number => states.filter((each) => each === state).length;
  const broken = modules.reduce((sum, module) => sum + module.errors().length, 0);
  // A test without an outcome was cut off: it proves nothing, so it has failed.
  const failed = count("failed") + count("pending") + broken + unhandledErrors.length;
  const skipped = count("skipped");
  const ending = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${count("passed")} passed, ${failed} failed${ending}`;
}
