import { join } from "node:path";
import { exitCodeOf } from "../../core/report/exit-code.ts";
import type { Command } from "../../core/run/commands.ts";
import type { Run } from "../../core/run/run.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { finish } from "./end-of-run.ts";
import { hostHere, lockFor, projectFor, sayWhereItStands } from "./hosting.ts";
import { HOSTING_OPTIONS } from "./hosting-options.ts";

export const command: CommandModule = {
  args: [],
  options: [
    ...HOSTING_OPTIONS.filter((option) => option.flags === "--metrics"),
    { flags: "--parallel <n>", meaning: "From here on, let this many agent sessions live at once" },
    { flags: "--budget <usd>", meaning: "From here on, let the whole run cost at most this" },
    {
      flags: "--budget-day <usd>",
      meaning: "From here on, let all runs here cost at most this from midnight to midnight",
    },
    { flags: "--budget-task <usd>", meaning: "From here on, let each task cost at most this" },
    {
      flags: "--budget-session <usd>",
      meaning: "From here on, let each session cost at most this",
    },
    { flags: "--after-panic", meaning: "Go on although the run was stopped by a panic" },
    { flags: "--acknowledge", meaning: "Go on after a critical stop: its cause is dealt with" },
  ],
  run: async (context) => {
    const project = await projectFor(context);
    const { noRuns } = await import("../../host/open-run.ts");
    if (!project.hasStore()) throw noRuns();
    const runs = await import("../../host/runs.ts");
    const store = await project.openStore();
    const run = runs.requireNewestRun(store);
    const { commandFromHere } = await import("../../host/host-run.ts");
    const wish = commandFromHere("resume", null, {
      afterPanic: isOn(context.options, "afterPanic"),
      acknowledge: isOn(context.options, "acknowledge"),
      ...changesAskedFor(context.options),
    });
    if (run.status === "halted") await refuseHalted(run, wish);
    await lockFor(context, project, store, run.id);
    if (isOn(context.options, "afterPanic")) {
      const raised = store.read(run.id, 0).findLast((event) => event.type === "PanicRaised");
      await forgetPanicFile(project.cairnFolder, raised?.at ?? null);
    }
    await sayWhereItStands(context, run);
    // A word that was said after the end, such as a retry, opens the run again.
    const isAsked = store.pending(run.id, run.commandsTaken).length > 0;
    if (!runs.isOpenRun(run) && !isAsked) {
      context.tell(`The run ${run.id} is ${run.status}; there is nothing to go on with.`);
      // Its engine may have died between the last event and the tidying up.
      await finish({ context, project, store, run }, run);
      return exitCodeOf(run, false);
    }
    const isStopped =
      run.status === "paused" || run.status === "waiting" || run.status === "halted";
    const isSaid = isStopped || wish.flags.settings !== undefined;
    return hostHere({
      context,
      project,
      store,
      run,
      ...(isSaid
        ? {
            first: (id: string) => void store.post(id, project.clock.now(), wish),
          }
        : {}),
    });
  },
};

const BUDGET_OPTIONS = [
  ["budget", "runUsd"],
  ["budgetDay", "dayUsd"],
  ["budgetTask", "taskUsd"],
  ["budgetSession", "sessionUsd"],
] as const;

/** What is to be other than the run was begun with; everything else stays frozen in its log. */
function changesAskedFor(options: CommandContext["options"]): Pick<Command["flags"], "settings"> {
  const parallel = numberOption(options, "parallel");
  const budget = Object.fromEntries(
    BUDGET_OPTIONS.flatMap(([name, key]) => {
      const usd = numberOption(options, name);
      return usd === null ? [] : [[key, usd] as const];
    }),
  );
  const hasBudget = Object.keys(budget).length > 0;
  if (parallel === null && !hasBudget) return {};
  return {
    settings: {
      ...(parallel === null ? {} : { parallel }),
      ...(hasBudget ? { budget } : {}),
    },
  };
}

function numberOption(options: CommandContext["options"], name: string): number | null {
  const text = textOption(options, name);
  if (text === null) return null;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UserError("cli/usage", `${flag} takes a number, not ${text}.`, {
    hints: [`For example: cairn resume ${flag} ${name === "parallel" ? "3" : "150"}`],
  });
}

/**
 * What a panic that the log knows has left. A newer one was raised by somebody whom nobody has heard yet.
 * @throws UserError `run/halted`
 */
async function forgetPanicFile(cairnFolder: string, raisedAt: number | null): Promise<void> {
  const { rm, stat } = await import("node:fs/promises");
  const file = join(cairnFolder, "PANIC");
  const made = await stat(file).catch(() => null);
  if (made === null) return;
  if (raisedAt === null || made.mtimeMs > raisedAt) {
    const than =
      raisedAt === null ? "no panic is in the log" : "it is newer than the panic in the log";
    throw new UserError(
      "run/halted",
      `There is a file .cairn/PANIC, and ${than}: somebody raised another one.`,
      {
        hints: [
          "Kill and halt by it: cairn panic",
          "When you are sure that it is over: rm .cairn/PANIC, then cairn resume --after-panic",
        ],
        exitCode: ExitCode.failures,
      },
    );
  }
  await rm(file, { force: true });
}

/** A stop that a person must acknowledge is not passed by opening the engine. */
async function refuseHalted(run: Run, wish: Command): Promise<void> {
  const { judge } = await import("../../composition/views.ts");
  const verdict = await judge(run, wish);
  if (verdict.accepted) return;
  throw new UserError("run/halted", verdict.answer, {
    hints: ["See what happened: cairn report"],
    exitCode: exitCodeOf(run, false),
  });
}
