import { readLedger, type SessionEntry } from "../../core/report/ledger.ts";
import { formatDuration } from "../../core/report/words.ts";
import { formatUsd } from "../../core/shared/money.ts";
import { UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { CommandContext, CommandModule } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import { transcriptLine } from "../render/transcript.ts";
import { FileTail } from "./file-tail.ts";
import { followRun } from "./follow.ts";
import { RUN_OPTION, withRun } from "./with-run.ts";

export const command: CommandModule = {
  args: [{ words: "<task>", meaning: "Key of a task, as `cairn status` shows it" }],
  options: [
    RUN_OPTION,
    { flags: "-f, --follow", meaning: "Go on while the task is worked on" },
    { flags: "--session <name>", meaning: "Show only this session" },
    { flags: "--raw", meaning: "Print the agent's stream as it is" },
  ],
  run: (context) =>
    withRun(context, async (reader) => {
      const { sessionPaths } = await import("../../composition/session-files.ts");
      const key = taskKey(reader, context.args[0] ?? "");
      const shown = new Map<string, FileTail>();
      const show = (): void => {
        for (const session of sessionsOf(context, reader, key)) {
          if (!shown.has(session)) {
            shown.set(session, new FileTail(sessionPaths(reader, session).stream));
            if (!isOn(context.options, "raw")) context.out(headline(reader, session));
          }
          for (const line of shown.get(session)?.read() ?? []) print(context, line);
        }
      };
      show();
      if (shown.size === 0) context.tell(`No agent has worked on ${key} yet.`);
      if (!isOn(context.options, "follow")) return;
      const until = (): boolean => {
        show();
        return reader.engine() === null || isOver(reader, key);
      };
      await followRun(reader, () => undefined, { until });
    }),
};

function print(context: CommandContext, line: string): void {
  const words = isOn(context.options, "raw") ? line : transcriptLine(line);
  if (words !== null) context.out(words);
}

/** Every session begun for the task, oldest first. */
function sessionsOf(context: CommandContext, reader: RunReader, key: string): readonly string[] {
  const wanted = textOption(context.options, "session");
  const begun = reader
    .events()
    .flatMap((event) =>
      event.type === "EffectStarted" &&
      event.action.type === "RunSession" &&
      event.action.task === key
        ? [event.action.session]
        : [],
    );
  const sessions = [...new Set(begun)];
  if (wanted === null) return sessions;
  if (sessions.includes(wanted)) return [wanted];
  throw new UserError("run/unknown-session", `${key} has no session ${wanted}.`, {
    hints: [`Its sessions: ${sessions.join(", ") || "none yet"}`],
  });
}

function headline(reader: RunReader, session: string): string {
  const entry = readLedger(reader.events()).sessions.find((one) => one.session === session);
  return `== ${session}  ${entry === undefined ? "live" : endWords(entry)}`;
}

function endWords(entry: SessionEntry): string {
  const took = entry.startedAt === null ? [] : [formatDuration(entry.endedAt - entry.startedAt)];
  return [entry.role, entry.end, ...took, formatUsd(entry.usage.usd)].join(", ");
}

function isOver(reader: RunReader, key: string): boolean {
  const status = reader.run.tasks.get(key)?.status;
  return (
    status === "merged" || status === "failed" || status === "cancelled" || status === "skipped"
  );
}

function taskKey(reader: RunReader, written: string): string {
  const keys = [...reader.run.tasks.keys()];
  const key = keys.find((one) => one === written || one === `#${written}`);
  if (key !== undefined) return key;
  throw new UserError(
    "run/unknown-task",
    `There is no task ${written} in the run ${reader.run.id}.`,
    {
      hints: [`Its tasks: ${keys.slice(0, 20).join(", ") || "none yet"}`],
    },
  );
}
