import { createHash } from "node:crypto";
import type { HistoryCommit } from "../../src/core/execute/tdd/history.ts";
import type { ConflictedFile } from "../../src/core/merge/conflicts/facts.ts";
import { UserError } from "../../src/errors.ts";
import type {
  BranchUpdate,
  Breach,
  Candidate,
  CandidateRequest,
  FileChange,
  FilesEdit,
  ForecastBranch,
  ForecastFound,
  MergedTips,
  Repository,
  WorkFacts,
  Workspace,
  WorkspaceRequest,
} from "../../src/ports/repository.ts";

/** File -> content. Contents are lines; nothing is ever read but by whole file. */
export type Tree = Readonly<Record<string, string>>;

interface Commit {
  readonly tree: Tree;
  readonly parents: readonly string[];
  readonly message: string;
  readonly committer: string;
}

interface Checkout {
  branch: string | null;
  head: string;
  /** The tree as it lies there, when it differs from the head's. */
  dirty: Record<string, string> | null;
  mergeHead: string | null;
  missing: boolean;
}

export const ENGINE = "cairn@cairn.invalid";

/** Git as far as the engine sees it: commits, refs and worktrees in memory, three-way merges file by file. */
export class SimulatedRepository implements Repository {
  readonly commits = new Map<string, Commit>();
  readonly refs = new Map<string, string>();
  readonly checkouts = new Map<string, Checkout>();
  readonly breaches = new Map<string, Breach>();
  readonly #treeIds = new WeakMap<Tree, string>();
  /** Every move of a branch: who, from, to. */
  readonly moves: {
    readonly ref: string;
    readonly from: string | null;
    readonly to: string;
    readonly by: string;
  }[] = [];

  commit(tree: Tree, parents: readonly string[], message: string, committer: string): string {
    const sorted = Object.fromEntries(
      Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    const text = JSON.stringify([sorted, parents, message, committer]);
    const sha = createHash("sha1").update(text).digest("hex");
    this.commits.set(sha, { tree: sorted, parents, message, committer });
    return sha;
  }

  /** Makes a branch or moves it, as whoever `by` is. */
  setRef(name: string, to: string, by: string): void {
    const ref = full(name);
    this.moves.push({ ref, from: this.refs.get(ref) ?? null, to, by });
    this.refs.set(ref, to);
  }

  tip(branch: string): string | null {
    return this.refs.get(full(branch)) ?? null;
  }

  get(sha: string): Commit {
    const commit = this.commits.get(sha);
    if (commit === undefined) throw new Error(`no commit ${sha}`);
    return commit;
  }

  /** What lies in a checkout right now. */
  treeAt(path: string): Tree {
    const checkout = this.checkouts.get(path);
    if (checkout === undefined || checkout.missing) throw new Error(`no checkout at ${path}`);
    return checkout.dirty ?? this.get(this.#headOf(checkout)).tree;
  }

  write(path: string, files: Tree): void {
    const checkout = this.checkouts.get(path);
    if (checkout === undefined || checkout.missing) return;
    checkout.dirty = { ...this.treeAt(path), ...files };
  }

  /** `git commit -a` in a checkout; null when nothing differs or it is gone. */
  commitIn(path: string, message: string, committer: string): string | null {
    const checkout = this.checkouts.get(path);
    if (checkout === undefined || checkout.missing) return null;
    if (checkout.dirty === null && checkout.mergeHead === null) return null;
    const head = this.#headOf(checkout);
    const parents = checkout.mergeHead === null ? [head] : [head, checkout.mergeHead];
    const sha = this.commit(this.treeAt(path), parents, message, committer);
    checkout.dirty = null;
    checkout.mergeHead = null;
    checkout.head = sha;
    if (checkout.branch !== null) this.setRef(checkout.branch, sha, committer);
    return sha;
  }

  #headOf(checkout: Checkout): string {
    return checkout.branch === null ? checkout.head : (this.tip(checkout.branch) ?? checkout.head);
  }

  async resolve(name: string): Promise<string | null> {
    if (this.commits.has(name)) return name;
    return this.refs.get(name) ?? this.tip(name);
  }

  async treeOf(commit: string): Promise<string> {
    return this.treeId(commit);
  }

  treeId(commit: string): string {
    const { tree } = this.get(commit);
    const known = this.#treeIds.get(tree);
    if (known !== undefined) return known;
    const id = createHash("sha1").update(JSON.stringify(tree)).digest("hex");
    this.#treeIds.set(tree, id);
    return id;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return this.contains(descendant, ancestor);
  }

  contains(descendant: string, ancestor: string): boolean {
    const seen = new Set<string>();
    const pending = [descendant];
    for (let sha = pending.pop(); sha !== undefined; sha = pending.pop()) {
      if (sha === ancestor) return true;
      if (seen.has(sha)) continue;
      seen.add(sha);
      pending.push(...this.get(sha).parents);
    }
    return false;
  }

  async committerOf(commit: string): Promise<string> {
    return this.get(commit).committer;
  }

  async ensureBranch(branch: string, at: string): Promise<string> {
    if (this.tip(branch) === null) this.setRef(branch, at, ENGINE);
    return this.tip(branch) ?? at;
  }

  async moveBranch(
    branch: string,
    from: string,
    to: string,
  ): Promise<"moved" | "already" | "stale"> {
    const tip = this.tip(branch);
    if (tip === to) return "already";
    if (tip !== from) return "stale";
    this.setRef(branch, to, ENGINE);
    return "moved";
  }

  async deleteBranch(branch: string, at: string): Promise<void> {
    if (this.tip(branch) === at) this.refs.delete(full(branch));
  }

  async prepareWorkspace(request: WorkspaceRequest): Promise<Workspace> {
    const { slot, branch, base, mode } = request;
    const tip = this.tip(branch);
    if (mode === "create" && tip !== null && tip !== base) {
      throw new UserError("workspace/branch-exists", `The branch ${branch} exists already.`);
    }
    if (mode === "reuse" && tip !== null && !this.contains(tip, base)) {
      throw new UserError("workspace/wrong-base", `${branch} no longer contains ${base}.`);
    }
    if (tip === null || mode === "restart") this.setRef(branch, base, ENGINE);
    const path = `/w/${slot}`;
    const head = this.tip(branch) ?? base;
    this.checkouts.set(path, { branch, head, dirty: null, mergeHead: null, missing: false });
    return { path, branch, base, head };
  }

  async checkoutForGates(slot: string, commit: string): Promise<string> {
    this.get(commit);
    const path = `/w/${slot}`;
    this.checkouts.set(path, {
      branch: null,
      head: commit,
      dirty: null,
      mergeHead: null,
      missing: false,
    });
    return path;
  }

  async inspectWork(path: string, branch: string, forkPoint: string): Promise<WorkFacts> {
    const checkout = this.checkouts.get(path);
    const missing = checkout === undefined || checkout.missing;
    const head = this.tip(branch) ?? forkPoint;
    const before = this.get(forkPoint).tree;
    const after = this.get(head).tree;
    const changedPaths = changes(before, after);
    const tree = missing ? after : this.treeAt(path);
    const dirtyPaths = missing ? [] : changes(this.get(this.#headOf(checkout)).tree, tree);
    const patch = changedPaths.map((file) => [file, before[file] ?? null, after[file] ?? null]);
    return {
      head,
      onBranch: missing ? null : checkout.branch,
      missing,
      descends: this.contains(head, forkPoint),
      commits: this.#between(forkPoint, head),
      changedPaths,
      changedLines: changedPaths.length,
      dirtyPaths,
      markers: Object.keys(tree).filter((file) => tree[file]?.includes("<<<<") === true),
      patchId:
        patch.length === 0 ? "" : createHash("sha1").update(JSON.stringify(patch)).digest("hex"),
    };
  }

  async changesBetween(
    from: string,
    to: string,
    wantsText: (path: string) => boolean,
  ): Promise<readonly FileChange[]> {
    const [before, after] = [this.get(from).tree, this.get(to).tree];
    return changes(before, after).map((path) => {
      const [was, is] = [linesOf(before[path]), linesOf(after[path])];
      const sides = { before: before[path] ?? null, after: after[path] ?? null };
      const texts = wantsText(path) ? sides : { before: null, after: null };
      return { path, added: countBeyond(is, was), deleted: countBeyond(was, is), ...texts };
    });
  }

  async blobText(): Promise<string | null> {
    return null; // Every file here is a short text: none is left unread.
  }

  async readTextAt(path: string, file: string, bytesMax: number): Promise<string | null> {
    const text = this.checkouts.has(path) ? this.treeAt(path)[file] : undefined;
    return text === undefined || text.length > bytesMax ? null : text;
  }

  #between(from: string, to: string): readonly { sha: string; subject: string }[] {
    const commits: { sha: string; subject: string }[] = [];
    for (
      let sha: string | undefined = to;
      sha !== undefined && sha !== from;
      sha = this.get(sha).parents[0]
    ) {
      commits.unshift({ sha, subject: this.get(sha).message });
      if (commits.length > 200) break;
    }
    return commits;
  }

  async historyOf(
    forkPoint: string,
    head: string,
    without: readonly string[],
  ): Promise<readonly HistoryCommit[]> {
    const known = [forkPoint, ...without];
    const history: HistoryCommit[] = [];
    const seen = new Set<string>();
    const visit = (sha: string): void => {
      if (seen.has(sha) || known.some((other) => this.contains(other, sha))) return;
      seen.add(sha);
      const { parents, message, tree, committer } = this.get(sha);
      for (const parent of parents) visit(parent);
      const [subject = "", ...body] = message.split("\n");
      const changed = parents.map((parent) => changes(this.get(parent).tree, tree));
      const [first = [], ...others] = changed;
      const paths = first.filter((file) => others.every((other) => other.includes(file)));
      history.push({ sha, parents, committer, subject, body: body.join("\n").trim(), paths });
    };
    visit(head);
    return history;
  }

  async filesAt(
    commit: string,
    wants: (path: string) => boolean,
  ): Promise<readonly { path: string; text: string }[]> {
    return Object.entries(this.get(commit).tree)
      .filter(([path]) => wants(path))
      .map(([path, text]) => ({ path, text }));
  }

  async treeWith(onto: string, from: string, paths: readonly string[]): Promise<string> {
    const tree = { ...this.get(onto).tree };
    for (const path of paths) {
      const text = this.get(from).tree[path];
      if (text === undefined) delete tree[path];
      else tree[path] = text;
    }
    return this.commit(tree, [onto], "measure", ENGINE);
  }

  async commitAll(path: string, message: string): Promise<string> {
    this.commitIn(path, message, ENGINE);
    const checkout = this.checkouts.get(path);
    if (checkout === undefined) throw new Error(`no checkout at ${path}`);
    return this.#headOf(checkout);
  }

  async restore(path: string, branch: string, commit: string): Promise<void> {
    if (this.tip(branch) !== commit) this.setRef(branch, commit, ENGINE);
    this.checkouts.set(path, {
      branch,
      head: commit,
      dirty: null,
      mergeHead: null,
      missing: false,
    });
  }

  async restoreUnlessMerging(path: string, branch: string): Promise<void> {
    const checkout = this.checkouts.get(path);
    const isMerging =
      checkout?.missing === false && checkout.branch === branch && checkout.mergeHead !== null;
    const tip = this.tip(branch);
    if (!isMerging && tip !== null) await this.restore(path, branch, tip);
  }

  async restoreIfMoved(path: string, branch: string, commit: string): Promise<void> {
    await this.restore(path, branch, commit);
  }

  async beginMerge(path: string, other: string, message: string): Promise<"merged" | "conflict"> {
    const checkout = this.checkouts.get(path);
    if (checkout === undefined || checkout.missing) throw new Error(`no checkout at ${path}`);
    const head = this.#headOf(checkout);
    if (this.contains(head, other)) return "merged";
    const { tree, conflicts } = this.#merge(this.#mergeBase(head, other), head, other);
    checkout.dirty = { ...tree };
    checkout.mergeHead = other;
    if (conflicts.length > 0) return "conflict";
    this.commitIn(path, message, ENGINE);
    return "merged";
  }

  #mergeBase(a: string, b: string): string {
    const pending = [a];
    const seen = new Set<string>();
    for (let sha = pending.shift(); sha !== undefined; sha = pending.shift()) {
      if (seen.has(sha)) continue;
      seen.add(sha);
      if (this.contains(b, sha)) return sha;
      pending.push(...this.get(sha).parents);
    }
    throw new Error("no merge base");
  }

  #merge(base: string, ours: string, theirs: string): { tree: Tree; conflicts: readonly string[] } {
    const [b, o, t] = [this.get(base).tree, this.get(ours).tree, this.get(theirs).tree];
    const tree: Record<string, string> = {};
    const conflicts: string[] = [];
    for (const file of new Set([...Object.keys(b), ...Object.keys(o), ...Object.keys(t)])) {
      const [was, mine, other] = [b[file], o[file], t[file]];
      const merged = mine === other || other === was ? mine : mine === was ? other : null;
      if (merged === null) {
        conflicts.push(file);
        tree[file] = `<<<<\n${mine ?? ""}====\n${other ?? ""}>>>>\n`;
      } else if (merged !== undefined) tree[file] = merged;
    }
    return { tree, conflicts };
  }

  async buildCandidate(request: CandidateRequest): Promise<Candidate> {
    const { onto, forkPoint, head, message } = request;
    const { tree, conflicts } = this.#merge(forkPoint, onto, head);
    if (conflicts.length > 0) {
      const files = conflicts.map((file) => this.#conflicted(file, forkPoint, onto, head));
      return { kind: "conflict", paths: conflicts, messages: "conflict", files };
    }
    const changedPaths = changes(this.get(onto).tree, tree);
    if (changedPaths.length === 0) return { kind: "empty" };
    const own = new Set(changes(this.get(forkPoint).tree, this.get(head).tree));
    const foreign = changedPaths.filter((file) => !own.has(file));
    if (foreign.length > 0) return { kind: "refused", paths: foreign, why: "foreign paths" };
    const parents = request.method === "merge" ? [onto, head] : [onto];
    const commit = this.commit(tree, parents, message, ENGINE);
    return { kind: "clean", commit, tree: await this.treeOf(commit), changedPaths };
  }

  /** A text that both sides changed is one hunk, whole as it is. */
  #conflicted(path: string, base: string, ours: string, theirs: string): ConflictedFile {
    const textOf = (commit: string): string | undefined => this.get(commit).tree[path];
    const side = (commit: string): ConflictedFile["ours"] => {
      const text = textOf(commit);
      return text === undefined ? null : { mode: "100644", blob: text };
    };
    const isGone = textOf(ours) === undefined || textOf(theirs) === undefined;
    const kind = isGone ? "modify-delete" : textOf(base) === undefined ? "add-add" : "contents";
    const lines = [ours, theirs].map((commit) => (textOf(commit) ?? "").split("\n").length - 1);
    return {
      path,
      kind,
      base: side(base),
      ours: side(ours),
      theirs: side(theirs),
      hunks: 1,
      lines: lines.reduce((sum, one) => sum + one, 0),
      isGenerated: false,
    };
  }

  /** Nothing in a simulated world conflicts twice over the same three texts. */
  async recordResolutions(): Promise<void> {}

  async buildUpdate(request: BranchUpdate): Promise<string> {
    const { onto, forkPoint, head, tree, method, message } = request;
    // Trees are named by what is in them: the candidate that was checked carries it.
    const found = [...this.commits.keys()].findLast((sha) => this.treeId(sha) === tree);
    if (found === undefined) throw new Error("an update to a tree that nobody built");
    const whole = this.get(found).tree;
    // All in one commit, where what is replayed is no merge.
    if (method === "rebase" && this.#isLine(forkPoint, head))
      return this.commit(whole, [onto], this.get(head).message, ENGINE);
    return this.commit(whole, [head, onto], message, ENGINE);
  }

  #isLine(from: string, to: string): boolean {
    for (let sha = to; sha !== from;) {
      const [parent, other] = this.get(sha).parents;
      if (parent === undefined || other !== undefined) return false;
      sha = parent;
    }
    return true;
  }

  async commitFiles(edit: FilesEdit): Promise<string | null> {
    const before = this.get(edit.onto).tree;
    const changed = edit.files.flatMap(({ path, edit: change }) => {
      const text = change(before[path] ?? null);
      return text === null || text === before[path] ? [] : [[path, text] as const];
    });
    if (changed.length === 0) return null;
    const tree = { ...before, ...Object.fromEntries(changed) };
    return this.commit(tree, [edit.onto], edit.message, ENGINE);
  }

  async forecast(
    onto: string,
    branches: readonly ForecastBranch[],
    pairs: readonly (readonly [string, string | null])[],
  ): Promise<readonly ForecastFound[]> {
    const of = (key: string): ForecastBranch | undefined => branches.find((one) => one.key === key);
    return pairs.map(([a, b]) => {
      const [first, second] = [of(a), b === null ? undefined : of(b)];
      if (first === undefined) throw new Error(`no branch ${a}`);
      const one = this.#merge(first.forkPoint, onto, first.head);
      if (b === null || second === undefined || one.conflicts.length > 0)
        return { a, b, paths: b === null ? one.conflicts : [] };
      const on = this.commit(one.tree, [onto], "forecast", ENGINE);
      return { a, b, paths: this.#merge(second.forkPoint, on, second.head).conflicts };
    });
  }

  async mergeTips(request: {
    readonly onto: string;
    readonly tips: readonly { readonly forkPoint: string; readonly head: string }[];
    readonly message: string;
  }): Promise<MergedTips> {
    const { onto, tips, message } = request;
    let on = onto;
    for (const { forkPoint, head } of tips) {
      const { tree, conflicts } = this.#merge(forkPoint, on, head);
      if (conflicts.length > 0) return { kind: "conflict", paths: conflicts };
      on = forkPoint === on ? head : this.commit(tree, [on], "tips", ENGINE);
    }
    if (tips.length === 1 && tips[0]?.head === on) return { kind: "clean", commit: on };
    const parents = [onto, ...tips.map(({ head }) => head)];
    return { kind: "clean", commit: this.commit(this.get(on).tree, parents, message, ENGINE) };
  }

  async buildRevert(request: {
    readonly landed: string;
    readonly before: string;
    readonly tip: string;
    readonly message: string;
  }): Promise<Candidate> {
    const { landed, before, tip, message } = request;
    const { tree, conflicts } = this.#merge(landed, tip, before);
    if (conflicts.length > 0) return { kind: "conflict", paths: conflicts, messages: "conflict" };
    const changedPaths = changes(this.get(tip).tree, tree);
    if (changedPaths.length === 0) return { kind: "empty" };
    const commit = this.commit(tree, [tip], message, ENGINE);
    return { kind: "clean", commit, tree: await this.treeOf(commit), changedPaths };
  }

  async buildLanding(target: string, head: string, message: string): Promise<Candidate> {
    const { tree, conflicts } = this.#merge(this.#mergeBase(target, head), target, head);
    if (conflicts.length > 0) return { kind: "conflict", paths: conflicts, messages: "conflict" };
    const commit = this.commit(tree, [target, head], message, ENGINE);
    const changedPaths = changes(this.get(target).tree, tree);
    return { kind: "clean", commit, tree: await this.treeOf(commit), changedPaths };
  }

  async protectedRefs(patterns: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = {};
    for (const pattern of patterns) {
      const tip = this.tip(pattern);
      if (tip !== null) found[full(pattern)] = tip;
    }
    return found;
  }

  async undoBreaches(
    before: Readonly<Record<string, string>> | null,
    patterns: readonly string[],
    committer: string,
  ): Promise<readonly Breach[]> {
    for (const [ref, became] of Object.entries(await this.protectedRefs(patterns))) {
      // Without a note of where it stood, a tip of the session's own still tells.
      const was = before === null ? (this.get(became).parents[0] ?? null) : (before[ref] ?? null);
      if (was === null || was === became || this.get(became).committer !== committer) continue;
      let back: string = became;
      while (this.get(back).committer === committer) back = this.get(back).parents[0] ?? was;
      const keptAs = `refs/cairn/breach/${became}`;
      this.refs.set(keptAs, became);
      this.setRef(ref, back, ENGINE);
      this.breaches.set(`${committer} ${ref}`, { ref, was: back, became, keptAs });
    }
    // Also what was undone by an engine that died before it could say so.
    return [...this.breaches]
      .filter(([key]) => key.startsWith(`${committer} `))
      .map(([, breach]) => breach);
  }

  async checkedOutAt(): Promise<string | null> {
    return null;
  }

  async fastForwardCheckout(): Promise<"moved" | "dirty" | "not-fast-forward"> {
    throw new Error("nothing is checked out in the simulation");
  }

  async removeWorkspace(slot: string): Promise<void> {
    this.checkouts.delete(`/w/${slot}`);
  }
}

function full(name: string): string {
  return name.startsWith("refs/") ? name : `refs/heads/${name}`;
}

function changes(before: Tree, after: Tree): readonly string[] {
  const files = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...files].filter((file) => before[file] !== after[file]).toSorted();
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split("\n").slice(0, text.endsWith("\n") ? -1 : undefined);
}

/** Lines of `a` that `b` has not got, as often as they occur; where they stand is not asked. */
function countBeyond(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1);
  let count = 0;
  for (const line of a) {
    const have = left.get(line) ?? 0;
    if (have === 0) count += 1;
    else left.set(line, have - 1);
  }
  return count;
}
