/** What the words between two lists of issues say. */
export type Relation =
  /** The left ones wait for the right ones. */
  | "needs"
  | "before"
  /** The left ones no longer wait for the right ones. */
  | "needs-not"
  | "before-not"
  | "independent"
  | "apart";

/** What the words before or behind one list say about it. */
export type Remark = "independent" | "apart" | "drop" | "keep-only" | "first" | "last";

/** Rows of a meaning and its phrases, `|` between them. */
export function table<T>(rows: readonly (readonly [T, string])[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [meaning, phrases] of rows)
    for (const phrase of phrases.split("|")) map.set(phrase.trim(), meaning);
  return map;
}

/** Words between two lists. */
export const RELATIONS: ReadonlyMap<string, Relation> = table<Relation>([
  [
    "needs",
    "needs|need|requires|require|depends on|depend on|depends upon|depend upon|is dependent on|are dependent on",
  ],
  [
    "needs",
    "after|comes after|come after|goes after|go after|runs after|run after|starts after|start after",
  ],
  [
    "needs",
    "is after|are after|be after|be done after|is done after|follows|follow|only after|not before",
  ],
  [
    "needs",
    "waits for|wait for|waits on|wait on|waits until|wait until|has to wait for|have to wait for|needs to wait for|need to wait for",
  ],
  [
    "needs",
    "is blocked by|are blocked by|blocked by|builds on|build on|is based on|are based on|comes behind|come behind",
  ],
  [
    "needs",
    "needs to come after|need to come after|has to come after|have to come after|cannot start before|can't start before",
  ],
  ["needs", "<-"],
  [
    "before",
    "before|comes before|come before|goes before|go before|runs before|run before|is before|are before|be before",
  ],
  [
    "before",
    "be done before|is done before|starts before|start before|blocks|block|precedes|precede|unblocks|unblock",
  ],
  [
    "before",
    "is needed by|are needed by|is required by|are required by|needs to come before|need to come before|has to come before",
  ],
  ["before", "then|first then|->"],
  [
    "needs-not",
    "does not need|do not need|doesn't need|don't need|no longer needs|no longer need|needs not|need not wait for",
  ],
  [
    "needs-not",
    "does not require|do not require|doesn't require|don't require|no longer requires|no longer require",
  ],
  [
    "needs-not",
    "does not depend on|do not depend on|doesn't depend on|don't depend on|no longer depends on|no longer depend on",
  ],
  [
    "needs-not",
    "does not wait for|do not wait for|doesn't wait for|don't wait for|no longer waits for|no longer wait for",
  ],
  [
    "needs-not",
    "does not have to wait for|do not have to wait for|doesn't have to wait for|don't have to wait for|not wait for",
  ],
  [
    "needs-not",
    "does not need to wait for|do not need to wait for|doesn't need to wait for|don't need to wait for",
  ],
  [
    "needs-not",
    "is not blocked by|are not blocked by|isn't blocked by|aren't blocked by|no longer blocked by|is no longer blocked by",
  ],
  [
    "before-not",
    "does not block|do not block|doesn't block|don't block|no longer blocks|no longer block",
  ],
  ["before-not", "is not needed by|are not needed by|isn't needed by|aren't needed by"],
  [
    "independent",
    "is independent of|are independent of|is independent from|are independent from|independent of",
  ],
  [
    "independent",
    "is unrelated to|are unrelated to|has nothing to do with|have nothing to do with",
  ],
  [
    "independent",
    "can run in parallel with|can run alongside|can run beside|in parallel with|can run together with|runs beside",
  ],
  ["independent", "can run in parallel to|parallel to|in parallel to|can go with|can go alongside"],
  [
    "apart",
    "conflicts with|conflict with|collides with|collide with|clashes with|clash with|touches the same files as",
  ],
  [
    "apart",
    "must not run with|cannot run with|can't run with|never with|must never run with|must not run together with|not together with",
  ],
]);

/** Words behind a list, at the end of its clause. */
export const SUFFIXES: ReadonlyMap<string, Remark> = table<Remark>([
  [
    "independent",
    "are independent|independent|are independent of each other|are independent from each other|are independent of one another",
  ],
  [
    "independent",
    "are unrelated|are not related|can run in parallel|can go in parallel|in parallel|are parallel|run in parallel|may run in parallel",
  ],
  [
    "independent",
    "can run together|can run side by side|side by side|can run at the same time|can be done in parallel|can run concurrently",
  ],
  [
    "independent",
    "do not depend on each other|don't depend on each other|do not need each other|don't need each other",
  ],
  [
    "independent",
    "do not wait for each other|don't wait for each other|have nothing to do with each other|do not collide|don't collide|do not conflict|don't conflict",
  ],
  [
    "apart",
    "must not run together|never together|not together|cannot run together|can't run together|may not run together|not run together|never run together",
  ],
  [
    "apart",
    "must not run at the same time|never at the same time|not at the same time|cannot run at the same time|can't run at the same time|not run at the same time",
  ],
  [
    "apart",
    "must not run in parallel|never in parallel|not in parallel|cannot run in parallel|can't run in parallel|not run in parallel",
  ],
  [
    "apart",
    "collide|conflict|clash|touch the same files|conflict with each other|collide with each other|are mutually exclusive|exclude each other",
  ],
  [
    "first",
    "first|comes first|come first|goes first|go first|is first|be first|runs first|run first|before everything|before everything else",
  ],
  [
    "first",
    "before all others|before the rest|before anything else|comes before everything|comes before everything else",
  ],
  [
    "last",
    "last|comes last|come last|goes last|go last|is last|be last|runs last|run last|after everything|after everything else|after all others",
  ],
  [
    "last",
    "after the rest|needs everything|needs everything else|needs all others|waits for everything|waits for everything else|depends on everything",
  ],
  [
    "last",
    "depends on everything else|needs all|comes after everything|comes after everything else",
  ],
  [
    "drop",
    "can be dropped|can be skipped|can be left out|be dropped|be skipped|be left out|is out|is left out|are left out|out of scope|is out of scope|are out of scope",
  ],
]);

/** Words before a list, at the beginning of its clause. */
export const PREFIXES: ReadonlyMap<string, Remark> = table<Remark>([
  [
    "drop",
    "drop|leave out|without|skip|remove|omit|exclude|ignore|cut|leave away|do not do|don't do|do not run|don't run",
  ],
  ["keep-only", "keep only|only|only run|run only|only do|do only|only keep"],
  [
    "first",
    "everything after|everything else after|all others after|all after|the rest after|everything needs|everything else needs|all others need",
  ],
  [
    "first",
    "everything waits for|everything else waits for|everything depends on|everything else depends on|start with|begin with|first",
  ],
  [
    "last",
    "everything before|everything else before|all others before|the rest before|end with|finish with",
  ],
]);

/** Words before `A -> B` or `A needs B`: that edge goes. */
export const EDGE_PREFIXES: ReadonlySet<string> = new Set(
  "remove|remove edge|remove the edge|remove the dependency|cut|cut the edge|drop|drop the edge|drop the dependency|delete|delete the edge|no edge".split(
    "|",
  ),
);

/** Words before `A wait for B` that only say who is to make it so. */
export const CAUSES: ReadonlySet<string> = new Set(["make", "let", "have"]);

/** Words around one list: before, and behind. */
export const AROUND: ReadonlyMap<string, Remark> = table<Remark>([
  [
    "apart",
    "never \u2026 together|never run \u2026 together|do not run \u2026 together|don't run \u2026 together|not \u2026 together",
  ],
  [
    "apart",
    "never run \u2026 at the same time|do not run \u2026 at the same time|don't run \u2026 at the same time|never \u2026 at the same time",
  ],
  [
    "apart",
    "never run \u2026 in parallel|do not run \u2026 in parallel|don't run \u2026 in parallel|do not run \u2026 side by side|don't run \u2026 side by side",
  ],
  [
    "apart",
    "put \u2026 in a group|put \u2026 in one group|put \u2026 in the same group|put \u2026 into a group|put \u2026 into one group|put \u2026 together in a group",
  ],
  [
    "apart",
    "put \u2026 in one conflict group|put \u2026 in a conflict group|group \u2026|group \u2026 together|keep \u2026 apart|separate \u2026",
  ],
  [
    "independent",
    "run \u2026 in parallel|run \u2026 side by side|run \u2026 together|run \u2026 at the same time|let \u2026 run in parallel|let \u2026 run side by side",
  ],
  [
    "independent",
    "no edge between \u2026|no dependency between \u2026|remove the edge between \u2026|remove the dependency between \u2026|nothing between \u2026",
  ],
  ["first", "do \u2026 first|run \u2026 first|put \u2026 first|start \u2026 first"],
  ["last", "do \u2026 last|run \u2026 last|put \u2026 last"],
  ["keep-only", "run \u2026 only|keep \u2026 only|run only \u2026 and nothing else"],
]);

/** First halves of the words around a list. */
export const AROUND_HEADS: ReadonlySet<string> = new Set(
  [...AROUND.keys()].map((phrase) => phrase.split(" \u2026")[0] ?? ""),
);

/** Behind the second list of a relation; they change nothing. */
export const ECHOES: ReadonlySet<string> = new Set([
  "is done",
  "are done",
  "is merged",
  "are merged",
  "is finished",
  "are finished",
  "is in",
]);

/** Words that change nothing wherever they stand. */
export const FILLERS: ReadonlySet<string> = new Set([
  "please",
  "also",
  "should",
  "shall",
  "both",
  "really",
  "actually",
]);
