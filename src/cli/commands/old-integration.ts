import type { OldIntegration } from "../../composition/old-integration.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import { formatDuration, plural } from "../../core/report/words.ts";
import { ExitCode, UserError } from "../../errors.ts";
import type { ReadPlan } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";

/**
 * Before a run begins: its integration branch is there already and old. A person at a terminal says whether it goes or
 * the run goes on from it; where nobody can be asked it goes on, which loses nothing.
 * @throws UserError `cli/declined` (exit 3) when the question is left; `run/open` when a run was begun meanwhile.
 */
export async function settleOldIntegration(
  context: CommandContext,
  project: OpenedProject,
  read: ReadPlan,
): Promise<void> {
  const old = await project.oldIntegration(read);
  if (old === null) return;
  if (!canAsk(context, read)) {
    if (context.globals.progress !== "quiet") context.tell(`${whatIsThere(old)} ${goesOn(old)}`);
    return;
  }
  if ((await ask(old)) === "resume") return;
  await drop(context, project, { read, old });
}

function canAsk({ terminal, globals }: CommandContext, read: ReadPlan): boolean {
  return read.settings.mode === "interactive" && terminal.stdin && terminal.stdout && !globals.json;
}

function whatIsThere({ branch, target, on, ageMs, ahead }: OldIntegration): string {
  const where = on === null ? "" : ` on ${on}`;
  const what =
    ahead === 0
      ? `with nothing that ${target} lacks`
      : `with ${plural(ahead, "commit")} that ${target} lacks`;
  return `${branch} is there already${where}, ${what}; the newest commit is ${formatDuration(ageMs)} old.`;
}

function goesOn({ branch }: OldIntegration): string {
  return `The run goes on from ${branch} as it is.`;
}

async function ask(old: OldIntegration): Promise<"resume" | "delete"> {
  const { isCancel, select } = await import("@clack/prompts");
  const kept = `begin anew from ${old.target}; its commits are kept under refs/cairn/old/`;
  const closes = old.on === null ? "" : ", and GitHub closes pull requests into it";
  const answer = await select<"resume" | "delete">({
    message: whatIsThere(old),
    initialValue: "resume",
    options: [
      { value: "resume", label: "resume", hint: "go on from it" },
      { value: "delete", label: "delete", hint: `${kept}${closes}` },
    ],
  });
  if (!isCancel(answer)) return answer;
  throw new UserError("cli/declined", "Nothing was changed.", { exitCode: ExitCode.stopped });
}

/** Under the lock, and looked at again: the question may have stood open while another terminal began a run. */
async function drop(
  context: CommandContext,
  project: OpenedProject,
  { read, old }: { readonly read: ReadPlan; readonly old: OldIntegration },
): Promise<void> {
  const runs = await import("../../host/runs.ts");
  const store = await project.openStore();
  try {
    const id = runs.newRunId(store, read.plan, project.clock.now());
    const lock = await project.lock(store, id, context.commandLine);
    if ("heldBy" in lock) throw runs.otherEngine(lock.heldBy);
    try {
      const newest = runs.newestRun(store);
      if (newest !== null && runs.isOpenRun(newest)) throw runs.anotherIsOpen(newest);
      const end = await old.drop().catch((error: unknown) => {
        throw beforeTheRun(error);
      });
      context.tell(
        end.kind === "deleted"
          ? `${old.branch} is deleted; its commits are kept as ${end.keptAs}.`
          : `${end.why} ${goesOn(old)}`,
      );
    } finally {
      lock.release();
    }
  } finally {
    store.close();
  }
}

/** There is no run yet that could be resumed. */
function beforeTheRun(error: unknown): unknown {
  if (!(error instanceof UserError) || error.code !== "workspace/branch-in-use") return error;
  return new UserError(error.code, `${error.message} It was not deleted.`, {
    hints: ["Switch that checkout to another branch (`git switch --detach`), then run again."],
    cause: error,
  });
}
