import type { GateResult } from "../../src/core/execute/gates.ts";
import type { ConflictedFile } from "../../src/core/merge/conflicts/facts.ts";
import type { Action, ActionOf } from "../../src/core/run/actions.ts";
import type { Outcome, Work } from "../../src/core/run/outcomes.ts";
import type { Run, RunSettings } from "../../src/core/run/run.ts";
import { gateResult, type StoryIssue } from "../support/run-story.ts";
import { changedPaths, CommitStore, merge3, type Tree } from "./map-tree.ts";

/** How the work of an agent turns out: red until a fixer has mended it, or for ever. */
export type Quality = "good" | "bad" | "hopeless";

/** A milestone and what its agents do. */
export interface Milestone {
  readonly name: string;
  readonly issues: readonly StoryIssue[];
  /** What each task's agent writes, beside a file of its own. */
  readonly edits: Readonly<Record<string, Tree>>;
  /** Two tasks whose work fits on each other and is red together, until somebody has made it fit. */
  readonly clash?: readonly [string, string];
  /** Absent: left open, and whatever is not good is a fault. */
  readonly qualities?: Readonly<Record<string, Quality>>;
  readonly settings: Partial<RunSettings>;
}

export interface Landing {
  readonly task: string;
  readonly by: "run" | "person";
  readonly commit: string;
  readonly head: string;
  readonly fork: string;
  /** The run was told that the forge could not be reached, and nothing else since. */
  readonly isUnheard?: true;
}

/** Everything outside the run, as it is at one moment; never changed in place. */
export interface WorldState {
  /** Tip of the branch the run merges into. */
  readonly base: string;
  readonly tips: Readonly<Record<string, string>>;
  /** Where each branch truly forked, whatever the run has recorded. */
  readonly forks: Readonly<Record<string, string>>;
  /** A merge that was begun in a workspace and met conflicts: the other side. */
  readonly halves: Readonly<Record<string, string>>;
  readonly made: Readonly<Record<string, Quality>>;
  readonly published: readonly string[];
  readonly landed: readonly Landing[];
  /** Trees that gates have truly passed, or that lie inside a prefix that did. */
  readonly green: ReadonlySet<string>;
  /** What was done while nobody has heard of it yet, by the key of its effect. */
  readonly answers: Readonly<Record<string, Outcome>>;
}

/** One way an effect may turn out. `outcome` null: done, but nobody has heard of it yet. */
export interface Way {
  readonly name: string;
  /** What it takes of the faults that are left. */
  readonly faults: 0 | 1;
  readonly state: WorldState;
  readonly outcome: Outcome | null;
}

/** A promise that was broken, seen from outside of the run. */
export class WorldBroken extends Error {
  readonly promise: string;

  constructor(promise: string, what: string) {
    super(`${promise}: ${what}`);
    this.name = "WorldBroken";
    this.promise = promise;
  }
}

type Moved = Extract<Outcome, { of: "MergePullRequest" }>["result"];
type Built = Extract<Outcome, { of: "BuildCandidate" }>["result"];

/** The parts of the world in which a bug may be planted. */
export interface Physics {
  readonly build: (
    state: WorldState,
    request: Pick<ActionOf<"BuildCandidate">, "task" | "onto" | "forkPoint" | "head">,
    method: "squash" | "merge",
  ) => Built;
  readonly move: (
    state: WorldState,
    action: ActionOf<"MergePullRequest">,
  ) => { readonly base: string; readonly result: Moved };
  /** Where a workspace begins. */
  readonly begin: (action: ActionOf<"PrepareWorkspace">) => string;
  /** What the gates say of a commit, in words; null: it is green for everybody who is not unlucky. */
  readonly complain: (commit: string) => string | null;
}

type Ended = Extract<Outcome, { of: "RunSession" }>;

/** A world of trees without texts, on which any number of states may stand. All of it is pure but for the store. */
export class PureWorld {
  readonly store = new CommitStore();
  readonly milestone: Milestone;
  readonly physics: Physics;
  readonly start: WorldState;

  constructor(milestone: Milestone, plant: (world: PureWorld) => Partial<Physics> = () => ({})) {
    this.milestone = milestone;
    const physics: Physics = {
      build: (state, request, method) => this.build(state, request, method),
      move: (state, action) => this.move(state, action),
      begin: ({ base }) => base,
      complain: (commit) => this.complaintOf(commit),
    };
    this.physics = { ...physics, ...plant(this) };
    const base = this.store.commit({ readme: "hello" }, []);
    const green = new Set([this.store.get(base).treeId]);
    const nothing = { tips: {}, forks: {}, halves: {}, made: {}, published: [], landed: [] };
    this.start = { base, ...nothing, green, answers: {} };
  }

  /** Everything that may become of an effect that is under way; what usually becomes of it first. */
  waysOf(state: WorldState, run: Run, action: Action): readonly Way[] {
    const told = state.answers[action.key];
    if (told !== undefined) {
      const { [action.key]: _told, ...answers } = state.answers;
      return [{ name: "is told", faults: 0, state: { ...state, answers }, outcome: told }];
    }
    switch (action.type) {
      case "RunSession":
        return this.#session(state, run, action);
      case "RunGates":
      case "GateTrain":
      case "TestIntegration":
      case "TestWave":
        return this.#gates(state, run, action);
      case "MergePullRequest":
        return this.#merge(state, run, action);
      default: {
        const { next, outcome } = this.#plain(state, run, action);
        return [{ name: "is done", faults: 0, state: next, outcome }];
      }
    }
  }

  /** What is wrong with it, in words. */
  complaintOf(commit: string): string | null {
    const tree = this.store.treeOf(commit);
    const poison = Object.keys(tree).find((path) => path.startsWith("poison-"));
    if (poison !== undefined) return `${poison}:1: it is red`;
    const { clash } = this.milestone;
    return isClash(tree, clash) ? `clash:1: ${clash?.join(" and ") ?? ""} do not fit` : null;
  }

  /** What a person does, where it can be done. */
  person(state: WorldState, run: Run, deed: PersonsDeed): WorldState | null {
    const { store } = this;
    if (deed.what === "moves the base") {
      const path = `person-base-${state.landed.length}`;
      const tree = { ...store.treeOf(state.base), [path]: "pushed" };
      return { ...state, base: store.commit(tree, [state.base]) };
    }
    const { task } = deed;
    const tip = state.tips[task];
    const fork = state.forks[task];
    const isOpen = !["merged", "failed", "cancelled", "skipped"].includes(
      run.tasks.get(task)?.status ?? "merged",
    );
    if (tip === undefined || fork === undefined || !isOpen) return null;
    // Before that nobody else has seen the branch, and while a merge is under way in it nobody can push.
    if (!state.published.includes(task) || state.halves[task] !== undefined) return null;
    if (run.tasks.get(task)?.session !== null) return null;
    if (deed.what === "pushes") {
      const tree = { ...store.treeOf(tip), [`person-${task}`]: "pushed" };
      return { ...state, tips: { ...state.tips, [task]: store.commit(tree, [tip]) } };
    }
    const merged = merge3(store.treeOf(fork), store.treeOf(state.base), store.treeOf(tip));
    if (merged.kind === "conflict" || !this.#areLanded(state, task)) return null;
    const commit = store.commit(merged.tree, [state.base, tip]);
    if (
      this.complaintOf(commit) !== null ||
      store.get(commit).treeId === store.get(state.base).treeId
    )
      return null;
    const landing = { task, by: "person", commit, head: tip, fork } as const;
    return { ...state, base: commit, landed: [...state.landed, landing] };
  }

  /** @throws WorldBroken where what was merged is not what the promises of merging allow. */
  checkLanding(state: WorldState, action: ActionOf<"MergePullRequest">): void {
    const { store } = this;
    const { task, candidate, from, head } = action;
    const made = store.get(candidate);
    if (made.parents[0] !== state.base || from !== state.base)
      throw new WorldBroken("I3", `${candidate} of ${task} does not stand on ${state.base}`);
    if (state.landed.some((landing) => landing.task === task && landing.head === head))
      throw new WorldBroken("I10", `${task} is merged twice`);
    if (!state.green.has(made.treeId))
      throw new WorldBroken("I1", `no gate has seen the tree of ${candidate} of ${task} green`);
    if (state.tips[task] !== head)
      throw new WorldBroken("I7", `${task} is at ${state.tips[task] ?? "nothing"}, not at ${head}`);
    if (!this.#areLanded(state, task))
      throw new WorldBroken("I4", `${task} is merged before what it depends on`);
    const due = merge3(
      store.treeOf(state.forks[task] ?? ""),
      store.treeOf(state.base),
      store.treeOf(head),
    );
    const isDue =
      due.kind === "clean" && store.commit(due.tree, []) === store.commit(made.tree, []);
    if (!isDue) {
      const differing = changedPaths(due.tree, made.tree).join(", ");
      throw new WorldBroken("I2", `${candidate} is not the merge of ${task}: ${differing}`);
    }
  }

  /** What a run that is at rest says is what is on the branch. @throws WorldBroken */
  checkEnd(state: WorldState, run: Run): void {
    const tree = this.store.treeOf(state.base);
    for (const { key, status, question } of run.tasks.values()) {
      const isThere = tree[ownOf(key)] !== undefined;
      const isLanded = state.landed.some(({ task }) => task === key);
      if (isThere !== isLanded)
        throw new WorldBroken("I6", `${key} is ${isThere ? "on" : "not on"} the branch`);
      if (status === "merged" && !isThere)
        throw new WorldBroken("I6", `${key} is told as merged and is not on the branch`);
      const ours = state.landed.find(({ task, by }) => task === key && by === "run");
      // Nobody has heard of the merge, however often it was asked for, and nobody here looks at the forge by itself:
      // then a person is asked, who may give the task up.
      const isAsked = status === "escalated" && question?.text.includes("cannot go on") === true;
      const isOpen = ours?.isUnheard === true && (isAsked || status === "cancelled");
      if (status !== "merged" && ours !== undefined && !isOpen)
        throw new WorldBroken("I6", `${key} is on the branch and is told as ${status}`);
    }
    this.#checkReference(state);
  }

  /** The branch is what bare three-way merges in the same order make, and nothing depends on what comes after it. */
  #checkReference({ base, landed }: WorldState): void {
    const { store } = this;
    let tree = store.treeOf(this.start.base);
    const on = new Set<string>();
    const [first, ...line] = store.firstParents(base);
    if (first !== this.start.base)
      throw new WorldBroken("I3", `${base} does not come from ${this.start.base}`);
    for (const id of line) {
      const step = store.get(id);
      const landing = landed.find(({ commit }) => commit === id);
      if (landing === undefined) {
        // People add files of their own; nobody else puts commits there.
        const strange = changedPaths(tree, step.tree).find(
          (path) => !path.startsWith("person-base-"),
        );
        if (strange !== undefined)
          throw new WorldBroken("reference", `${id} is no merge and changes ${strange}`);
        tree = step.tree;
        continue;
      }
      const missing = this.#needsOf(landing.task).find((need) => !on.has(need));
      if (missing !== undefined)
        throw new WorldBroken("I4", `${landing.task} lies below ${missing}, on which it depends`);
      on.add(landing.task);
      const due = merge3(store.treeOf(landing.fork), tree, store.treeOf(landing.head));
      if (changedPaths(due.tree, step.tree).length > 0)
        throw new WorldBroken("reference", `${id} (${landing.task}) is not its serial merge`);
      tree = due.tree;
    }
  }

  #areLanded({ landed }: WorldState, task: string): boolean {
    return this.#needsOf(task).every((need) => landed.some((landing) => landing.task === need));
  }

  #needsOf(task: string): readonly string[] {
    return this.milestone.issues.find(({ key }) => key === task)?.needs ?? [];
  }

  #session(state: WorldState, run: Run, action: ActionOf<"RunSession">): readonly Way[] {
    const { task } = action;
    const known = run.tasks.get(task);
    if (known?.session?.ending === true || known?.endedAt !== null) {
      const outcome = sessionEnded(action, "ended", this.#work(state, run, task));
      return [{ name: "was ended", faults: 0, state, outcome }];
    }
    const isNew = action.role === "implementer";
    const { qualities } = this.milestone;
    const given = qualities?.[task];
    const open: readonly Quality[] = given === undefined ? ["good", "bad", "hopeless"] : [given];
    return (isNew ? open : ["good" as const]).map((quality): Way => {
      const next = isNew
        ? this.#implemented(state, task, quality)
        : this.#fixed(state, task, action.role === "conflict-resolver");
      const outcome = sessionEnded(action, "finished", this.#work(next, run, task));
      const faults = quality === "good" || qualities !== undefined ? 0 : 1;
      return { name: `works (${quality})`, faults, state: next, outcome };
    });
  }

  #implemented(state: WorldState, task: string, quality: Quality): WorldState {
    const { store } = this;
    const tip = state.tips[task] ?? "";
    const edits = { [ownOf(task)]: "done", ...this.milestone.edits[task] };
    const poison = quality === "good" ? {} : { [`poison-${task}`]: quality };
    const commit = store.commit({ ...store.treeOf(tip), ...edits, ...poison }, [tip]);
    const made = { ...state.made, [task]: quality };
    return { ...state, made, tips: { ...state.tips, [task]: commit } };
  }

  /** `settles`: nothing but the conflict is touched. */
  #fixed(state: WorldState, task: string, settles: boolean): WorldState {
    const { store } = this;
    const tip = state.tips[task] ?? "";
    const other = state.halves[task];
    const begun =
      other === undefined
        ? store.treeOf(tip)
        : merge3(store.treeOf(state.forks[task] ?? ""), store.treeOf(tip), store.treeOf(other))
            .tree;
    const rounds = Number(begun[`fix-${task}`] ?? "0") + 1;
    const mark = settles ? {} : { [`fix-${task}`]: String(rounds) };
    const tree: Record<string, string> = { ...begun, ...mark };
    const isMended = state.made[task] === "bad" && !settles;
    if (isMended) delete tree[`poison-${task}`];
    const { clash } = this.milestone;
    // Whoever settles a conflict may change what the branch has changed before as well.
    if (isClash(tree, clash)) tree[ownOf(task)] = "fits";
    const commit = store.commit(tree, other === undefined ? [tip] : [tip, other]);
    const { [task]: _half, ...halves } = state.halves;
    const forks = other === undefined ? state.forks : { ...state.forks, [task]: other };
    const made = isMended ? { ...state.made, [task]: "good" as const } : state.made;
    return { ...state, made, halves, forks, tips: { ...state.tips, [task]: commit } };
  }

  #work(state: WorldState, run: Run, task: string): Work {
    const { store } = this;
    const known = run.tasks.get(task);
    const fork = known?.mergingWith ?? known?.workspace?.forkPoint ?? state.forks[task] ?? "";
    const head = state.tips[task] ?? fork;
    const paths = changedPaths(store.treeOf(fork), store.treeOf(head));
    const isDone = head !== fork;
    return {
      head,
      onBranch: known?.branch ?? null,
      missing: false,
      descends: store.isAncestor(fork, head),
      commits: isDone ? [{ sha: head, subject: `Do ${task}` }] : [],
      changedPaths: paths,
      changedLines: paths.length,
      dirtyPaths: [],
      markers: [],
      patchId: paths.map((path) => `${path}=${store.treeOf(head)[path] ?? ""}`).join(" "),
    };
  }

  #gates(
    state: WorldState,
    run: Run,
    action: ActionOf<"RunGates" | "GateTrain" | "TestIntegration" | "TestWave">,
  ): readonly Way[] {
    const { commit } = action;
    const { treeId: tree } = this.store.get(commit);
    const complaint = this.physics.complain(commit);
    const way = (ok: boolean): Way => {
      const results = [asResult(ok ? null : (complaint ?? "flaky:1: it is red"))];
      const outcome: Outcome =
        action.type === "RunGates"
          ? { of: action.type, commit, tree, results }
          : { of: action.type, commit, results };
      const name = ok ? "is green" : "is red";
      return { name, faults: 0, state: ok ? this.#seenGreen(state, run, action) : state, outcome };
    };
    if (complaint !== null) return [way(false)];
    return [way(true), { ...way(false), name: "is red for no reason", faults: 1 }];
  }

  #seenGreen(
    state: WorldState,
    { train, settings }: Run,
    action: ActionOf<"RunGates" | "GateTrain" | "TestIntegration" | "TestWave">,
  ): WorldState {
    const prefix = action.type === "GateTrain" ? (train?.cars ?? []).slice(0, action.length) : [];
    // What lies inside counts only where the run promises no more, and as long as it is still this train.
    const counts =
      settings.merging?.everyCommitGreen !== true && prefix.at(-1)?.commit === action.commit;
    const inside = counts ? prefix.map(({ commit }) => commit) : [];
    const seen = [...inside, action.commit].map((commit) => this.store.get(commit).treeId);
    if (seen.every((tree) => state.green.has(tree))) return state;
    return { ...state, green: new Set([...state.green, ...seen]) };
  }

  #merge(state: WorldState, run: Run, action: ActionOf<"MergePullRequest">): readonly Way[] {
    const { base, result } = this.physics.move(state, action);
    const of = action.type;
    const trouble: Outcome = { of: "Trouble", why: "The line was cut.", retryable: true };
    const deferred: Outcome = { of, result: { kind: "deferred", why: "The forge is thinking." } };
    const moved = base === state.base ? state : this.#landed(state, action, base);
    const answers = { ...moved.answers, [action.key]: { of, result } };
    const ways: Way[] = [
      base === state.base
        ? {
            name: `answers ${result.kind}`,
            faults: 0,
            state: result.kind === "merged" ? heard(state, action.task) : state,
            outcome: { of, result },
          }
        : { name: "moves the base", faults: 0, state: { ...moved, answers }, outcome: null },
      { name: "is not reached", faults: 1, state, outcome: trouble },
    ];
    // A forge that has merged it says so.
    if (base !== state.base || result.kind !== "merged")
      ways.push({ name: "is deferred", faults: 1, state, outcome: deferred });
    if (base !== state.base)
      ways.push({
        name: "moves the base, unheard",
        faults: 1,
        state: unheard(moved, action.task),
        outcome: trouble,
      });
    return run.tasks.has(action.task) ? ways : [];
  }

  #landed(state: WorldState, action: ActionOf<"MergePullRequest">, base: string): WorldState {
    this.checkLanding(state, action);
    const { task, head, candidate: commit } = action;
    if (base !== commit) throw new WorldBroken("I3", `the base went to ${base}, not to ${commit}`);
    const landing = { task, by: "run", commit, head, fork: state.forks[task] ?? "" } as const;
    return { ...state, base, landed: [...state.landed, landing] };
  }

  #plain(
    state: WorldState,
    run: Run,
    action: Exclude<Action, ActionOf<"RunSession" | "MergePullRequest">>,
  ): { readonly next: WorldState; readonly outcome: Outcome } {
    const same = (outcome: Outcome) => ({ next: state, outcome });
    switch (action.type) {
      case "PrepareIntegration": {
        const { base } = state;
        return same({ of: action.type, branch: action.branch, head: base, base });
      }
      case "RunBaseline": {
        const { treeId: tree } = this.store.get(action.commit);
        return same({ of: action.type, commit: action.commit, tree, results: [asResult(null)] });
      }
      case "PrepareWorkspace":
        return this.#workspace(state, action);
      case "PrepareSession":
        return same({ of: action.type, protectedRefs: {} });
      case "PublishPullRequest": {
        const number = 1 + this.milestone.issues.findIndex(({ key }) => key === action.task);
        const work = this.#work(state, run, action.task);
        const published = [...new Set([...state.published, action.task])].toSorted();
        const next = { ...state, published };
        return { next, outcome: { of: action.type, number, url: null, work } };
      }
      case "BeginMerge":
        return this.#beginMerge(state, run, action);
      case "BuildCandidate": {
        const tip = state.tips[action.task];
        const result =
          tip !== undefined && tip !== action.head
            ? ({ kind: "head-moved", head: tip } as const)
            : this.physics.build(state, action, run.settings.mergeMethod);
        return same({ of: action.type, result });
      }
      case "BuildTrain":
        return same(this.#train(state, run, action));
      case "ForecastConflicts":
        return same({ of: action.type, pairs: this.#forecast(action) });
      case "FindCulprit":
        return same({ of: action.type, culprit: null, search: { trials: [], why: "unknown" } });
      case "LeaveDraft":
      case "EndSession":
      case "TidyPullRequest":
      case "ReturnToDraft":
        return same({ of: action.type });
      default:
        throw new Error(`There is no ${action.type} in this world.`);
    }
  }

  #workspace(
    state: WorldState,
    action: ActionOf<"PrepareWorkspace">,
  ): { readonly next: WorldState; readonly outcome: Outcome } {
    const { store } = this;
    const { task, slot, tips = [] } = action;
    let base = this.physics.begin(action);
    for (const { forkPoint, head } of tips) {
      const fitted = merge3(store.treeOf(forkPoint), store.treeOf(base), store.treeOf(head));
      if (fitted.kind === "conflict")
        return { next: state, outcome: { of: action.type, unfit: fitted.paths } };
      base = store.commit(fitted.tree, [base, head]);
    }
    const path = `/w/${slot}`;
    const begun = action.mode === "reuse" ? state.tips[task] : undefined;
    const head = begun ?? base;
    const next =
      begun === undefined
        ? {
            ...state,
            tips: { ...state.tips, [task]: base },
            forks: { ...state.forks, [task]: base },
          }
        : state;
    const onto = tips.length === 0 ? {} : { base };
    return { next, outcome: { of: action.type, workspace: { path, head }, ...onto } };
  }

  #beginMerge(
    state: WorldState,
    run: Run,
    { type, task, other }: ActionOf<"BeginMerge">,
  ): { readonly next: WorldState; readonly outcome: Outcome } {
    const { store } = this;
    const tip = state.tips[task] ?? "";
    const merged = merge3(
      store.treeOf(state.forks[task] ?? ""),
      store.treeOf(tip),
      store.treeOf(other),
    );
    if (merged.kind === "conflict") {
      const next = { ...state, halves: { ...state.halves, [task]: other } };
      const work = this.#work(next, run, task);
      return { next, outcome: { of: type, state: "conflict", work } };
    }
    const head = store.isAncestor(other, tip) ? tip : store.commit(merged.tree, [tip, other]);
    const tips = { ...state.tips, [task]: head };
    const next = { ...state, tips, forks: { ...state.forks, [task]: other } };
    const since = changedPaths(store.treeOf(other), store.treeOf(head));
    const work = { ...this.#work(next, run, task), head, changedPaths: since };
    return { next, outcome: { of: type, state: "merged", work } };
  }

  #train(state: WorldState, run: Run, action: ActionOf<"BuildTrain">): Outcome {
    const cars: { task: string; head: string; commit: string; tree: string }[] = [];
    const left: { task: string; why: string }[] = [];
    for (const { task, forkPoint, head } of action.members) {
      const onto = cars.at(-1)?.commit ?? action.onto;
      const needs = run.tasks.get(task)?.issue.blockers.map(({ key }) => key) ?? [];
      const isMissing = needs.some(
        (key) => run.tasks.get(key)?.status !== "merged" && cars.every((car) => car.task !== key),
      );
      const made =
        isMissing || state.tips[task] !== head
          ? null
          : this.physics.build(state, { task, onto, forkPoint, head }, run.settings.mergeMethod);
      if (made?.kind === "clean") cars.push({ task, head, commit: made.commit, tree: made.tree });
      else left.push({ task, why: made?.kind ?? "it has moved" });
    }
    return { of: action.type, cars, left };
  }

  #forecast({ onto, branches, pairs }: ActionOf<"ForecastConflicts">) {
    const { store } = this;
    const of = new Map(branches.map((branch) => [branch.task, branch]));
    return pairs.map(([a, b]) => {
      let tree = store.treeOf(onto);
      const paths: string[] = [];
      for (const key of b === null ? [a] : [a, b]) {
        const branch = of.get(key);
        if (branch === undefined) continue;
        const { forkPoint, head } = branch;
        const merged = merge3(store.treeOf(forkPoint), tree, store.treeOf(head));
        tree = merged.tree;
        if (merged.kind === "conflict") paths.push(...merged.paths);
      }
      return { a, b, paths };
    });
  }

  /** As git builds it: the merge from the recorded fork point, or why there is none. */
  build(
    _state: WorldState,
    request: Pick<ActionOf<"BuildCandidate">, "task" | "onto" | "forkPoint" | "head">,
    method: "squash" | "merge",
  ): Built {
    const { store } = this;
    const { onto, forkPoint, head } = request;
    const merged = merge3(store.treeOf(forkPoint), store.treeOf(onto), store.treeOf(head));
    if (merged.kind === "conflict") {
      const files = merged.paths.map(asConflict);
      return { kind: "conflict", paths: merged.paths, messages: "CONFLICT", files };
    }
    if (changedPaths(store.treeOf(onto), merged.tree).length === 0) return { kind: "empty" };
    const commit = store.commit(merged.tree, method === "merge" ? [onto, head] : [onto]);
    return { kind: "clean", commit, tree: store.get(commit).treeId };
  }

  /** As the local forge does it: compare and swap, and else an answer about what is there instead. */
  move(
    state: WorldState,
    { task, from, candidate, head }: ActionOf<"MergePullRequest">,
  ): { readonly base: string; readonly result: Moved } {
    const { base } = state;
    const tip = state.tips[task];
    const isDone = this.store.isAncestor(candidate, base);
    if (tip !== undefined && tip !== head && !isDone)
      return { base, result: { kind: "head-moved", head: tip } };
    if (base === from) return { base: candidate, result: { kind: "merged", commit: candidate } };
    if (isDone) return { base, result: { kind: "merged", commit: candidate } };
    if (this.store.isAncestor(from, base)) return { base, result: { kind: "base-moved", base } };
    return { base, result: { kind: "base-rewound", base } };
  }
}

export type PersonsDeed =
  | { readonly what: "moves the base" }
  | { readonly what: "pushes" | "merges"; readonly task: string };

/** Both are there, and nobody has made them fit. */
function isClash(tree: Tree, clash: Milestone["clash"]): boolean {
  const isMended = Object.entries(tree).some(
    ([path, text]) => path.startsWith(ownOf("")) && text === "fits",
  );
  return !isMended && clash?.every((key) => tree[ownOf(key)] !== undefined) === true;
}

function unheard(state: WorldState, task: string): WorldState {
  const landed = state.landed.map((landing): Landing =>
    landing.task === task && landing.by === "run" ? { ...landing, isUnheard: true } : landing,
  );
  return { ...state, landed };
}

function heard(state: WorldState, task: string): WorldState {
  const landed = state.landed.map((landing): Landing => {
    if (landing.task !== task) return landing;
    const { isUnheard: _was, ...rest } = landing;
    return rest;
  });
  return { ...state, landed };
}

/** The file that only this task writes: `done`, or `fits` where it makes those fit that clash. */
export function ownOf(task: string): string {
  return `own-${task}`;
}

/** Both sides have changed one line of a text. */
function asConflict(path: string): ConflictedFile {
  const side = { mode: "100644", blob: path };
  const sides = { base: side, ours: side, theirs: side };
  return { path, kind: "contents", ...sides, hunks: 1, lines: 2, isGenerated: false };
}

function asResult(complaint: string | null): GateResult {
  return gateResult("test", complaint === null, complaint === null ? [] : [complaint]);
}

function sessionEnded(
  { type, session, role }: ActionOf<"RunSession">,
  end: Ended["end"],
  work: Work,
): Ended {
  const report: Ended["report"] = {
    status: "complete",
    summary: role,
    stepsCompleted: [],
    stepsBlocked: [],
    filesChanged: [],
    commits: [],
    notes: [],
    discoveries: [],
    error: null,
    question: null,
    verdicts: null,
  };
  return {
    of: type,
    session,
    end,
    vendorSession: null,
    report: end === "finished" ? report : null,
    lastWords: "",
    usage: { usd: 0, inputTokens: 0, outputTokens: 0, turns: 1 },
    retryAt: null,
    detail: "",
    work,
    breaches: [],
  };
}
