import type { Message } from "../core/run/react.ts";
import type { Run, Task } from "../core/run/run.ts";
import type { Instant } from "../core/shared/names.ts";
import type { World } from "./performer.ts";

/** How often everything else is looked at: people merge, close, push and label whenever they like. */
export const RECONCILE_MS = 5 * 60_000;
/** A forge that does not answer is asked again after this long. */
const AWAY_MS = 60_000;
/** A look that was hinted at comes so long after the one before; others keep the first of the configured pauses. */
const HINTED_MS = 10_000;
/** What becomes due so soon after is asked for in the same look. */
const TOGETHER_MS = 30_000;
/** Pull requests that one question names at most. */
const ASKED_MAX = 50;

/** What a webhook says has happened; never what is. */
export type ForgeHint =
  | { readonly kind: "pull-request"; readonly number: number }
  | { readonly kind: "issue" }
  | { readonly kind: "push"; readonly branch: string }
  | { readonly kind: "checks"; readonly head: string };

export interface WatchParts {
  readonly world: Pick<World, "forge" | "clock" | "repository" | "milestone">;
  readonly tell: (message: Message) => void;
  /** Told when the forge cannot be asked, in its words. */
  readonly onTrouble?: (why: string) => void;
}

/**
 * Looks at the forge while a run is under way, and tells the engine what it sees. Nothing of it is kept: what matters is
 * in the log, and an engine that begins again looks at once. Pull requests whose checks are waited for are looked at
 * after the configured pauses, each by its own, the rest every five minutes; a hint makes it look soon. GitHub weighs
 * each question by what it names, so only what is due is asked for.
 */
export class ForgeWatch {
  readonly #parts: WatchParts;
  #run: Run | null = null;
  readonly #lookedAt = new Map<number, Instant>();
  #newest: Instant = Number.NEGATIVE_INFINITY;
  #isHinted = false;
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

  /** Something has happened there, says a webhook: looked at soon, if it is this run's. */
  hint(hint: ForgeHint): void {
    const run = this.#run;
    if (run === null) return;
    if (hint.kind === "issue") this.#readAt = Number.NEGATIVE_INFINITY;
    else {
      const own = watched(run).filter((one) => isAbout(hint, one));
      for (const { number } of own) this.#lookedAt.delete(number);
      if (own.length === 0) return;
    }
    this.#isHinted = true;
    this.update(run);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelAlarm?.();
  }

  #nextLook(run: Run): Instant | null {
    if (!isOpen(run)) return null;
    const isReadable = this.#parts.world.milestone !== undefined && run.status === "running";
    const due = [
      ...(isReadable ? [this.#readAt + RECONCILE_MS] : []),
      ...watched(run).map((one) => this.#dueAt(run, one)),
    ];
    if (due.length === 0) return null;
    // However many are waited for, each at its own times: one question asks for all that are due by then.
    const [pause = TOGETHER_MS] = run.settings.forge?.ci.pollMs ?? [];
    const apart = this.#isHinted ? HINTED_MS : pause;
    return Math.max(this.#notBefore, this.#newest + apart, Math.min(...due));
  }

  #dueAt(run: Run, { number, since }: Watched): Instant {
    const lookedAt = this.#lookedAt.get(number) ?? null;
    if (since !== null) return afterPauses(run, since, lookedAt);
    return lookedAt === null ? Number.NEGATIVE_INFINITY : lookedAt + RECONCILE_MS;
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
    const now = clock.now();
    const due = watched(run).filter((one) => this.#dueAt(run, one) <= now + TOGETHER_MS);
    this.#isHinted = false;
    if (due.length > 0) this.#newest = now;
    for (let at = 0; at < due.length; at += ASKED_MAX) {
      const asked = due.slice(at, at + ASKED_MAX);
      const pullRequests = await forge.look(
        asked.map(({ number, branch }) => ({ number, branch })),
      );
      for (const { number } of asked) this.#lookedAt.set(number, now);
      // Where the base stands matters only when somebody else has merged something.
      const isNew = pullRequests.some(({ state }) => state === "merged");
      const head = run.integration?.head ?? null;
      const baseTip = isNew ? await forge.tipOf(run.settings.integrationBranch) : null;
      // One by one: what follows from the first may decide what the next one means.
      for (const facts of pullRequests)
        this.#tell({ kind: "news", news: { pullRequests: [facts], baseTip, head } });
    }
  }

  #tell(message: Message): void {
    if (!this.#isStopped) this.#parts.tell(message);
  }
}

function isOpen(run: Run): boolean {
  return ["running", "verifying", "landing", "draining"].includes(run.status);
}

/** A pull request of this run; `since`: its checks are waited for since then. */
interface Watched {
  readonly number: number;
  readonly branch: string;
  readonly head: string | null;
  readonly since: Instant | null;
}

/** Pull requests of this run that are not merged, the landing's with them. */
function watched(run: Run): readonly Watched[] {
  const landing = run.status === "landing" ? run.landingPullRequest : null;
  const branch = run.settings.integrationBranch;
  return [
    ...[...run.tasks.values()].flatMap(ofTask),
    ...(landing === null ? [] : [{ ...landing, branch }]),
  ];
}

/** What was given up here may be merged by a person all the same. */
function ofTask({ pullRequest, status, branch, head, step }: Task): readonly Watched[] {
  if (pullRequest === null || pullRequest.number === 0 || status === "merged") return [];
  const since = step.at === "checks" ? step.since : null;
  return [{ number: pullRequest.number, branch, head, since }];
}

function isAbout(hint: Exclude<ForgeHint, { kind: "issue" }>, one: Watched): boolean {
  switch (hint.kind) {
    case "pull-request":
      return hint.number === one.number;
    case "push":
      return hint.branch === one.branch;
    case "checks":
      return hint.head === one.head;
  }
}

/** The first of the pauses after `since` (30, 90, 210 s and so on) that the last look has not covered; null: none has. */
function afterPauses(run: Run, since: Instant, lookedAt: Instant | null): Instant {
  const pauses = run.settings.forge?.ci.pollMs ?? [];
  // Never looked at, or hinted at: now.
  if (lookedAt === null) return since;
  let due = since;
  for (let at = 0; ; at += 1) {
    due += Math.max(1_000, pauses[Math.min(at, pauses.length - 1)] ?? 30_000);
    if (due > lookedAt) return due;
  }
}
