import type { OpenQuestion } from "../../api/question-json.ts";

/** Asks one question at the terminal; null when the person leaves it (Ctrl-C). */
export async function askQuestion(question: OpenQuestion): Promise<string | null> {
  const { isCancel, select, text } = await import("@clack/prompts");
  const { task, default: usual } = question;
  const message =
    task === null || question.text.startsWith(task) ? question.text : `${task}: ${question.text}`;
  if (question.options.length === 0) {
    const answer = await text({ message, defaultValue: usual, placeholder: usual });
    return isCancel(answer) ? null : answer;
  }
  const answer = await select({
    message,
    initialValue: usual,
    options: question.options.map((option, index) => {
      const hint = question.meanings[index] ?? null;
      return { value: option, label: option, ...(hint === null ? {} : { hint }) };
    }),
  });
  return isCancel(answer) ? null : answer;
}
