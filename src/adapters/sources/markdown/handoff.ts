import { scanMarkdown, squeezeBlanks } from "../../../core/shared/markdown-lines.ts";

const ID = String.raw`(\d{1,6}(?:\.\d{1,6}){0,4}[a-z]?)(?![\w.]*\w)`;
const DONE = String.raw`(?:complete|completed|done|finished|✅|✔|☑)`;
/** `Task 4.1 Complete`, `Task 4.1 Completed: title`, `Task 4.1 ✅`, `Task 4.1: Done`. */
const SAID_FIRST = new RegExp(
  String.raw`^task\s+${ID}\s*(?:[:–—(\[-]|\bis\b|\bhas been\b)?\s*(?:✅\s*)?${DONE}\s*(?:$|[:.,!)\]–—(✅-])`,
  "iu",
);
/** `Task 4.1: Title — Complete`, `Task 4.1: Title (done)`, `Task 4.1: Title ✅`; only in headings, sentences end that way too. */
const SAID_LAST = new RegExp(
  String.raw`^task\s+${ID}.*(?:[:–—(\[|-]\s*${DONE}|✅|✔|☑)\s*[)\].]?$`,
  "iu",
);
const TASK = new RegExp(String.raw`^task\s+${ID}`, "iu");
const NOT =
  /\b(?:not|in|partially|partly|nearly|almost|half|un)[\s-]*(?:yet\s+)?(?:complete|completed|done|finished)\b/iu;
const STATUS = new RegExp(String.raw`^status\s*:?\W*${DONE}(?![\w-])`, "iu");

const LINE_MAX = 1000;

/** Keys of the tasks a handoff calls done, in the order of the text. What is in code blocks does not count. */
export function readHandoff(text: string): readonly string[] {
  const done = new Set<string>();
  let section: string | null = null;
  for (const scanned of scanMarkdown(text).lines) {
    if (!scanned.prose) continue;
    const line = { ...scanned, text: squeezeBlanks(scanned.text.slice(0, LINE_MAX)) };
    const isHeading = line.heading !== null;
    const ticked = /^\s*[-*+]\s+\[[xX]\]\s/u.test(line.text) || /^[#\s*+-]*[✅✔☑]/u.test(line.text);
    const open = /^\s*[-*+]\s+\[ \]\s/u.test(line.text);
    const words = (line.heading?.text ?? line.text)
      .replace(/^\s*(?:[-*+]\s+)?(?:\[[ xX]\]\s+)?[^\p{L}\p{N}]*/u, "")
      .replaceAll(/\*\*|__|`/gu, "")
      .trim();
    const task = TASK.exec(words)?.[1]?.toLowerCase() ?? null;
    if (isHeading) section = task;
    if (open || NOT.test(words)) continue;
    if (task === null) {
      if (section !== null && STATUS.test(words)) done.add(section);
      continue;
    }
    if (SAID_FIRST.test(words) || (isHeading && SAID_LAST.test(words)) || ticked) done.add(task);
  }
  return [...done];
}

/**
 * Names a handoff file may have, best first: `HANDOFF_M4.md` and `HANDOFF_M4_workers.md` for `M4_workers.md`.
 */
export function handoffNames(planName: string): readonly string[] {
  const stem = planName.replace(/\.[^.]+$/u, "");
  const milestone = /^m\d+(?:\.\d+)*[a-z]?(?=$|[_\s.-])/iu.exec(stem)?.[0];
  const first = milestone ?? stem;
  return [...new Set([`HANDOFF_${first}.md`, `HANDOFF_${stem}.md`])];
}
