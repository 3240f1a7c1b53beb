import { isAgentMail } from "../../src/core/shared/agent-mail.ts";
import { isDeepStrictEqual } from "node:util";
import { openMemoryStore, type Store } from "../../src/adapters/sqlite/store.ts";
import { hasMoney } from "../../src/core/run/budget.ts";
import type { Day } from "../../src/core/run/day.ts";
import type { Command, CommandName } from "../../src/core/run/commands.ts";
import type { StoredEvent } from "../../src/core/run/events.ts";
import { emptyRun } from "../../src/core/run/evolve.ts";
import { checkAll, checkInvariants } from "../../src/core/run/invariants.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import type { SettingsChanges } from "../../src/core/run/settings.ts";
import { isTerminal } from "../../src/core/run/task-state.ts";
import { addUsage, NO_USAGE } from "../../src/core/shared/money.ts";
import { RULES, type Rules } from "../../src/core/run/transition.ts";
import { waitingFor } from "../../src/core/run/waiting-for.ts";
import type { World } from "../../src/engine/performer.ts";
import { createPerform } from "../../src/engine/perform.ts";
import { ForgeWatch } from "../../src/engine/forge-watch.ts";
import { RunEngine, type Perform } from "../../src/engine/run-engine.ts";
import { SimulatedClock } from "./clock.ts";
import { isBad } from "./discipline.ts";
import { DisciplineWatch } from "./discipline-watch.ts";
import { proveByMarks } from "./proof.ts";
import { roll, Stream } from "./random.ts";
import { scenarioOf, type Scenario } from "./scenario.ts";
import { ENGINE } from "./repository.ts";
import type { SimulatedService } from "./service.ts";
import { revertsOf } from "./whole.ts";
import { Lifetime, SimulatedWorld } from "./world.ts";

/** A bug to be planted from outside: other rules, another world, other performers, another check of the log. */
export interface Plant {
  readonly rules?: Partial<Rules>;
  readonly world?: (world: World, simulated: SimulatedWorld) => World;
  readonly perform?: (perform: Perform, simulated: SimulatedWorld) => Perform;
  /** Changes the run that a new engine folds from the log. */
  readonly recovered?: (run: Run) => void;
}

export interface Result {
  readonly statuses: Readonly<Record<string, string>>;
  readonly merged: readonly string[];
  readonly tree: string;
  readonly run: Run;
  readonly events: number;
  readonly crashes: number;
  readonly log: readonly StoredEvent[];
}

/** Engines that find the same tools for their gates. */
const TOOLS_LAST = 4;

/** A seed that went red, with what is needed to look at it. */
export class RedSeed extends Error {
  readonly seed: number;
  readonly phase: string;
  readonly step: number;
  readonly events: readonly StoredEvent[];

  constructor(
    seed: number,
    phase: string,
    step: number,
    events: readonly StoredEvent[],
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.seed = seed;
    this.phase = phase;
    this.step = step;
    this.events = events;
  }
}

const STOPS: ReadonlySet<string> = new Set([
  "RunAborted",
  "PanicRaised",
  "CriticalStopRaised",
  "RunCancelled",
]);
const STEPS_MAX = 12_000;
const EVENTS_MAX = 20_000;
const RUN = "sim";

/** Runs a seed calmly and then through trouble and deaths; both must end alike (I13). @throws RedSeed */
export async function simulateSeed(
  seed: number,
  plant: Plant = {},
  scenario: Scenario = scenarioOf(seed),
): Promise<{ readonly events: number; readonly crashes: number; readonly compared: boolean }> {
  const calm = await new Simulation(scenario, null, plant).run();
  const wild = await new Simulation(scenario, new Stream(seed, "chaos"), plant).run();
  const compared = !scenario.meddling;
  if (compared) compare(seed, calm, wild);
  return { events: calm.events + wild.events, crashes: wild.crashes, compared };
}

function compare(seed: number, calm: Result, wild: Result): void {
  const differs = (what: string): never => {
    throw new RedSeed(seed, "comparison", 0, [], new Error(`I13: ${what}`));
  };
  for (const [key, status] of Object.entries(calm.statuses)) {
    const other = wild.statuses[key];
    if (other !== status) differs(`${key} is ${status} in the calm run and ${other} after crashes`);
  }
  if (calm.tree !== wild.tree) differs(`the final trees differ: ${calm.tree} and ${wild.tree}`);
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #chaos: Stream | null;
  readonly #plant: Plant;
  readonly #rules: Rules;
  readonly #clock = new SimulatedClock();
  readonly #world: SimulatedWorld;
  readonly #store: Store = openMemoryStore();
  readonly #said = new Set<string>();
  readonly #checked: Run;
  #watch!: DisciplineWatch;
  /** When each question was asked, by task and kind. */
  readonly #asked = new Map<string, Set<number>>();
  #life!: Lifetime;
  #engine: RunEngine | null = null;
  #ended: { error: unknown } | null = null;
  #crashes = 0;
  #step = 0;
  #planned = 0;
  /** Somebody did something on the service that nobody at rest looks at. */
  #isStirred = false;

  constructor(scenario: Scenario, chaos: Stream | null, plant: Plant) {
    this.#scenario = scenario;
    this.#chaos = chaos;
    this.#plant = plant;
    this.#rules = { ...RULES, ...plant.rules };
    this.#world = new SimulatedWorld(scenario, this.#clock, chaos);
    this.#checked = emptyRun(RUN);
  }

  async run(): Promise<Result> {
    try {
      const run = await this.#untilOver();
      return this.#judge(run);
    } catch (error) {
      const phase = this.#chaos === null ? "calm" : "crashes";
      throw new RedSeed(
        this.#scenario.seed,
        phase,
        this.#step,
        this.#store.read(RUN, 0).slice(-20),
        error,
      );
    } finally {
      this.#store.close();
    }
  }

  async #untilOver(): Promise<Run> {
    const { plan, branches, settings } = this.#scenario;
    this.#store.append(RUN, 0, this.#clock.now(), [
      { type: "RunCreated", run: RUN, settings, version: "0" },
      { type: "PlanProposed", plan, branches, freed: [] },
    ]);
    if (this.#scenario.meddling) {
      if (this.#world.service === null) this.#planMeddling();
      else this.#planMeddlingThere(this.#world.service);
      this.#planReverts();
    }
    if (this.#chaos !== null) this.#planInterruptions();
    this.#start();
    for (this.#step = 0; this.#step < STEPS_MAX; this.#step += 1) {
      await quiet();
      if (this.#world.broken !== null) throw this.#world.broken;
      if (!this.#life.alive || this.#ended !== null) {
        const rest = this.#afterEngine();
        if (rest !== null) return rest;
        continue;
      }
      this.#listen(this.#engine?.run);
      if (!this.#clock.advance())
        throw new Error("stuck: nothing is under way and the engine does not rest");
      this.#jump();
    }
    throw new Error(`stuck: not at rest after ${STEPS_MAX} steps`);
  }

  /** The engine is dead or at rest: a new one is started, or the run is over. */
  #afterEngine(): Run | null {
    const ended = this.#ended;
    this.#ended = null;
    const isDead = !this.#life.alive || (ended !== null && ended.error !== null);
    if (ended?.error != null && !(ended.error instanceof AppendFailed)) throw ended.error;
    if (isDead) {
      this.#life.alive = false;
      this.#crashes += 1;
      const { discipline } = this.#scenario.settings;
      // The world goes on for a while before somebody starts the next engine.
      for (let count = this.#chaos?.between(0, 4) ?? 0; count > 0; count -= 1)
        this.#clock.advance(discipline === undefined ? Infinity : NOBODY_LOOKS_MS);
      this.#start();
      return null;
    }
    const run = this.#engine?.run;
    if (run === undefined) throw new Error("there is no engine");
    this.#listen(run);
    const isAsked = this.#isStirred || this.#store.pending(RUN, run.commandsTaken).length > 0;
    if (!isAsked && this.#planned === 0) return run;
    if (isAsked || !this.#clock.advance()) this.#start();
    else this.#ended = { error: null };
    return null;
  }

  #start(): void {
    this.#isStirred = false;
    const life = new Lifetime(
      this.#world,
      this.#chaos === null ? 0 : this.#chaos.chance(0.15) ? 0.2 : 0.015,
    );
    this.#life = life;
    // What a dead engine's gates left behind is ended before the next one begins.
    this.#world.gates.endAll();
    const run = emptyRun(RUN);
    const stored = this.#store.read(RUN, 0);
    for (const event of stored) this.#rules.evolve(run, event);
    const watch = new DisciplineWatch(this.#world, run, stored);
    this.#watch = watch;
    this.#plant.recovered?.(run);
    const view = this.#plant.world?.(life.view(), this.#world) ?? life.view();
    const perform = this.#performs(view, life);
    const engine = new RunEngine(
      {
        log: this.#log(life),
        inbox: this.#store,
        clock: this.#clock,
        faults: life,
        day: () => this.#today(),
        // Updated now and then, while nobody runs.
        tools: `tools-${Math.floor(this.#crashes / TOOLS_LAST)}`,
        perform: this.#plant.perform?.(perform, this.#world) ?? perform,
        rules: this.#rulesOf(),
        watch: (tell) =>
          new ForgeWatch({ world: view, tell: (message) => this.#tell(life, tell, message) }),
        // As the host does it.
        appended: (_run, events) => {
          if (events.some((event) => STOPS.has(event.type))) view.gates.endAll();
        },
        inspect: (state, event) => {
          if (event.seq > EVENTS_MAX) throw new Error(`stuck: more than ${EVENTS_MAX} events`);
          checkInvariants(state, event);
          watch.see(state, event);
          this.#pullAway(event);
        },
      },
      run,
    );
    this.#engine = engine;
    const end = (error: unknown): void => {
      if (this.#engine === engine && life.alive) this.#ended = { error };
    };
    engine.untilAtRest(this.#crashes).then(
      () => end(null),
      (error: unknown) => end(error ?? new Error("nothing")),
    );
  }

  /** The real performers, but for the proof of how work came to be. */
  #performs(view: World, life: Lifetime): Perform {
    const perform = createPerform(view, life);
    const prove = proveByMarks(view, life, this.#world);
    return (action, run) =>
      action.type === "ProveWork" ? prove(action, run) : perform(action, run);
  }

  /** Days of the simulation end at midnight UTC, wherever it is run; there is one run, and all of it counts. */
  #today(): Day {
    const begins = Math.floor(this.#clock.now() / DAY_MS) * DAY_MS;
    let spent = NO_USAGE;
    for (const event of this.#store.read(RUN, 0)) {
      if (event.type !== "SessionEnded" || event.at < begins) continue;
      spent = addUsage(spent, event.usage);
    }
    return { ends: begins + DAY_MS, spent };
  }

  /** Outcomes are told twice now and then, the second time with whatever comes next. */
  #rulesOf(): Rules {
    const chaos = this.#chaos;
    if (chaos === null) return this.#rules;
    const { react } = this.#rules;
    let earlier: Message | null = null;
    return {
      ...this.#rules,
      react: (run, message, now) => {
        // An effect that met trouble is begun again under its key: then the news is not old.
        const isOld = earlier?.kind === "outcome" && !run.effects.has(earlier.key);
        if (earlier !== null && isOld && chaos.chance(0.1) && react(run, earlier, now).length > 0) {
          throw new Error("I7: an outcome that was told twice counted twice");
        }
        if (message.kind === "outcome") earlier = message;
        return react(run, message, now);
      },
    };
  }

  /** News comes twice now and then, the second time when it is old. */
  #tell(life: Lifetime, tell: (message: Message) => void, message: Message): void {
    tell(message);
    if (this.#chaos?.chance(0.1) !== true) return;
    this.#clock.after(this.#chaos.between(1, 600_000), () => {
      if (life.alive && this.#life === life && this.#ended === null) tell(message);
    });
  }

  #log(life: Lifetime): Store {
    const store = this.#store;
    const chaos = this.#chaos;
    return new Proxy(store, {
      get: (target, name) => {
        if (name !== "append") {
          const value = Reflect.get(target, name) as unknown;
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        }
        return (...args: Parameters<Store["append"]>) => {
          if (!life.alive) throw new AppendFailed("dead");
          if (chaos?.chance(0.004) === true) throw new AppendFailed("the disk is full");
          return store.append(...args);
        };
      },
    });
  }

  #jump(): void {
    if (this.#chaos?.chance(0.005) !== true) return;
    const { habits, meddling } = this.#scenario;
    // Checks that end in time must not be late for a clock that was set wrong, where results are compared.
    const most = habits !== null && !meddling ? 300_000 : 3_600_000;
    this.#clock.skewMs = this.#chaos.chance(0.5) ? 0 : this.#chaos.between(-most, most);
    this.#engine?.nudge();
  }

  /** A person looks at the run: answers what is asked, resumes what was stopped. */
  #listen(run: Run | undefined): void {
    if (run === undefined) return;
    for (const task of run.tasks.values()) {
      if (task.status === "escalated" && task.question !== null) this.#answer(run, task);
    }
    if (run.status === "halted" || run.status === "paused") {
      if (run.status === "halted") this.#putBack(run);
      const flags = run.status === "halted" ? { afterPanic: true, acknowledge: true } : {};
      this.#say(`resume ${run.seq}`, { name: "resume", flags });
    }
    const { asks } = run.phases;
    if (asks !== null) this.#letPass(asks);
    if (run.status === "waiting" && run.verifyFailed !== null) this.#mend(run);
    if (run.status === "waiting" && [...run.tasks.values()].some((task) => isHeld(run, task)))
      this.#raise();
    if (
      run.status === "complete" &&
      run.landed === null &&
      run.merged.length > 0 &&
      roll(this.#scenario.seed, "lands") < 0.4
    ) {
      this.#say("land", { name: "land", flags: { partial: true } });
    }
  }

  /** Somebody takes merged tasks back at any time. */
  #planReverts(): void {
    const { seed, plan, settings } = this.#scenario;
    if (settings.merging === undefined) return;
    const keys = plan.issues.map(({ key }) => key);
    for (const { at, name, task } of revertsOf(new Stream(seed, "reverts"), keys))
      this.#post(at, { name, task });
  }

  /** A person believes what is said of a red whole, and takes that back; else it is tested once more. */
  #mend(run: Run): void {
    const { breaker } = this.#scenario;
    const culprit = run.verifyFailed?.culprit ?? null;
    // What was merged by hand is somewhere below the place where it was noticed.
    if (culprit !== null && culprit !== breaker && run.tasks.get(culprit)?.mergedOnto !== null)
      fail(`I6: ${culprit} is blamed for the whole, it was ${breaker ?? "nobody"}`);
    if (breaker === null || run.verifications > 12) return;
    if (culprit === null) this.#say(`again ${run.verifications}`, { name: "resume" });
    else this.#say(`revert ${run.reverts}`, { name: "revert", task: culprit });
  }

  /** A person's word at the end of a phase. */
  #letPass({ phase, next }: NonNullable<Run["phases"]["asks"]>): void {
    if (this.#isSilent("phase", phase)) return;
    const skips = roll(this.#scenario.seed, "phase", next) < 0.2;
    this.#say(`phase ${phase}`, { name: skips ? "skip-phase" : "continue" });
  }

  /** Somebody pushed to the branch there while an agent worked here: a person merges the two, as they are told. */
  #takeIn({ branch, key }: Task): void {
    const { repository, service } = this.#world;
    const [there, here] = [service?.tip(branch) ?? null, repository.tip(branch)];
    if (there === null || here === null || !this.#scenario.meddling) return;
    if (repository.contains(here, there) || repository.contains(there, here)) return;
    const own = `own-${key}`;
    const [theirs, ours] = [repository.get(there).tree, repository.get(here).tree];
    const lines = new Set(`${theirs[own] ?? ""}${ours[own] ?? ""}`.split("\n"));
    const tree = { ...theirs, ...ours, [own]: [...lines].join("\n") };
    const merged = repository.commit(tree, [here, there], "a person's merge", "person@invalid");
    repository.setRef(branch, merged, "person@invalid");
  }

  #raise(): void {
    this.#world.parallel = Math.max(this.#world.parallel, MORE.parallel);
    this.#say("budget", { name: "resume", flags: { settings: MORE } });
  }

  #answer(run: Run, task: Task): void {
    const { question } = task;
    if (question === null) return;
    const { seed } = this.#scenario;
    const place = `${task.key} ${question.kind}`;
    const at = roll(
      seed,
      "answer",
      task.key,
      question.kind,
      task.rounds.spec,
      task.rounds.quality,
      task.rounds.pullRequest,
      ...(task.restarts === 0 ? [] : [task.restarts]),
    );
    if (this.#isSilent(question.kind, task.key)) return;
    const name = `${place} ${question.askedAt} ${task.sessions} ${run.seq >= 0}`;
    if (question.kind === "agent")
      return this.#say(name, { name: "answer", task: task.key, text: "b" });
    if (this.#chaos?.chance(0.01) === true && question.options.includes("abort")) {
      return this.#say(`${name} abort`, { name: "answer", task: task.key, text: "abort" });
    }
    // A reviewer that asks does so again after every conflict: the answer must not depend on how often.
    const measured = this.#answerMeasured(task, question, at);
    if (measured !== null)
      return this.#say(name, { name: "answer", task: task.key, text: measured });
    const asks = question.text.includes("asks a person");
    const options = question.options.filter((option) => option !== "abort" && option !== "retry");
    const fixed = asks ? "approve" : (options[Math.floor(at * options.length)] ?? "skip");
    // The two words must not race.
    if (this.#isAnsweredThere(question.kind))
      return this.#say(name, { name: "answer", task: task.key, text: "approve" });
    if (question.kind === "overdue" && fixed === "continue")
      this.#world.service?.rerun(task.branch);
    if (question.kind === "trouble") this.#takeIn(task);
    if (question.kind === "trouble")
      return this.#say(name, { name: "answer", task: task.key, text: "retry" });
    // Nobody says the same for ever.
    const asked = [...this.#said].filter((said) => said.startsWith(`${place} `)).length;
    const isTired = this.#scenario.meddling && asked > 4;
    const word = isTired || (fixed === "fix" && task.granted > 2) ? "skip" : fixed;
    this.#say(name, { name: "answer", task: task.key, text: word });
  }

  /** Who reviews on the service approves there, too. */
  #isAnsweredThere(kind: string): boolean {
    const { habits } = this.#scenario;
    return habits !== null && (habits.asksPerson || habits.approvals > 0) && OF_HEAD.has(kind);
  }

  /** Questions that nobody answers, where they have a time limit; what the world broke is always seen to. */
  #isSilent(kind: string, task: string): boolean {
    const { seed, settings } = this.#scenario;
    if ((settings.discipline?.questionTimeoutMs ?? null) === null) return false;
    const isOfOrder = ["trouble", "conflict", "landing-check"].includes(kind);
    // Who approves on the service may do so before it is asked, or after.
    if (this.#isAnsweredThere(kind)) return false;
    return !isOfOrder && roll(seed, "silent", task, kind) < 0.3;
  }

  /** What is said to what a measurement has found; null: another question. Nobody says the same for ever. */
  #answerMeasured(task: Task, question: NonNullable<Task["question"]>, at: number): string | null {
    const { kind, askedAt } = question;
    const asked = this.#asked.get(`${task.key} ${kind}`) ?? new Set();
    this.#asked.set(`${task.key} ${kind}`, asked.add(askedAt));
    switch (kind) {
      case "tdd":
        return at < 0.75 && task.restarts < 4 ? "restart" : "skip";
      case "secret":
      case "partial":
        return at < 0.6 && asked.size < 3 ? "retry" : "skip";
      default:
        return null;
    }
  }

  /** Posts a command once, after a while. */
  #say(
    name: string,
    command: { name: CommandName; task?: string; text?: string; flags?: Command["flags"] },
  ): void {
    if (this.#said.has(name)) return;
    this.#said.add(name);
    this.#post(this.#world.latency(1_000, 1_000_000, name), command);
  }

  #post(
    ms: number,
    command: { name: CommandName; task?: string; text?: string; flags?: Command["flags"] },
  ): void {
    this.#planned += 1;
    this.#clock.after(ms, () => {
      this.#planned -= 1;
      const { task = null, text = null, flags = {} } = command;
      const full: Command = {
        name: command.name,
        task,
        text,
        flags,
        by: "person",
        from: "terminal",
      };
      this.#store.post(RUN, this.#clock.now(), full);
      this.#engine?.nudge();
    });
  }

  /** Pauses, aborts and panics cost nothing: the run ends as if they had not been. */
  #planInterruptions(): void {
    const chaos = this.#chaos;
    if (chaos === null) return;
    for (let count = chaos.between(0, 3) - 1; count > 0; count -= 1) {
      const names: readonly CommandName[] = ["pause", "abort", "panic"];
      this.#post(chaos.between(1, 5_000_000), { name: names[chaos.between(0, 2)] ?? "pause" });
    }
    const { service } = this.#world;
    if (service === null || this.#scenario.settings.discipline === undefined) return;
    // Where pull requests are open there is something to be made a draft again.
    const { onOpened } = service;
    service.onOpened = (task, branch) => {
      onOpened?.(task, branch);
      if (chaos.chance(0.15)) this.#post(chaos.between(1, 900_000), { name: "panic" });
    };
  }

  /** People change what is merged: results are not compared. */
  #planMeddling(): void {
    const { seed, plan } = this.#scenario;
    const stream = this.#chaos ?? new Stream(seed, "meddling");
    const keys = plan.issues.map((issue) => issue.key);
    for (let count = stream.between(1, 5); count > 0; count -= 1) {
      const task = keys[stream.between(0, keys.length - 1)] ?? "t1";
      const after = stream.between(1, 6_000_000);
      const leaked = this.#leaked(stream);
      switch (stream.between(0, 9)) {
        case 0:
          this.#post(after, { name: "cancel", task });
          break;
        case 1:
          this.#post(after, { name: "skip", task });
          break;
        case 2:
        case 3:
          this.#post(after, { name: "retry", task });
          break;
        case 4:
          if (stream.chance(0.2)) this.#post(after, { name: "cancel" });
          break;
        case 5:
          this.#clock.after(after, () => this.#push("milestone/1", "people"));
          break;
        case 6:
          this.#clock.after(after, () => this.#push(`feat/${task}`, `own-${task}`, leaked));
          break;
        case 7:
          this.#clock.after(after, () => this.#rewind());
          break;
        default:
          this.#clock.after(after, () => this.#mergeByHand(`feat/${task}`));
      }
    }
  }

  /** Soon after somebody began on unmerged work, a person may give that work up, or push more of it. */
  #pullAway(event: StoredEvent): void {
    if (event.type !== "AttemptStarted" || !this.#scenario.meddling) return;
    const [below] = event.workspace.standsOn ?? [];
    const { seed } = this.#scenario;
    if (below === undefined) return;
    const what = roll(seed, "pull away", event.task);
    const after = 1 + Math.floor(roll(seed, "pull away after", event.task) * 60_000);
    if (what < 0.3) this.#post(after, { name: "cancel", task: below });
    else if (what < 0.6)
      this.#clock.after(after, () => this.#push(`feat/${below}`, `own-${below}`));
  }

  /** The same on a service, where most of it happens: at any time, and soon after a pull request was opened. */
  #planMeddlingThere(service: SimulatedService): void {
    const { seed, plan, branches } = this.#scenario;
    const stream = this.#chaos ?? new Stream(seed, "meddling");
    const keys = plan.issues.map((issue) => issue.key);
    for (let count = stream.between(1, 4); count > 0; count -= 1) {
      const task = keys[stream.between(0, keys.length - 1)] ?? "#1";
      this.#meddleThere(service, stream, task, branches[task] ?? "", stream.between(1, 6_000_000));
    }
    service.onOpened = (task, branch) => {
      if (stream.chance(0.5))
        this.#meddleThere(service, stream, task, branch, stream.between(1, 1_500_000));
    };
  }

  #meddleThere(
    { people }: SimulatedService,
    stream: Stream,
    task: string,
    branch: string,
    after: number,
  ): void {
    const base = this.#scenario.settings.integrationBranch;
    const there = (ms: number, act: () => void): void => {
      this.#planned += 1;
      this.#clock.after(ms, () => {
        this.#planned -= 1;
        act();
        this.#isStirred = true;
      });
    };
    const leaked = this.#leaked(stream);
    switch (stream.between(0, 19)) {
      case 0:
        return this.#post(after, { name: stream.chance(0.5) ? "cancel" : "skip", task });
      case 1:
        return this.#post(after, { name: "retry", task });
      case 2:
        if (stream.chance(0.2)) this.#post(after, { name: "cancel" });
        return;
      case 3:
        return there(after, () => people.push(base, "people"));
      case 4:
      case 5:
        return there(after, () => people.push(branch, `own-${task}`, leaked));
      case 6:
        return there(after, () => people.rewind(base, this.#world.main));
      case 7:
        return there(after, () => people.close(branch));
      case 8:
        return there(after, () => people.label(branch, "security"));
      case 9:
        return there(after, () => people.deleteBranch(branch));
      case 10:
        return there(after, () => people.review(branch, "approved"));
      case 11:
        there(after, () => people.review(branch, "changes-requested"));
        return there(after + stream.between(1, 3_000_000), () => people.review(branch, "approved"));
      case 12: {
        const as = (["completed", "not-planned", "duplicate"] as const)[stream.between(0, 2)];
        const change = { state: "closed", closedAs: as ?? "completed" } as const;
        return there(after, () => people.changeIssue(task, () => change));
      }
      case 13: {
        const number = stream.between(50, 60);
        return there(after, () => people.addIssue(number, task));
      }
      case 14:
        return there(after, () =>
          people.changeIssue(task, ({ declarations }) => ({ declarations: declarations.slice(1) })),
        );
      case 15:
        return there(after, () => people.push("main", "people-main"));
      case 16:
      case 17:
        return there(after, () => people.update(branch));
      default:
        return there(after, () => people.merge(branch));
    }
  }

  /** What a person lets slip into what they push, where it is looked for. */
  #leaked(stream: Stream): string {
    const { discipline } = this.#scenario.settings;
    return discipline !== undefined && stream.chance(0.2) ? "SECRET person\n" : "";
  }

  #push(branch: string, file: string, line = ""): void {
    const { repository } = this.#world;
    const tip = repository.tip(branch);
    if (tip === null) return;
    const { tree, committer } = repository.get(tip);
    // What an agent wrote on a protected branch is put back while it is the tip; a person who builds on it adopts it.
    if (branch === "milestone/1" && isAgentMail(committer)) return;
    const pushed = { ...tree, [file]: `${tree[file] ?? ""}pushed ${this.#clock.true}\n${line}` };
    repository.setRef(
      branch,
      repository.commit(pushed, [tip], "a person's push", "person@invalid"),
      "person@invalid",
    );
  }

  /** Somebody moves the integration branch back, or deletes it. */
  #rewind(): void {
    const { repository, main } = this.#world;
    const tip = repository.tip("milestone/1");
    if (tip === null || isAgentMail(repository.get(tip).committer)) return;
    const back = repository.get(tip).parents[0];
    if (back === undefined || tip === main) repository.refs.delete("refs/heads/milestone/1");
    else repository.setRef("milestone/1", back, "person@invalid");
  }

  /** What a halted run asks a person to do, before it is resumed. */
  #putBack(run: Run): void {
    const { repository, service } = this.#world;
    const { integrationBranch } = this.#scenario.settings;
    const [head, tip] = [run.integration?.head, this.#world.tipOf(integrationBranch)];
    if (head === undefined || (tip !== null && repository.contains(tip, head))) return;
    if (service === null) repository.setRef(integrationBranch, head, "person@invalid");
    else service.setBranch(integrationBranch, head, "person@invalid");
  }

  #mergeByHand(branch: string): void {
    const { repository } = this.#world;
    const [tip, base] = [repository.tip(branch), repository.tip("milestone/1")];
    if (tip === null || base === null || repository.contains(base, tip)) return;
    // Nobody merges on top of what an agent wrote there, which is put back in a moment.
    if (isAgentMail(repository.get(base).committer)) return;
    const tree = { ...repository.get(base).tree, ...repository.get(tip).tree };
    if (Object.values(tree).some((text) => isBad(text))) return;
    repository.setRef(
      "milestone/1",
      repository.commit(tree, [base, tip], "by hand", "person@invalid"),
      "person@invalid",
    );
  }

  #judge(run: Run): Result {
    checkAll(run);
    this.#watch.judgeEnd(run);
    const events = this.#store.read(RUN, 0);
    for (const event of events) RULES.evolve(this.#checked, event);
    if (!isDeepStrictEqual(this.#checked, run))
      fail(`I12: the state is not the fold of its log: ${difference(this.#checked, run)}`);
    if (!["complete", "waiting", "cancelled"].includes(run.status))
      fail(`the run rests as ${run.status}`);
    if (this.#world.live > 0) fail("I2: a session is live after the end");
    for (const task of run.tasks.values()) {
      if (
        !isTerminal(task.status) &&
        run.status === "waiting" &&
        waitingFor(run, task, this.#clock.now()) === null
      ) {
        fail(`${task.key} is ${task.status} for no reason`);
      }
    }
    this.#judgeTree(run);
    return {
      statuses: Object.fromEntries(
        [...run.tasks].map(([key, task]) => [key, `${task.status} ${task.reason ?? ""}`]),
      ),
      merged: run.merged.toSorted(),
      // Where trouble used up every try at testing the whole, a person is asked and nothing is written into the source yet.
      tree: JSON.stringify(
        Object.entries(this.#finalTree()).filter(
          ([file]) => file !== "progress" && file !== "follow-ups",
        ),
      ),
      run,
      events: events.length,
      crashes: this.#crashes,
      log: events,
    };
  }

  /** The branch that work meets on; the target, where that was landed and is gone. */
  #finalTip(): string | null {
    const { integrationBranch, target } = this.#scenario.settings;
    const tip = this.#world.tipOf(integrationBranch);
    return tip === null && this.#world.service !== null ? this.#world.tipOf(target) : tip;
  }

  #finalTree(): Readonly<Record<string, string>> {
    const tip = this.#finalTip();
    return tip === null ? {} : this.#world.repository.get(tip).tree;
  }

  /** What is on the branch is what was merged, each once, and nobody else moved what is protected. */
  #judgeTree(run: Run): void {
    const { repository, main } = this.#world;
    const tree = this.#finalTree();
    if (Object.values(tree).some((text) => isBad(text))) fail("I8: a bad tree is on the branch");
    for (const file of Object.keys(tree))
      if (file.startsWith("breach-")) fail("I9: a breach stayed on the branch");
    if (!this.#scenario.meddling) {
      this.#judgeMarks(run, tree);
      for (const task of run.tasks.values()) {
        const lines = tree[`own-${task.key}`]?.split("\n") ?? [];
        const isThere = lines.includes(task.key);
        if (isThere !== (task.status === "merged"))
          fail(`I7: ${task.key} is ${task.status}; on the branch: ${isThere}`);
        for (const file of this.#scenario.files[task.key] ?? [`own-${task.key}`]) {
          if (task.status === "merged" && tree[file]?.split("\n").includes(task.key) !== true)
            fail(`I8: ${task.key} was reverted in ${file}`);
        }
      }
      const subjects: string[] = [];
      for (
        let sha = this.#finalTip();
        sha !== null && sha !== main;
        sha = repository.get(sha).parents[0] ?? null
      ) {
        subjects.push(repository.get(sha).message);
      }
      if (new Set(subjects).size !== subjects.length)
        fail(`I7: a task was merged twice: ${subjects.join(", ")}`);
    }
    const { service } = this.#world;
    if (service !== null) {
      this.#judgeService(run, service);
      return;
    }
    const tip = repository.tip("main");
    // What puts a breach back is no landing.
    const landings = repository.moves.filter(
      ({ ref, by, from }) =>
        ref === "refs/heads/main" &&
        by === "cairn@invalid" &&
        (from === null || !isAgentMail(repository.get(from).committer)),
    );
    // One whose answers were all lost took effect all the same; whoever asks again is told.
    const isUnknown = this.#store
      .read(RUN, 0)
      .some(
        (event) =>
          event.type === "EffectFinished" &&
          event.key.startsWith("land:") &&
          event.outcome === "Trouble",
      );
    if (
      tip !== main &&
      !isUnknown &&
      run.landed === null &&
      run.status !== "cancelled" &&
      !this.#hasLandedBefore()
    )
      fail("I9: main moved without a landing");
    if (
      run.landed !== null &&
      tip !== null &&
      run.integration !== null &&
      !repository.contains(tip, run.integration.head)
    ) {
      fail("I9: the run says it landed, the target does not contain it");
    }
    const twice = landings
      .map((move) => move.to)
      .filter((to, index, all) => all.indexOf(to) !== index);
    if (twice.length > 0 && !this.#scenario.mischief) fail("I7: a landing was made twice");
  }

  /** What is on the service is what the run says. */
  #judgeService(run: Run, service: SimulatedService): void {
    const { settings, meddling } = this.#scenario;
    const { repository, main } = this.#world;
    const events = this.#store.read(RUN, 0);
    const givenUp = new Set(
      events.flatMap((event) =>
        event.type === "EffectFinished" && event.outcome === "Trouble" ? [event.key] : [],
      ),
    );
    const tip = service.tip("main");
    const isMoved = service.moves.some(
      ({ branch, from, by }) => branch === "main" && from !== null && by === "cairn-bot",
    );
    const isUnknown = [...givenUp].some((key) => key.startsWith("land:"));
    if (isMoved && settings.targetPolicy === "integration" && !this.#hasLandedBefore())
      if (!isUnknown && run.status !== "cancelled") fail("I9: main moved without a landing");
    if (run.landed !== null && run.integration !== null && !meddling)
      if (tip === null || !repository.contains(tip, run.integration.head))
        fail("I9: the run says it landed, the target does not contain it");
    const local = repository.moves.filter(({ ref }) => ref === "refs/heads/main");
    if (local.some(({ by, from }) => by === ENGINE && from === main))
      fail("I9: the local main was moved");
    if (meddling) return;
    for (const task of run.tasks.values()) {
      const pulls = service.pulls.filter(({ branch }) => branch === task.branch);
      const isMerged = pulls.some(({ state }) => state === "merged");
      if (isMerged !== (task.status === "merged"))
        fail(`I7: ${task.key} is ${task.status}; its pull request is merged: ${isMerged}`);
      const closed = service.closedIssues.has(task.issue.number);
      if (closed && task.status !== "merged")
        fail(`I7: ${task.key} is ${task.status}; its issue is closed`);
      if (run.status !== "complete" || givenUp.has(`tidy:${task.key}:${task.status}:r0`)) continue;
      const { forge } = settings;
      const isOurs = forge?.hasIssues === true && forge.closes.issues;
      if (isOurs && task.status === "merged" && !closed)
        fail(`I7: ${task.key} is merged and its issue is open`);
      const isThere = service.tip(task.branch) !== null;
      if (task.status === "merged" && isThere === (forge?.deletesBranch === true))
        fail(`I7: ${task.key} is merged; its branch is there: ${isThere}`);
    }
    if (service.milestoneClosed > 0 && run.landed === null)
      fail("I7: the milestone is closed, nothing has landed");
  }

  /** A whole that was tested and not left without marks has one for each task on the branch. */
  #judgeMarks(run: Run, tree: Readonly<Record<string, string>>): void {
    if (run.status !== "complete" || run.progress === null || "left" in run.progress) return;
    const lines = (tree["progress"] ?? "").split("\n");
    const rests = (tree["follow-ups"] ?? "").split("\n");
    for (const key of run.progress.followUps ?? [])
      if (!rests.some((line) => line.startsWith(`${key} of `)))
        fail(`I6: ${key} is told to be in the source and is not`);
    for (const key of run.merged)
      if (!lines.includes(`${key} done`)) fail(`I6: ${key} is merged and not marked as done`);
  }

  #hasLandedBefore(): boolean {
    return this.#store.read(RUN, 0).some((event) => event.type === "Landed");
  }
}

const DAY_MS = 86_400_000;
/** Nobody leaves a dead engine alone for as long as a question has time. */
const NOBODY_LOOKS_MS = 3_000_000;

/** Who reviews on the service answers these there, too. */
const OF_HEAD: ReadonlySet<string> = new Set(["protected-surface", "merge", "stop"]);

/** What a person grants a run whose budget is used up. */
const MORE = {
  parallel: 3,
  budget: { runUsd: 40, taskUsd: null, runTokens: null, taskTokens: null },
} satisfies SettingsChanges;

function isHeld(run: Run, task: Task): boolean {
  return !isTerminal(task.status) && task.question === null && !hasMoney(run, task);
}

class AppendFailed extends Error {}

function fail(what: string): never {
  throw new Error(what);
}

/** Resolves when every microtask has run: nobody has anything left to do at this time. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function difference(a: object, b: object): string {
  for (const [key, value] of Object.entries(a)) {
    const other = (b as Record<string, unknown>)[key];
    if (!isDeepStrictEqual(value, other))
      return `${key}: ${JSON.stringify(value)?.slice(0, 300)} / ${JSON.stringify(other)?.slice(0, 300)}`;
  }
  return "keys";
}
