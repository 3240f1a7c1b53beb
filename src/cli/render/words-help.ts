import { commandWord, type CommandWord } from "../../api/command-words.ts";
import type { WordNow } from "../../api/words-now.ts";

const TASKS_SHOWN = 4;

/** What may be said now, each with what it does and about which tasks; below it the rest, with the reason. */
export function helpLines(words: readonly WordNow[]): readonly string[] {
  const now = words.filter(({ allowed }) => allowed);
  const usages = now.map(({ word }) => usageOf(word));
  const width = Math.max(0, ...usages.map((usage) => usage.length));
  return [
    "You can say now:",
    ...now.map(
      ({ word, tasks }, index) =>
        `  ${(usages[index] ?? "").padEnd(width)}  ${word.help}${tasksOf(tasks)}`,
    ),
    ...notNow(words.filter(({ allowed }) => !allowed)),
    "A task need not be named while only one asks. More about one: help WORD",
  ];
}

/** One word: what it does, when it fits, and how that is now. */
export function helpOfWord(words: readonly WordNow[], topic: string): readonly string[] | null {
  const row = commandWord(topic);
  const now = words.find(({ word }) => word.name === row?.name);
  if (row === undefined || now === undefined) return null;
  return [
    `${usageOf(row)}  ${row.help}.`,
    `  It fits ${row.when}.`,
    now.allowed ? `  It fits now${tasksOf(now.tasks)}.` : `  Not now: ${now.why ?? ""}`,
    `  It can be said from: ${row.from.join(", ")}.`,
  ];
}

function usageOf({ name, takes }: CommandWord): string {
  return takes === "" ? name : `${name} ${takes}`;
}

function tasksOf(tasks: readonly string[]): string {
  if (tasks.length === 0) return "";
  const more = tasks.length > TASKS_SHOWN ? `, and ${tasks.length - TASKS_SHOWN} more` : "";
  return ` (${tasks.slice(0, TASKS_SHOWN).join(", ")}${more})`;
}

/** Words with the same reason stand in one line. */
function notNow(words: readonly WordNow[]): readonly string[] {
  if (words.length === 0) return [];
  const byReason = [...Map.groupBy(words, ({ why }) => why ?? "")];
  return [
    "Not now:",
    ...byReason.map(
      ([why, same]) =>
        `  ${same.map(({ word }) => word.name).join(", ")}: ${why.replace(/\.$/, "")}`,
    ),
  ];
}
