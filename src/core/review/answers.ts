import type { AgentReport, Finding } from "../execute/agent-report.ts";
import type { CommitSha } from "../shared/names.ts";
import { applyDeclined } from "./declined.ts";

/** What is written below a reviewer's thread when its finding was worked on. */
export interface ThreadAnswer {
  readonly key: string;
  readonly threadId: string;
  readonly body: string;
  /** The thread is marked as resolved: only where the finding was mended. A dispute stays to be seen. */
  readonly resolves: boolean;
}

const SHORT_SHA = 7;
const WORDS_MAX = 600;

/** One answer for each finding that has a thread: where it was mended, or why it was left as it is. */
export function answersFor(
  findings: readonly Finding[],
  report: Pick<AgentReport, "declined">,
  head: CommitSha,
): readonly ThreadAnswer[] {
  const { declined, open } = applyDeclined(findings, report);
  const fixed = `Fixed in ${head.slice(0, SHORT_SHA)}.`;
  return [
    ...open.flatMap((finding) => answer(finding, fixed, true)),
    ...declined.flatMap(({ finding, why }) =>
      answer(finding, `Left as it is, on purpose: ${asPlainWords(why)}`, false),
    ),
  ];
}

function answer(finding: Finding, body: string, resolves: boolean): readonly ThreadAnswer[] {
  const { key, threadId } = finding;
  return key === undefined || threadId === undefined ? [] : [{ key, threadId, body, resolves }];
}

/** An agent's words call nobody and command no bot (`@name resolve`), and hide nothing from whoever reads them. */
function asPlainWords(words: string): string {
  const plain = words
    .replaceAll(/[<>]/gu, " ")
    .replaceAll(/@(?=[\p{L}\p{N}])/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
  return plain.length > WORDS_MAX ? `${plain.slice(0, WORDS_MAX - 1).trimEnd()}…` : plain;
}
