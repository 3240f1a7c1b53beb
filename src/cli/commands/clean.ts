import type { Cleanable, CleanEnd } from "../../composition/clean.ts";
import { plural } from "../../core/report/words.ts";
import { ExitCode } from "../../errors.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn } from "../options.ts";
import { askFirst } from "./ask.ts";

export const command: CommandModule = {
  args: [],
  options: [
    { flags: "--dry-run", meaning: "Show what would go, and remove nothing" },
    {
      flags: "--force",
      meaning: "Do not ask, and remove unmerged work too: nothing brings it back",
    },
    { flags: "-y, --yes", meaning: "Do not ask; unmerged work is kept" },
    { flags: "--runs", meaning: "Remove reports and transcripts of runs that are over, too" },
  ],
  run: async (context) => {
    const { openCleaning } = await import("../../composition/clean.ts");
    const { directory: cwd, env, options } = context;
    const force = isOn(options, "force");
    const cleaning = await openCleaning({ cwd, env, runs: isOn(options, "runs") });
    try {
      const going = cleaning.found.filter((one) => force || one.keptBecause === null);
      const kept = cleaning.found.filter((one) => !going.includes(one));
      if (isOn(options, "dryRun") || going.length === 0) {
        show(
          context,
          { removed: going, kept, failed: [] },
          going.length === 0 ? "Nothing to remove." : "Would remove",
        );
        return ExitCode.done;
      }
      if (!force && !isOn(options, "yes")) {
        for (const line of listOf("Would remove", going)) context.tell(line);
        await askFirst(context, `Remove ${sumOf(going)}?`, "--yes");
      }
      const end = await cleaning.remove(force);
      show(context, end, "Removed");
      return end.failed.length === 0 ? ExitCode.done : ExitCode.failures;
    } finally {
      await cleaning.close();
    }
  },
};

function show(context: CommandContext, end: CleanEnd, title: string): void {
  if (context.globals.json) {
    const dryRun = isOn(context.options, "dryRun");
    context.out(JSON.stringify({ schemaVersion: 1, dryRun, ...end }, null, 2));
    return;
  }
  const kept = end.kept.map(
    (one) => `  ${one.kind.padEnd(9)}  ${one.name}: ${one.keptBecause ?? ""}`,
  );
  const lines = [
    ...(end.removed.length === 0
      ? [title]
      : [...listOf(title, end.removed), `${sumOf(end.removed)}.`]),
    ...(kept.length === 0 ? [] : ["Kept", ...kept]),
    ...end.failed.map((one) => `Not removed: ${one.name}: ${one.why}`),
  ];
  context.out(lines.join("\n"));
}

function listOf(title: string, all: readonly Cleanable[]): readonly string[] {
  return [
    title,
    ...all.map(
      (one) =>
        `  ${one.kind.padEnd(9)}  ${one.name}${one.bytes === null ? "" : `  ${formatBytes(one.bytes)}`}`,
    ),
  ];
}

function sumOf(all: readonly Cleanable[]): string {
  const kinds = ["workspace", "branch", "ref", "store", "run"] as const;
  const counts = kinds
    .map((kind) => ({ kind, count: all.filter((one) => one.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) =>
      kind === "branch" && count > 1 ? `${count} branches` : plural(count, kind),
    );
  const bytes = all.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return `${counts.join(", ")}${bytes === 0 ? "" : `, ${formatBytes(bytes)}`}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
