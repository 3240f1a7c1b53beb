import { exitCodeOf } from "../../core/report/exit-code.ts";
import { ExitCode, UserError } from "../../errors.ts";
import { statusJson } from "../../api/status-json.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import type { GateResult } from "../../core/execute/gates.ts";
import type { Run } from "../../core/run/run.ts";
import type { RunId } from "../../core/shared/names.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { OpenStore, HostedWorld } from "../../host/project.ts";
import type { CommandContext } from "../command-module.ts";
import { isOn, textOption } from "../options.ts";
import type { Progress } from "../render/live.ts";
import { lookOf, progressMode } from "../render/terminal.ts";

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

export interface HostingRequest {
  readonly context: CommandContext;
  readonly project: OpenedProject;
  readonly store: OpenStore;
  readonly run: Run;
  /** Said to the engine before anything else. */
  readonly first?: (run: RunId) => void;
}

/** Hosts the engine until the run is at rest, shows it, asks at a terminal, and answers the exit code. */
export async function hostHere(request: HostingRequest): Promise<ExitCode> {
  const { context, project, store } = request;
  const { hostRun } = await import("../../host/host-run.ts");
  request.first?.(request.run.id);
  const hosted = await project.openWorld(request.run);
  let { run } = request;
  let signal: NodeJS.Signals | null = null;
  try {
    for (;;) {
      const progress = await progressFor(request, run, hosted);
      const end = await hostRun({
        store,
        world: hosted.world,
        faults: project.faults,
        ...(hosted.listen === undefined ? {} : { listen: hosted.listen }),
        run,
        cairnFolder: project.cairnFolder,
        inspect: (state, event) => project.inspect(state, event),
        onEvents: (now, events) => {
          progress.take(now, events);
          if (context.globals.verbose) for (const why of decisions(events)) progress.say(why);
        },
        onSignal: (words) => progress.say(words),
      });
      ({ run, signal } = end);
      progress.end(run);
      if (signal !== null || !(await askAtTerminal(context, store, project, run))) break;
    }
  } finally {
    await hosted.close();
  }
  await finish(request, run);
  if (isRefusedAtStart(run)) throw redBaseline(run);
  return endCode(run, signal);
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
): Promise<Progress> {
  const { context, store } = request;
  const { openProgress } = await import("../render/live.ts");
  const stdout = { isTTY: context.terminal.stdout, columns: context.terminal.columns };
  const progress = await openProgress({
    mode: progressMode(
      context.globals.json ? "json" : context.globals.progress,
      stdout,
      context.env,
    ),
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

/** Asks the open questions of a run that waits; true when something was answered and the engine should go on. */
async function askAtTerminal(
  context: CommandContext,
  store: OpenStore,
  project: OpenedProject,
  run: Run,
): Promise<boolean> {
  if (run.status !== "waiting" || run.settings.mode !== "interactive") return false;
  if (!context.terminal.stdin || !context.terminal.stdout) return false;
  const asking = [...run.tasks.values()].filter((task) => task.question !== null);
  if (asking.length === 0) return false;
  const [{ askQuestion }, { commandFromHere }] = await Promise.all([
    import("./ask-question.ts"),
    import("../../host/host-run.ts"),
  ]);
  for (const task of asking) {
    if (task.question === null) continue;
    const answer = await askQuestion(task.key, task.question);
    if (answer === null) return false;
    store.post(run.id, project.clock.now(), {
      ...commandFromHere("answer", task.key),
      text: answer,
    });
  }
  return true;
}

/** The plan was rejected by its baseline: nothing was begun. A person's own cancel comes later, or leaves no reason. */
function isRefusedAtStart(run: Run): boolean {
  return run.status === "cancelled" && run.haltReason !== null && redGates(run).length > 0;
}

function redGates(run: Run): readonly GateResult[] {
  return (run.baseline ?? []).filter((result) => !result.ok);
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

/** What is written, tidied and said when the engine has come to rest; may be done again. */
export async function finish(request: HostingRequest, run: Run): Promise<void> {
  const { context, project, store } = request;
  const events: readonly StoredEvent[] = store.read(run.id, 0);
  const [{ writeRunFolder }, { runFolder }, { toPlanJson }, { stringify }] = await Promise.all([
    import("../../host/run-folder.ts"),
    import("../../host/host-run.ts"),
    import("../../api/plan-json.ts"),
    import("yaml"),
  ]);
  const planYaml = run.plan === null ? "" : stringify(toPlanJson(run.plan));
  writeRunFolder({ folder: runFolder(project.cairnFolder, run.id), run, events, planYaml });
  await project.restoreCheckout(run);
  if (run.status === "complete" || run.status === "cancelled") await project.tidy(run);
  if (isOn(context.options, "metrics")) {
    const { reportDocument } = await import("../../api/report-json.ts");
    context.out(reportDocument("metrics", run, events, false));
  }
  if (context.globals.progress === "quiet" || context.globals.json || isRefusedAtStart(run)) return;
  for (const line of endLines(run)) context.tell(line);
}

function endLines(run: Run): readonly string[] {
  const status = statusJson(run, Date.now(), null);
  const merged = run.merged.length;
  const where =
    run.landed === null
      ? `on ${run.settings.integrationBranch}; the run is ${run.status}`
      : `and landed on ${run.landed.target} as ${run.landed.commit.slice(0, 10)}`;
  const head = `${merged} of ${run.tasks.size} merged ${where}.`;
  const why = run.haltReason ?? run.landingRefused;
  const opened = run.landed === null && why === null ? run.landingPullRequest : null;
  return [
    head,
    ...(opened === null
      ? []
      : [`Pull request #${opened.number} lands it; a person merges it: ${opened.url ?? ""}`]),
    ...(why === null ? [] : [why]),
    ...status.next.slice(0, 3).map((command) => `  next: ${command}`),
  ];
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

/** Preflight: says the warnings, refuses what must not be. */
export async function refuseBadStart(
  context: CommandContext,
  project: OpenedProject,
  read: Parameters<OpenedProject["groundFacts"]>[0],
): Promise<void> {
  const { groundChecks, refuseBadGround } = await import("../../host/checks.ts");
  const facts = await project.groundFacts(read);
  const checks = groundChecks(facts, { allowDirty: isOn(context.options, "allowDirty") });
  refuseBadGround(checks);
  if (
    facts.existingBranches.length > 0 &&
    project.loaded.config.branches.existing === "ask" &&
    read?.settings.mode === "interactive"
  ) {
    throw new UserError(
      "preflight/branches-exist",
      `Task branches exist already: ${facts.existingBranches.slice(0, 5).join(", ")}.`,
      {
        hints: [
          `Look at one: git log ${facts.existingBranches[0] ?? "BRANCH"}`,
          "Begin these tasks again, the old commits are kept: --existing clean",
          "Leave these tasks out: --existing skip",
        ],
      },
    );
  }
  if (context.globals.verbose)
    for (const check of checks) context.tell(`${check.name}: ${check.words}`);
}
