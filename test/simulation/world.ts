import { isBroken, WHOLE } from "./whole.ts";
import { agentMail, isAgentMail, measurementSession } from "../../src/core/shared/agent-mail.ts";
import { createLocalForge } from "../../src/adapters/forge/local/local-forge.ts";
import type { GateCommand, GateResult } from "../../src/core/execute/gates.ts";
import type { FaultPoint, Faults } from "../../src/engine/fault-points.ts";
import type { World } from "../../src/engine/performer.ts";
import type { Dispatch, SessionOutcome, SessionRequest } from "../../src/ports/dispatch.ts";
import type { Forge, MergeOutcome } from "../../src/ports/forge.ts";
import type { GateRunner } from "../../src/ports/gate.ts";
import type { FollowUpFiles, ProgressFile } from "../../src/ports/source.ts";
import { briefOf, finish, half, type Brief, type Deed } from "./agents.ts";
import { HANDOFF, isBad, TIDY } from "./discipline.ts";
import { SCANNER } from "./proof.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Stream } from "./random.ts";
import { roll } from "./random.ts";
import { SimulatedRepository } from "./repository.ts";
import { isConvoy, type Scenario } from "./scenario.ts";
import { SimulatedService } from "./service.ts";

/** A promise of the world was broken by the engine: told with the invariant it belongs to. */
export class WorldBroken extends Error {}

interface Session {
  readonly id: string;
  readonly task: string;
  state: "live" | "over";
  outcome: SessionOutcome | null;
  readonly waiters: ((outcome: SessionOutcome) => void)[];
  stop: () => void;
}

/** Everything outside the engine. It outlives every engine. */
export class SimulatedWorld {
  readonly repository = new SimulatedRepository();
  readonly sessions = new Map<string, Session>();
  readonly pullRequests = new Map<
    string,
    { number: number; branch: string; draft: boolean; merged: boolean; opened: number }
  >();
  readonly memory = new Set<string>();
  /** Steps of issues that had a session of their own, as `key step`. */
  readonly steps = new Set<string>();
  readonly scenario: Scenario;
  readonly clock: SimulatedClock;
  readonly chaos: Stream | null;
  readonly main: string;
  /** Null where the run is local. */
  readonly service: SimulatedService | null;
  broken: Error | null = null;
  live = 0;
  #endings = 0;
  stormUntil = 0;
  /** As the person who watches the run has it by now. */
  parallel = 0;

  constructor(scenario: Scenario, clock: SimulatedClock, chaos: Stream | null) {
    this.scenario = scenario;
    this.clock = clock;
    this.chaos = chaos;
    this.parallel = scenario.settings.parallel;
    this.main = this.repository.commit({ readme: "hello\n" }, [], "start", "person@invalid");
    this.repository.setRef("main", this.main, "person@invalid");
    const { repository } = this;
    const breaks = (what: string): never => this.breaks(what);
    this.service =
      scenario.habits === null
        ? null
        : new SimulatedService({ scenario, repository, clock, chaos, breaks });
    this.service?.setBranch("main", this.main, "person@invalid");
  }

  /** Tip of a branch where the run's branches are. */
  tipOf(branch: string): string | null {
    return this.service === null ? this.repository.tip(branch) : this.service.tip(branch);
  }

  latency(low: number, high: number, ...name: readonly (string | number)[]): number {
    if (this.chaos !== null) return this.chaos.between(low, high);
    return low + Math.floor(roll(this.scenario.seed, "latency", ...name) * (high - low));
  }

  breaks(what: string): never {
    this.broken ??= new WorldBroken(what);
    throw this.broken;
  }

  readonly dispatch: Dispatch = {
    run: (request) => this.#session(request),
    end: async (_run, id) => {
      const session = this.sessions.get(id);
      if (session === undefined) {
        // Whoever claims first decides: a session that was not started yet never will be.
        this.sessions.set(id, {
          id,
          task: "",
          state: "over",
          outcome: outcomeOf(id, { end: "ended", report: null }, this.clock.true),
          waiters: [],
          stop: () => undefined,
        });
        return;
      }
      if (session.state === "over") return;
      await this.clock.wait(100);
      this.#over(session, { end: "ended", report: null });
    },
    lastWords: () => null,
    panic: async () => 0,
    close: async () => undefined,
  };

  #session(request: SessionRequest): Promise<SessionOutcome> {
    const known = this.sessions.get(request.session);
    if (known?.outcome) return Promise.resolve(known.outcome);
    const { promise, resolve } = Promise.withResolvers<SessionOutcome>();
    if (known !== undefined) {
      known.waiters.push(resolve);
      return promise;
    }
    for (const other of this.sessions.values()) {
      if (other.state === "live" && other.task === request.task.key)
        this.breaks(`I2: two sessions are live for ${other.task}`);
    }
    this.live += 1;
    if (this.live > this.parallel) this.breaks(`I2: ${this.live} sessions are live`);
    this.#begin(request, resolve);
    return promise;
  }

  #begin(request: SessionRequest, resolve: (outcome: SessionOutcome) => void): void {
    const brief = JSON.parse(request.prompt) as Brief;
    if (brief.step !== null) this.steps.add(`${brief.task} ${brief.step}`);
    const session: Session = {
      id: request.session,
      task: request.task.key,
      state: "live",
      outcome: null,
      waiters: [resolve],
      stop: () => undefined,
    };
    this.sessions.set(session.id, session);
    const hands = {
      repository: this.repository,
      scenario: this.scenario,
      path: request.directory,
      committer: agentMail(request.run, request.session),
      once: (name: string) => {
        if (this.memory.has(name)) return false;
        this.memory.add(name);
        return true;
      },
    };
    const took = this.latency(2_000, 900_000, brief.task, brief.attempt, brief.round, brief.role);
    const stopHalf = this.clock.after(Math.floor(took / 2), () => half(hands, brief));
    const stopEnd = this.clock.after(took, () => {
      if (session.state === "live") this.#over(session, finish(hands, brief));
    });
    session.stop = () => {
      stopHalf();
      stopEnd();
    };
  }

  #over(session: Session, deed: Deed): void {
    if (session.state === "over") return;
    session.stop();
    session.state = "over";
    this.live -= 1;
    session.outcome = outcomeOf(session.id, deed, this.clock.true);
    for (const resolve of session.waiters) resolve(session.outcome);
  }

  readonly gates: GateRunner = {
    run: async ({ directory, commands, key }) => {
      const tree = this.repository.treeAt(directory);
      const endings = this.#endings;
      // Slow ones hold the queue up, so that there is something to be gated together.
      const { seed } = this.scenario;
      const isSlow = isConvoy(seed) || roll(seed, "slow-gates") < 0.3;
      await this.clock.wait(this.latency(500, isSlow ? 600_000 : 60_000, key));
      if (this.#endings > endings) return commands.map((command) => endedGate(command));
      if (this.chaos?.chance(0.01) === true) this.#gateWrites(key);
      if (commands.some(({ run }) => run === TIDY)) this.#tidy(directory);
      const found = Object.values(tree).filter((text) => isBad(text));
      // A red that means nothing, where several branches are gated together: it never keeps anybody out.
      const isFlaky = key.startsWith("train:") && roll(seed, "flaky", key) < 0.2;
      const bad = found.length === 0 && isFlaky ? ["flaky"] : found;
      return commands.map((command) => {
        if (command.run === WHOLE)
          return gateOf(command, isBroken(this.scenario.breaker, tree) ? ["the whole"] : []);
        return gateOf(
          command,
          bad.length === 0 ? [] : [`bad.ts:1: ${bad[0]?.split("\n")[0] ?? ""}`],
        );
      });
    },
    endAll: () => {
      this.#endings += 1;
    },
  };

  /** The owner's repairing command. */
  #tidy(directory: string): void {
    const tree = this.repository.treeAt(directory);
    const tidied = Object.entries(tree).flatMap(([file, text]) => {
      const lines = text.split("\n").filter((line) => !line.startsWith("UGLY "));
      return lines.join("\n") === text ? [] : [[file, lines.join("\n")] as const];
    });
    if (tidied.length > 0) this.repository.write(directory, Object.fromEntries(tidied));
  }

  get forge(): Forge {
    return this.service?.port ?? this.#local;
  }

  readonly #local: Forge = {
    ...createLocalForge({ repository: this.repository, numberOf: () => 0 }),
    openPullRequest: async ({ branch }) => {
      let known = this.pullRequests.get(branch);
      if (known === undefined) {
        known = {
          number: this.pullRequests.size + 1,
          branch,
          draft: true,
          merged: false,
          opened: 0,
        };
        this.pullRequests.set(branch, known);
      }
      known.opened += 1;
      return { number: known.number, url: null };
    },
    updatePullRequest: async () => undefined,
    leaveDraft: async ({ number }) => {
      for (const known of this.pullRequests.values())
        if (known.number === number) known.draft = false;
    },
    returnToDraft: async ({ number }) => {
      for (const known of this.pullRequests.values())
        if (known.number === number && !known.merged) known.draft = true;
    },
    merge: (request) => this.#merge(request),
  };

  /** A gate runs what an agent wrote: that may move the target. */
  #gateWrites(key: string): void {
    const tip = this.repository.tip("main");
    if (tip === null || isAgentMail(this.repository.get(tip).committer)) return;
    const committer = agentMail("sim", measurementSession(key));
    const tree = { ...this.repository.get(tip).tree, "breach-gate": "!\n" };
    this.repository.setRef(
      "main",
      this.repository.commit(tree, [tip], "gate", committer),
      committer,
    );
  }

  /** The local forge itself, on the simulated repository; now and then the forge has to think. */
  async #merge(request: Parameters<Forge["merge"]>[0]): Promise<MergeOutcome> {
    const { base, from, candidate, expectedHead, branch } = request;
    const tip = this.repository.tip(base);
    const isDone = tip !== null && this.repository.contains(tip, candidate);
    const head = this.repository.tip(branch);
    const wouldMove = tip === from && (head === null || head === expectedHead);
    if (!isDone && this.chaos?.chance(0.05) === true)
      return { kind: "deferred", why: "the forge is thinking" };
    if (wouldMove && !isDone) {
      const { tree } = this.repository.get(candidate);
      if (Object.values(tree).some((text) => isBad(text)))
        this.breaks("I8: a commit was merged whose tree the gates do not like");
    }
    const { repository } = this;
    return createLocalForge({ repository, numberOf: () => 0 }).merge(request);
  }
}

function gateOf({ name, kind }: GateCommand, failures: readonly string[]): GateResult {
  const ok = failures.length === 0;
  const exitCode = ok ? 0 : 1;
  return { name, kind, ok, exitCode, durationMs: 1, failures, tail: "", problem: null };
}

/** The source's own file: one line for each mark. Also the handoff file, in which agents set theirs. */
const PROGRESS: ProgressFile = {
  path: HANDOFF,
  isMadeWhenMissing: true,
  mark: (text, marks) => {
    const known = new Map(
      text.split("\n").flatMap((line) => {
        const [key, mark] = line.split(" ");
        return key === undefined || mark === undefined ? [] : [[key, mark] as const];
      }),
    );
    if ([...marks].every(([key, mark]) => known.get(key) === mark)) return null;
    for (const [key, mark] of marks) known.set(key, mark);
    const lines = [...known].map(([key, mark]) => `${key} ${mark}\n`);
    return lines.toSorted().join("");
  },
};

/** The source's own way to take issues for what partial results leave: a name beside the original's, a line for each. */
const FOLLOW_UPS: FollowUpFiles = {
  nameFor: (of, taken) => {
    const number = [1, 2, 3, 4, 5].find((at) => !taken.has(`${of}.${at}`));
    return number === undefined
      ? null
      : { key: `${of}.${number}`, number: `${of}.${number}`, url: null };
  },
  edits: ({ key, of }) => [
    {
      path: "follow-ups",
      edit: (text) => {
        const line = `${key} of ${of}`;
        const others = (text ?? "").split("\n").filter((known) => !known.startsWith(`${key} `));
        return `${[...others.filter((known) => known !== ""), line].toSorted().join("\n")}\n`;
      },
    },
  ],
};

function endedGate(command: GateCommand): GateResult {
  return {
    name: command.name,
    kind: command.kind,
    ok: false,
    exitCode: null,
    durationMs: 1,
    failures: [],
    tail: "",
    problem: "ended",
  };
}

function outcomeOf(session: string, deed: Deed, now: number): SessionOutcome {
  return {
    session,
    end: deed.end,
    exitCode: null,
    vendorSession: `v-${session}`,
    report: deed.report,
    lastWords: "",
    usage: { usd: 0.5, inputTokens: 1, outputTokens: 1, turns: 1 },
    retryAt: deed.end === "limited" ? now + 600_000 : null,
    detail: deed.end,
    transcript: "",
    startedAt: now,
    endedAt: now,
  };
}

/** What storms keep from happening: effects of one task. */
const STORMY: ReadonlySet<string> = new Set([
  "prepareWorkspace",
  "beginMerge",
  "buildCandidate",
  "openPullRequest",
  "updatePullRequest",
  "leaveDraft",
  "returnToDraft",
  "merge",
  "push",
  "answer",
  "comment",
  "closeIssue",
  "reopenIssue",
  "add",
]);

const READS: ReadonlySet<string> = new Set(["look", "tipOf", "read"]);

/** One engine's lifetime: once it is dead, nothing it calls ever answers. */
export class Lifetime implements Faults {
  alive = true;
  readonly #world: SimulatedWorld;
  readonly #deathRate: number;
  died: FaultPoint | null = null;

  constructor(world: SimulatedWorld, deathRate: number) {
    this.#world = world;
    this.#deathRate = deathRate;
  }

  pass(point: FaultPoint): void | Promise<void> {
    if (this.alive && this.#world.chaos?.chance(this.#deathRate) === true) {
      this.alive = false;
      this.died = point;
    }
    return this.alive ? undefined : never();
  }

  /** The world as this engine sees it: slow, sometimes in trouble, and silent once the engine is dead. */
  view(): World {
    const world = this.#world;
    const { service } = world;
    const hasIssues = world.scenario.settings.forge?.hasIssues === true;
    return {
      repository: this.#guard(world.repository, 0.01, 0.01),
      dispatch: this.#guard(world.dispatch, 0, 0),
      gates: this.#guard(world.gates, 0.01, 0),
      forge: this.#guard(world.forge, 0.02, 0.03),
      bootstrap: { prepare: async () => undefined },
      clock: world.clock,
      prompt: briefOf,
      // Issues of a service are its own record of what is done.
      progressFile: () => (hasIssues ? null : PROGRESS),
      taskBranch: "feat/{number}",
      secrets: this.#guard(SCANNER, 0.002, 0),
      ...(service !== null && hasIssues
        ? {
            milestone: this.#guard({ read: async () => service.milestone() }, 0.02, 0.03).read,
            followUps: this.#guard(service.followUps, 0.02, 0.1),
          }
        : { followUpFiles: () => FOLLOW_UPS }),
    };
  }

  #guard<T extends object>(port: T, before: number, after: number): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        if (name === "endAll") return value.bind(target) as unknown;
        return (...args: readonly unknown[]): unknown => {
          if (STORMY.has(String(name)) && this.#isStorm()) throw trouble("trouble/storm", "storm");
          const call = (): unknown => Reflect.apply(value, target, args) as unknown;
          const isRead = this.#world.service !== null && READS.has(String(name));
          return this.#call(call, before, after, isRead);
        };
      },
    });
  }

  /** Trouble that outlasts every delay: a person is asked about each task it stops. */
  #isStorm(): boolean {
    const world = this.#world;
    if (world.clock.true < world.stormUntil) return true;
    if (world.chaos?.chance(0.002) !== true) return false;
    world.stormUntil = world.clock.true + world.chaos.between(10_000, 200_000);
    return true;
  }

  async #call(
    call: () => unknown,
    before: number,
    after: number,
    isRead: boolean,
  ): Promise<unknown> {
    const { chaos, clock } = this.#world;
    if (!this.alive) return never();
    if (chaos?.chance(0.05) === true) await clock.wait(chaos.between(1, 3_000));
    if (!this.alive) return never();
    if (chaos?.chance(before) === true) throw trouble("EBUSY", "locked");
    const answer = await call();
    // What was read may be old when it comes.
    if (isRead && chaos?.chance(0.05) === true) await clock.wait(chaos.between(1, 30_000));
    if (!this.alive) return never();
    if (chaos?.chance(after) === true) throw trouble("trouble/answer-lost", "the answer was lost");
    return answer;
  }
}

export function never(): Promise<never> {
  return new Promise(() => undefined);
}

function trouble(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
