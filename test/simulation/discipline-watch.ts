import { agentOf } from "../../src/core/run/may-begin.ts";
import type { EventOf, StoredEvent } from "../../src/core/run/events.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import { freesDependents, isTerminal } from "../../src/core/run/task-state.ts";
import { hasMark } from "./discipline.ts";
import type { SimulatedWorld } from "./world.ts";

/**
 * What the discipline promises beside I1 to I13, checked after every event against the world, by records of its own:
 *
 * - D1 nothing with a secret in it, in any commit, is published or merged.
 * - D2 nothing unproven is published first, and no weakened test ever, unless a person let it pass.
 * - D3 a patch that was rejected is not merged, unless a person let it pass.
 * - D4 nothing of a later phase begins before somebody has let the end of the one before it pass.
 * - D5 a part is accepted only with the rest in the plan, and whoever waited for the whole waits for the rest as well.
 * - D6 a question whose time is over gets its default, once, at once, and never before.
 * - D7 no more is begun anew than the settings allow, and what is begun anew begins on a clean branch.
 * - D8 after a panic no pull request of an open task looks ready.
 * - D9 an agent whose provider has sent it away begins nothing before the time it was told.
 * - D10 a task with a session for each step is accepted only when each of them had one.
 */
export class DisciplineWatch {
  readonly #world: SimulatedWorld;
  readonly #passed = new Set<string>();
  /** In the order of the plan. */
  readonly #phases: readonly string[];
  /** Tasks that a person let pass in spite of what was found. */
  readonly #letPass = new Set<string>();
  readonly #rejected = new Map<string, Set<string>>();
  readonly #restarts = new Map<string, number>();
  readonly #begunAnew = new Set<string>();
  readonly #sentAway = new Map<string, number>();
  readonly #timedOut = new Set<string>();
  readonly #notDrafted = new Set<string>();
  /** Tasks of which something was published. */
  readonly #published = new Set<string>();
  #panickedAt: number | null = null;
  /** The question whose default is due in the same append. */
  #due: { readonly task: string; readonly word: string } | null = null;
  /** Open questions, and whether they are heard, after the newest event that was seen. */
  #questions: ReadonlyMap<string, NonNullable<Task["question"]>> = new Map();
  #limits: readonly Limit[] = [];
  #isHeard = false;
  #at: number | null = null;
  /** Commits that have nothing before them that must not be published, by task. */
  readonly #clean = new Map<string, Set<string>>();

  /** For each engine anew, from the log: what was seen of an append that failed has never happened. */
  constructor(world: SimulatedWorld, run: Run, log: readonly StoredEvent[]) {
    this.#world = world;
    const { issues } = world.scenario.plan;
    this.#phases = [...new Set(issues.flatMap(({ phase }) => phase ?? []))];
    for (const event of log) this.#note(event);
    this.#questions = questionsOf(run);
    this.#limits = limitsOf(run);
  }

  /** @throws Error with the name of the sentence that does not hold. */
  see(run: Run, event: StoredEvent): void {
    if (run.settings.discipline === undefined) return;
    if (event.at !== this.#at) this.#judgeTime();
    this.#judge(run, event);
    this.#note(event);
    if (event.seq !== run.seq) return;
    if (this.#due !== null) this.#fail(`D6: ${this.#due.task} did not get its default`);
    this.#questions = questionsOf(run);
    this.#limits = limitsOf(run);
    this.#isHeard = run.status === "running" || run.status === "waiting";
    this.#at = event.at;
  }

  /** Of a run at rest. */
  judgeEnd(run: Run): void {
    if (run.status !== "waiting") return;
    for (const { id } of limitsOf(run)) this.#fail(`D6: the run rests, and ${id} has a time limit`);
  }

  #fail(what: string): never {
    throw new Error(what);
  }

  #note(event: StoredEvent): void {
    switch (event.type) {
      case "PhaseContinued":
        this.#passed.add(event.phase);
        return;
      case "ReviewRejected": {
        const known = this.#rejected.get(event.task) ?? new Set();
        this.#rejected.set(event.task, known.add(event.patchId));
        return;
      }
      case "WorkAccepted":
      case "FixAccepted":
        this.#published.add(event.task);
        return;
      case "TaskRetried":
        this.#rejected.delete(event.task);
        this.#letPass.delete(event.task);
        this.#restarts.delete(event.task);
        return;
      case "ProviderLimited":
        if (event.agent !== undefined) {
          const known = this.#sentAway.get(event.agent) ?? 0;
          this.#sentAway.set(event.agent, Math.max(known, event.until));
        }
        return;
      case "QuestionAnswered":
        if (event.answer === "approve" || event.answer === "force") this.#letPass.add(event.task);
        if (event.kind === "tdd") this.#begunAnew.add(event.task);
        return;
      case "TddViolated":
        this.#begunAnew.add(event.task);
        this.#restarts.set(event.task, (this.#restarts.get(event.task) ?? 0) + 1);
        return;
      case "AttemptStarted":
        this.#begunAnew.delete(event.task);
        return;
      case "PanicRaised":
        this.#panickedAt = event.at;
        return;
      case "RunResumed":
        this.#panickedAt = null;
        return;
      case "EffectFinished":
        if (event.outcome === "Trouble") this.#notDrafted.add(event.key);
        return;
      default:
    }
  }

  #judge(run: Run, event: StoredEvent): void {
    this.#judgeDefault(event);
    switch (event.type) {
      case "WorkAccepted":
      case "FixAccepted":
        return this.#judgeAccepted(run, event);
      case "PullRequestMerged":
        return this.#judgeMerged(run, event);
      case "AttemptStarted":
        return this.#judgeStart(run, event);
      case "EffectStarted":
        return this.#judgeEffect(run, event);
      case "PhaseEnded":
        for (const task of run.tasks.values())
          if (task.issue.phase === event.phase && !isTerminal(task.status))
            this.#fail(`D4: ${event.phase} is over while ${task.key} is ${task.status}`);
        return;
      case "TddViolated": {
        const most = run.settings.discipline?.tdd?.restarts ?? 0;
        const times = 1 + (this.#restarts.get(event.task) ?? 0);
        if (times > most) this.#fail(`D7: ${event.task} is begun anew ${times} times`);
        return;
      }
      case "QuestionTimedOut":
        return this.#judgeTimedOut(event);
      case "PhaseContinued":
        if (event.by === "question timeout" && !this.#isOver(event.phase, event.at))
          this.#fail(`D6: the time of ${event.phase} is not over`);
        return;
      case "RunResumed":
        // Both words in one append: nothing was decided in between.
        if (this.#panickedAt !== null && this.#panickedAt !== event.at) this.#judgeDrafts(run);
        return;
      default:
    }
  }

  #judgeAccepted(run: Run, event: EventOf<"WorkAccepted" | "FixAccepted">): void {
    const { task: key, head } = event;
    const { repository } = this.#world;
    const own = repository.get(head).tree[`own-${key}`];
    if (!this.#isClean(key, head)) this.#fail(`D1: ${key} is published with a secret in it`);
    const task = run.tasks.get(key);
    if (task === undefined) return;
    const isJudged = run.settings.discipline?.tdd != null && task.issue.type !== "VALIDATION";
    if (isJudged && !this.#letPass.has(key)) {
      if (!this.#published.has(key) && hasMark(own, "UNPROVEN", key))
        this.#fail(`D2: ${key} is accepted unproven`);
      if (hasMark(own, "WEAKENED", key)) this.#fail(`D2: ${key} is accepted with a weaker test`);
    }
    this.#judgePart(run, task, own);
    const steps = task.issue.steps?.length ?? 0;
    const isStepwise = run.settings.discipline?.stepSessions === true;
    if (!isStepwise || hasMark(own, "PART", key)) return;
    for (let step = 0; step < steps; step += 1)
      if (!this.#world.steps.has(`${key} ${step}`))
        this.#fail(`D10: ${key} is accepted, and nobody began its step ${step + 1} of ${steps}`);
  }

  #judgePart(run: Run, { key }: Task, own: string | undefined): void {
    const rest = [...run.tasks.values()].some(({ issue }) => issue.followUpOf === key);
    if (hasMark(own, "PART", key) && !rest)
      this.#fail(`D5: a part of ${key} is accepted, and what is left is in no plan`);
  }

  #judgeMerged(run: Run, { task: key, commit }: EventOf<"PullRequestMerged">): void {
    const task = run.tasks.get(key);
    const own = this.#world.repository.get(commit).tree[`own-${key}`];
    if (task === undefined) return;
    if ((own ?? "").includes("SECRET")) this.#fail(`D1: ${key} is merged with a secret in it`);
    this.#judgePart(run, task, own);
    const isRejected = this.#rejected.get(key)?.has(task.patchId ?? "") === true;
    if (isRejected && !this.#letPass.has(key))
      this.#fail(`D3: ${key} is merged as it was rejected`);
  }

  #judgeStart(run: Run, { task: key, workspace }: EventOf<"AttemptStarted">): void {
    const { repository, scenario } = this.#world;
    if (this.#begunAnew.has(key) && !scenario.meddling)
      if (repository.tip(workspace.branch) !== workspace.forkPoint)
        this.#fail(`D7: ${key} is begun anew on what was there before`);
    const task = run.tasks.get(key);
    if (task === undefined || scenario.meddling || task.sessions > 0) return;
    const planned = scenario.plan.issues.find((issue) => issue.key === key)?.blockers ?? [];
    const awaited = new Set(planned.map((blocker) => blocker.key));
    for (const other of run.tasks.values()) {
      const { followUpOf } = other.issue;
      if (followUpOf === undefined || !awaited.has(followUpOf)) continue;
      // Or it stands on it.
      if (!freesDependents(other) && workspace.standsOn?.includes(other.key) !== true)
        this.#fail(`D5: ${key} begins before ${other.key}, which is the rest of ${followUpOf}`);
    }
  }

  #judgeEffect(run: Run, { action, at }: StoredEvent & EventOf<"EffectStarted">): void {
    if (action.type !== "RunSession" && action.type !== "PrepareWorkspace") return;
    const task = run.tasks.get(action.task);
    if (task === undefined) return;
    const { mode, discipline } = run.settings;
    if (mode === "interactive" && discipline?.phases === true)
      for (const phase of this.#phasesBefore(task))
        if (!this.#passed.has(phase))
          this.#fail(`D4: ${task.key} begins before the end of ${phase} was let pass`);
    if (action.type !== "RunSession" || this.#world.sessions.has(action.session)) return;
    const { agent } = agentOf(run, action.role);
    const until = this.#sentAway.get(agent) ?? 0;
    if (until > at) this.#fail(`D9: ${action.session} asks ${agent}, which was sent away`);
  }

  #phasesBefore({ issue }: Task): readonly string[] {
    const index = issue.phase === undefined ? 0 : this.#phases.indexOf(issue.phase);
    return this.#phases.slice(0, Math.max(0, index));
  }

  #judgeTimedOut(event: StoredEvent & EventOf<"QuestionTimedOut">): void {
    const asked = this.#questions.get(event.task);
    if (asked === undefined || asked.until === undefined || asked.until > event.at)
      this.#fail(`D6: the time of ${event.question} is not over`);
    const name = `${event.task} ${asked?.askedAt}`;
    if (this.#timedOut.has(name)) this.#fail(`D6: ${event.question} is answered twice by time`);
    this.#timedOut.add(name);
    this.#due = { task: event.task, word: asked?.default ?? "" };
  }

  #isOver(id: string, at: number): boolean {
    return this.#limits.some((limit) => limit.id === id && limit.until <= at);
  }

  /** Directly behind it, what the default says. */
  #judgeDefault(event: StoredEvent): void {
    const due = this.#due;
    if (due === null) return;
    this.#due = null;
    const isIt =
      "task" in event &&
      event.task === due.task &&
      (event.type === "QuestionAnswered"
        ? event.answer === due.word
        : event.type === "TaskSkipped" && (due.word === "skip" || due.word === "done-elsewhere"));
    if (!isIt && event.type !== "RunAborted")
      this.#fail(`D6: ${due.task} got ${event.type} instead of its default, ${due.word}`);
  }

  /** Every append ends with what is due: what was over at the one before is asked no more. */
  #judgeTime(): void {
    if (this.#at === null || !this.#isHeard) return;
    for (const { id, until } of this.#limits)
      if (until <= this.#at) this.#fail(`D6: the time of ${id} is over, and it is still asked`);
  }

  #judgeDrafts(run: Run): void {
    const { service } = this.#world;
    if (service === null) return;
    const owed = new Set(
      [...run.effects.values(), ...run.delayed.values()].flatMap(({ action }) =>
        "task" in action ? [action.task] : [],
      ),
    );
    for (const { key, branch, status, pullRequest } of run.tasks.values()) {
      if (pullRequest === null || isTerminal(status) || owed.has(key)) continue;
      const isGivenUp = [...this.#notDrafted].some((name) => name.startsWith(`draft:${key}:`));
      const pull = service.openPull(branch);
      if (pull !== null && !pull.isDraft && !isGivenUp)
        this.#fail(`D8: ${branch} looks ready after a panic`);
    }
  }

  #isClean(key: string, head: string): boolean {
    const known = this.#clean.get(key) ?? new Set();
    this.#clean.set(key, known);
    const { repository } = this.#world;
    const pending = [head];
    const seen = new Set<string>();
    for (let sha = pending.pop(); sha !== undefined; sha = pending.pop()) {
      if (seen.has(sha) || known.has(sha)) continue;
      seen.add(sha);
      const { tree, parents } = repository.get(sha);
      if ((tree[`own-${key}`] ?? "").includes("SECRET")) return false;
      pending.push(...parents);
    }
    for (const sha of seen) known.add(sha);
    return true;
  }
}

function questionsOf(run: Run): ReadonlyMap<string, NonNullable<Task["question"]>> {
  return new Map(
    [...run.tasks.values()].flatMap(({ key, question }) =>
      question === null ? [] : [[key, question] as const],
    ),
  );
}

interface Limit {
  readonly id: string;
  readonly until: number;
}

/** What is asked of a person, and until when. */
function limitsOf(run: Run): readonly Limit[] {
  const { asks } = run.phases;
  const ofPhase = asks?.until === undefined ? [] : [{ id: asks.phase, until: asks.until }];
  const ofTasks = [...questionsOf(run).values()].flatMap(({ id, until }) =>
    until === undefined ? [] : [{ id, until }],
  );
  return [...ofPhase, ...ofTasks];
}
