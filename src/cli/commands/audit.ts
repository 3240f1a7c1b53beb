import { auditJson, type AuditEntry } from "../../api/audit-json.ts";
import type { CommandModule } from "../command-module.ts";
import { oneLine, padEnd } from "../render/text-width.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

/** Who said what to a run, when and from where, and what became of it. */
export const command: CommandModule = {
  args: [],
  options: [RUN_OPTION],
  run: (context) =>
    withRun(context, (reader) => {
      const audit = auditJson(reader.run.id, reader.events(), reader.pending());
      if (context.globals.json) {
        context.out(JSON.stringify(audit, null, 2));
        return;
      }
      if (audit.words.length === 0) context.tell(`Nobody has said anything to ${audit.run} yet.`);
      for (const line of auditLines(audit.words)) context.out(line);
    }),
};

const NOT_TAKEN = "not taken yet";

/** One line each, in columns; never cut, since it is there to be searched. */
function auditLines(words: readonly AuditEntry[]): readonly string[] {
  const rows = words.map((entry) => [
    entry.at ?? NOT_TAKEN,
    `${entry.by} (${entry.from})`,
    oneLine([entry.command, entry.task ?? "", quoted(entry.text), flagsOf(entry)].join(" ")),
    verdictOf(entry),
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => row.map((cell, at) => padEnd(cell, widths[at] ?? 0)).join("  "));
}

function quoted(text: string | null): string {
  return text === null ? "" : JSON.stringify(text);
}

function flagsOf({ flags }: AuditEntry): string {
  return Object.entries(flags)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => (value === true ? `+${name}` : `${name}=${JSON.stringify(value)}`))
    .join(" ");
}

function verdictOf({ accepted, answer }: AuditEntry): string {
  if (accepted === null) return "takes effect with `cairn resume`, or when its engine looks";
  return `${accepted ? "accepted" : "refused"}: ${oneLine(answer ?? "")}`;
}
