import { decisionsOf, withIt } from "../core/report/decisions.ts";
import { haltedForSecrets } from "../core/report/halted-for-secrets.ts";
import type { StoredEvent } from "../core/run/events.ts";
import type { Run } from "../core/run/run.ts";
import { nextCommands } from "./next-commands.ts";
import { questionsOf } from "./question-json.ts";

/** So many of one kind are named; the report has all of them. */
const NAMED_MAX = 20;
const NEXT_MAX = 3;

export interface EndSummaryOptions {
  /** The questions stand on the screen already, in the last picture of the tree. */
  readonly questionsShown: boolean;
}

/**
 * What the terminal says when the engine has come to rest: how far it came, what was decided without a person and why,
 * what failed, what waits for a person, and what to type next.
 */
export function endSummary(
  run: Run,
  events: Iterable<StoredEvent>,
  options: EndSummaryOptions,
): readonly string[] {
  const why = run.haltReason ?? run.landingRefused;
  const alert = haltedForSecrets(run);
  const opened = run.landed === null && why === null ? run.landingPullRequest : null;
  return [
    headOf(run),
    ...(opened === null
      ? []
      : [`Pull request #${opened.number} lands it; a person merges it: ${opened.url ?? ""}`]),
    ...(why === null ? [] : [why]),
    ...(alert.length === 0 ? [] : ["", ...alert, ""]),
    ...listed(
      "Decided without a person:",
      decisionsOf(run, events).map(({ task, words }) => ({ who: task ?? "The run", words })),
    ),
    ...listed("Failed:", failures(run)),
    ...(options.questionsShown ? [] : listed("Waits for a person:", waits(run))),
    ...nextCommands(run, false)
      .slice(0, NEXT_MAX)
      .map((command) => `  next: ${command}`),
  ];
}

function headOf(run: Run): string {
  const where =
    run.landed === null
      ? `on ${run.settings.integrationBranch}; the run is ${run.status}`
      : `and landed on ${run.landed.target} as ${run.landed.commit.slice(0, 10)}`;
  return `${run.merged.length} of ${run.tasks.size} merged ${where}.`;
}

/** One thing to say: about whom, what, and what may be done about it. */
interface Entry {
  readonly who: string;
  readonly words: string;
  readonly below?: string;
}

function failures(run: Run): readonly Entry[] {
  return [...run.tasks.values()].flatMap(({ key, status, reason, detail }) =>
    status === "failed"
      ? [{ who: key, words: `${reason ?? "failed"}: ${detail ?? ""}${withIt(run, key)}` }]
      : [],
  );
}

function waits(run: Run): readonly Entry[] {
  return questionsOf(run).map(({ task, text, commands, options, default: usual }) => {
    const typed = commands.map((command, index) =>
      options[index] === usual ? `${command} (default)` : command,
    );
    return { who: task ?? "The run", words: text, below: typed.join(", ") };
  });
}

function listed(title: string, entries: readonly Entry[]): readonly string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, NAMED_MAX);
  const width = Math.max(...shown.map(({ who }) => who.length));
  const left = entries.length - shown.length;
  return [
    title,
    ...shown.flatMap(({ who, words, below }) => [
      // One line each, whatever an agent has written; everything is in the report.
      `  ${who.padEnd(width)}  ${words.replaceAll(/\s+/g, " ").trim()}`,
      ...(below === undefined ? [] : [`  ${"".padEnd(width)}  ${below}`]),
    ]),
    ...(left > 0 ? [`  and ${left} more: cairn report`] : []),
  ];
}
