import { shortCommit } from "../core/report/words.ts";
import type { Run, Task } from "../core/run/run.ts";
import { quotedLine } from "./quoted-words.ts";

const TESTS_SHOWN = 10;

/** The evidence for how the work came to be, as a section of the pull request; nothing where nothing was measured. */
export function proofSection(run: Run, task: Task): readonly string[] {
  const { proof } = task;
  if (proof === null || run.settings.discipline === undefined) return [];
  const title = ["## Test-driven development", ""];
  if (proof.verdict === "exempt") return [...title, `Exempt: ${quotedLine(proof.why ?? "")}`, ""];
  const rows = proof.steps.map(({ subject, tests, red, green, isProven }) => {
    const names = tests.slice(0, TESTS_SHOWN).map(cell).join("<br>");
    const more = tests.length > TESTS_SHOWN ? ` and ${tests.length - TESTS_SHOWN} more` : "";
    const shown = names === "" ? "by exit code" : `${names}${more}`;
    const greenAt = green === null ? "–" : shortCommit(green);
    return `| ${cell(subject)}${isProven ? "" : " (not proven)"} | ${shown} | ${shortCommit(red)} | ${greenAt} |`;
  });
  const table =
    rows.length === 0
      ? []
      : ["| Step | Tests | Red at | Green at |", "| --- | --- | --- | --- |", ...rows, ""];
  const revert =
    proof.revert === "red"
      ? ["With the change of the source taken back, the new tests fail.", ""]
      : [];
  const noted = proof.noted.map((words) => `- ${quotedLine(words)}`);
  return [...title, ...table, ...revert, ...noted, ...(noted.length === 0 ? [] : [""])];
}

/** Words of an agent in a cell: no bar of theirs may end it. */
function cell(words: string): string {
  return quotedLine(words).replaceAll("|", String.raw`\|`);
}
