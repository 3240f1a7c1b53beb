import { z } from "zod";
import type { ForgeLabel, PullRequest, PullRequestDraft } from "../../../ports/forge.ts";
import { GraphQLRefused, httpFailure } from "./failures.ts";
import { isSameName, REPOSITORY, type ForgeContext } from "./forge-context.ts";
import type { Labels } from "./labels.ts";
import { ListedPullSchema, type KnownPulls, type ListedPull } from "./pulls-known.ts";
import { fittingBody, fittingTitle } from "./text-lengths.ts";

/** Opening pull requests and changing what they say. */
export interface Pulls {
  open(draft: PullRequestDraft): Promise<PullRequest>;
  update(pull: PullRequest, draft: PullRequestDraft): Promise<void>;
  leaveDraft(pull: PullRequest): Promise<void>;
  returnToDraft(pull: PullRequest): Promise<void>;
  addLabels(pull: PullRequest, labels: readonly ForgeLabel[]): Promise<void>;
  close(pull: PullRequest): Promise<void>;
}

export interface PullsOptions {
  readonly context: ForgeContext;
  readonly known: KnownPulls;
  readonly labels: Labels;
}

const Issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  milestone: z.object({ number: z.int() }).nullish(),
});
const Names = z.object({ name: z.string() }).array();
const LABELS_OF_ISSUE = `${REPOSITORY}/issues/{issue_number}/labels`;
const PATCH_ISSUE = `PATCH ${REPOSITORY}/issues/{issue_number}`;

export function createPulls(options: PullsOptions): Pulls {
  const { context, known } = options;
  const { client, at } = context;
  return {
    open: async (given) => {
      const draft = fitting(given);
      const pull = (await twinOf(known, draft)) ?? (await create(options, draft));
      if (pull.state === "open") await dress(options, pull, draft);
      return { number: pull.number, url: pull.html_url };
    },
    update: async ({ number }, given) => {
      const draft = fitting(given);
      const now = await known.read(number);
      await add(options, number, missingIn(namesOf(now), draft.labels));
      if (now.title === draft.title && isSameText(now.body, draft.body)) return;
      await change(context, number, { title: draft.title, body: draft.body });
    },
    leaveDraft: (pull) => leaveDraft(options, pull),
    returnToDraft: (pull) => returnToDraft(options, pull),
    addLabels: async ({ number }, wanted) => {
      const place = { ...at, issue_number: number };
      const there = await client.list(`GET ${LABELS_OF_ISSUE}`, place, Names.element);
      const missing = missingIn(
        there.map(({ name }) => name),
        wanted,
      );
      await add(options, number, missing);
    },
    close: async ({ number }) => {
      if ((await known.read(number)).state === "closed") return;
      await change(context, number, { state: "closed" });
    },
  };
}

/** What was listed may have changed since: it is read again before anything of it is replaced. */
async function twinOf(known: KnownPulls, draft: PullRequestDraft): Promise<ListedPull | null> {
  const listed = await known.twinOf(draft);
  if (listed === null) return null;
  const now = await known.read(listed.number);
  return now.state === "open" || now.head.sha === draft.head ? now : null;
}

async function create(options: PullsOptions, draft: PullRequestDraft): Promise<ListedPull> {
  const { known } = options;
  try {
    return await post(options, draft, draft.isDraft);
  } catch (error) {
    if (httpFailure(error)?.status !== 422) throw error;
    const twin = await known.askTwinOf(draft);
    if (twin !== null) return twin;
    // Private repositories of free accounts have no drafts.
    if (draft.isDraft && /draft/iu.test(JSON.stringify(httpFailure(error)?.data ?? "")))
      return post(options, draft, false);
    throw error;
  }
}

async function post(
  { context, known }: PullsOptions,
  draft: PullRequestDraft,
  isDraft: boolean,
): Promise<ListedPull> {
  const { client, at } = context;
  const { title, branch, base, body } = draft;
  const sent = { ...at, title, head: branch, base, body, draft: isDraft };
  let isFound = false;
  const made = await client.write(`POST ${REPOSITORY}/pulls`, sent, ListedPullSchema, async () => {
    const twin = await known.askTwinOf(draft);
    isFound = twin !== null;
    return twin;
  });
  if (!isFound) known.noteMade(made);
  return made;
}

/** Labels and milestone that it lacks; what others gave it stays. */
async function dress(
  options: PullsOptions,
  pull: ListedPull,
  draft: PullRequestDraft,
): Promise<void> {
  const { context } = options;
  await add(options, pull.number, missingIn(namesOf(pull), draft.labels));
  if (pull.milestone != null || context.milestone === null) return;
  await change(context, pull.number, { milestone: context.milestone });
}

/** Changing an issue replaces all its labels, those that somebody gave it meanwhile too: this only adds. */
async function add(
  { context, labels }: PullsOptions,
  number: number,
  missing: readonly ForgeLabel[],
): Promise<void> {
  if (missing.length === 0) return;
  await labels.ensure(missing);
  const { client, at } = context;
  const sent = { ...at, issue_number: number, labels: missing.map(({ name }) => name) };
  // Adding what is there changes nothing: it may be done again.
  await client.write(`POST ${LABELS_OF_ISSUE}`, sent, Names, async () => Promise.resolve(null));
}

/** What GitHub would refuse for its length is cut before it is compared with what stands there. */
function fitting(draft: PullRequestDraft): PullRequestDraft {
  return { ...draft, title: fittingTitle(draft.title), body: fittingBody(draft.body) };
}

interface Change {
  readonly title?: string;
  readonly body?: string;
  readonly state?: "open" | "closed";
  readonly state_reason?: "completed";
  readonly milestone?: number;
}

/** One write, looked for before it is done again. */
export async function change(
  { client, at }: ForgeContext,
  number: number,
  wanted: Change,
): Promise<void> {
  const place = { ...at, issue_number: number };
  await client.write(PATCH_ISSUE, { ...place, ...wanted }, Issue, async () => {
    const now = await client.get(`GET ${REPOSITORY}/issues/{issue_number}`, place, Issue);
    return hasAll(now, wanted) ? now : null;
  });
}

function hasAll(now: z.output<typeof Issue>, wanted: Change): boolean {
  return (
    (wanted.title ?? now.title) === now.title &&
    (wanted.body === undefined || isSameText(now.body, wanted.body)) &&
    (wanted.state ?? now.state) === now.state &&
    (wanted.milestone ?? now.milestone?.number) === now.milestone?.number
  );
}

async function leaveDraft(
  { context, known }: PullsOptions,
  { number }: PullRequest,
): Promise<void> {
  const { client } = context;
  const state = known.stateOf(number) ?? (await readState(known, number));
  if (!state.isDraft) return;
  const document = `mutation ($id: ID!) {
    markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
  }`;
  const isReady = async (): Promise<unknown> =>
    (await known.read(number)).draft === true ? null : true;
  try {
    await client.mutate(document, { id: state.nodeId }, z.unknown(), isReady);
  } catch (error) {
    // Refused where a person was faster.
    if (!(error instanceof GraphQLRefused) || (await isReady()) === null) throw error;
  }
  known.note(number, { ...state, isDraft: false });
}

/** Read anew: who panics must not go by what was seen before, and a person may have been merging meanwhile. */
async function returnToDraft(
  { context, known }: PullsOptions,
  { number }: PullRequest,
): Promise<void> {
  const isReady = async (): Promise<string | null> => {
    const { state, draft, node_id: nodeId } = await known.read(number);
    return state === "open" && draft !== true ? nodeId : null;
  };
  const id = await isReady();
  if (id === null) return;
  const document = `mutation ($id: ID!) {
    convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } }
  }`;
  const happened = async (): Promise<true | null> => ((await isReady()) === null ? true : null);
  try {
    await context.client.mutate(document, { id }, z.unknown(), happened);
  } catch (error) {
    if (!(error instanceof GraphQLRefused)) throw error;
    // Private repositories of free accounts have no drafts.
    if (/drafts?\b.*\bnot\b/iu.test(error.message)) return;
    if ((await happened()) === null) throw error;
  }
  known.note(number, { nodeId: id, isDraft: true });
}

async function readState(
  known: KnownPulls,
  number: number,
): Promise<{ readonly nodeId: string; readonly isDraft: boolean }> {
  const pull = await known.read(number);
  return { nodeId: pull.node_id, isDraft: pull.draft === true };
}

function namesOf({ labels }: ListedPull): readonly string[] {
  return labels.map(({ name }) => name);
}

function missingIn(names: readonly string[], wanted: readonly ForgeLabel[]): readonly ForgeLabel[] {
  return wanted.filter(({ name }) => !names.some((there) => isSameName(there, name)));
}

/** GitHub may answer with other line endings than it was sent. */
export function isSameText(a: string | null | undefined, b: string): boolean {
  return (a ?? "").replaceAll("\r\n", "\n").trimEnd() === b.replaceAll("\r\n", "\n").trimEnd();
}
