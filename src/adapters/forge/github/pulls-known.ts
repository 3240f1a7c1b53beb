import { z } from "zod";
import type { CommitSha } from "../../../core/shared/names.ts";
import type { PullRequestDraft } from "../../../ports/forge.ts";
import { isSameName, REPOSITORY, type ForgeContext } from "./forge-context.ts";

const Listed = z.object({
  number: z.int(),
  node_id: z.string(),
  html_url: z.string(),
  state: z.enum(["open", "closed"]),
  draft: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    // Null: the fork it came from is gone.
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string() }),
  labels: z.array(z.object({ name: z.string() })),
  milestone: z.object({ number: z.int() }).nullish(),
});

const Whole = Listed.extend({
  merged: z.boolean(),
  mergeable: z.boolean().nullable(),
  mergeable_state: z.string(),
  merge_commit_sha: z.string().nullable(),
});

/** A pull request as REST lists it. */
export type ListedPull = z.output<typeof Listed>;
/** The same asked for by its number: with what is worked out about merging it. */
export type WholePull = z.output<typeof Whole>;
export const ListedPullSchema = Listed;

/** Pull requests this process knows of. What it has not seen since is read anew where it matters. */
export interface KnownPulls {
  /** The pull request of this head branch: open on this base, or ended with exactly this head. */
  twinOf(draft: PullRequestDraft): Promise<ListedPull | null>;
  /** The same asked of GitHub, where the list is not to be trusted. */
  askTwinOf(draft: PullRequestDraft): Promise<ListedPull | null>;
  read(number: number): Promise<WholePull>;
  /** Notes one that was just made here. */
  noteMade(pull: ListedPull): void;
  /** True where this process made it and has not yet written on it: nothing of Cairn's can stand there. */
  isBare(number: number): boolean;
  /** Notes that something is about to be written on it. */
  writesOn(number: number): void;
  stateOf(number: number): PullState | undefined;
  /** Notes how one was just seen. */
  note(number: number, state: PullState): void;
}

export interface PullState {
  readonly nodeId: string;
  readonly isDraft: boolean;
}

/** An earlier life of a run is among the newest: a long history is not read for it. */
const PAGES_MAX = 3;
const PAGE_SIZE = 100;

export function createKnownPulls({ client, at }: ForgeContext): KnownPulls {
  let listed: Promise<readonly ListedPull[]> | null = null;
  const made: ListedPull[] = [];
  const bare = new Set<number>();
  const states = new Map<number, PullState>();
  const note = (pull: ListedPull): void => {
    states.set(pull.number, { nodeId: pull.node_id, isDraft: pull.draft === true });
  };
  const page = (parameters: object): Promise<ListedPull[]> =>
    client.get(`GET ${REPOSITORY}/pulls`, { ...at, state: "all", ...parameters }, Listed.array());
  const list = async (): Promise<readonly ListedPull[]> => {
    const all: ListedPull[] = [];
    for (let number = 1; number <= PAGES_MAX; number += 1) {
      const found = await page({ per_page: PAGE_SIZE, page: number });
      all.push(...found);
      if (found.length < PAGE_SIZE) break;
    }
    return all;
  };
  const isHere = ({ head }: ListedPull): boolean =>
    head.repo != null && isSameName(head.repo.full_name, `${at.owner}/${at.repo}`);
  return {
    twinOf: async (draft) => {
      listed ??= list().catch((error: unknown) => {
        // An outage is no answer: asked again the next time.
        listed = null;
        throw error;
      });
      return twinIn([...made, ...(await listed)].filter(isHere), draft);
    },
    askTwinOf: async (draft) => {
      const found = await page({ head: `${at.owner}:${draft.branch}`, per_page: PAGE_SIZE });
      return twinIn(found.filter(isHere), draft);
    },
    read: async (number) => {
      const parameters = { ...at, pull_number: number };
      const pull = await client.get(`GET ${REPOSITORY}/pulls/{pull_number}`, parameters, Whole);
      note(pull);
      return pull;
    },
    noteMade: (pull) => {
      made.unshift(pull);
      bare.add(pull.number);
      note(pull);
    },
    isBare: (number) => bare.has(number),
    writesOn: (number) => {
      bare.delete(number);
    },
    stateOf: (number) => states.get(number),
    note: (number, state) => {
      states.set(number, state);
    },
  };
}

function twinIn(pulls: readonly ListedPull[], draft: PullRequestDraft): ListedPull | null {
  const own = pulls.filter(({ head }) => head.ref === draft.branch);
  const ended = own.filter(({ state, head }) => state === "closed" && isAt(head.sha, draft.head));
  return (
    own.find(({ state, base }) => state === "open" && base.ref === draft.base) ??
    ended.find(({ merged_at: at }) => at != null) ??
    ended[0] ??
    null
  );
}

function isAt(sha: string, head: CommitSha): boolean {
  return sha === head;
}
