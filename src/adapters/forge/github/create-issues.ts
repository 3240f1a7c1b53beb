import { isSameText } from "../../../core/plan/create-plan.ts";
import type { DesiredIssue, DesiredMilestone } from "../../../core/plan/create-plan.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import { EDGES_MAX, makeEdges, type Placed } from "./create-edges.ts";
import {
  findMilestone,
  IssueSchema,
  issuesOf,
  MilestoneSchema,
  unlessThere,
  type IssuesThere,
  type IssueThere,
  type MilestoneThere,
  type RepositoryAt,
} from "./created-issues.ts";
import { REPOSITORY } from "./forge-context.ts";
import { missingLabels, type MissingLabels } from "./missing-labels.ts";

export interface CreateRequest extends RepositoryAt {
  readonly desired: DesiredMilestone;
  /** The service has edges between issues; else texts say `Depends on: #12`. */
  readonly hasEdges: boolean;
  /** Label -> `#B60205`; labels not in it are made grey. */
  readonly colours: Readonly<Record<string, string>>;
  /** Looks, says what would be done, and writes nothing. */
  readonly dryRun: boolean;
  /** Told before each write, in words. */
  readonly onStep?: (words: string) => void;
}

/** What was done, or with `dryRun` would be. */
export interface MilestoneCreated {
  readonly title: string;
  /** Null: it would have to be made first. */
  readonly number: number | null;
  readonly url: string | null;
  readonly outcome: "created" | "found";
  /** It was closed when it was found, and stays so. */
  readonly isClosed: boolean;
  /** Those that were made. */
  readonly labels: readonly string[];
  readonly issues: readonly IssueCreated[];
  readonly edges: "native" | "text";
  /** Requests that changed something. */
  readonly writes: number;
}

export interface IssueCreated {
  readonly key: TaskKey;
  readonly title: string;
  readonly number: number | null;
  readonly url: string | null;
  /**
   * `edited`: a person has changed its text, which is left alone. `taken`: there was one of that title that Cairn did not
   * make. `closed`: left as it is.
   */
  readonly outcome: "created" | "updated" | "unchanged" | "edited" | "taken" | "closed";
  /** Keys of what it waits for from now on. */
  readonly newBlockers: readonly TaskKey[];
}

/** Stands for the number of an issue that a dry run does not make: texts that name it would change. */
const NOT_YET = 0;

/**
 * Makes a milestone with its issues, labels and edges where they are missing. Looks before every write, so that it may
 * be repeated and broken off anywhere: the second time nothing is written. Texts that a person has changed stay.
 */
export async function createIssues(request: CreateRequest): Promise<MilestoneCreated> {
  const { desired, hasEdges } = request;
  const found = await findMilestone(request, desired.title);
  const there: IssuesThere =
    found === null ? { made: new Map(), others: [] } : await issuesOf(request, found.number);
  const labels = missingLabels(request);
  const milestone = found ?? (await makeMilestone(request));
  const placed = new Map<TaskKey, Placed>();
  for (const [key, one] of there.made)
    if (!desired.issues.some((issue) => issue.key === key)) placed.set(key, doneBefore(key, one));
  for (const issue of desired.issues)
    placed.set(issue.key, await placeIssue(request, issue, { milestone, there, placed, labels }));
  const issues: IssueCreated[] = [];
  for (const { key, title } of desired.issues) {
    const one = placed.get(key);
    if (one === undefined) continue;
    const newBlockers = await makeEdges(request, one, placed);
    const number = one.number === NOT_YET ? null : one.number;
    issues.push({ key, title, number, url: one.url, outcome: one.outcome, newBlockers });
  }
  const texts = issues.filter(({ outcome }) => outcome === "created" || outcome === "updated");
  const edges = issues.reduce((sum, { newBlockers }) => sum + newBlockers.length, 0);
  return {
    title: desired.title,
    number: milestone?.number ?? null,
    url: milestone?.html_url ?? null,
    outcome: found === null ? "created" : "found",
    isClosed: found?.state === "closed",
    labels: labels.made,
    issues,
    edges: hasEdges ? "native" : "text",
    writes: (found === null ? 1 : 0) + labels.made.length + texts.length + edges,
  };
}

/** An issue that was made when it was open in the plan, and still holds others as long as it is open there. */
function doneBefore(key: TaskKey, { id, number, title, url, labels }: IssueThere): Placed {
  const desired = { key, title, labels, blockers: [], bodyWith: () => "" };
  return { desired, id, number, url, outcome: "unchanged", hasBlockers: false };
}

async function makeMilestone(request: CreateRequest): Promise<MilestoneThere | null> {
  const { client, at, desired, dryRun, onStep } = request;
  if (dryRun) return null;
  const { title, description } = desired;
  onStep?.(`milestone "${title}"`);
  return unlessThere(
    () => findMilestone(request, title),
    (look) =>
      client.write(
        `POST ${REPOSITORY}/milestones`,
        { ...at, title, description },
        MilestoneSchema,
        look,
      ),
  );
}

interface Place {
  readonly milestone: MilestoneThere | null;
  readonly there: IssuesThere;
  readonly placed: ReadonlyMap<TaskKey, Placed>;
  readonly labels: MissingLabels;
}

async function placeIssue(
  request: CreateRequest,
  desired: DesiredIssue,
  place: Place,
): Promise<Placed> {
  const { there, milestone, placed, labels } = place;
  const body = desired.bodyWith(namedEdges(request, desired, placed));
  const made = there.made.get(desired.key);
  const known =
    made ?? there.others.find((one) => one.title.trim() === desired.title && isFree(one, placed));
  if (known !== undefined) {
    const outcome = made === undefined ? "taken" : judge(made, desired, body);
    if (outcome === "updated") await labels.make(desired.labels);
    const now = outcome === "updated" ? await updateIssue(request, known, desired, body) : known;
    return { desired, ...idOf(now), outcome, hasBlockers: known.blockers > 0 };
  }
  await labels.make(desired.labels);
  if (request.dryRun || milestone === null)
    return {
      desired,
      id: null,
      number: NOT_YET,
      url: null,
      outcome: "created",
      hasBlockers: false,
    };
  const issue = await makeIssue(request, desired, { body, milestone: milestone.number });
  return { desired, ...idOf(issue), outcome: "created", hasBlockers: issue.blockers > 0 };
}

function isFree({ number }: IssueThere, placed: Place["placed"]): boolean {
  return ![...placed.values()].some((one) => one.number === number);
}

function idOf({ id, number, url }: IssueThere): Pick<Placed, "id" | "number" | "url"> {
  return { id, number, url };
}

function judge(
  issue: IssueThere & { readonly mark: { readonly isAsWritten: boolean } },
  desired: DesiredIssue,
  body: string,
): IssueCreated["outcome"] {
  if (issue.state === "closed") return "closed";
  if (issue.title.trim() === desired.title && isSameText(issue.body, body)) return "unchanged";
  return issue.mark.isAsWritten ? "updated" : "edited";
}

/** Edges that the text has to name, with the numbers of what stands before it. */
function namedEdges(
  { hasEdges }: CreateRequest,
  { blockers }: DesiredIssue,
  placed: Place["placed"],
): Parameters<DesiredIssue["bodyWith"]>[0] {
  const numbers = (strength: "hard" | "soft"): readonly number[] =>
    blockers.flatMap((blocker) => {
      const number = blocker.strength === strength ? placed.get(blocker.key)?.number : undefined;
      return number === undefined ? [] : [number];
    });
  const hard = numbers("hard");
  return {
    hard: hard.slice(hasEdges ? EDGES_MAX : 0),
    soft: numbers("soft"),
    more: hard.length > 0,
  };
}

async function makeIssue(
  request: CreateRequest,
  { key, title, labels }: DesiredIssue,
  { body, milestone }: { readonly body: string; readonly milestone: number },
): Promise<IssueThere> {
  const { client, at, onStep } = request;
  onStep?.(`issue ${key} "${title}"`);
  return client.write(
    `POST ${REPOSITORY}/issues`,
    { ...at, title, body, labels, milestone },
    IssueSchema,
    async () => (await issuesOf(request, milestone)).made.get(key) ?? null,
  );
}

async function updateIssue(
  request: CreateRequest,
  known: IssueThere,
  { key, title, labels }: DesiredIssue,
  body: string,
): Promise<IssueThere> {
  const { client, at, dryRun, onStep } = request;
  if (dryRun) return known;
  onStep?.(`text of ${key}, #${known.number}`);
  const mine = new Set(labels.map((label) => label.toLowerCase()));
  const others = known.labels.filter((label) => !mine.has(label.toLowerCase()));
  const issue = { ...at, issue_number: known.number };
  const sent = { ...issue, title, body, labels: [...others, ...labels] };
  return client.write(`PATCH ${REPOSITORY}/issues/{issue_number}`, sent, IssueSchema, async () => {
    const now = await client.get(`GET ${REPOSITORY}/issues/{issue_number}`, issue, IssueSchema);
    return isSameText(now.body, body) ? now : null;
  });
}
