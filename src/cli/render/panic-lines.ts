import type { PanicAftermath, PanicEnd } from "../../api/panic-end.ts";

/** What a panic did, for somebody who is tired: what is dead, what is kept, what to do now. */
export function panicLines(end: PanicEnd): readonly string[] {
  const { killed, left, deadMs, run } = end;
  const seconds = `${(deadMs / 1000).toFixed(1)} s`;
  return [
    left.length === 0
      ? `Everything is dead after ${seconds}: ${processes(killed)} killed, none left.`
      : `${processes(killed)} killed. These did not die: ${left.join(", ")}. To see what they are: ps -fp ${left.join(",")}`,
    ...(run === null
      ? ["No milestone was run here yet; there is no run to halt."]
      : stateLines(end)),
  ];
}

function stateLines({ run, state, engine, enginePid }: PanicEnd): readonly string[] {
  if (state === "silent")
    return [
      `The engine of ${run} (process ${enginePid}) does not answer; it belongs to another user, or it cannot be told for sure from one that got its number since. It can start nothing while .cairn/PANIC is there.`,
      `  See what it is: ps -fp ${enginePid}   To end it: sudo kill -9 ${enginePid}`,
    ];
  if (state === "over") return [`The run ${run} was over already; nothing is halted.`];
  const by = {
    answered: "by its engine",
    killed: `in its log; its engine (process ${enginePid}) did not answer and was killed`,
    silent: "",
    none: "in its log; no engine was at work",
  }[engine];
  return [
    `The run ${run} is halted ${by}. Nothing new starts.`,
    "Kept: worktrees, branches, and all that is in the log. No attempt and no round is counted.",
  ];
}

/** What is done about the pull requests; nothing where there is nothing to be done. */
export function draftLines({ drafts, isLeftToEngine, trouble }: PanicAftermath): readonly string[] {
  const done = drafts.map((number) => `#${number}`).join(", ");
  return [
    ...(isLeftToEngine
      ? ["Its engine puts open pull requests of unfinished tasks back to draft."]
      : []),
    ...(done === "" ? [] : [`Drafts now: ${done}.`]),
    ...(trouble === null
      ? []
      : [`Pull requests could not be put back to draft: ${trouble} It is tried again on resume.`]),
  ];
}

/** What to do now, and what may be done about the token. */
export function nextLines(end: PanicEnd, { token }: PanicAftermath): readonly string[] {
  const next = [
    "",
    "Next:",
    "  cairn report                 what happened until then",
    "  cairn resume --after-panic   go on, when you are sure",
    "  cairn cancel --run           give the run up",
  ];
  const revoke =
    token === null
      ? []
      : [
          "",
          `Cairn gives its token to no agent. If it may have leaked all the same, revoke ${token.which}:`,
          ...token.commands.map((command) => `  ${command}`),
          ...(token.page === null ? [] : [`  by hand: ${token.page}`]),
        ];
  return [...(end.state === "halted" ? next : []), ...revoke];
}

function processes(count: number): string {
  return count === 1 ? "1 process" : `${count} processes`;
}
