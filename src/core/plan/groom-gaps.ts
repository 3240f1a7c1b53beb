import { scanMarkdown } from "../shared/markdown-lines.ts";
import type { TaskKey } from "../shared/names.ts";
import { isMadeFile } from "./conflict-groups-files.ts";
import { overlapsOf } from "./conflict-groups-paths.ts";
import { openGraph } from "./plan-graph.ts";
import type { Plan, PlannedIssue } from "./plan.ts";

/** Something a milestone seems to need and no issue brings. */
export interface Gap {
  readonly kind: "outside" | "unknown-files" | "missing-file" | "no-validation" | "no-docs";
  /** Issues that show it; empty where it is about the whole. */
  readonly keys: readonly TaskKey[];
  readonly message: string;
  readonly hint: string;
}

export interface GapFacts {
  /** True for a path that the repository holds. */
  readonly exists: (path: string) => boolean;
}

/** Above this many coding issues a milestone is more than anybody tries in passing. */
const CODING_MAX = 5;
const CODING_WITH_DOCS = 3;
const NAMED_MAX = 8;
const FILES_TOLD_MAX = 20;
const LINE_MAX = 2000;
const SPAN = /`([^`\s]{3,200})`/gu;
const PATH =
  /^(?!https?:|[/~]|[\w-]+\.(?:com|org|net|io|dev)\/)[\w@.-]+(?:\/[\w@.[\]()-]+)+\.[a-z]\w{0,5}$/iu;
const DOCUMENT = /(?:^|\/)docs?\/|\.(?:mdx?|rst|adoc)$/iu;
const SPEAKS_OF_DOCS = /\b(?:docs?|document(?:s|ation|ed)?|readme|changelog|manual|user guide)\b/iu;

/** Gaps of a milestone, told by rule: each is a question to a person, none is certain. */
export function proposeGaps(plan: Plan, facts: GapFacts): readonly Gap[] {
  return [
    ...outsideGaps(plan),
    ...unknownGap(plan),
    ...fileGaps(plan, facts),
    ...validationGap(plan),
    ...documentGap(plan),
  ];
}

function isOpen(issue: PlannedIssue): boolean {
  return issue.state === "open" && !issue.done;
}

function outsideGaps(plan: Plan): readonly Gap[] {
  return plan.issues.filter(isOpen).flatMap(({ key, blockedFromOutside }) =>
    blockedFromOutside === null
      ? []
      : [
          {
            kind: "outside" as const,
            keys: [key],
            message: `${key} waits for ${blockedFromOutside}, and no issue of this plan brings it.`,
            hint: "Add an issue for it, or name the one that is meant.",
          },
        ],
  );
}

/** Who names no files may get into anybody's way, and no group can keep them apart. */
function unknownGap(plan: Plan): readonly Gap[] {
  if (plan.status !== "needs_review") return [];
  const keys = plan.issues
    .filter((issue) => isOpen(issue) && !issue.statesDependencies && issue.files.length === 0)
    .map(({ key }) => key);
  if (keys.length === 0) return [];
  return [
    {
      kind: "unknown-files",
      keys,
      message: `${listed(keys)} ${keys.length === 1 ? "names no files and says" : "name no files and say"} nothing about dependencies: nothing tells who gets into whose way.`,
      hint: "List their files (`Files: src/a.ts`), or write in the dispatch plan what they depend on.",
    },
  ];
}

/** Paths in backticks that neither the repository nor any issue has. Code blocks are full of paths that mean nothing. */
function fileGaps(plan: Plan, { exists }: GapFacts): readonly Gap[] {
  const namedBy = new Map<string, Set<TaskKey>>();
  for (const issue of plan.issues.filter(isOpen)) {
    for (const path of pathsNamed(issue.body)) {
      if (exists(path) || isMadeFile(path)) continue;
      const keys = namedBy.get(path) ?? new Set();
      namedBy.set(path, keys.add(issue.key));
    }
  }
  if (namedBy.size === 0) return [];
  const paths = [...namedBy.keys()];
  const brought = plan.issues.flatMap(({ files }) => files);
  const covered = new Set(
    overlapsOf([brought, ...paths.map((path) => [path])])
      .filter(({ nodes }) => nodes[0] === 0)
      .flatMap(({ nodes }) => nodes),
  );
  return [...namedBy]
    .filter((_, at) => !covered.has(at + 1))
    .slice(0, FILES_TOLD_MAX)
    .map(([path, keys]) => ({
      kind: "missing-file",
      keys: [...keys],
      message: `${listed([...keys])} ${keys.size === 1 ? "speaks" : "speak"} of ${path}: it is not in the repository, and no issue has it among its files.`,
      hint: `Add it to the files of the issue that makes it, or correct the path.`,
    }));
}

function pathsNamed(body: string): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { text, prose } of scanMarkdown(body).lines) {
    if (!prose || !text.includes("`")) continue;
    for (const [, words = ""] of text.slice(0, LINE_MAX).matchAll(SPAN)) {
      const path = words.replace(/^\.\//u, "").replace(/:\d+(?:[:-]\d+)?$/u, "");
      if (PATH.test(path)) paths.add(path);
    }
  }
  return paths;
}

function validationGap(plan: Plan): readonly Gap[] {
  const coding = plan.issues.filter(({ type }) => type === "CODING");
  if (coding.length <= CODING_MAX) return [];
  const { open, graph } = openGraph(plan.issues);
  const ends = open.flatMap((issue, node) =>
    graph.dependents[node]?.length === 0 ? [{ issue, node }] : [],
  );
  const tries = ends.some(({ issue, node }) => {
    if (issue.type !== "VALIDATION") return false;
    const before = new Set([node]);
    for (const other of before) for (const next of graph.blockers[other] ?? []) before.add(next);
    const tried = [...before].filter((other) => open[other]?.type === "CODING").length;
    return tried * 2 >= coding.filter(isOpen).length;
  });
  if (tries || ends.length === 0) return [];
  const keys = ends.map(({ issue }) => issue.key);
  return [
    {
      kind: "no-validation",
      keys: [],
      message: `Nothing tries the whole at the end: ${coding.length} issues write code, and none of type VALIDATION comes after most of them.`,
      hint: `Add one, with \`Type: VALIDATION\` and \`Depends on: ${keys.slice(0, NAMED_MAX).join(", ")}${keys.length > NAMED_MAX ? ", …" : ""}\`.`,
    },
  ];
}

function documentGap(plan: Plan): readonly Gap[] {
  const coding = plan.issues.filter(({ type }) => type === "CODING").length;
  if (coding < CODING_WITH_DOCS || plan.issues.some(isAboutDocs)) return [];
  return [
    {
      kind: "no-docs",
      keys: [],
      message: "No issue touches the documentation or speaks of it.",
      hint: "Add what has to be described to the issue that changes it, or an issue of its own.",
    },
  ];
}

function isAboutDocs({ title, files, acceptanceCriteria, labels }: PlannedIssue): boolean {
  return (
    files.some((file) => DOCUMENT.test(file)) ||
    [title, ...acceptanceCriteria, ...labels].some((words) => SPEAKS_OF_DOCS.test(words))
  );
}

function listed(keys: readonly string[]): string {
  const shown = keys.slice(0, NAMED_MAX);
  const rest = keys.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}
