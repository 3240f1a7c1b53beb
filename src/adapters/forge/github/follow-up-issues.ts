import { z } from "zod";
import type { FollowUpDraft, FollowUpName } from "../../../core/run/follow-ups.ts";
import type { Instant, TaskKey } from "../../../core/shared/names.ts";
import type { FollowUpPlace } from "../../../ports/source.ts";
import { hiddenMark } from "./comments.ts";
import { makeEdge } from "./create-edges.ts";
import { blockersOf, IssueSchema, type RepositoryAt } from "./created-issues.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY } from "./forge-context.ts";
import { isTrusted } from "./look-people.ts";
import { fittingBody, fittingTitle } from "./text-lengths.ts";

export interface FollowUpIssuesOptions extends RepositoryAt {
  /** Number of the milestone that is brought home; null: it is a list of issues. */
  readonly milestone: number | null;
  /** The service has edges between issues. */
  readonly hasEdges: () => Promise<boolean>;
  /** When the run began: nothing older is one of its issues. */
  readonly since: Instant;
  /** Text of the issue, with its mark on the first line. */
  readonly bodyOf: (draft: FollowUpDraft) => string;
  /** Says what an error of GitHub means; `doing` goes on after "Cannot". */
  readonly explain: (error: unknown, doing: string) => Error;
}

/** Clocks of services differ from ours by less. */
const SKEW_MS = 60 * 60_000;

const Authored = z.object({
  author_association: z.string(),
  user: z.object({ type: z.string() }).nullish(),
});
const Listed = z.intersection(IssueSchema, Authored);
type Listed = z.output<typeof Listed>;

/**
 * Issues of GitHub for what partial results left: in the milestone and with the labels of the original, blocked by it,
 * and blocking whoever waited for it.
 */
export function createFollowUpIssues(options: FollowUpIssuesOptions): FollowUpPlace {
  return {
    add: async (drafts) => {
      const names: FollowUpName[] = [];
      for (const draft of drafts) {
        try {
          names.push(await place(options, draft));
        } catch (error) {
          throw options.explain(error, `make an issue of what ${draft.of} leaves`);
        }
      }
      return names;
    },
  };
}

async function place(options: FollowUpIssuesOptions, draft: FollowUpDraft): Promise<FollowUpName> {
  const issue = (await find(options, draft)) ?? (await make(options, draft));
  if (await options.hasEdges()) await connect(options, issue, draft);
  const number = String(issue.number);
  return { key: `#${number}`, number, url: issue.url, body: issue.body };
}

/** Only of those who may write here: anybody can copy a mark that lies open in a text's source. */
async function find(
  { client, at, since }: FollowUpIssuesOptions,
  { marker }: FollowUpDraft,
): Promise<Listed | null> {
  const route = `GET ${REPOSITORY}/issues`;
  const from = new Date(since - SKEW_MS).toISOString();
  // A list, not a search: what was written a moment ago is in it. A person may have moved it out of the milestone.
  const all = await client.list(route, { ...at, state: "all", since: from }, Listed);
  const mark = hiddenMark(marker);
  const own = all.filter(
    (issue) =>
      !issue.isPullRequest &&
      issue.body.split(/\r?\n/u, 1)[0] === mark &&
      isTrusted(issue.author_association, issue.user?.type === "Bot"),
  );
  return own.toSorted((a, b) => a.number - b.number)[0] ?? null;
}

async function make(options: FollowUpIssuesOptions, draft: FollowUpDraft): Promise<Listed> {
  const { client, at, milestone, bodyOf } = options;
  const sent = {
    ...at,
    title: fittingTitle(draft.title),
    body: fittingBody(bodyOf(draft)),
    labels: [...draft.labels],
    ...(milestone === null ? {} : { milestone }),
  };
  return client.write(`POST ${REPOSITORY}/issues`, sent, Listed, () => find(options, draft));
}

/** The run holds everybody by its own graph: an edge that GitHub does not take stands in the text alone. */
async function connect(
  options: FollowUpIssuesOptions,
  issue: Listed,
  { of, dependents }: FollowUpDraft,
): Promise<void> {
  const { client, at } = options;
  const original = numberOf(of);
  if (original !== null) {
    const route = `GET ${REPOSITORY}/issues/{issue_number}`;
    const there = await client.find(route, { ...at, issue_number: original }, IssueSchema);
    if (there !== null) await blockedBy(options, issue.number, there.id);
  }
  for (const dependent of dependents) {
    const number = numberOf(dependent);
    if (number !== null) await blockedBy(options, number, issue.id);
  }
}

async function blockedBy(
  options: FollowUpIssuesOptions,
  number: number,
  id: number,
): Promise<void> {
  try {
    if ((await blockersOf(options, number)).has(id)) return;
    await makeEdge(options, number, id);
  } catch (error) {
    if (!REFUSED.has(httpFailure(error)?.status ?? 0)) throw error;
  }
}

/** Too many edges, or an issue that was moved or deleted meanwhile: however often it is tried, nothing else comes. */
const REFUSED: ReadonlySet<number> = new Set([404, 410, 422]);

/** `153`, `#153`; null for an issue of another repository. */
function numberOf(key: TaskKey): number | null {
  const number = /^#?(\d{1,9})$/u.exec(key)?.[1];
  return number === undefined ? null : Number(number);
}
