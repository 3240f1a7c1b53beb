import type { Issue, PlanFinding } from "../../../core/plan/issue.ts";

/** An issue of a list, with what the list says about why it was closed. */
export interface ListedReason {
  readonly issue: Issue;
  /** False where the list has no such field at all; an issue closed long ago has an empty one. */
  readonly hasReason: boolean;
}

/**
 * One warning where open issues name a closed one and the list does not say why it was closed: it counts as done, and
 * one that nobody means to do would free them too.
 */
export function withoutReason(
  file: string,
  listed: readonly ListedReason[],
): readonly PlanFinding[] {
  const closed = listed.filter(({ issue, hasReason }) => issue.state === "closed" && !hasReason);
  if (closed.length === 0) return [];
  const named = namesIn(listed.filter(({ issue }) => issue.state === "open"));
  const keys = closed.flatMap(({ issue: { key, number } }) =>
    named.has(key) || named.has(`#${number}`) ? [key] : [],
  );
  const [key, ...others] = [...new Set(keys)].toSorted((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  if (key === undefined) return [];
  const [who, they] =
    others.length === 0
      ? [`${key} is closed, and the list does not say why`, "it counts as done and frees"]
      : [
          `${key} and ${others.length} more are closed, and the list does not say why`,
          "they count as done and free",
        ];
  return [
    {
      code: "source/no-reason",
      severity: "warning",
      // About the list: which of its lines says so depends on how a search has sorted it.
      file,
      line: 1,
      column: 1,
      message: `${who}; ${they} what waits for ${others.length === 0 ? "it" : "them"}.`,
      hint: "Write the list with `gh issue list --state all --json number,title,body,state,stateReason,labels`: an issue closed as not planned then frees nothing.",
    },
  ];
}

const SAYS_ORDER = /depend|block|after|need|requir|wait|prereq|follow/iu;
const LINE_MAX = 2000;

/** Everything in the texts that may be the name of an issue. Whether it is a dependency, the plan finds out later. */
function namesIn(listed: readonly ListedReason[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { issue } of listed) {
    let saysOrder = false;
    for (const line of issue.body.split(/\r\n|\n|\r/u)) {
      if (line.trim() === "") continue;
      const text = line.slice(0, LINE_MAX);
      // A list below a word about order goes on with bare numbers.
      const isItem = /^\s*(?:[-*+]|\d+[.)])\s/u.test(text);
      saysOrder = SAYS_ORDER.test(text) || (saysOrder && isItem);
      for (const [token] of text.matchAll(/[^\s,;()[\]<>*`"|]+/gu)) {
        names.add(token.replace(/[.:!?]+$/u, ""));
        const number = /(?:#|gh-|\/issues\/)(\d{1,9})(?!\d)/iu.exec(token)?.[1];
        const bare = saysOrder ? /^\d{1,9}(?=[.:!?]*$)/u.exec(token)?.[0] : undefined;
        if ((number ?? bare) !== undefined) names.add(`#${number ?? bare}`);
      }
    }
  }
  return names;
}
