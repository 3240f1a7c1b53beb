import type { Question } from "../../core/run/run.ts";

/** Asks one question at the terminal; null when the person leaves it (Ctrl-C). */
export async function askQuestion(task: string, question: Question): Promise<string | null> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const message = question.text.startsWith(task) ? question.text : `${task}: ${question.text}`;
  if (question.options.length === 0) {
    const answer = await text({
      message,
      defaultValue: question.default,
      placeholder: question.default,
    });
    return isCancel(answer) ? null : answer;
  }
  const answer = await select({
    message,
    initialValue: question.default,
    options: question.options.map((option) => ({ value: option, label: option })),
  });
  return isCancel(answer) ? null : answer;
}
