import type { Issue, Milestone } from "../../src/core/plan/issue.ts";
import type {
  CheckFact,
  PullRequestFacts,
  ReviewFact,
  ReviewNote,
} from "../../src/core/review/forge/facts.ts";
import type {
  Forge,
  MarkedComment,
  MergeOutcome,
  MergeRequest,
  PullRequestDraft,
  PushOutcome,
} from "../../src/ports/forge.ts";
import type { FollowUpDraft, FollowUpName } from "../../src/core/run/follow-ups.ts";
import type { FollowUpPlace } from "../../src/ports/source.ts";
import type { SimulatedClock } from "./clock.ts";
import { isBad } from "./discipline.ts";
import { roll, type Stream } from "./random.ts";
import type { SimulatedRepository, Tree } from "./repository.ts";
import type { Scenario } from "./scenario.ts";

/** How a service and the people on it behave, fixed by the seed. */
export interface ServiceHabits {
  /** Checks that run on every head. */
  readonly contexts: readonly string[];
  /** Contexts the branches demand. */
  readonly required: readonly string[];
  /** A check says whether it is required; else only the branch's rules do. */
  readonly saysRequired: boolean;
  /** Login of the bot that reviews every head that is not a draft. */
  readonly bot: string | null;
  /** It does not wait for checks; meddling runs only. */
  readonly isHasty: boolean;
  /** It is seen on pull requests of late. */
  readonly isUsual: boolean;
  /** A person's review is asked for. */
  readonly asksPerson: boolean;
  readonly approvals: number;
  /** The token may not read checks. */
  readonly hidesChecks: boolean;
  readonly landingIsRed: boolean;
  /** A person merges the landing pull request some time after it was opened. */
  readonly mergesLanding: boolean;
}

/** What a seed says of one task on the service. */
export interface TaskHabits {
  /** A required check of its first heads never reports, until a person runs it again. */
  readonly isSilent: boolean;
  readonly hasFinding: boolean;
  readonly asksForChanges: boolean;
}

interface Head {
  readonly sha: string;
  readonly at: number;
  botAt: number | null;
  personAt: number | null;
}

interface Thread {
  readonly id: string;
  readonly head: string;
  readonly at: number;
  isResolved: boolean;
  answeredAt: number | null;
}

interface Pull {
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  readonly task: string | null;
  readonly body: string;
  readonly heads: Head[];
  isDraft: boolean;
  readyAt: number;
  state: "open" | "closed" | "merged";
  mergeCommit: string | null;
  endedBy: string | null;
  readonly labels: Set<string>;
  readonly reviews: ReviewFact[];
  readonly threads: Thread[];
  /** A person ran the silent check again. */
  rerunAt: number | null;
  /** How many rounds of mending the work had seen when a person asked for changes; null: nobody has. */
  askedAfter: number | null;
}

interface Parts {
  readonly scenario: Scenario;
  readonly repository: SimulatedRepository;
  readonly clock: SimulatedClock;
  readonly chaos: Stream | null;
  readonly breaks: (what: string) => never;
}

/** Commits the service writes itself. */
const SERVICE = "service@invalid";
/** Whoever the engine's token belongs to. */
const OURS = "cairn-bot";
const PERSON = "person@invalid";
const REVIEWER = "ann";
/** One person besides; meddling runs only. */
const OTHER = "bob";

/** First number of a pull request: issues have those below. */
const FIRST_NUMBER = 101;
const LOOKED_AT_MAX = 50;
/** First number of an issue that takes over a rest: above those of issues and pull requests. */
const FIRST_REST = 1_000;

/**
 * A forge with branches of its own, checks, a bot and people. What they do follows from the seed, the task and how long a
 * head has been there, never from who looks when; so that a calm run and one full of crashes are judged alike. Every write
 * of the port asks first; the writes themselves break when they are made twice.
 */
export class SimulatedService {
  readonly branches = new Map<string, string>();
  readonly moves: {
    readonly branch: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly by: string;
  }[] = [];
  readonly pulls: Pull[] = [];
  readonly closedIssues = new Map<string, number>();
  readonly comments = new Map<string, string>();
  milestoneClosed = 0;
  /** Told of every pull request of a task. */
  onOpened: ((task: string, branch: string) => void) | null = null;
  readonly #changes = new Map<string, Partial<Issue>>();
  readonly #added: Issue[] = [];
  readonly #rests = new Map<string, FollowUpName>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get #now(): number {
    return this.#parts.clock.true;
  }

  get #habits(): ServiceHabits {
    const { habits } = this.#parts.scenario;
    if (habits === null) throw new Error("a scenario without a service");
    return habits;
  }

  tip(branch: string): string | null {
    return this.branches.get(branch) ?? null;
  }

  /** Makes, moves or deletes a branch as whoever `by` is, with all that follows on the service. */
  setBranch(branch: string, to: string | null, by: string): void {
    const from = this.tip(branch);
    if (from === to) return;
    for (const pull of this.pulls) this.#catchUp(pull);
    this.moves.push({ branch, from, to, by });
    if (to === null) this.branches.delete(branch);
    else this.branches.set(branch, to);
    for (const pull of this.pulls) {
      if (pull.state !== "open") continue;
      if (pull.base === branch && to === null) this.#end(pull, "closed", null, by);
      if (pull.branch === branch) {
        if (to === null) this.#end(pull, "closed", null, by);
        else pull.heads.push({ sha: to, at: this.#now, botAt: null, personAt: null });
      }
      // A base that has all of it by now has merged it.
      const head = headOf(pull).sha;
      if (pull.base === branch && to !== null && this.#parts.repository.contains(to, head))
        this.#end(pull, "merged", to, by);
    }
  }

  /** The issues as they are now. */
  milestone(): Milestone {
    const { plan } = this.#parts.scenario;
    const isOver = (number: string): boolean => this.closedIssues.has(number);
    const issues = [...plan.issues, ...this.#added].map((issue): Issue => {
      const now: Issue = { ...issue, ...this.#changes.get(issue.key) };
      return isOver(issue.number) ? { ...now, state: "closed", closedAs: "completed" } : now;
    });
    return {
      source: plan.source,
      title: plan.milestone.title,
      number: plan.milestone.number,
      url: null,
      issues,
      documents: [],
      handoff: null,
      findings: [],
      repository: "o/r",
    };
  }

  openPull(branch: string): Pull | null {
    return this.pulls.find((pull) => pull.branch === branch && pull.state === "open") ?? null;
  }

  /** `POST /pulls`: whoever asks twice gets two. */
  createPull(draft: PullRequestDraft): Pull {
    const { branch, base, body, isDraft } = draft;
    const head = this.tip(branch);
    const on = this.tip(base);
    if (head === null || (on !== null && this.#parts.repository.contains(on, head))) {
      if (!this.#parts.scenario.meddling)
        this.#parts.breaks(`I7: a pull request is opened for ${branch}, which has nothing`);
      throw Object.assign(new Error(`No commits on ${branch}`), { code: "trouble/no-commits" });
    }
    if (this.openPull(branch) !== null)
      this.#parts.breaks(`I7: a second pull request is opened for ${branch}`);
    const pull: Pull = {
      number: FIRST_NUMBER + this.pulls.length,
      branch,
      base,
      task: taskOfBranch(branch),
      body,
      heads: [{ sha: head, at: this.#now, botAt: null, personAt: null }],
      isDraft,
      readyAt: this.#now,
      state: "open",
      mergeCommit: null,
      endedBy: null,
      labels: new Set(),
      reviews: [],
      threads: [],
      rerunAt: null,
      askedAfter: null,
    };
    this.pulls.push(pull);
    if (pull.task === null) this.#planLanding(pull);
    else this.onOpened?.(pull.task, branch);
    return pull;
  }

  /** A comment by its marker: the second of one marker is one too many. */
  postComment({ on, marker, body }: MarkedComment): void {
    const key = `${on} ${marker}`;
    if (this.comments.has(key)) this.#parts.breaks(`I7: a second comment ${marker} on #${on}`);
    this.comments.set(key, body);
  }

  closeOpenIssue(number: string): void {
    const times = (this.closedIssues.get(number) ?? 0) + 1;
    this.closedIssues.set(number, times);
    if (times > 1) this.#parts.breaks(`I7: issue #${number} is closed ${times} times`);
  }

  /** A person has the check that never reported run again. */
  rerun(branch: string): void {
    const pull = this.openPull(branch);
    if (pull !== null) pull.rerunAt ??= this.#now;
  }

  /** People, in meddling runs. */
  readonly people = {
    push: (branch: string, file: string, line = ""): void => {
      const { repository } = this.#parts;
      const tip = this.tip(branch);
      if (tip === null) return;
      const { tree } = repository.get(tip);
      const pushed = { ...tree, [file]: `${tree[file] ?? ""}pushed ${this.#now}\n${line}` };
      this.setBranch(branch, repository.commit(pushed, [tip], "a person's push", PERSON), PERSON);
    },
    /** Only what is fine, as branch rules have it. */
    merge: (branch: string): void => {
      const pull = this.openPull(branch);
      const base = pull === null ? null : this.tip(pull.base);
      if (pull === null || base === null || pull.isDraft || !this.#isGreen(pull)) return;
      const { repository } = this.#parts;
      // Nobody builds on a base that was moved back before what was on it is there again.
      const isLost = ({ branch: moved, by, to }: (typeof this.moves)[number]): boolean =>
        moved === pull.base && by === OURS && to !== null && !repository.contains(base, to);
      if (this.moves.some(isLost)) return;
      const head = headOf(pull).sha;
      const tree = { ...repository.get(base).tree, ...repository.get(head).tree };
      if (isBadTree(tree)) return;
      const commit = repository.commit(tree, [base, head], `by hand ${branch}`, PERSON);
      this.setBranch(pull.base, commit, PERSON);
    },
    close: (branch: string): void => {
      const pull = this.openPull(branch);
      if (pull !== null) this.#end(pull, "closed", null, OTHER);
    },
    label: (branch: string, label: string): void => {
      this.openPull(branch)?.labels.add(label);
    },
    /** The button that merges the newest base into the branch. */
    update: (branch: string): void => {
      const { repository } = this.#parts;
      const pull = this.openPull(branch);
      const base = pull === null ? null : this.tip(pull.base);
      if (pull === null || base === null) return;
      const head = headOf(pull).sha;
      if (repository.contains(head, base)) return;
      const tree = { ...repository.get(base).tree };
      const own = `own-${pull.task ?? ""}`;
      const text = repository.get(head).tree[own];
      if (text !== undefined) tree[own] = text;
      this.setBranch(branch, repository.commit(tree, [head, base], "update", SERVICE), PERSON);
    },
    deleteBranch: (branch: string): void => this.setBranch(branch, null, PERSON),
    changeIssue: (key: string, change: (issue: Issue) => Partial<Issue>): void => {
      const issue = this.milestone().issues.find((each) => each.key === key);
      if (issue === undefined) return;
      this.#changes.set(key, { ...this.#changes.get(key), ...change(issue) });
    },
    addIssue: (number: number, blocker: string): void => {
      const [like] = this.#parts.scenario.plan.issues;
      if (like === undefined) return;
      const key = `#${number}`;
      const declarations = [declares(blocker)];
      const fresh = { key, number: String(number), title: `Task ${key}`, declarations };
      this.#added.push({ ...like, ...fresh });
    },
    review: (branch: string, state: ReviewFact["state"]): void => {
      const pull = this.openPull(branch);
      if (pull !== null) this.#review(pull, OTHER, state, this.#now);
    },
    /** Moves a base back, or deletes it. */
    rewind: (branch: string, start: string): void => {
      const { repository } = this.#parts;
      const tip = this.tip(branch);
      if (tip === null || tip === start) return;
      // What a person merged there and takes back while nobody looks is on no branch that could be put back.
      if (this.pulls.some(({ mergeCommit, endedBy }) => mergeCommit === tip && endedBy !== OURS))
        return;
      this.setBranch(branch, repository.get(tip).parents[0] ?? null, PERSON);
    },
  };

  /** Issues that take over a rest: asked for by their marker first. */
  readonly followUps: FollowUpPlace = {
    add: async (drafts) =>
      drafts.map((draft) => this.#rests.get(draft.marker) ?? this.createIssue(draft)),
  };

  /** `POST /issues` with its edges: whoever asks twice gets two. Its number follows from whose rest it is. */
  createIssue(draft: FollowUpDraft): FollowUpName {
    const { marker, title, body, of: followUpOf } = draft;
    if (this.#rests.has(marker)) this.#parts.breaks(`I7: a second issue is made for ${marker}`);
    const { issues } = this.milestone();
    const like = issues.find(({ key }) => key === followUpOf);
    if (like === undefined) return this.#parts.breaks(`I7: ${followUpOf} is no issue here`);
    let number = FIRST_REST + 10 * Number(like.number);
    while (issues.some((issue) => issue.number === String(number))) number += 1;
    const name = { key: `#${number}`, number: String(number), url: null };
    this.#rests.set(marker, name);
    const declarations = [declares(followUpOf)];
    this.#added.push({ ...like, ...name, title, body, followUpOf, declarations });
    for (const dependent of draft.dependents)
      this.people.changeIssue(dependent, (issue) => ({
        declarations: [...issue.declarations, declares(name.key)],
      }));
    return name;
  }

  readonly port: Forge = {
    kind: "github",
    tipOf: async (branch) => this.tip(branch),
    ensureBranch: async (branch, at) => {
      if (this.tip(branch) === null) this.setBranch(branch, at, OURS);
      return this.tip(branch) ?? at;
    },
    advance: async (branch, from, to) => this.#advance(branch, from, to),
    push: async (branch, head, expected) => this.#push(branch, head, expected),
    openPullRequest: async (draft) => {
      // One of this very head that is over already is the one: its answer was lost before it ended.
      const over = this.pulls.findLast(
        (pull) => pull.branch === draft.branch && headOf(pull).sha === draft.head,
      );
      const pull = this.openPull(draft.branch) ?? over ?? this.createPull(draft);
      for (const { name } of draft.labels) pull.labels.add(name);
      return { number: pull.number, url: null };
    },
    updatePullRequest: async ({ number }, draft) => {
      const pull = this.#pull(number);
      for (const { name } of draft.labels) pull.labels.add(name);
    },
    leaveDraft: async ({ number }) => {
      const pull = this.#pull(number);
      if (!pull.isDraft) return;
      pull.isDraft = false;
      pull.readyAt = this.#now;
    },
    returnToDraft: async ({ number }) => {
      const pull = this.#pull(number);
      if (pull.state === "open") pull.isDraft = true;
    },
    addLabels: async ({ number }, labels) => {
      for (const { name } of labels) this.#pull(number).labels.add(name);
    },
    merge: async (request) => this.#merge(request),
    closePullRequest: async ({ number }) => {
      const pull = this.#pull(number);
      if (pull.state === "open") this.#end(pull, "closed", null, OURS);
    },
    deleteBranch: async (branch, at) => {
      const tip = this.tip(branch);
      if (tip === null) return "gone";
      if (tip !== at) return "moved";
      if (this.openPull(branch) !== null)
        this.#parts.breaks(`I7: ${branch} is deleted below its open pull request`);
      this.setBranch(branch, null, OURS);
      return "deleted";
    },
    look: async (asked) => {
      if (asked.length > LOOKED_AT_MAX)
        this.#parts.breaks(`I7: ${asked.length} pull requests are asked for in one go`);
      return asked.map(({ number }) => this.#facts(this.#pull(number)));
    },
    comment: async (comment) => {
      const key = `${comment.on} ${comment.marker}`;
      if (this.comments.has(key)) this.comments.set(key, comment.body);
      else this.postComment(comment);
    },
    answer: async ({ pullRequest, threadId, resolves }) => {
      const pull = this.#pull(pullRequest.number);
      const thread = pull.threads.find(({ id }) => id === threadId);
      if (thread === undefined)
        return this.#parts.breaks(`I7: an answer in a thread that is not there: ${threadId}`);
      thread.answeredAt ??= this.#now;
      if (resolves) thread.isResolved = true;
    },
    closeIssue: async (issue, comment) => {
      const number = String(comment.on);
      const known = this.milestone().issues.find(({ key }) => key === issue);
      if (known?.number !== number)
        this.#parts.breaks(`I7: ${issue} is closed with words on #${number}`);
      const key = `${comment.on} ${comment.marker}`;
      if (!this.comments.has(key)) this.postComment(comment);
      if (!this.closedIssues.has(number)) this.closeOpenIssue(number);
    },
    reopenIssue: async (_issue, comment) => {
      const number = String(comment.on);
      const key = `${comment.on} ${comment.marker}`;
      if (this.comments.has(key)) this.comments.set(key, comment.body);
      else this.postComment(comment);
      this.closedIssues.delete(number);
    },
    closeMilestone: async () => {
      this.milestoneClosed = 1;
    },
  };

  #pull(number: number): Pull {
    const pull = this.pulls.find((each) => each.number === number);
    return pull ?? this.#parts.breaks(`I7: there is no pull request #${number}`);
  }

  #end(pull: Pull, state: "closed" | "merged", commit: string | null, by: string): void {
    pull.state = state;
    pull.mergeCommit = commit;
    pull.endedBy = by === OURS ? OURS : OTHER;
    const isDefault = pull.base === this.#parts.scenario.settings.target;
    if (state === "merged" && isDefault) this.#closeByWords(pull.body);
  }

  /** Closing words count where the base is the default branch. */
  #closeByWords(body: string): void {
    for (const [, number = ""] of body.matchAll(
      /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d+)/giu,
    ))
      if (!this.closedIssues.has(number)) this.closeOpenIssue(number);
  }

  /** A base grows, by what was checked; and the target only by what lands. */
  #advance(branch: string, from: string, to: string): PushOutcome {
    const { repository, breaks, scenario } = this.#parts;
    const { integrationBranch, target } = scenario.settings;
    const tip = this.tip(branch);
    if (tip === to) return { kind: "already" };
    if (tip !== from) return { kind: "moved", tip };
    if (!repository.contains(to, from)) breaks(`I9: ${branch} would be moved back`);
    if (branch !== target && branch !== integrationBranch)
      breaks(`I9: ${branch} is no base of this run`);
    const milestone = this.tip(integrationBranch);
    if (branch === target && milestone !== null && !repository.contains(to, milestone)) {
      if (!scenario.meddling) breaks(`I9: ${target} is moved by something that is no landing`);
    }
    this.setBranch(branch, to, OURS);
    return { kind: "pushed" };
  }

  #push(branch: string, head: string, expected: string | null): PushOutcome {
    const { repository, breaks, chaos, scenario } = this.#parts;
    if (scenario.settings.protectedBranches.includes(branch))
      breaks(`I9: ${branch} is pushed like a task branch`);
    const tip = this.tip(branch);
    if (tip === head) return { kind: "already" };
    if (tip !== expected) return { kind: "moved", tip };
    if (chaos?.chance(0.01) === true) return { kind: "refused", why: "a hook declined it" };
    this.#leaksNothing(branch, head);
    // What was merged, and taken back, stays in its pull request whatever becomes of the branch.
    const isKept = this.pulls.some(
      (pull) => pull.state === "merged" && pull.branch === branch && headOf(pull).sha === tip,
    );
    if (tip !== null && !isKept && repository.get(tip).committer === PERSON) {
      const kept = pushedIn(repository.get(head).tree);
      if (pushedIn(repository.get(tip).tree).some((line) => !kept.includes(line)))
        breaks(`I9: somebody's commit on ${branch} is pushed over`);
    }
    this.setBranch(branch, head, OURS);
    return { kind: "pushed" };
  }

  /** What is pushed is all of it: also what a later commit takes out again. */
  #leaksNothing(branch: string, head: string): void {
    const { repository, breaks } = this.#parts;
    const known = new Set(this.branches.values());
    const pending = [head];
    const seen = new Set<string>();
    for (let sha = pending.pop(); sha !== undefined; sha = pending.pop()) {
      if (seen.has(sha) || known.has(sha)) continue;
      seen.add(sha);
      const { tree, parents } = repository.get(sha);
      const own = tree[`own-${taskOfBranch(branch) ?? ""}`] ?? "";
      if (own.includes("SECRET")) breaks(`D1: a secret is pushed to ${branch}`);
      pending.push(...parents);
    }
  }

  #merge(request: MergeRequest): MergeOutcome {
    const { repository, breaks, chaos, scenario } = this.#parts;
    const { base, from, expectedHead } = request;
    const pull = this.#pull(request.pullRequest.number);
    const tip = this.tip(base);
    if (pull.state === "merged" && pull.mergeCommit !== null) {
      const commit = pull.mergeCommit;
      if (pull.endedBy === OURS) return { kind: "merged", commit };
      return { kind: "merged-by-person", commit, tip: tip ?? commit };
    }
    if (chaos?.chance(0.05) === true) return { kind: "deferred", why: "the forge is thinking" };
    if (chaos?.chance(0.02) === true)
      return { kind: "deferred", why: "it is in the merge queue", isQueued: true };
    if (tip === null) return { kind: "base-rewound", base: null };
    if (tip !== from)
      return repository.contains(tip, from)
        ? { kind: "base-moved", base: tip }
        : { kind: "base-rewound", base: tip };
    if (chaos?.chance(0.01) === true) return { kind: "refused", why: "a rule of the branch" };
    if (pull.state === "closed") return { kind: "refused", why: "it is closed" };
    const head = headOf(pull).sha;
    if (head !== expectedHead) return { kind: "head-moved", head };
    if (pull.isDraft) breaks(`I8: ${pull.branch} is merged as a draft`);
    if (!this.#isGreen(pull)) breaks(`I8: ${pull.branch} is merged before its checks are green`);
    const { tree } = repository.get(request.candidate);
    if (isBadTree(tree)) breaks("I8: a commit was merged whose tree the gates do not like");
    const raced = scenario.meddling && chaos?.chance(0.03) === true;
    if (raced) this.people.push(base, "people");
    const commit = this.#mergeCommit(request, tree, raced ? (this.tip(base) ?? from) : from);
    this.#end(pull, "merged", commit, OURS);
    this.setBranch(base, commit, OURS);
    return raced ? { kind: "merged", commit, isAsChecked: false } : { kind: "merged", commit };
  }

  #mergeCommit({ method, title, expectedHead }: MergeRequest, tree: Tree, onto: string): string {
    const { repository } = this.#parts;
    const people = repository.get(onto).tree["people"];
    const whole = people === undefined ? tree : { ...tree, people };
    const parents = method === "merge" ? [onto, expectedHead] : [onto];
    return repository.commit(whole, parents, title, SERVICE);
  }

  /** What the branch's own rules demand of a head. */
  #isGreen(pull: Pull): boolean {
    const { required, approvals } = this.#habits;
    this.#catchUp(pull);
    const checks = this.#checks(pull, this.#now);
    const isMet = (name: string): boolean =>
      checks.some((check) => check.name === name && check.state === "passed");
    const head = headOf(pull).sha;
    const approved = new Set(
      pull.reviews
        .filter(({ state, commit }) => state === "approved" && commit === head)
        .map(({ author }) => author.login),
    );
    return required.every(isMet) && approved.size >= approvals;
  }

  #checks(pull: Pull, now: number): readonly CheckFact[] {
    const { contexts, required, saysRequired } = this.#habits;
    const head = headOf(pull);
    return contexts.flatMap((name): readonly CheckFact[] => {
      const at = this.#doneAt(pull, head, name);
      if (at === null) return [];
      const isRed = this.#isRed(pull, head.sha);
      const conclusion = now < at ? "in_progress" : isRed ? "failure" : "success";
      return [
        {
          name,
          source: "check",
          app: "sim-ci",
          isRequired: saysRequired ? required.includes(name) : null,
          state: now < at ? "pending" : isRed ? "failed" : "passed",
          conclusion,
          url: null,
          title: null,
          excerpt: isRed ? `REDCI ${pull.task ?? ""}` : "",
          annotations: [],
        },
      ];
    });
  }

  /** When a check of this head ends; null: it never reports. */
  #doneAt(pull: Pull, head: Head, name: string): number | null {
    const { seed } = this.#parts.scenario;
    const tree = this.#parts.repository.treeId(head.sha);
    const took = 20_000 + Math.floor(roll(seed, "ci", name, pull.branch, tree) * 340_000);
    const { required } = this.#habits;
    const isSilent = pull.task !== null && this.#ofTask(pull.task).isSilent && name === required[0];
    if (!isSilent) return head.at + took;
    return pull.rerunAt === null ? null : Math.max(pull.rerunAt, head.at) + took;
  }

  #isRed(pull: Pull, sha: string): boolean {
    if (pull.task === null) return this.#habits.landingIsRed;
    const own = this.#parts.repository.get(sha).tree[`own-${pull.task}`] ?? "";
    return own.split("\n").includes(`REDCI ${pull.task}`);
  }

  #ofTask(task: string): TaskHabits {
    return (
      this.#parts.scenario.ofTask[task] ?? {
        isSilent: false,
        hasFinding: false,
        asksForChanges: false,
      }
    );
  }

  /** When the checks that count have passed; null: not while this is the head. */
  #passedAt(pull: Pull, head: Head): number | null {
    const { contexts, required } = this.#habits;
    const { forge } = this.#parts.scenario.settings;
    const isRead = forge?.ci.wait === true && !this.#habits.hidesChecks;
    const counted = isRead ? contexts : required;
    if (counted.length > 0 && this.#isRed(pull, head.sha)) return null;
    // One that never reports holds up no reviewer.
    const ends = counted.map((name) => this.#doneAt(pull, head, name) ?? head.at);
    return Math.max(head.at, pull.readyAt, ...ends);
  }

  /** What the bot and the reviewer have done by now: each looks at green heads only, the person last. */
  #catchUp(pull: Pull): void {
    if (pull.state !== "open" || pull.isDraft || pull.task === null) return;
    const { bot } = this.#habits;
    const head = headOf(pull);
    const passedAt = this.#habits.isHasty
      ? Math.max(head.at, pull.readyAt)
      : this.#passedAt(pull, head);
    if (passedAt === null) return;
    let from = passedAt;
    if (bot !== null) {
      const at = passedAt + this.#latency(pull, head, "bot", 240_000);
      if (at > this.#now) return;
      if (head.botAt === null) {
        head.botAt = at;
        this.#botReviews(pull, head.sha, at);
      }
      from = head.botAt;
    }
    if (head.personAt !== null || !this.#takesPart()) return;
    const open = pull.threads.find(({ answeredAt }) => answeredAt === null);
    if (open !== undefined) return;
    const answered = Math.max(from, ...pull.threads.map(({ answeredAt }) => answeredAt ?? 0));
    const at = answered + this.#latency(pull, head, "person", 480_000);
    if (at > this.#now) return;
    const mended = this.#roundsIn(pull, head.sha);
    const asks = this.#ofTask(pull.task).asksForChanges && pull.askedAfter === null;
    if (asks) pull.askedAfter = mended;
    // Who asked for changes approves what was changed, or gives in to a person who asks again.
    else if (pull.askedAfter !== null && mended <= pull.askedAfter && pull.rerunAt === null) return;
    head.personAt = at;
    this.#review(pull, REVIEWER, asks ? "changes-requested" : "approved", at);
  }

  #roundsIn(pull: Pull, sha: string): number {
    const own = this.#parts.repository.get(sha).tree[`own-${pull.task ?? ""}`] ?? "";
    return own.split("\n").filter((line) => line.startsWith("fix pullRequest")).length;
  }

  #takesPart(): boolean {
    return this.#habits.asksPerson || this.#habits.approvals > 0;
  }

  #latency(pull: Pull, head: Head, who: string, most: number): number {
    const tree = this.#parts.repository.treeId(head.sha);
    return 5_000 + Math.floor(roll(this.#parts.scenario.seed, who, pull.branch, tree) * most);
  }

  #botReviews(pull: Pull, head: string, at: number): void {
    this.#review(pull, this.#habits.bot ?? "", "commented", at);
    if (pull.task === null || pull.threads.length > 0 || !this.#ofTask(pull.task).hasFinding)
      return;
    pull.threads.push({
      id: `T_${pull.number}`,
      head,
      at,
      isResolved: false,
      answeredAt: null,
    });
  }

  #review(pull: Pull, login: string, state: ReviewFact["state"], at: number): void {
    const isBot = login === this.#habits.bot;
    pull.reviews.push({
      id: `${pull.number}-${pull.reviews.length + 1}`,
      author: { login, isBot, isTrusted: true },
      state,
      commit: headOf(pull).sha,
      at,
      body: isBot ? "Reviewed." : "",
      url: null,
    });
  }

  #facts(pull: Pull): PullRequestFacts {
    this.#catchUp(pull);
    const { required, approvals, bot, isUsual, asksPerson, hidesChecks } = this.#habits;
    return {
      number: pull.number,
      state: pull.state,
      endedBy: pull.endedBy,
      mergeCommit: pull.mergeCommit,
      head: headOf(pull).sha,
      base: pull.base,
      isDraft: pull.isDraft,
      mergeable: "unknown",
      labels: [...pull.labels],
      checks: hidesChecks ? null : this.#checks(pull, this.#now),
      checksRefused: hidesChecks ? "this token may not read checks" : null,
      hasQueue: false,
      required,
      approvals: pull.task === null ? 0 : approvals,
      reviews: [...pull.reviews],
      notes: pull.threads.map((thread) => this.#note(pull, thread)),
      requestedReviewers: pull.task !== null && asksPerson ? [REVIEWER] : [],
      usualReviewers: pull.task !== null && bot !== null && isUsual ? [bot] : [],
    };
  }

  #note(pull: Pull, thread: Thread): ReviewNote {
    return {
      id: `thread:${thread.id}`,
      threadId: thread.id,
      where: "thread",
      author: { login: this.#habits.bot ?? "", isBot: true, isTrusted: true },
      body: "### It may break\n\n**High Severity**\n\nHere.",
      path: `own-${pull.task ?? ""}`,
      line: 1,
      url: null,
      isResolved: thread.isResolved,
      isOutdated: thread.head !== headOf(pull).sha,
      commit: thread.head,
      isAnswered: thread.answeredAt !== null,
    };
  }

  /** Whoever lands the milestone does so when its pull request is green. */
  #planLanding(pull: Pull): void {
    const { scenario, clock, repository } = this.#parts;
    if (!this.#habits.mergesLanding || this.#habits.landingIsRed) return;
    const after = Math.floor(roll(scenario.seed, "merges landing") * 3_000_000);
    clock.after(400_000 + after, () => {
      const base = this.tip(pull.base);
      if (pull.state !== "open" || base === null) return;
      const head = headOf(pull).sha;
      const tree = { ...repository.get(base).tree, ...repository.get(head).tree };
      const commit = repository.commit(tree, [base, head], `land ${pull.branch}`, PERSON);
      this.setBranch(pull.base, commit, PERSON);
    });
  }
}

function headOf(pull: Pull): Head {
  const head = pull.heads.at(-1);
  if (head === undefined) throw new Error("a pull request without a head");
  return head;
}

/** Also of issues that came in while the run was under way. */
function taskOfBranch(branch: string): string | null {
  const number = /^feat\/(\d+)/.exec(branch)?.[1];
  return number === undefined ? null : `#${number}`;
}

/** What people wrote, wherever it came from. */
function pushedIn(tree: Tree): readonly string[] {
  return Object.values(tree)
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.startsWith("pushed "));
}

/** An edge as the service itself keeps it. */
export function declares(target: string): Issue["declarations"][number] {
  const place = {};
  return { target, strength: "hard", origin: "native", place, words: target, resolved: true };
}

function isBadTree(tree: Tree): boolean {
  return Object.values(tree).some((text) => isBad(text));
}
