import type { Finding } from "./agent-report.ts";
import type { GateResult } from "./gates.ts";

/**
 * What of the red gates is held against the work: everything that the baseline, the same commands on the target branch
 * before the run, did not show. A gate that was red before and whose failures cannot be read is not held against it.
 */
export function judgeGates(
  results: readonly GateResult[],
  baseline: readonly GateResult[] | null,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const result of results) {
    if (result.ok) continue;
    const before = baseline?.find((known) => known.name === result.name);
    if (before === undefined || before.ok) findings.push(...asFindings(result, result.failures));
    else {
      const added = result.failures.filter((failure) => !before.failures.includes(failure));
      if (added.length > 0) findings.push(...asFindings(result, added));
    }
  }
  return findings;
}

/** At most this many failures of one gate become findings; the rest is in the transcript. */
const FAILURES_MAX = 20;

function asFindings(result: GateResult, failures: readonly string[]): readonly Finding[] {
  const base = { source: "gate", severity: "critical" } as const;
  if (failures.length === 0) {
    return [
      {
        ...base,
        file: null,
        line: null,
        message: `Gate ${result.name} failed (${howItEnded(result)}).\n${result.tail}`,
      },
    ];
  }
  return failures.slice(0, FAILURES_MAX).map((failure) => {
    const place = /^([^\s:]+):(\d+)/.exec(failure);
    return {
      ...base,
      file: place?.[1] ?? null,
      line: place === null ? null : Number(place[2]),
      message: `Gate ${result.name}: ${failure}`,
    };
  });
}

function howItEnded(result: GateResult): string {
  switch (result.problem) {
    case "timeout":
      return "over its time limit";
    case "output":
      return "over its output limit";
    case "not-found":
      return "command not found";
    case "ended":
      return "ended by a signal";
    case null:
      return `exit code ${result.exitCode}`;
  }
}
