import { answerQuestion } from "./answer-question.ts";
import type { RunEvent } from "./events.ts";
import type { Instant } from "../shared/names.ts";
import { reactToPhase } from "./react-phase.ts";
import type { Run } from "./run.ts";

const BY = { by: "question timeout", from: "engine" } as const;

/** When questions with a time limit are answered with their defaults. */
export function questionDeadlines(run: Run): readonly Instant[] {
  const ofTasks = [...run.tasks.values()].flatMap(({ question }) => question?.until ?? []);
  return run.phases.asks?.until === undefined ? ofTasks : [...ofTasks, run.phases.asks.until];
}

/** Row 26: the default counts from now on, as if a person had said it; nobody is asked twice at once. */
export function timedOutQuestion(run: Run, now: Instant): readonly RunEvent[] {
  const { until } = run.phases.asks ?? {};
  if (until !== undefined && until <= now)
    return reactToPhase(run, { name: "continue", task: null, text: null, flags: {}, ...BY }).events;
  for (const task of run.tasks.values()) {
    const { question } = task;
    if (question?.until === undefined || question.until > now) continue;
    const text = question.default;
    const command = { name: "answer", task: task.key, text, flags: {}, ...BY } as const;
    const { events, accepted } = answerQuestion(run, task, command, now);
    if (!accepted) continue;
    return [{ type: "QuestionTimedOut", task: task.key, question: question.id }, ...events];
  }
  return [];
}
