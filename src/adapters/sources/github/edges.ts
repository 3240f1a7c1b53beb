import type { Declaration, Issue } from "../../../core/plan/issue.ts";
import type { DependenciesRead } from "../../../core/plan/read-dependencies.ts";
import type { Epic, GitHubIssue } from "./api.ts";
import { Hierarchy } from "./hierarchy.ts";
import { canonical, isFree } from "./outside.ts";
import type { Outside } from "./outside.ts";

/** Reads what a text says about dependencies, as the plan does. */
export type ReadText = (text: string) => DependenciesRead;

export interface Ground {
  readonly repository: string;
  /** Issues to be brought home, epics left out. */
  readonly work: readonly GitHubIssue[];
  readonly hierarchy: Hierarchy;
  readonly readText: ReadText;
}

type Edges = Pick<Issue, "declarations" | "statesDependencies" | "edgesAreGiven" | "parent">;

/**
 * Makes the edges of every issue: those of GitHub, those of the epics above it, and those of its text where one of
 * them leads to an epic or to something outside that is done; all other texts are left to the plan.
 */
export class EdgeMaker {
  readonly #ground: Ground;
  readonly #outside = new Map<string, Outside>();
  /** What texts of epics say about other issues: `- #5 depends on #4`. */
  readonly #spokenFor = new Map<string, Declaration[]>();
  readonly #texts = new Map<string, DependenciesRead>();

  constructor(ground: Ground) {
    this.#ground = ground;
    const { work, hierarchy } = ground;
    for (const holder of [...work, ...hierarchy.epics.values()]) this.#noteBlockers(holder);
    for (const issue of work) if (issue.state === "open") this.#hearOfEpics(issue);
    for (const epic of hierarchy.epics.values()) this.#hearEpic(epic);
  }

  /** Blockers outside of which GitHub has said how they are. */
  get outside(): ReadonlyMap<string, Outside> {
    return this.#outside;
  }

  /** What texts wait for outside; how that is has to be looked up. */
  unknown(): readonly string[] {
    const { work, hierarchy } = this.#ground;
    const open = work.filter(({ state }) => state === "open");
    const above = new Set(open.flatMap((issue) => hierarchy.openEpicsOf(this.#nameOf(issue))));
    const said = [
      ...[...open, ...above].flatMap((holder) => this.#textOf(holder).declarations),
      ...[...this.#spokenFor.values()].flat(),
    ];
    const names = said.flatMap((declaration) => {
      if (!isOwnHard(declaration)) return [];
      const name = this.#canonical(declaration.target);
      return hierarchy.isKnown(name) || this.#outside.has(name) ? [] : [name];
    });
    return [...new Set(names)];
  }

  learn(found: ReadonlyMap<string, Outside>): void {
    for (const [name, known] of found) this.#outside.set(name, known);
  }

  /** The edges of one issue. */
  edgesOf(issue: GitHubIssue): Edges {
    const self = this.#nameOf(issue);
    const native = this.#nativeOf(issue, "");
    const above = this.#ground.hierarchy.openEpicsOf(self).flatMap((epic) => this.#heldBy(epic));
    const said = (this.#spokenFor.get(self) ?? []).flatMap((edge) => this.#written(edge));
    const given = distinct([...native, ...above, ...said].filter(({ target }) => target !== self));
    const read = this.#textOf(issue);
    const own = read.declarations.flatMap((declaration) => this.#written(declaration));
    const isAsWritten =
      own.length === read.declarations.length &&
      own.every((edge, index) => edge === read.declarations[index]);
    if (isAsWritten) return { declarations: given, statesDependencies: given.length > 0 };
    const parent = read.parent === null ? null : this.#canonical(read.parent);
    return {
      declarations: [...given, ...own],
      statesDependencies: true,
      edgesAreGiven: true,
      ...(parent === null || !this.#ground.hierarchy.isWork(parent) ? {} : { parent }),
    };
  }

  #noteBlockers({ blockedBy }: Epic): void {
    for (const blocker of blockedBy.nodes) {
      const name = this.#nameOf(blocker);
      if (this.#ground.hierarchy.isKnown(name)) continue;
      const { title, state, stateReason: closedAs, milestone } = blocker;
      this.#outside.set(name, {
        name,
        title,
        state,
        closedAs,
        milestone: milestone?.title ?? null,
      });
    }
  }

  #nativeOf({ blockedBy }: Epic, of: string): readonly Declaration[] {
    const shared = { strength: "hard", origin: "native", place: {} } as const;
    const seen = blockedBy.nodes.flatMap((blocker) => {
      const name = this.#nameOf(blocker);
      const words = `blocked by ${name}${of}`;
      return this.#targets(name).map((target) => ({ ...shared, target, words, resolved: true }));
    });
    if (blockedBy.hidden === 0) return seen;
    // Whether they are done cannot be known: somebody who may see them has to say so.
    const target = `${blockedBy.hidden} that this token may not see${of}`;
    return [...seen, { ...shared, target, words: `blocked by ${target}`, resolved: false }];
  }

  /** What is waited for instead: nothing where it is done, the open members of an epic. */
  #targets(name: string): readonly string[] {
    const { hierarchy } = this.#ground;
    const known = this.#outside.get(name);
    if (known !== undefined) return isFree(known) ? [] : [name];
    const epic = hierarchy.epics.get(name);
    if (epic === undefined) return [name];
    if (epic.state === "closed") return [];
    const members = hierarchy.openMembersOf(name);
    // Nothing is left to do, and yet it is open: somebody has to say that it is over.
    return members.length === 0 ? [name] : members;
  }

  /** What holds every child of an epic: its blockers that are not within it. */
  #heldBy(epic: Epic): readonly Declaration[] {
    const of = ` (epic #${epic.number})`;
    const within = new Set(this.#ground.hierarchy.openMembersOf(this.#nameOf(epic)));
    const text = this.#textOf(epic).declarations.filter(
      ({ strength, reverse, dependent }) =>
        strength === "hard" && reverse !== true && dependent === undefined,
    );
    const held = [
      ...this.#nativeOf(epic, of),
      ...text.flatMap((edge) => this.#written(asNative(edge, of))),
    ];
    return held.filter(({ target }) => !within.has(this.#canonical(target)));
  }

  /** What the text of an epic says about other issues is kept for them: the epic itself is no issue of the plan. */
  #hearEpic(epic: Epic): void {
    const of = ` (epic #${epic.number})`;
    const self = this.#nameOf(epic);
    for (const declaration of this.#textOf(epic).declarations) {
      const { dependent, reverse, ...edge } = declaration;
      if (edge.strength === "soft" || !edge.resolved) continue;
      if (reverse !== true) {
        if (dependent !== undefined) this.#speakFor(dependent, asNative(edge, of));
        continue;
      }
      const blockers =
        dependent !== undefined ? [dependent] : epic.state === "open" ? this.#targets(self) : [];
      for (const target of blockers) this.#speakFor(edge.target, asNative({ ...edge, target }, of));
    }
  }

  /** `Blocks #5`, where #5 is an epic: its members wait. */
  #hearOfEpics(issue: GitHubIssue): void {
    const { hierarchy } = this.#ground;
    for (const { dependent, reverse, ...edge } of this.#textOf(issue).declarations) {
      const name = this.#canonical(edge.target);
      if (edge.strength === "soft" || reverse !== true || !hierarchy.epics.has(name)) continue;
      const target = dependent ?? this.#nameOf(issue);
      for (const member of hierarchy.openMembersOf(name))
        this.#speakFor(member, asNative({ ...edge, target }, ` (#${issue.number}, of an epic)`));
    }
  }

  #speakFor(reference: string, edge: Declaration): void {
    const name = this.#canonical(reference);
    const targets = this.#ground.hierarchy.epics.has(name)
      ? this.#ground.hierarchy.openMembersOf(name)
      : [name];
    for (const target of targets)
      this.#spokenFor.set(target, [...(this.#spokenFor.get(target) ?? []), edge]);
  }

  /** An edge as it holds; the same value where nothing is to be said instead. */
  #written(declaration: Declaration): readonly Declaration[] {
    // `Blocks #5` and sentences about others are held against the plan as they are.
    if (!isOwnHard(declaration)) return [declaration];
    const name = this.#canonical(declaration.target);
    return this.#targets(name).map((instead) =>
      instead === name ? declaration : { ...declaration, target: instead },
    );
  }

  #textOf(holder: Epic): DependenciesRead {
    const name = this.#nameOf(holder);
    const known = this.#texts.get(name) ?? this.#ground.readText(holder.body);
    this.#texts.set(name, known);
    return known;
  }

  #nameOf(named: Pick<Epic, "number" | "repository">): string {
    return this.#canonical(`${named.repository.nameWithOwner}#${named.number}`);
  }

  #canonical(target: string): string {
    return canonical(target, this.#ground.repository);
  }
}

function isOwnHard({ strength, resolved, reverse, dependent }: Declaration): boolean {
  return strength === "hard" && resolved && reverse !== true && dependent === undefined;
}

/** An edge that came from an epic's text; with the origin `text` the issue's own text would count as read. */
function asNative(edge: Declaration, of: string): Declaration {
  return { ...edge, origin: "native", place: {}, words: `${edge.words}${of}` };
}

function distinct(declarations: readonly Declaration[]): readonly Declaration[] {
  const seen = new Map<string, Declaration>();
  for (const declaration of declarations)
    if (!seen.has(declaration.target)) seen.set(declaration.target, declaration);
  return [...seen.values()];
}
