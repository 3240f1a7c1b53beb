import { z } from "zod";
import type { CommitSha } from "../../../core/shared/names.ts";
import type { ForgeContext } from "./forge-context.ts";

/** Where a pull request is, on a branch with a merge queue. */
export type QueueState =
  | { readonly kind: "waiting" }
  | { readonly kind: "merged"; readonly commit: CommitSha }
  | { readonly kind: "outside" };

const Entry = z.object({
  repository: z.object({
    pullRequest: z.object({
      merged: z.boolean(),
      mergeCommit: z.object({ oid: z.string() }).nullable(),
      mergeQueueEntry: z.object({ state: z.string() }).nullable(),
    }),
  }),
});
const DOCUMENT = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) {
    merged mergeCommit { oid } mergeQueueEntry { state }
  } }
}`;

/** Asks where it is; one that the queue threw out is outside. */
export async function queueStateOf(
  { client, at }: ForgeContext,
  number: number,
): Promise<QueueState> {
  const { repository } = await client.query(DOCUMENT, { ...at, number }, Entry);
  const { merged, mergeCommit, mergeQueueEntry: entry } = repository.pullRequest;
  if (merged && mergeCommit !== null) return { kind: "merged", commit: mergeCommit.oid };
  return entry === null || entry.state === "UNMERGEABLE"
    ? { kind: "outside" }
    : { kind: "waiting" };
}
