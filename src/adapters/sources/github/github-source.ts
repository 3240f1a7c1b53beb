import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import type { GitHubApi, GitHubIssue, KnownFields } from "./api.ts";
import { EdgeMaker } from "./edges.ts";
import type { ReadText } from "./edges.ts";
import { findMilestone, noSuchMilestone } from "./find-milestone.ts";
import { epicFindings, lackingFindings, pullFindings, strangerFindings } from "./findings.ts";
import { Hierarchy } from "./hierarchy.ts";
import { lookUp, outsideFindings } from "./outside.ts";
import { readMilestone, readNumbered } from "./read-issues.ts";
import type { Reading } from "./read-issues.ts";
import { parseReference } from "./reference.ts";

export interface GitHubSourceSettings {
  /** `owner/repo`, as GitHub spells it. */
  readonly repository: string;
  /** What the service knows; texts alone are read where it knows less. */
  readonly has: KnownFields;
  /** The plan's own reader of texts. */
  readonly readText: ReadText;
}

/** Reads a milestone, or issues by number, with everything that holds them, from one repository of GitHub. */
export function createGitHubSource(api: GitHubApi, settings: GitHubSourceSettings): Source {
  const { repository, has } = settings;
  const reading: Reading = { api, repository, has };
  return {
    kind: "github",
    read: async (reference) => {
      const named = parseReference(reference, repository);
      switch (named.kind) {
        case "issues":
          return readList(reading, settings, named.numbers);
        case "milestone":
          return readWhole(reading, settings, named.number);
        case "title":
          return readWhole(reading, settings, await findMilestone(api, repository, named.title));
      }
    },
  };
}

async function readWhole(
  reading: Reading,
  settings: GitHubSourceSettings,
  number: number,
): Promise<Milestone> {
  const { api, repository } = reading;
  const read = await readMilestone(reading, number);
  if (read === null) throw await noSuchMilestone(api, repository, number);
  const { title, url, issues, pulls, pullCount } = read;
  if (issues.length === 0) {
    const holds =
      pullCount === 0
        ? "holds no issues"
        : `holds ${count(pullCount, "pull request")} and no issue`;
    throw new UserError("source/empty", `The milestone "${title}" ${holds}.`, {
      hints: [`Put issues into it: ${url}`],
    });
  }
  const made = await makeIssues(reading, settings, issues);
  if (made.issues.length === 0) throw onlyEpics(`The milestone "${title}"`, issues);
  const isOver = made.issues.every(({ state }) => state === "closed");
  return {
    source: { kind: "github", reference: `${repository} milestone ${number}` },
    title,
    number: String(number),
    url,
    ...made,
    findings: [
      ...(isOver ? [allClosed(`the milestone "${title}"`, made.issues.length)] : []),
      ...pullFindings(pulls, pullCount),
      ...made.findings,
    ],
  };
}

async function readList(
  reading: Reading,
  settings: GitHubSourceSettings,
  numbers: readonly number[],
): Promise<Milestone> {
  const issues = await readNumbered(reading, numbers);
  const made = await makeIssues(reading, settings, issues);
  if (made.issues.length === 0) throw onlyEpics("What was named", issues);
  const isOver = made.issues.every(({ state }) => state === "closed");
  const [first] = made.issues;
  return {
    source: { kind: "github", reference: `${reading.repository} issues ${numbers.join(",")}` },
    title: numbers.length === 1 ? (first?.title ?? "") : listTitle(numbers),
    number: listName(numbers),
    url: numbers.length === 1 ? (first?.url ?? null) : null,
    ...made,
    findings: [...(isOver ? [allClosed("the list", made.issues.length)] : []), ...made.findings],
  };
}

type Made = Pick<Milestone, "issues" | "documents" | "handoff" | "findings" | "repository">;

async function makeIssues(
  { api, repository, has }: Reading,
  { readText }: GitHubSourceSettings,
  read: readonly GitHubIssue[],
): Promise<Made> {
  const hierarchy = new Hierarchy(read, repository);
  const work = read.filter((issue) => hierarchy.isWork(hierarchy.nameOf(issue)));
  const edges = new EdgeMaker({ repository, work, hierarchy, readText });
  edges.learn(await lookUp(api, repository, edges.unknown()));
  const issues = work.map((issue) => ({ ...toIssue(issue), ...edges.edgesOf(issue) }));
  const held = issues.map((issue) => ({
    ...issue,
    // Where the plan reads the text itself, its edges are not among the declarations yet.
    declarations:
      issue.edgesAreGiven === true
        ? issue.declarations
        : [...issue.declarations, ...readText(issue.body).declarations],
  }));
  return {
    issues,
    documents: [],
    handoff: null,
    repository,
    findings: [
      ...lackingFindings(has),
      ...epicFindings(read, hierarchy),
      ...outsideFindings(held, edges.outside, repository),
      ...strangerFindings(work),
    ],
  };
}

function toIssue(issue: GitHubIssue): Issue {
  const { number, title, body, state, stateReason, labels, url } = issue;
  return {
    key: `#${number}`,
    number: String(number),
    title,
    body,
    state,
    closedAs: state === "open" ? null : stateReason,
    labels,
    priority: null,
    type: "CODING",
    url,
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: false,
    place: {},
  };
}

/** `issues-153-154`; above four numbers the first, the last and the count. The same in any order. */
function listName(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  if (sorted.length <= 4) return `issues-${sorted.join("-")}`;
  return `issues-${sorted[0]}-to-${sorted.at(-1)}-of-${sorted.length}`;
}

function listTitle(numbers: readonly number[]): string {
  if (numbers.length > 4) return `${numbers.length} issues`;
  return `Issues ${numbers.join(", ")}`;
}

function allClosed(what: string, issues: number): PlanFinding {
  return {
    code: "source/all-closed",
    severity: "info",
    message: `All ${count(issues, "issue")} of ${what} ${issues === 1 ? "is" : "are"} closed: there is nothing to bring home.`,
    hint: "Reopen what is not done, or name another milestone.",
  };
}

function onlyEpics(what: string, epics: readonly GitHubIssue[]): UserError {
  const parts = epics.flatMap(({ subIssues }) =>
    subIssues.nodes.flatMap(({ state, number }) => (state === "open" ? [number] : [])),
  );
  const names = epics.map(({ number }) => `#${number}`).join(", ");
  return new UserError(
    "source/only-epics",
    `${what} holds nothing but ${epics.length === 1 ? "an epic" : "epics"} (${names}); the work is in the sub-issues.`,
    {
      hints: [
        parts.length === 0
          ? "All their sub-issues are closed: close the epics, too."
          : `Name those: cairn run ${parts.slice(0, 20).join(" ")}`,
      ],
    },
  );
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
