import { isoTime } from "../core/report/words.ts";
import { STOP_TABLE } from "../core/review/stops/stop-table.ts";
import { phaseQuestion } from "../core/run/phases.ts";
import type { Question, Run, Task } from "../core/run/run.ts";
import type { TaskKey } from "../core/shared/names.ts";
import { meaningOf } from "./answer-words.ts";
import { answerCommands, PHASE_ANSWERS } from "./next-commands.ts";

/** What a task asks a person, with everything a view needs to ask it. */
export interface QuestionJson extends Asked {
  readonly task: TaskKey;
  readonly kind: Question["kind"];
}

/** What the run itself asks, at the end of a phase: its title is the phase's name. */
export interface PhaseQuestionJson extends Asked {
  readonly task: null;
  readonly kind: "phase";
}

export type OpenQuestion = QuestionJson | PhaseQuestionJson;

interface Asked {
  readonly title: string;
  readonly id: string;
  readonly text: string;
  readonly options: readonly string[];
  /** For each option what it does, in a few words; null: its words are the asker's own. */
  readonly meanings: readonly (string | null)[];
  /** What counts when nobody answers in time, and is offered first where somebody does. */
  readonly default: string;
  readonly askedAt: string;
  /** From then on the default counts; null: it waits for ever. */
  readonly until: string | null;
  /** One command for each option, ready to be typed. */
  readonly commands: readonly string[];
}

/** Every open question of a run: that of the run itself first, then those of its tasks in plan order. */
export function questionsOf(run: Run): readonly OpenQuestion[] {
  const ofRun = phaseQuestionOf(run);
  return [...(ofRun === null ? [] : [ofRun]), ...taskQuestionsOf(run)];
}

/** The open questions of a run's tasks, in plan order. */
export function taskQuestionsOf(run: Run): readonly QuestionJson[] {
  return [...run.tasks.values()].flatMap((task) =>
    task.question === null ? [] : [taskQuestion(task, task.question)],
  );
}

function taskQuestion(task: Task, question: Question): QuestionJson {
  return {
    task: task.key,
    title: task.issue.title,
    id: question.id,
    kind: question.kind,
    text: question.text,
    options: question.options,
    meanings: question.options.map((option) => meaningOf(question.kind, option)),
    default: question.default,
    askedAt: isoTime(question.askedAt),
    until: question.until === undefined ? null : isoTime(question.until),
    commands: answerCommands(task.key, question),
  };
}

/** What the run itself asks; null where it asks nothing. */
export function phaseQuestionOf(run: Run): PhaseQuestionJson | null {
  const text = phaseQuestion(run);
  const { asks } = run.phases;
  if (text === null || asks === null) return null;
  const { phase, askedAt, until } = asks;
  return {
    task: null,
    title: phase,
    id: `phase-${phase}`,
    kind: "phase",
    text,
    options: PHASE_ANSWERS,
    meanings: PHASE_ANSWERS.map((option) => meaningOf("phase", option)),
    default: STOP_TABLE.phase.default,
    askedAt: isoTime(askedAt),
    until: until === undefined ? null : isoTime(until),
    commands: PHASE_ANSWERS.map((option) => `cairn ${option}`),
  };
}
