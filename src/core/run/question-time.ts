import { answerQuestion } from "./answer-question.ts";
import type { RunEvent } from "./events.ts";
import type { Instant } from "../shared/names.ts";
import type { Run } from "./run.ts";

/** When questions with a time limit are answered with their defaults. */
export function questionDeadlines(run: Run): readonly Instant[] {
  return [...run.tasks.values()].flatMap(({ question }) => question?.until ?? []);
}

/** Row 26: the default counts from now on, as if a person had said it; nobody is asked twice at once. */
export function timedOutQuestion(run: Run, now: Instant): readonly RunEvent[] {
  for (const task of run.tasks.values()) {
    const { question } = task;
    if (question?.until === undefined || question.until > now) continue;
    const command = {
      name: "answer",
      task: task.key,
      text: question.default,
      flags: {},
      by: "question timeout",
      from: "engine",
    } as const;
    const { events, accepted } = answerQuestion(run, task, command, now);
    if (!accepted) continue;
    return [{ type: "QuestionTimedOut", task: task.key, question: question.id }, ...events];
  }
  return [];
}
