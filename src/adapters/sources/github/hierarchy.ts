import type { Epic, GitHubIssue } from "./api.ts";
import { canonical } from "./outside.ts";

/** GitHub nests sub-issues eight levels deep. */
const LEVELS_MAX = 8;

/** Who is a part of whom. Issues are named `#12`, those of another repository `owner/repo#12`. */
export class Hierarchy {
  /** Issues with sub-issues, among those that were read and above them: nobody's task. */
  readonly epics = new Map<string, Epic>();
  readonly #work = new Set<string>();
  readonly #parents = new Map<string, string>();
  readonly #repository: string;

  constructor(issues: readonly GitHubIssue[], repository: string) {
    this.#repository = repository;
    for (const issue of issues) {
      const name = this.nameOf(issue);
      if (isEpic(issue)) this.epics.set(name, issue);
      else this.#work.add(name);
    }
    for (const issue of issues) this.#noteParents(issue);
  }

  nameOf({ number, repository }: Pick<Epic, "number" | "repository">): string {
    return canonical(`${repository.nameWithOwner}#${number}`, this.#repository);
  }

  /** True for an issue that is to be brought home. */
  isWork(name: string): boolean {
    return this.#work.has(name);
  }

  isKnown(name: string): boolean {
    return this.#work.has(name) || this.epics.has(name);
  }

  /** Open work below an epic, wherever it is; safe against circles. */
  openMembersOf(epic: string): readonly string[] {
    const seen = new Set([epic]);
    const members: string[] = [];
    for (const at of seen) {
      const nested = this.epics.get(at);
      if (nested === undefined) members.push(at);
      else
        for (const member of nested.subIssues.nodes)
          if (member.state === "open") seen.add(this.nameOf(member));
    }
    return members;
  }

  /** Open epics above an issue, nearest first. */
  openEpicsOf(name: string): readonly Epic[] {
    const line: Epic[] = [];
    let at = this.#parents.get(name);
    for (let level = 0; at !== undefined && level < LEVELS_MAX; level += 1) {
      const epic = this.epics.get(at);
      if (epic === undefined || line.includes(epic)) break;
      if (epic.state === "open") line.push(epic);
      at = this.#parents.get(at);
    }
    return line;
  }

  #noteParents(issue: GitHubIssue): void {
    const { parent } = issue;
    if (parent == null) return;
    this.#noteParent(this.nameOf(issue), parent);
    if (parent.parent != null) this.#noteParent(this.nameOf(parent), parent.parent);
  }

  #noteParent(child: string, parent: Epic): void {
    const name = this.nameOf(parent);
    this.#parents.set(child, name);
    if (!this.epics.has(name)) this.epics.set(name, parent);
  }
}

/** Its sub-issues are the work. */
export function isEpic({ subIssues }: Epic): boolean {
  return subIssues.totalCount > 0;
}
