import { exitCodeOf } from "../../core/report/exit-code.ts";
import { UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandModule } from "../command-module.ts";
import { openProgress } from "../render/live.ts";
import { progressMode } from "../render/terminal.ts";
import { alertLines } from "./alert-lines.ts";
import { followRun } from "./follow.ts";
import { hasKeyboard } from "./keyboard.ts";
import { lastWordsIn } from "./session-files.ts";
import { listenToWords } from "./typed-words.ts";
import { lookFor, RUN_OPTION, withRun } from "./with-run.ts";

/** Shown where nothing is typed yet. */
const HINT = "help shows the words; Ctrl-C leaves, the run goes on";

/** Shows a run that another process works on and takes words for it; Ctrl-C only leaves. Ends with the run's exit code. */
export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) =>
    withRun(context, async (reader) => {
      if (reader.engine() === null) throw nobodyThere(reader);
      const mode = progressMode(
        context.globals.json ? "json" : context.globals.progress,
        { isTTY: context.terminal.stdout, columns: context.terminal.columns },
        context.env,
      );
      const canType = mode === "tty" && context.terminal.stdin && hasKeyboard(process.stdin);
      const progress = await openProgress({
        mode,
        ...(canType ? { typing: { hint: () => HINT } } : {}),
        run: reader.run,
        out: process.stdout,
        err: process.stderr,
        look: lookFor(context),
        now: Date.now,
        engine: () => reader.engine(),
        lastWords: await lastWordsIn(reader),
        annotate: context.env["GITHUB_ACTIONS"] === "true",
      });
      progress.prime(reader.events());
      const leave = new AbortController();
      const away = (): void => leave.abort();
      const { root, run } = reader;
      const typed = { root, run: () => run, progress, interrupt: away, leave: away };
      const keyboard = canType ? listenToWords(typed) : null;
      const followed = await followRun(reader, (events) => progress.take(reader.run, events), {
        leave: leave.signal,
      });
      keyboard?.close();
      progress.end(reader.run);
      if (mode === "tty" || mode === "plain")
        for (const line of alertLines(reader.run)) context.tell(line);
      if (followed === "left") context.tell("Left; the run goes on. Back to it: cairn attach");
      return exitCodeOf(reader.run, followed === "left");
    }),
};

function nobodyThere(reader: RunReader): UserError {
  const { id, status } = reader.run;
  return new UserError("run/not-live", `Nobody works on the run ${id}; it stands at ${status}.`, {
    hints: ["See where it stands: cairn status", "Let it go on: cairn resume"],
    exitCode: exitCodeOf(reader.run, false),
  });
}
