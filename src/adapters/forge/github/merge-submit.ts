import { z } from "zod";
import type { MergeRequest } from "../../../ports/forge.ts";
import { httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";
import { wordsOf } from "./merge-trace.ts";
import type { KnownPulls } from "./pulls-known.ts";

/** What GitHub made of a merge it was asked for. */
export type Submitted =
  /** It is done, or under way: the base shows it. `ticket` asks about it. */
  | { readonly kind: "accepted"; readonly ticket: string | null }
  | { readonly kind: "queued" }
  /** It says no, in its own words: what is true has to be read. */
  | { readonly kind: "said-no"; readonly words: string };

export interface Submitter {
  submit(request: MergeRequest, isQueue: boolean): Promise<Submitted>;
  ask(request: MergeRequest, ticket: string): Promise<Submitted>;
}

const Result = z.object({
  status: z.enum(["pending", "merged", "enqueued", "failed"]),
  details: z.object({
    message: z.string(),
    uuid: z.string().optional(),
    sha: z.string().optional(),
  }),
});
type Result = z.output<typeof Result>;

const Direct = z.object({ merged: z.boolean(), message: z.string() });
const Said = z.object({
  message: z.string().optional(),
  details: z.object({ message: z.string() }).optional(),
});

/** Statuses with which GitHub says that this cannot be merged now: 404 where it cannot do it that way at all. */
const NO: ReadonlySet<number> = new Set([400, 403, 405, 409, 422]);

/** Asks GitHub to merge: behind the request where it can, within it on servers that cannot. */
export function createSubmitter(context: ForgeContext, known: KnownPulls): Submitter {
  const { client, at } = context;
  let isAsync = true;
  const submitAsync = async (request: MergeRequest, isQueue: boolean): Promise<Submitted> => {
    const sent = {
      ...at,
      ...parameters(request),
      merge_action: isQueue ? "merge_queue" : "direct_merge",
    };
    const route = `PUT ${REPOSITORY}/pulls/{pull_number}/merge-async`;
    return asSubmitted(
      await client.write(route, sent, Result, () => mergedAlready(known, request)),
    );
  };
  const submitDirectly = async (request: MergeRequest): Promise<Submitted> => {
    const route = `PUT ${REPOSITORY}/pulls/{pull_number}/merge`;
    const sent = { ...at, ...parameters(request) };
    const { merged, message } = await client.write(route, sent, Direct, async () => {
      const done = await mergedAlready(known, request);
      return done === null ? null : { merged: true, message: done.details.message };
    });
    return merged ? { kind: "accepted", ticket: null } : { kind: "said-no", words: message };
  };
  return {
    submit: (request, isQueue) =>
      orSaidNo(async () => {
        if (!isAsync) return submitDirectly(request);
        try {
          return await submitAsync(request, isQueue);
        } catch (error) {
          if (httpFailure(error)?.status !== 404) throw error;
          const direct = await orSaidNo(() => submitDirectly(request));
          // The way is missing, not the pull request.
          isAsync = false;
          return direct;
        }
      }),
    ask: (request, ticket) =>
      orSaidNo(async () => {
        const route = `GET ${REPOSITORY}/pulls/{pull_number}/merge-async/{uuid}`;
        const place = { ...at, pull_number: request.pullRequest.number, uuid: ticket };
        return asSubmitted(await client.get(route, place, Result), ticket);
      }),
  };
}

function parameters(request: MergeRequest): Readonly<Record<string, unknown>> {
  const { title, text } = wordsOf(request);
  return {
    pull_number: request.pullRequest.number,
    sha: request.expectedHead,
    merge_method: request.method,
    // A rebase keeps the words of each commit.
    ...(request.method === "rebase" ? {} : { commit_title: title, commit_message: text }),
  };
}

/** For a write whose answer was lost. */
async function mergedAlready(known: KnownPulls, request: MergeRequest): Promise<Result | null> {
  const pull = await known.read(request.pullRequest.number);
  return pull.merged ? { status: "merged", details: { message: "It is merged." } } : null;
}

function asSubmitted({ status, details }: Result, ticket: string | null = null): Submitted {
  switch (status) {
    case "pending":
    case "merged":
      return { kind: "accepted", ticket: details.uuid ?? ticket };
    case "enqueued":
      return { kind: "queued" };
    case "failed":
      return { kind: "said-no", words: details.message };
  }
}

async function orSaidNo(ask: () => Promise<Submitted>): Promise<Submitted> {
  try {
    return await ask();
  } catch (error) {
    const failure = httpFailure(error);
    if (failure === null || !NO.has(failure.status)) throw error;
    const said = Said.safeParse(failure.data);
    const words = said.success ? (said.data.details?.message ?? said.data.message) : undefined;
    return { kind: "said-no", words: words ?? failure.message };
  }
}
