import type { Declaration, Issue, PlanFinding } from "../../../core/plan/issue.ts";
import { toIssue } from "./read-bead.ts";
import type { PlacedBead } from "./read-bead.ts";

/** What holds a bead back in beads itself; everything else only relates the two. */
const HARD: ReadonlySet<string> = new Set(["blocks", "conditional_blocks", "waits_for"]);
const SOFT: ReadonlySet<string> = new Set(["related", "relates_to", "discovered_from"]);
const PARENT = "parent_child";

/** Edges of epics are written out for their members; above this many the plan asks instead of growing. */
const EDGES_MAX = 200_000;

export interface ConnectedBeads {
  readonly issues: readonly Issue[];
  readonly findings: readonly PlanFinding[];
}

/**
 * Makes issues of the beads that are work. An epic with members is none: what waits for it waits for all its members,
 * and what it waits for they wait for.
 */
export function connectBeads(beads: readonly PlacedBead[]): ConnectedBeads {
  const connecting = new Connecting(beads);
  return {
    issues: beads.flatMap((placed) => connecting.issueOf(placed)),
    findings: connecting.findings,
  };
}

class Connecting {
  readonly findings: PlanFinding[] = [];
  readonly #byId: ReadonlyMap<string, PlacedBead>;
  readonly #children: ReadonlyMap<string, readonly string[]>;
  readonly #members = new Map<string, readonly string[]>();
  readonly #epicEdges = new Map<string, readonly Declaration[]>();
  #edgesLeft = EDGES_MAX;

  constructor(beads: readonly PlacedBead[]) {
    // Of doubled ids the plan keeps the first.
    this.#byId = new Map(beads.map((placed) => [placed.bead.id, placed] as const).toReversed());
    this.#children = childrenOf(beads);
  }

  issueOf(placed: PlacedBead): readonly Issue[] {
    const { bead, place } = placed;
    if (this.#isGroup(bead.id)) {
      this.findings.push(groupFinding(placed, this.#children.get(bead.id)?.length ?? 0));
      return [];
    }
    const issue = toIssue(placed);
    if (bead.status === "deferred") this.findings.push(deferredFinding(placed));
    const epic = this.#epicOf(bead.id);
    const parent = parentOf(placed);
    return [
      {
        ...issue,
        declarations: issue.state === "open" ? this.#declarationsOf(placed) : plainEdges(placed),
        ...(epic === null ? {} : { phase: epic.bead.title }),
        ...(parent === null || this.#isGroup(parent) ? {} : { parent }),
        place,
      },
    ];
  }

  /** An epic whose members are work; one without any is taken as work itself. */
  #isGroup(id: string): boolean {
    return this.#byId.get(id)?.bead.issue_type === "epic" && this.#children.has(id);
  }

  #epicOf(id: string): PlacedBead | null {
    const placed = this.#byId.get(id);
    const parent = placed === undefined ? null : parentOf(placed);
    return parent !== null && this.#isGroup(parent) ? (this.#byId.get(parent) ?? null) : null;
  }

  /** All work below an epic, epics in epics included; safe against circles. */
  #membersOf(id: string): readonly string[] {
    const known = this.#members.get(id);
    if (known !== undefined) return known;
    const seen = new Set([id]);
    const members: string[] = [];
    for (const at of seen) {
      if (at !== id && !this.#isGroup(at)) members.push(at);
      else for (const child of this.#children.get(at) ?? []) seen.add(child);
    }
    this.#members.set(id, members);
    return members;
  }

  #declarationsOf(placed: PlacedBead): readonly Declaration[] {
    const declarations = [
      ...this.#written(placed, plainEdges(placed), ""),
      ...blockedByWord(placed),
    ];
    const seen = new Set([placed.bead.id]);
    for (let epic = this.#epicOf(placed.bead.id); epic !== null && !seen.has(epic.bead.id);) {
      seen.add(epic.bead.id);
      const edges = this.#edgesOfEpic(epic);
      this.#edgesLeft -= edges.length;
      const held = this.#edgesLeft < 0 ? edges.slice(0, 1).map(tooMany) : edges;
      declarations.push(...this.#written(placed, held, ` of the epic ${epic.bead.id}`));
      epic = this.#epicOf(epic.bead.id);
    }
    return declarations;
  }

  /** What holds all members of an epic: blockers that are not among them. */
  #edgesOfEpic(epic: PlacedBead): readonly Declaration[] {
    const known = this.#epicEdges.get(epic.bead.id);
    if (known !== undefined) return known;
    const hard = plainEdges(epic).filter(({ strength }) => strength === "hard");
    const inside = hard.length === 0 ? new Set() : new Set(this.#membersOf(epic.bead.id));
    const edges = hard.filter(({ target }) => !inside.has(target) && target !== epic.bead.id);
    this.#epicEdges.set(epic.bead.id, edges);
    return edges;
  }

  /** Edges to an epic become edges to its members. */
  #written(placed: PlacedBead, edges: readonly Declaration[], of: string): readonly Declaration[] {
    return edges.flatMap((edge) => {
      const { target, words } = edge;
      if (!this.#isGroup(target)) return [{ ...edge, words: `${words}${of}` }];
      const members = this.#membersOf(target).filter((id) => id !== placed.bead.id);
      this.#edgesLeft -= members.length;
      if (this.#edgesLeft < 0) return [tooMany(edge)];
      return members.map((id) => ({
        ...edge,
        target: id,
        words: `${words}${of}, an epic`,
      }));
    });
  }
}

/** Fails closed: the plan then asks a person. */
function tooMany(edge: Declaration): Declaration {
  return { ...edge, resolved: false, words: `${edge.words}, with too many issues below epics` };
}

function childrenOf(beads: readonly PlacedBead[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const placed of beads) {
    const parent = parentOf(placed);
    if (parent === null || parent === placed.bead.id) continue;
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [placed.bead.id]);
    else list.push(placed.bead.id);
  }
  return children;
}

function parentOf({ bead }: PlacedBead): string | null {
  return bead.dependencies.find(({ type }) => type === PARENT)?.id ?? null;
}

function plainEdges({ bead, place }: PlacedBead): readonly Declaration[] {
  return bead.dependencies.flatMap(({ id, type }): readonly Declaration[] => {
    const isHard = HARD.has(type);
    if (!isHard && !SOFT.has(type)) return [];
    const strength = isHard ? "hard" : "soft";
    const words = `${isHard ? "depends_on_id" : type.replaceAll("_", "-")}: ${id}`;
    return [{ target: id, strength, origin: "text", place, words, resolved: true }];
  });
}

/** Blocked, and no edge says by what: a person has to. */
function blockedByWord({ bead, place }: PlacedBead): readonly Declaration[] {
  if (bead.status !== "blocked" || bead.dependencies.some(({ type }) => HARD.has(type))) return [];
  const words = "status: blocked";
  return [{ target: words, strength: "hard", origin: "text", place, words, resolved: false }];
}

function groupFinding({ bead, place }: PlacedBead, members: number): PlanFinding {
  return {
    code: "source/epic",
    severity: "info",
    ...place,
    message: `${bead.id} is an epic with ${members === 1 ? "one issue" : `${members} issues`}; those are in the plan, the epic itself is nobody's task.`,
    hint: "Nothing to do. What waits for the epic waits for all of them.",
  };
}

function deferredFinding({ bead, place }: PlacedBead): PlanFinding {
  return {
    code: "source/deferred",
    severity: "info",
    key: bead.id,
    ...place,
    message: `${bead.id} is deferred; it is left out of the run.`,
    hint: "Set its status to open to have it worked on.",
  };
}
