import type { AgentReport, Finding } from "../execute/agent-report.ts";

/** A finding that a fixer holds to be wrong, with its words for whoever wrote it. */
export interface DeclinedFinding {
  readonly finding: Finding;
  readonly why: string;
}

/**
 * What a fixer declined of what it was given, and what is still to be mended. Only a reviewer's finding may be declined:
 * red checks, people's requests and Cairn's own findings stay open whatever a report says of them.
 */
export function applyDeclined(
  findings: readonly Finding[],
  report: Pick<AgentReport, "declined">,
): { readonly declined: readonly DeclinedFinding[]; readonly open: readonly Finding[] } {
  const words = new Map<string, string>();
  for (const { finding, why } of report.declined ?? []) {
    const key = asSpoken(finding);
    if (!words.has(key) && why.trim() !== "") words.set(key, why);
  }
  const declined: DeclinedFinding[] = [];
  const open: Finding[] = [];
  for (const finding of findings) {
    const why =
      finding.source === "reviewer" && finding.key !== undefined
        ? words.get(asSpoken(finding.key))
        : undefined;
    if (why === undefined) open.push(finding);
    else declined.push({ finding, why });
  }
  return { declined, open };
}

/** Agents copy a key from between marks, and take some of the marks along. */
function asSpoken(key: string): string {
  return key.replaceAll(/[`'"\s]+/gu, " ").trim();
}
