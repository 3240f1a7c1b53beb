import type { CommandName } from "../core/run/commands.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { commandWord, COMMAND_WORDS, type CommandWord } from "./command-words.ts";
import { questionsOf } from "./question-json.ts";
import { tasksFor, type Asker } from "./words-now.ts";

/** A person's word to a run, with its target found. */
export interface Word {
  readonly name: CommandName;
  readonly task?: TaskKey;
  readonly text?: string;
}

/** What a line of words comes to. */
export type ReadWords =
  | { readonly kind: "word"; readonly word: Word }
  | {
      readonly kind: "view";
      readonly name: "status" | "help";
      /** The word that help is wanted for. */
      readonly topic: string | null;
    }
  | Refusal;

/** Words that are no command here: why, and what would be one. */
export interface Refusal {
  readonly kind: "refused";
  readonly why: string;
  readonly hints: readonly string[];
}

/** What is known where words are read. */
export interface WordReader extends Asker {
  readonly run: Run;
  /** Put before a command that is shown: `cairn ` at a shell, nothing in a view that takes words. */
  readonly prefix: string;
  /** The known word that was probably meant; null: none is near. */
  readonly nearest: (written: string, known: readonly string[]) => string | null;
}

/**
 * Reads what a person said: `approve 3`, `skip 3 done by hand`, `fix` while one task asks, an answer by itself.
 * Whether the word fits the state of its target is the core's to say.
 */
export function readWords(reader: WordReader, words: readonly string[]): ReadWords {
  const [first = "", ...rest] = words[0]?.toLowerCase() === "cairn" ? words.slice(1) : words;
  const row = first === "?" ? commandWord("help") : commandWord(first);
  if (row === undefined) return byAnswer(reader, first, rest) ?? unknown(reader, first);
  if (!row.from.includes(reader.from)) {
    const from = row.from.join(", ");
    return refused(`${row.name} cannot be said from ${reader.from}; only from ${from}.`, []);
  }
  if (row.name === "help" || row.name === "status")
    return { kind: "view", name: row.name, topic: rest[0] ?? null };
  // Only ever an answer.
  if (row.name === "clean") return byAnswer(reader, row.name, rest) ?? nobodyAsks(reader, row.name);
  if (row.scope === "run") return aboutRun(row.name, rest);
  return aboutTask(reader, row, row.name, rest);
}

/** Whatever stands behind a word about the run is no reason not to take it: `panic now`. */
function aboutRun(name: CommandName, rest: readonly string[]): ReadWords {
  if (name !== "checkpoint") return { kind: "word", word: { name } };
  const text = rest.join(" ");
  if (text !== "") return { kind: "word", word: { name, text } };
  return refused("checkpoint needs a text: checkpoint before the big merge", []);
}

function aboutTask(
  reader: WordReader,
  row: CommandWord,
  name: CommandName,
  rest: readonly string[],
): ReadWords {
  const asksOfRun = questionsOf(reader.run).some(
    ({ task, options }) => task === null && options.includes(name),
  );
  // The end of a phase is asked by the run: no task is meant, unless one is named.
  if (rest.length === 0 && asksOfRun) return { kind: "word", word: { name } };
  if (name === "skip-phase") return { kind: "word", word: { name } };
  const target = targetOf(reader, row, rest);
  if ("kind" in target) return target;
  const text = target.rest.join(" ");
  if (name === "answer" && text === "") return needsAnswer(reader, target.task);
  return {
    kind: "word",
    word: { name, task: target.task, ...(text === "" ? {} : { text }) },
  };
}

/** The task that is meant, and the words behind it. Without a key it is the only one that asks and takes the word. */
function targetOf(
  reader: WordReader,
  word: CommandWord | string,
  rest: readonly string[],
): { readonly task: TaskKey; readonly rest: readonly string[] } | Refusal {
  const name = typeof word === "string" ? word : word.name;
  const [key, ...behind] = rest;
  const known = key === undefined ? undefined : taskOf(reader.run, key);
  const takesText = typeof word !== "string" && /REASON|WORDS/.test(word.takes);
  if (known !== undefined) {
    if (takesText || behind.length === 0) return { task: known.key, rest: behind };
    return refused(`${name} takes a task and nothing else, not "${behind.join(" ")}".`, []);
  }
  if (key !== undefined && (!takesText || looksLikeKey(reader.run, key)))
    return noSuchTask(reader, key);
  const asking = [...reader.run.tasks.values()].filter(({ question }) => question !== null);
  const fitting =
    typeof word === "string"
      ? asking.filter(({ question }) => question?.options.includes(word))
      : asking.filter(({ key: task }) => tasksFor(reader.run, word, reader).includes(task));
  const [only] = fitting;
  if (only === undefined) return nobodyAsks(reader, name);
  if (fitting.length === 1) return { task: only.key, rest };
  return refused(`${fitting.length} tasks ask: ${fitting.map((task) => task.key).join(", ")}.`, [
    `Name one: ${reader.prefix}${name} ${only.key}`,
  ]);
}

function taskOf(run: Run, key: string): Task | undefined {
  return run.tasks.get(key) ?? run.tasks.get(`#${key}`) ?? run.tasks.get(key.replace(/^#/, ""));
}

/** Meant as a key, known or not: a number, or shaped like the keys of this run. A reason seldom begins with either. */
function looksLikeKey(run: Run, word: string): boolean {
  if (/^#?\d+$/.test(word)) return true;
  return [...run.tasks.keys()].some((key) => shapeOf(key) === shapeOf(word));
}

function shapeOf(key: string): string {
  return key.replace(/^#/, "").replaceAll(/\d+/g, "0");
}

/** A line that begins with one of the answers that are open now: `done-elsewhere`, or an agent's own option. */
function byAnswer(reader: WordReader, first: string, rest: readonly string[]): ReadWords | null {
  const questions = questionsOf(reader.run).filter(
    ({ task, options }) => task !== null && options.includes(first),
  );
  if (questions.length === 0) return null;
  const target = targetOf(reader, first, rest);
  if ("kind" in target) return target;
  return { kind: "word", word: { name: "answer", task: target.task, text: first } };
}

function unknown(reader: WordReader, written: string): Refusal {
  const asked = questionsOf(reader.run).flatMap(({ options }) => options);
  const names = COMMAND_WORDS.filter(({ from }) => from.includes(reader.from)).map(
    ({ name }) => name,
  );
  const guess = reader.nearest(written, [...names, ...asked]);
  return refused(`There is no command \`${written}\`.`, [
    ...(guess === null ? [] : [`Did you mean \`${reader.prefix}${guess}\`?`]),
    ...askedLines(reader),
    `\`${reader.prefix}help\` shows the words.`,
  ]);
}

function noSuchTask(reader: WordReader, key: string): Refusal {
  const asked = askedLines(reader);
  const tasks = [...reader.run.tasks.keys()];
  const more = tasks.length > TASKS_SHOWN ? `, and ${tasks.length - TASKS_SHOWN} more` : "";
  return refused(`There is no task ${key} in this run.`, [
    ...(asked.length > 0 ? asked : ["No task asks anything now."]),
    `Its tasks: ${tasks.slice(0, TASKS_SHOWN).join(", ")}${more}.`,
  ]);
}

const TASKS_SHOWN = 20;

function nobodyAsks(reader: WordReader, name: string): Refusal {
  const asked = askedLines(reader);
  return refused(
    `No task asks for \`${name}\`.`,
    asked.length > 0 ? asked : ["Nothing is asked now."],
  );
}

function needsAnswer(reader: WordReader, task: TaskKey): Refusal {
  return refused(
    `answer needs the answer: ${reader.prefix}answer ${task} WORDS`,
    askedLines(reader),
  );
}

/** One line for each open question: who asks, and the answers it takes. */
export function askedLines(reader: Pick<WordReader, "run" | "prefix">): readonly string[] {
  return questionsOf(reader.run).map(({ task, commands, options, default: usual }) => {
    const shown = commands.map((command, index) => {
      const typed = `${reader.prefix}${command.replace(/^cairn /, "")}`;
      return options[index] === usual ? `${typed} (default)` : typed;
    });
    return `${task ?? "The run"} asks, and takes: ${shown.join(", ")}`;
  });
}

function refused(why: string, hints: readonly string[]): Refusal {
  return { kind: "refused", why, hints };
}
