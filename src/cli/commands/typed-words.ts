import type { Run } from "../../core/run/run.ts";
import { UserError } from "../../errors.ts";
import type { RunReader } from "../../host/open-run.ts";
import type { Progress } from "../render/live.ts";
import { openKeyboard, type Keyboard } from "./keyboard.ts";

/** A view into which a person may type, and the run it shows. */
export interface TypedTo {
  /** A folder of the repository. */
  readonly root: string;
  /** As it is now; read anew for every line. */
  readonly run: () => Run;
  readonly progress: Progress;
  /** Ctrl-C. */
  readonly interrupt: () => void;
  /** Ctrl-D. */
  readonly leave?: () => void;
}

/** Takes words for a run from the keyboard while it is shown. Only where there is one to take. */
export function listenToWords(to: TypedTo): Keyboard {
  const { progress, interrupt, leave } = to;
  let last = Promise.resolve();
  return openKeyboard(process.stdin, {
    show: (line) => progress.typed(line),
    clear: () => progress.say(""),
    interrupt,
    ...(leave === undefined ? {} : { leave }),
    enter: (line) => {
      // One after the other: a second line may be about what the first one does.
      last = last.then(() => obey(to, line));
    },
  });
}

async function obey(to: TypedTo, line: string): Promise<void> {
  const { progress } = to;
  progress.say(`> ${line}\n  …`);
  const said = await answerTo(to, line).catch((error: unknown) => wordsOf(error));
  progress.say([`> ${line}`, ...said.map((words) => `  ${words}`)].join("\n"));
  // A panic ends the run and with it the picture: what is below that is wiped off.
  if (line.trim() === "panic")
    process.once("exit", () => void process.stdout.write(`${said.join("\n")}\n`));
}

function wordsOf(error: unknown): readonly string[] {
  if (error instanceof UserError) return [error.message, ...error.hints];
  return [error instanceof Error ? error.message : String(error)];
}

/** Does what a typed line says, and answers what a person is told about it. */
async function answerTo(
  to: Pick<TypedTo, "root" | "run">,
  line: string,
): Promise<readonly string[]> {
  const [{ readWords }, { nearest }] = await Promise.all([
    import("../../api/read-words.ts"),
    import("../../config/nearest.ts"),
  ]);
  const run = to.run();
  const reader = { run, from: "terminal", prefix: "", now: Date.now(), nearest } as const;
  const read = readWords(reader, line.trim().split(/\s+/));
  if (read.kind === "refused") return [read.why, ...read.hints];
  const views = await import("../../composition/views.ts");
  // A reader of its own: the view must see every event that this one reads while it waits.
  const own = views.openView(to.root, run.id);
  try {
    if (read.kind === "view")
      return read.name === "help" ? await help(run, read.topic) : await status(own);
    if (read.word.name === "panic") return await panic(own);
    const sent = await views.say(own, read.word);
    if (sent.state === "refused") {
      const { askedLines } = await import("../../api/read-words.ts");
      return [sent.answer, ...askedLines(reader)];
    }
    return ["answer" in sent ? sent.answer : "Stored; the run has not answered yet."];
  } finally {
    own.close();
  }
}

async function help(run: Run, topic: string | null): Promise<readonly string[]> {
  const [{ wordsNow }, { helpLines, helpOfWord }] = await Promise.all([
    import("../../api/words-now.ts"),
    import("../render/words-help.ts"),
  ]);
  const words = wordsNow(run, "terminal", Date.now());
  return (topic === null ? null : helpOfWord(words, topic)) ?? helpLines(words);
}

async function status(reader: RunReader): Promise<readonly string[]> {
  const [{ statusJson }, { resumeLines }] = await Promise.all([
    import("../../api/status-json.ts"),
    import("../render/resume-lines.ts"),
  ]);
  return resumeLines(statusJson(reader.run, Date.now(), reader.engine()));
}

/** As `cairn panic` does it, from this process: it works without an engine, and with one that hangs. */
async function panic(reader: RunReader): Promise<readonly string[]> {
  const [{ panic: killAll }, { commandOf }] = await Promise.all([
    import("../../composition/panic.ts"),
    import("../../composition/views.ts"),
  ]);
  const { by, from } = commandOf({ name: "panic" });
  const end = await killAll({ directory: reader.root, run: reader.run.id, by, from });
  const { nextLines, panicLines } = await import("../render/panic-lines.ts");
  const none = { drafts: [], isLeftToEngine: false, trouble: null, token: null };
  return [...panicLines(end), ...nextLines(end, none)];
}
