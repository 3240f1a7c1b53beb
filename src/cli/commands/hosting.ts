import { exitCodeOf } from "../../core/report/exit-code.ts";
import { ExitCode, UserError } from "../../errors.ts";
import { questionsOf } from "../../api/question-json.ts";
import { statusJson } from "../../api/status-json.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import type { Run } from "../../core/run/run.ts";
import type { RunId } from "../../core/shared/names.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { OpenStore, HostedWorld } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import type { Progress } from "../render/live.ts";
import { lookOf, progressMode, type ProgressMode } from "../render/terminal.ts";
import { finish, isRefusedAtStart, redGates } from "./end-of-run.ts";
import type { Keyboard } from "./keyboard.ts";

/** Opens the repository of a command. */
export async function projectFor(context: CommandContext): Promise<OpenedProject> {
  const [{ openProject }, { packageVersion }] = await Promise.all([
    import("../../composition/open-project.ts"),
    import("../main.ts"),
  ]);
  return openProject({
    directory: context.directory,
    env: context.env,
    flags: context.flags,
    configFile: context.globals.config,
    isTerminal: context.terminal.stdin && context.terminal.stdout,
    version: packageVersion(),
    agent: textOption(context.options, "agent"),
    onLimit: (until, words) => context.tell(limitWords(until, words)),
  });
}

/** Nothing is wrong, and nothing happens for a while: whoever waits wants to know until when. */
export function limitWords(until: number, words: string): string {
  const at = new Date(until).toISOString().slice(11, 19);
  const said = words.split("\n", 1)[0] ?? "";
  return `GitHub takes no more requests of this token until ${at} UTC; waiting until then, nothing is lost. (${said})`;
}

/** Shown where nothing is typed yet: what Ctrl-C does in this state. */
function hintOf({ status }: Run): string {
  const words = "help shows the words";
  switch (status) {
    case "waiting":
      return `${words}; Ctrl-C leaves, the questions stay`;
    case "draining":
      return `${words}; Ctrl-C ends the sessions`;
    case "paused":
    case "halted":
    case "complete":
    case "cancelled":
      return words;
    default:
      return `${words}; Ctrl-C pauses`;
  }
}

export interface HostingRequest {
  readonly context: CommandContext;
  readonly project: OpenedProject;
  readonly store: OpenStore;
  readonly run: Run;
  /** Said to the engine before anything else. */
  readonly first?: (run: RunId) => void;
}

/** Hosts the engine until the run is at rest, shows it, takes words at a terminal, and answers the exit code. */
export async function hostHere(request: HostingRequest): Promise<ExitCode> {
  const { context, project, store } = request;
  const { hostRun } = await import("../../host/host-run.ts");
  request.first?.(request.run.id);
  const hosted = await project.openWorld(request.run);
  let { run } = request;
  let signal: NodeJS.Signals | null = null;
  try {
    for (;;) {
      const mode = modeOf(context);
      const canType = await canTypeHere(context, mode);
      const progress = await progressFor(request, run, hosted, { mode, canType });
      const keyboard = canType ? await listen(project, run, progress) : null;
      const end = await hostRun({
        store,
        world: hosted.world,
        faults: project.faults,
        ...(hosted.listen === undefined ? {} : { listen: hosted.listen }),
        ...(hosted.tools === undefined ? {} : { tools: hosted.tools }),
        run,
        cairnFolder: project.cairnFolder,
        inspect: (state, event) => project.inspect(state, event),
        onEvents: (now, events) => {
          progress.take(now, events);
          if (context.globals.verbose) for (const why of decisions(events)) progress.say(why);
        },
        staysWaiting: (state) => keyboard !== null && isAsking(state),
        onSignal: (words) => progress.say(words),
      })
        .catch((error: unknown) => {
          // The picture stays above the words of the error, and is not drawn over them.
          progress.end(run);
          throw error;
        })
        .finally(() => keyboard?.close());
      ({ run, signal } = end);
      progress.end(run);
      const isAsked = keyboard === null && signal === null;
      if (!isAsked || !(await askAtTerminal(context, store, project, run))) break;
    }
  } finally {
    await hosted.close();
  }
  await finish(request, run);
  if (isRefusedAtStart(run)) throw redBaseline(run);
  return endCode(run, signal);
}

function modeOf(context: CommandContext): ProgressMode {
  const stdout = { isTTY: context.terminal.stdout, columns: context.terminal.columns };
  const wanted = context.globals.json ? "json" : context.globals.progress;
  return progressMode(wanted, stdout, context.env);
}

/** Into the live tree, by whoever sits at its terminal. */
async function canTypeHere(context: CommandContext, mode: ProgressMode): Promise<boolean> {
  if (mode !== "tty" || !context.terminal.stdin || !context.terminal.stdout) return false;
  const { hasKeyboard } = await import("./keyboard.ts");
  return hasKeyboard(process.stdin);
}

async function listen(
  project: OpenedProject,
  run: Run,
  progress: Progress,
): Promise<Keyboard | null> {
  const { listenToWords } = await import("./typed-words.ts");
  return listenToWords({
    root: project.root,
    run: () => run,
    progress,
    // The terminal makes no signal of Ctrl-C while its keys are taken one by one.
    interrupt: () => void process.kill(process.pid, "SIGINT"),
  });
}

/** A person is at the keyboard and is asked: the run waits for them. */
function isAsking(run: Run): boolean {
  return run.settings.mode === "interactive" && questionsOf(run).length > 0;
}

/** `--verbose`: what was chosen next for a task, and why. */
function decisions(events: readonly StoredEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "StepDecided" ? [`${event.task}: next ${event.step.at}. ${event.why}`] : [],
  );
}

/** A run that a signal brought to rest ends as programs do that a signal ended. */
function endCode(run: Run, signal: NodeJS.Signals | null): ExitCode {
  if (signal === null || run.status !== "paused") return exitCodeOf(run, false);
  return signal === "SIGINT" ? ExitCode.interrupted : ExitCode.terminated;
}

async function progressFor(
  request: HostingRequest,
  run: Run,
  hosted: HostedWorld,
  how: { readonly mode: ProgressMode; readonly canType: boolean },
): Promise<Progress> {
  const { context, store } = request;
  const { openProgress } = await import("../render/live.ts");
  const stdout = { isTTY: context.terminal.stdout, columns: context.terminal.columns };
  const progress = await openProgress({
    mode: how.mode,
    ...(how.canType ? { typing: { hint: hintOf } } : {}),
    run,
    out: process.stdout,
    err: process.stderr,
    look: lookOf(stdout, context.env, context.colour ? "always" : "never"),
    now: Date.now,
    engine: () => ({
      pid: process.pid,
      command: context.commandLine,
      startedAt: request.run.createdAt,
    }),
    lastWords: (task) =>
      task.session === null ? null : hosted.world.dispatch.lastWords(run.id, task.session.id),
    annotate: context.env["GITHUB_ACTIONS"] === "true",
  });
  progress.prime(store.read(run.id, 0));
  return progress;
}

/**
 * Asks the open questions of a run that waits, one by one, at a terminal that shows no live tree to type into; true when
 * something was answered and the engine should go on.
 */
async function askAtTerminal(
  context: CommandContext,
  store: OpenStore,
  project: OpenedProject,
  run: Run,
): Promise<boolean> {
  if (run.status !== "waiting" || !isAsking(run)) return false;
  if (!context.terminal.stdin || !context.terminal.stdout) return false;
  const [
    { askQuestion },
    { readWords },
    { nearest },
    { commandFromHere },
    { wordsWithoutSecrets },
  ] = await Promise.all([
    import("./ask-question.ts"),
    import("../../api/read-words.ts"),
    import("../../config/nearest.ts"),
    import("../../host/host-run.ts"),
    import("../../composition/without-secrets.ts"),
  ]);
  for (const question of questionsOf(run)) {
    const answer = await askQuestion(question);
    if (answer === null) return false;
    const words = question.task === null ? [answer] : ["answer", question.task, answer];
    const here = { run, from: "terminal", prefix: "cairn ", now: Date.now(), nearest } as const;
    const read = readWords(here, words);
    if (read.kind !== "word") continue;
    const { name, task = null, text: said } = read.word;
    const text = said === undefined ? null : await wordsWithoutSecrets(project.root, said);
    store.post(run.id, project.clock.now(), { ...commandFromHere(name, task), text });
  }
  return true;
}

function redBaseline(run: Run): UserError {
  const red = redGates(run);
  const words = red.map((result) => result.tail.trim()).filter((tail) => tail !== "");
  return new UserError("preflight/red-baseline", run.haltReason ?? "The baseline is red.", {
    quote: words.join("\n"),
    hints: [
      `Make it green on ${run.settings.target} first, then begin again: cairn run SOURCE`,
      "Or begin on red, and hold against a task only what it makes worse: baseline: {require_green: none}",
    ],
  });
}

/** Takes the lock for a run. @throws UserError exit 8 when another engine is at work. */
export async function lockFor(
  context: CommandContext,
  project: OpenedProject,
  store: OpenStore,
  run: RunId,
): Promise<void> {
  const lock = await project.lock(store, run, context.commandLine);
  if (!("heldBy" in lock)) return;
  const { otherEngine } = await import("../../host/runs.ts");
  throw otherEngine(lock.heldBy);
}

/** The four lines that a run taken up again begins with. */
export async function sayWhereItStands(context: CommandContext, run: Run): Promise<void> {
  if (context.globals.json || context.globals.progress === "quiet") return;
  const { resumeLines } = await import("../render/resume-lines.ts");
  for (const line of resumeLines(statusJson(run, Date.now(), null))) context.tell(line);
}

/** Preflight: refuses what must not be, and answers what is to be said once nothing else ends the start. */
export async function refuseBadStart(
  context: CommandContext,
  project: OpenedProject,
  read: Parameters<OpenedProject["groundFacts"]>[0],
): Promise<readonly string[]> {
  const { groundChecks, refuseBadGround, SAID_AT_START } = await import("../../host/checks.ts");
  const facts = await project.groundFacts(read);
  const checks = groundChecks(facts, { allowDirty: isOn(context.options, "allowDirty") });
  refuseBadGround(checks);
  if (context.globals.verbose) return checks.map(({ name, words }) => `${name}: ${words}`);
  if (context.globals.progress === "quiet") return [];
  return checks
    .filter(({ code }) => SAID_AT_START.has(code))
    .map(({ words, why }) => `${words} ${why}`);
}
