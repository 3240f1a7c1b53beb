import { readCargoText } from "./cargo-text.ts";
import { readGoJson } from "./go-json.ts";
import { readJsonReport } from "./json-reports.ts";
import { readJunit } from "./junit.ts";
import { readTap } from "./tap.ts";
import { withoutColours, type TestOutcome } from "./test-outcome.ts";

/** How a test program says what its tests did. */
export type ReportFormat = "junit" | "vitest-json" | "jest-json" | "go-json" | "cargo-text" | "tap";

/**
 * What each test of a report did, in the report's order. Empty: the program ran and had no test. Null: not a report of
 * this format; then only the exit code is known. The report may stand among other output. Never throws.
 */
export function readTestReport(format: ReportFormat, text: string): readonly TestOutcome[] | null {
  switch (format) {
    case "junit":
      return readJunit(text);
    case "vitest-json":
    case "jest-json":
      return readJsonReport(text);
    case "go-json":
      return readGoJson(text);
    case "cargo-text":
      return readCargoText(withoutColours(text));
    case "tap":
      return readTap(withoutColours(text));
  }
}
