import { exitCodeOf } from "../../core/report/exit-code.ts";
import { UserError } from "../../errors.ts";
import type { CommandModule } from "../command-module.ts";
import { openProgress } from "../render/live.ts";
import { progressMode } from "../render/terminal.ts";
import { followRun } from "./follow.ts";
import { lastWordsIn } from "./session-files.ts";
import { lookFor, RUN_OPTION, withRun } from "./with-run.ts";

/** Shows a run that another process works on; Ctrl-C only leaves. Ends with the run's exit code. */
export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) =>
    withRun(context, async (reader) => {
      if (reader.engine() === null) {
        throw new UserError(
          "run/not-live",
          `Nobody works on the run ${reader.run.id}; it stands at ${reader.run.status}.`,
          {
            hints: ["See where it stands: cairn status", "Let it go on: cairn resume"],
            exitCode: exitCodeOf(reader.run, false),
          },
        );
      }
      const progress = await openProgress({
        mode: progressMode(
          context.globals.json ? "json" : context.globals.progress,
          { isTTY: context.terminal.stdout },
          context.env,
        ),
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
      const followed = await followRun(reader, (events) => progress.take(reader.run, events));
      progress.end(reader.run);
      if (followed === "left") context.tell("Left; the run goes on. Back to it: cairn attach");
      return exitCodeOf(reader.run, followed === "left");
    }),
};
