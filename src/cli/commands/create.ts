import { ExitCode } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { renderCreated } from "../render/created.ts";
import { limitWords, projectFor } from "./hosting.ts";
import { lookFor } from "./with-run.ts";

/** Makes a milestone with issues, labels and dependencies on GitHub out of any plan; the second time nothing is written. */
export const command: CommandModule = {
  args: [{ words: "<source...>", meaning: "Plan in any form: a file, a milestone folder" }],
  options: [
    { flags: "--title <title>", meaning: "Call the milestone so, in place of the plan's title" },
    { flags: "--dry-run", meaning: "Show what would be made and write nothing" },
  ],
  run: (context) => create(context),
};

async function create(context: CommandContext): Promise<ExitCode> {
  const [project, { createMilestone }] = await Promise.all([
    projectFor(context),
    import("../../composition/create-milestone.ts"),
  ]);
  const dryRun = isOn(context.options, "dryRun");
  const created = await createMilestone(
    {
      root: project.root,
      cairnFolder: project.cairnFolder,
      directory: context.directory,
      config: project.loaded.config,
      env: context.env,
      clock: project.clock,
      onLimit: (until, words) => context.tell(limitWords(until, words)),
    },
    {
      source: context.args,
      title: textOption(context.options, "title"),
      dryRun,
      onStep: (words) => context.tell(words),
    },
  );
  const next = created.number === null ? null : `cairn run ${quoted(created.title)}`;
  if (context.globals.json) {
    context.out(JSON.stringify({ schemaVersion: 1, dryRun, ...created, next }, null, 2));
    return ExitCode.done;
  }
  context.out(renderCreated(created, dryRun, lookFor(context)));
  if (next !== null && !dryRun) context.tell(`  next: ${next}`);
  return ExitCode.done;
}

/** For a shell, where the name needs it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
