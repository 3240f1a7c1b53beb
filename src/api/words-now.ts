import type { CommandResult } from "../core/run/command-result.ts";
import type { CommandName } from "../core/run/commands.ts";
import { reactToCommand } from "../core/run/react-command.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { Instant, TaskKey } from "../core/shared/names.ts";
import {
  COMMAND_WORDS,
  isEngineWord,
  type CommandWord,
  type Sender,
  type WordName,
} from "./command-words.ts";

/** Whether a word fits a run as it is. */
export interface WordNow {
  readonly word: CommandWord;
  readonly allowed: boolean;
  /** Tasks it may be said about, in plan order; empty for a word about the run. */
  readonly tasks: readonly TaskKey[];
  /** Why it does not fit; null where it does. */
  readonly why: string | null;
}

/**
 * Which words fit now from there, and why the others do not. Asked of the core itself, so that what is offered and
 * what is taken cannot differ.
 */
export function wordsNow(run: Run, from: Sender, now: Instant): readonly WordNow[] {
  return COMMAND_WORDS.map((word) => {
    if (!word.from.includes(from)) return no(word, `it cannot be said from ${from}`);
    if (word.scope === "view") return { word, allowed: true, tasks: [], why: null };
    const tasks = word.scope === "run" ? [] : tasksFor(run, word, { from, now });
    const whole = ofRun(run, word, { from, now });
    if (tasks.length > 0 || whole?.accepted === true)
      return { word, allowed: true, tasks, why: null };
    const isOnlyOfRun = word.scope === "run" || word.name === "skip-phase";
    return no(word, isOnlyOfRun && whole !== null ? whole.answer : `only ${word.when}`);
  });
}

/** Who asks, and when. */
export interface Asker {
  readonly from: Sender;
  readonly now: Instant;
}

/** Tasks about which the word may be said now, in plan order. */
export function tasksFor(run: Run, word: CommandWord, asker: Asker): readonly TaskKey[] {
  return [...run.tasks.values()]
    .filter((task) =>
      word.scope === "question"
        ? fitsQuestion(run, task, word.name, asker)
        : fits(run, task, word.name, asker),
    )
    .map(({ key }) => key);
}

function fitsQuestion(run: Run, task: Task, name: WordName, asker: Asker): boolean {
  const { question } = task;
  if (question === null) return false;
  if (name === "answer") return true;
  // An agent takes any word as its answer; only its own options are offered as such.
  if (question.kind === "agent" || !isEngineWord(name)) return question.options.includes(name);
  return fits(run, task, name, asker);
}

function fits(run: Run, task: Task, name: WordName, asker: Asker): boolean {
  return isEngineWord(name) && judged(run, name, task.key, asker).accepted;
}

/** What the core says where the word is about the run as a whole; null: it never is. */
function ofRun(run: Run, { name, scope }: CommandWord, asker: Asker): CommandResult | null {
  const mayBe = scope === "run" || name === "continue" || name === "skip-phase";
  return mayBe && isEngineWord(name) ? judged(run, name, null, asker) : null;
}

function judged(run: Run, name: CommandName, task: TaskKey | null, asker: Asker): CommandResult {
  const { from, now } = asker;
  return reactToCommand(run, { name, task, text: null, flags: {}, by: "", from }, now);
}

function no(word: CommandWord, why: string): WordNow {
  return { word, allowed: false, tasks: [], why };
}
