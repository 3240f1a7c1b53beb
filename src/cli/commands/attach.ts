import { exitCodeOf } from "../../core/report/exit-code.ts";
import { UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandModule } from "../command-module.ts";
import { openProgress, type Progress } from "../render/live.ts";
import { progressMode } from "../render/terminal.ts";
import { followRun } from "./follow.ts";
import { lastWordsIn } from "./session-files.ts";
import { openTyping, readTyped } from "./typed-words.ts";
import { lookFor, RUN_OPTION, withRun } from "./with-run.ts";

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
      const progress = await openProgress({
        mode,
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
      const typing =
        mode === "tty" && context.terminal.stdin ? listen(reader, progress, leave) : null;
      const followed = await followRun(reader, (events) => progress.take(reader.run, events), {
        leave: leave.signal,
      });
      typing?.close();
      progress.end(reader.run);
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

function listen(reader: RunReader, progress: Progress, leave: AbortController): { close(): void } {
  return openTyping(process.stdin, {
    show: (line) => progress.say(line),
    leave: () => leave.abort(),
    enter: (line) => {
      progress.say("…");
      send(reader, line).then(
        (answer) => progress.say(answer),
        (error: unknown) => progress.say(error instanceof Error ? error.message : String(error)),
      );
    },
  });
}

async function send(reader: RunReader, line: string): Promise<string> {
  const word = readTyped(line);
  if (typeof word === "string") return word;
  const views = await import("../../composition/views.ts");
  // A reader of its own: the view must see every event that this one reads while it waits.
  const own = views.openView(reader.root, reader.run.id);
  try {
    const sent = await views.say(own, word);
    return "answer" in sent ? sent.answer : "Stored; the run has not answered yet.";
  } finally {
    own.close();
  }
}
