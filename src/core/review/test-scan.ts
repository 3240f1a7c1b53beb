import type { Finding } from "../execute/agent-report.ts";
import { lineAt } from "../shared/written-tests/code-range.ts";
import { maskCode, type MaskedCode } from "../shared/written-tests/masked-code.ts";
import { unprovingTests } from "./test-scan/assertions.ts";
import type { Hit } from "./test-scan/hit.ts";
import { containersIn, databasesIn } from "./test-scan/needed-services.ts";
import { requestsIn } from "./test-scan/network.ts";
import { waitsIn } from "./test-scan/waits.ts";

/**
 * What a test file does that a test should not: start containers, connect to databases, sleep above a second, leave the
 * machine, assert nothing. By its text alone, so that it says only what is written there; the rest is for the test
 * checker. Languages that are not known give nothing. By line.
 */
export function scanTests(path: string, text: string): readonly Finding[] {
  const masked = maskCode(path, text);
  if (masked === null) return [];
  const hits = [containersIn, databasesIn, waitsIn, requestsIn]
    .flatMap((scan) => scan(masked))
    .map((hit) => asFinding(path, masked, hit));
  return [...hits, ...assertionFindings(path, masked)].toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
}

function asFinding(path: string, { text }: MaskedCode, { at, severity, message }: Hit): Finding {
  return { source: "cairn", severity, file: path, line: lineAt(text, at), message };
}

function assertionFindings(file: string, masked: MaskedCode): readonly Finding[] {
  return unprovingTests(masked).map(({ line, kind, name }): Finding => {
    const base = { source: "cairn", file, line } as const;
    switch (kind) {
      case "none":
        return {
          ...base,
          severity: "major",
          message: `The test "${name}" asserts nothing. Assert what must be true afterwards: a value, a state, an error.`,
        };
      case "unreached":
        return {
          ...base,
          severity: "critical",
          message: `No assertion of the test "${name}" can fail it: none is reached, or its failure is caught. Let the assertion run and its error out.`,
        };
      case "snapshots":
        return {
          ...base,
          severity: "minor",
          message: `The test "${name}" compares only with a snapshot. Assert the values that matter by name, so that a wrong snapshot is not simply taken over.`,
        };
    }
  });
}
