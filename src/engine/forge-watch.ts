import type { Message } from "../core/run/react.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { Instant } from "../core/shared/names.ts";
import type { World } from "./performer.ts";

/** How often everything else is looked at: people merge, close, push and label whenever they like. */
export const RECONCILE_MS = 5 * 60_000;
/** A forge that does not answer is asked again after this long. */
const AWAY_MS = 60_000;
/** Pull requests that one question names at most. */
const ASKED_MAX = 50;

export interface WatchParts {
  readonly world: Pick<World, "forge" | "clock" | "repository" | "milestone">;
  readonly tell: (message: Message) => void;
  /** Told when the forge cannot be asked, in its words. */
  readonly onTrouble?: (why: string) => void;
}

/**
 * Looks at the forge while a run is under way, and tells the engine what it sees. Nothing of it is kept: what matters is
 * in the log, and an engine that begins again looks at once. Pull requests whose checks are waited for are looked at
 * after the configured pauses, the rest every five minutes; a hint makes it look now.
 */
export class ForgeWatch {
  readonly #parts: WatchParts;
  #run: Run | null = null;
  #lookedAt: Instant = Number.NEGATIVE_INFINITY;
  #readAt: Instant = Number.NEGATIVE_INFINITY;
  #notBefore: Instant = 0;
  #cancelAlarm: (() => void) | null = null;
  #isLooking = false;
  #isStopped = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Looks at once, whatever the run's status is: a person's word or a merge may be what it rests for. */
  async start(run: Run): Promise<void> {
    this.#run = run;
    if (run.settings.forge === undefined || run.status === "cancelled") return;
    await this.#look();
  }

  /** The state as of the newest append: plans the next look. */
  update(run: Run): void {
    this.#run = run;
    if (run.settings.forge === undefined || this.#isStopped || this.#isLooking) return;
    this.#cancelAlarm?.();
    this.#cancelAlarm = null;
    const due = this.#nextLook(run);
    if (due === null) return;
    this.#cancelAlarm = this.#parts.world.clock.alarm(due, () => void this.#look());
  }

  /** Something has happened there, says a webhook: look now. */
  hint(about: "pull-requests" | "milestone"): void {
    if (about === "milestone") this.#readAt = Number.NEGATIVE_INFINITY;
    else this.#lookedAt = Number.NEGATIVE_INFINITY;
    if (this.#run !== null) this.update(this.#run);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelAlarm?.();
  }

  #nextLook(run: Run): Instant | null {
    if (!isOpen(run)) return null;
    const isReadable = this.#parts.world.milestone !== undefined && run.status === "running";
    const pullRequests = watched(run);
    const due = [
      ...(isReadable ? [this.#readAt + RECONCILE_MS] : []),
      ...(pullRequests.length > 0 ? [this.#lookedAt + RECONCILE_MS] : []),
      ...waitsFrom(run).map((since) => afterPauses(run, since, this.#lookedAt)),
    ];
    return due.length === 0 ? null : Math.max(this.#notBefore, Math.min(...due));
  }

  async #look(): Promise<void> {
    const run = this.#run;
    if (run === null || this.#isStopped || this.#isLooking) return;
    this.#isLooking = true;
    const { clock } = this.#parts.world;
    try {
      const now = clock.now();
      // A merge by hand closes its issue: told the other way round, the issue alone would count.
      await this.#askPullRequests(run);
      if (this.#readAt + RECONCILE_MS <= now) await this.#readMilestone(run, now);
      this.#notBefore = 0;
    } catch (error) {
      // News only: nothing is lost by asking later, and what must be known is asked for by the effects themselves.
      this.#notBefore = clock.now() + AWAY_MS;
      this.#parts.onTrouble?.(error instanceof Error ? error.message : String(error));
    } finally {
      this.#isLooking = false;
    }
    if (!this.#isStopped) this.update(this.#run ?? run);
  }

  async #readMilestone(run: Run, now: Instant): Promise<void> {
    const { milestone: read } = this.#parts.world;
    this.#readAt = now;
    if (read === undefined || run.status !== "running") return;
    const milestone = await read(run);
    if (milestone !== null) this.#tell({ kind: "milestone", milestone });
  }

  async #askPullRequests(run: Run): Promise<void> {
    const { forge, clock } = this.#parts.world;
    const all = watched(run);
    this.#lookedAt = clock.now();
    for (let at = 0; at < all.length; at += ASKED_MAX) {
      const pullRequests = await forge.look(all.slice(at, at + ASKED_MAX));
      // Where the base stands matters only when somebody else has merged something.
      const isNew = pullRequests.some(({ state }) => state === "merged");
      const baseTip = isNew ? await forge.tipOf(run.settings.integrationBranch) : null;
      this.#tell({ kind: "news", news: { pullRequests, baseTip } });
    }
  }

  #tell(message: Message): void {
    if (!this.#isStopped) this.#parts.tell(message);
  }
}

function isOpen(run: Run): boolean {
  return ["running", "verifying", "landing", "draining"].includes(run.status);
}

/** Open pull requests of this run, the landing's with them. */
function watched(run: Run): readonly { readonly number: number; readonly branch: string }[] {
  const landing = run.status === "landing" ? run.landingPullRequest : null;
  return [
    ...[...run.tasks.values()].flatMap((task) => (isWatched(task) ? [asked(task)] : [])),
    ...(landing === null
      ? []
      : [{ number: landing.number, branch: run.settings.integrationBranch }]),
  ];
}

/** What was given up here may be merged by a person all the same. */
function isWatched(task: Task): boolean {
  return task.pullRequest !== null && task.pullRequest.number > 0 && task.status !== "merged";
}

function asked(task: Task): { readonly number: number; readonly branch: string } {
  return { number: task.pullRequest?.number ?? 0, branch: task.branch };
}

/** Since when each of the waits for checks has lasted. */
function waitsFrom(run: Run): readonly Instant[] {
  const tasks = [...run.tasks.values()].flatMap(({ step }) =>
    step.at === "checks" ? [step.since] : [],
  );
  const landing = run.status === "landing" ? run.landingPullRequest : null;
  return landing === null ? tasks : [...tasks, landing.since];
}

/** The first of the pauses after `since` (30, 90, 210 s and so on) that the last look has not covered. */
function afterPauses(run: Run, since: Instant, lookedAt: Instant): Instant {
  const pauses = run.settings.forge?.ci.pollMs ?? [];
  let due = since;
  for (let at = 0; ; at += 1) {
    due += Math.max(1_000, pauses[Math.min(at, pauses.length - 1)] ?? 30_000);
    if (due > lookedAt) return due;
  }
}
