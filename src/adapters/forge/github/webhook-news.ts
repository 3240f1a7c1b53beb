import { z } from "zod";

/** What a webhook hints at; never what is: whoever hears it looks for itself. */
export type ForgeNews =
  /** Opened, edited, reviewed, commented on, merged, closed. */
  | { readonly kind: "pull-request"; readonly number: number }
  /** Something about an issue. */
  | { readonly kind: "issue"; readonly number: number }
  /** A branch was moved, made or deleted. */
  | { readonly kind: "push"; readonly branch: string }
  /** A check or a status of that commit. */
  | { readonly kind: "checks"; readonly head: string };

const Numbered = z.object({ number: z.int().positive() });
const Head = z.object({ head_sha: z.string().regex(/^[0-9a-f]{40,64}$/u) });
const OfPullRequest = z
  .object({ pull_request: Numbered })
  .transform((said): ForgeNews => ({ kind: "pull-request", number: said.pull_request.number }));
const OfIssue = z
  .object({ issue: Numbered.extend({ pull_request: z.unknown().optional() }) })
  .transform(({ issue }): ForgeNews => {
    const isPullRequest = issue.pull_request !== undefined && issue.pull_request !== null;
    return { kind: isPullRequest ? "pull-request" : "issue", number: issue.number };
  });
const OfPush = z.object({ ref: z.string() }).transform(({ ref }): ForgeNews | null => {
  const branch = /^refs\/heads\/(.+)$/su.exec(ref)?.[1];
  return branch === undefined ? null : { kind: "push", branch };
});

/** By the event's name, `X-GitHub-Event`; what is not here says nothing that Cairn waits for. */
const EVENTS: ReadonlyMap<string, z.ZodType<ForgeNews | null>> = new Map<
  string,
  z.ZodType<ForgeNews | null>
>([
  ["pull_request", OfPullRequest],
  ["pull_request_review", OfPullRequest],
  ["pull_request_review_comment", OfPullRequest],
  ["pull_request_review_thread", OfPullRequest],
  ["issues", OfIssue],
  ["issue_comment", OfIssue],
  ["push", OfPush],
  ["check_run", z.object({ check_run: Head }).transform((said) => checksOf(said.check_run))],
  ["check_suite", z.object({ check_suite: Head }).transform((said) => checksOf(said.check_suite))],
  [
    "workflow_job",
    z.object({ workflow_job: Head }).transform((said) => checksOf(said.workflow_job)),
  ],
  [
    "workflow_run",
    z.object({ workflow_run: Head }).transform((said) => checksOf(said.workflow_run)),
  ],
  ["merge_group", z.object({ merge_group: Head }).transform((said) => checksOf(said.merge_group))],
  [
    "status",
    z.object({ sha: Head.shape.head_sha }).transform((said) => checksOf({ head_sha: said.sha })),
  ],
]);

const Sender = z.object({ repository: z.object({ full_name: z.string() }).nullish() });

function checksOf(said: z.output<typeof Head>): ForgeNews {
  return { kind: "checks", head: said.head_sha };
}

/**
 * What an event means for a run; null: nothing, or it is about another repository than `repository` (null: any).
 * `unreadable`: it is none of GitHub's events, whatever its name.
 */
export function readNews(
  event: string,
  payload: unknown,
  repository: string | null,
): ForgeNews | null | "unreadable" {
  const sender = Sender.safeParse(payload);
  if (!sender.success) return "unreadable";
  const from = sender.data.repository?.full_name ?? null;
  if (repository !== null && from !== null && from.toLowerCase() !== repository.toLowerCase())
    return null;
  const schema = EVENTS.get(event);
  if (schema === undefined) return null;
  const read = schema.safeParse(payload);
  return read.success ? read.data : "unreadable";
}
