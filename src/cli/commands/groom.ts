import { ExitCode } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { renderGroomed } from "./groom-lines.ts";
import type { GroomShown } from "./groom-lines.ts";
import { projectFor } from "./hosting.ts";

/** Writes a dispatch plan of any source, with conflict groups, and proposes splits and gaps; no agent is asked. */
export const command: CommandModule = {
  args: [{ words: "<source...>", meaning: "Plan in any form, or a dispatch plan to groom again" }],
  options: [
    {
      flags: "--output <file>",
      meaning: "Write this file instead of the one `sources.dispatch` names",
    },
    { flags: "--force", meaning: "Write over a file that is no dispatch plan" },
    { flags: "--dry-run", meaning: "Show everything and write nothing" },
  ],
  run: (context) => groom(context),
};

async function groom(context: CommandContext): Promise<ExitCode> {
  const [project, { groomMilestone }] = await Promise.all([
    projectFor(context),
    import("../../composition/groom.ts"),
  ]);
  const groomed = await groomMilestone(
    {
      root: project.root,
      cairnFolder: project.cairnFolder,
      directory: context.directory,
      config: project.loaded.config,
    },
    {
      source: context.args,
      output: textOption(context.options, "output"),
      force: isOn(context.options, "force"),
      dryRun: isOn(context.options, "dryRun"),
    },
  );
  const { plan, waves, file, outcome, splits, gaps, kept, changed, gates } = groomed;
  const shown: GroomShown = {
    title: plan.milestone.title,
    reference: plan.source.reference,
    issues: plan.issues.filter(({ state, done }) => state === "open" && !done).length,
    waves,
    gates,
    groups: plan.conflictGroups,
    splits,
    gaps,
    kept,
    changed,
  };
  const next = `cairn run ${quoted(file)}`;
  if (context.globals.json) {
    context.out(JSON.stringify({ schemaVersion: 1, file, outcome, ...shown, next }, null, 2));
    return ExitCode.done;
  }
  const { columns: width } = context.terminal;
  context.out(renderGroomed(shown, { width, colour: context.colour }));
  context.out(`\n${OUTCOMES[outcome](file)}`);
  const critical = plan.findings.filter(({ severity }) => severity === "critical").length;
  if (critical > 0)
    context.tell(
      `${critical === 1 ? "One critical finding" : `${critical} critical findings`} would stop a run: cairn plan ${quoted(plan.source.reference)}`,
    );
  context.tell(`Look it over, and change what you know better: it is kept when you groom again.`);
  context.tell(`  next: ${next}`);
  return ExitCode.done;
}

const OUTCOMES = {
  written: (file: string) => `Wrote ${file}.`,
  unchanged: (file: string) => `${file} says all of this already.`,
  shown: (file: string) => `Nothing was written; without --dry-run it would be ${file}.`,
} as const;

/** For a shell, where the name needs it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
