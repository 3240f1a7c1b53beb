import type { Command, CommandName } from "../core/run/commands.ts";

/**
 * What a word is about: the whole run, one task, what a task (or the end of a phase) asks, or only what is shown.
 * Words of a question fit while something asks that names them among its answers.
 */
export type Scope = "run" | "task" | "question" | "view";

/** From where a person may say a word. */
export type Sender = Exclude<Command["from"], "forge" | "engine">;

/** Words that answer a question without being commands of the engine, and words that only show something. */
export type WordName = CommandName | "clean" | "status" | "help";

/** One word a person may say to a run, the same from everywhere. */
export interface CommandWord {
  readonly name: WordName;
  readonly scope: Scope;
  /** From where it may be said; who may speak there is checked there. */
  readonly from: readonly Sender[];
  /** What stands behind it in a typed line; empty: nothing. */
  readonly takes: string;
  /** Imperative, without period. */
  readonly help: string;
  /** When it fits, as the end of the sentence "It fits …". */
  readonly when: string;
}

const EVERYWHERE: readonly Sender[] = ["terminal", "dashboard", "telegram", "mcp"];
// The agent a person talks to may look, let pass and leave out; what steers the run itself stays with the person.
const BY_PEOPLE: readonly Sender[] = ["terminal", "dashboard", "telegram"];
// What needs more than a tap to be meant.
const AT_A_DESK: readonly Sender[] = ["terminal", "dashboard"];

const ASKED = "while a task asks and names it among its answers";
const TASK = "[TASK]";

/** Every word, those that answer a question first. Which of them fit now is `wordsNow`. */
export const COMMAND_WORDS: readonly CommandWord[] = [
  word("approve", "question", EVERYWHERE, TASK, "Let pass what waits for a person", ASKED),
  word("fix", "question", BY_PEOPLE, TASK, "Have what was found fixed in one more round", ASKED),
  word(
    "force",
    "question",
    BY_PEOPLE,
    TASK,
    "Pass findings and limits, but never a critical stop",
    "while a task asks about findings or rounds",
  ),
  word("resolve", "question", BY_PEOPLE, TASK, "Have the conflict of a task resolved", ASKED),
  word(
    "continue",
    "question",
    BY_PEOPLE,
    TASK,
    "Go on as it is, or with the next phase",
    "while a task or the end of a phase asks and names it among the answers",
  ),
  word("restart", "question", BY_PEOPLE, TASK, "Begin a task again, from a clean branch", ASKED),
  word("clean", "question", BY_PEOPLE, TASK, "Remove what lies in the way of a task", ASKED),
  word(
    "skip-phase",
    "question",
    BY_PEOPLE,
    "",
    "Leave out every task of the next phase",
    "while the end of a phase asks",
  ),
  word(
    "answer",
    "question",
    EVERYWHERE,
    `${TASK} WORDS`,
    "Answer what a task asks, with one of its words or a text",
    "while a task asks",
  ),
  word("skip", "task", EVERYWHERE, `${TASK} [REASON]`, "Leave a task out", "until a task is over"),
  word(
    "retry",
    "task",
    BY_PEOPLE,
    TASK,
    "Try a task again that failed or was skipped",
    "when a task has failed, was skipped or cancelled",
  ),
  word(
    "revert",
    "task",
    AT_A_DESK,
    "TASK",
    "Take a merged task back, by a commit that undoes it",
    "when a task is merged and has not landed",
  ),
  word(
    "cancel",
    "task",
    AT_A_DESK,
    "TASK [REASON]",
    "Give up a task; its branch is kept",
    "until a task is over",
  ),
  word(
    "pause",
    "run",
    BY_PEOPLE,
    "",
    "Finish what is under way and start nothing new",
    "while the run works",
  ),
  word(
    "abort",
    "run",
    BY_PEOPLE,
    "",
    "End all sessions now; the run can be resumed",
    "until the run is over",
  ),
  word(
    "resume",
    "run",
    AT_A_DESK,
    "",
    "Go on with a run that was paused, ended or killed",
    "while the run rests; after a panic or a critical stop only by `cairn resume` with its option",
  ),
  word(
    "land",
    "run",
    AT_A_DESK,
    "",
    "Bring the integration branch to the target",
    "when every task is over and the whole was tested",
  ),
  word("checkpoint", "run", AT_A_DESK, "TEXT", "Set a mark with a name in the log", "always"),
  word(
    "panic",
    "run",
    BY_PEOPLE,
    "",
    "Kill every agent at once and stop the run",
    "until the run is over",
  ),
  word("status", "view", EVERYWHERE, "", "Show where a run stands and what it waits for", "always"),
  word(
    "help",
    "view",
    EVERYWHERE,
    "[WORD]",
    "Show which words fit now, and why others do not",
    "always",
  ),
];

/** The row of a word, whatever its case; undefined: there is no such word. */
export function commandWord(name: string): CommandWord | undefined {
  const lower = name.toLowerCase();
  return COMMAND_WORDS.find((each) => each.name === lower);
}

/** False for words that only show something, and for `clean`, which is only an answer. */
export function isEngineWord(name: WordName): name is CommandName {
  return name !== "status" && name !== "help" && name !== "clean";
}

function word(
  name: WordName,
  scope: Scope,
  from: readonly Sender[],
  takes: string,
  help: string,
  when: string,
): CommandWord {
  return { name, scope, from, takes, help, when };
}
