import type { Issue } from "./issue.ts";
import type { Blocker } from "./plan.ts";
import type { FindIssue } from "./resolve-edges-names.ts";

/** What holds each issue, as it is filled in; indexes are those of the issues. */
export interface Holds {
  readonly blockers: readonly Map<number, Blocker>[];
  readonly outside: readonly string[][];
}

/** GitHub nests sub-issues eight levels deep; a longer line of parents is a mistake or a circle. */
const LEVELS_MAX = 8;

/**
 * Gives each issue the hard blockers of its parents: what holds a parent holds its children, while parenthood alone
 * holds nothing. Left out are blockers within the same parent: an epic that waits for its own children does not hold
 * them.
 */
export function holdChildren(issues: readonly Issue[], find: FindIssue, holds: Holds): void {
  const parents = issues.map((issue, index) => {
    const parent = issue.parent === undefined ? undefined : find(issue.parent, issue);
    return parent === index ? undefined : parent;
  });
  // Before any child is held: what a parent inherits comes to its children by their own line of parents.
  const own = holds.blockers.map((map) =>
    [...map].filter(([, { strength }]) => strength === "hard"),
  );
  const stops = holds.outside.map((reasons) => [...reasons]);
  for (const child of issues.keys()) {
    for (const parent of ancestorsOf(child, parents)) {
      const { key, state } = issues[parent] ?? {};
      if (key === undefined || state === "closed") continue;
      for (const [blocker, { key: name, from }] of own[parent] ?? []) {
        if (blocker === child || isWithin(blocker, parent, parents)) continue;
        const known = holds.blockers[child]?.get(blocker);
        if (known?.strength === "hard") continue;
        const said = `via parent ${key}: ${from}`;
        holds.blockers[child]?.set(blocker, { key: name, strength: "hard", from: said });
      }
      for (const reason of stops[parent] ?? [])
        holds.outside[child]?.push(`via parent ${key}: ${reason}`);
    }
  }
}

type Parents = readonly (number | undefined)[];

/** Parent, its parent and so on; a circle ends where it began. */
function ancestorsOf(index: number, parents: Parents): readonly number[] {
  const line: number[] = [];
  let next = parents[index];
  while (next !== undefined && next !== index && line.length < LEVELS_MAX && !line.includes(next)) {
    line.push(next);
    next = parents[next];
  }
  return line;
}

function isWithin(index: number, parent: number, parents: Parents): boolean {
  return index === parent || ancestorsOf(index, parents).includes(parent);
}
