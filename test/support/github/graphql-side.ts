// GraphQL on GitHub's own schema (as published with @octokit/graphql-schema, and what it lacks of the newer fields).
import { schema as published } from "@octokit/graphql-schema";
import {
  buildASTSchema,
  execute,
  Kind,
  OperationTypeNode,
  extendSchema,
  parse,
  validate,
  type GraphQLSchema,
  specifiedRules,
  OverlappingFieldsCanBeMergedRule,
} from "graphql";
import type { Json } from "./description.ts";
import { tooLarge } from "./graphql-limits.ts";
import { issueNode, milestoneNode, pullNode, queueEntry, repositoryName } from "./graphql-nodes.ts";
import { actor, connection, Refused, type Asking, type Page } from "./graphql-parts.ts";
import { threadNode } from "./graphql-reviews.ts";
import { announce, note, type Hub, type Issue, type Token } from "./hub.ts";
import { autoMergeRefusal, enqueue, settleAutoMerges, type Pull } from "./merging.ts";
import { resolveThread } from "./reviewing.ts";

/** Fields that the published snapshot lacks and the service has. */
const NEWER = parse(`
  extend type Issue {
    blockedBy(first: Int, after: String, last: Int, before: String): IssueConnection!
    blocking(first: Int, after: String, last: Int, before: String): IssueConnection!
  }
`);

let schema: GraphQLSchema | null = null;

function gitHubSchema(): GraphQLSchema {
  // The snapshot has fields twice, which only the checks of the schema itself mind.
  schema ??= extendSchema(
    buildASTSchema(parse(published.idl), { assumeValidSDL: true, assumeValid: true }),
    NEWER,
    { assumeValidSDL: true, assumeValid: true },
  );
  return schema;
}

function pullById(hub: Hub, id: string): Issue {
  const found = [...hub.issues.values()].find((issue) => `PR_${issue.id}` === id);
  if (found?.pull == null)
    throw new Refused("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
  return found;
}

type Input = { readonly input: Readonly<Record<string, string>> };

function rootOf(hub: Hub, token: Token): object {
  const draft =
    (isDraft: boolean) =>
    ({ input }: Input) => {
      const issue = pullById(hub, input["pullRequestId"] ?? "");
      const { pull, number } = issue;
      if (pull !== null && pull.draft !== isDraft) {
        pull.draft = isDraft;
        note(hub, token.user, `pull request ${number} ${isDraft ? "is a draft" : "is ready"}`);
        const action = isDraft ? "converted_to_draft" : "ready_for_review";
        announce(hub, { kind: "pull", action, number, by: token.user });
      }
      return { pullRequest: pullNode(hub, issue), clientMutationId: null };
    };
  return {
    viewer: actor(hub, token.user),
    repository: ({ owner, name }: { owner: string; name: string }) => {
      if (owner !== hub.owner || name !== hub.name)
        throw new Refused(
          "NOT_FOUND",
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        );
      return {
        ...repositoryName(hub),
        defaultBranchRef: { name: hub.defaultBranch },
        autoMergeAllowed: hub.settings.allowAutoMerge,
        deleteBranchOnMerge: hub.settings.deleteBranchOnMerge,
        mergeQueue: ({ branch }: { branch?: string | null }) =>
          hub.rules.get(branch ?? hub.defaultBranch)?.hasQueue === true ? { id: "MQ_1" } : null,
        milestone: ({ number }: { number: number }) => milestoneNode(hub, number),
        milestones: connection(
          [...hub.milestones.keys()].flatMap((number) => milestoneNode(hub, number) ?? []),
        ),
        pullRequests: (args: Page & PullFilter) => connection(pullsOf(hub, args))(args),
        issue: ({ number }: { number: number }) => issueOrNothing(hub, number, "Issue"),
        pullRequest: ({ number }: { number: number }) => issueOrNothing(hub, number, "PullRequest"),
        issueOrPullRequest: ({ number }: { number: number }) => issueOrNothing(hub, number, "any"),
      };
    },
    markPullRequestReadyForReview: draft(false),
    convertPullRequestToDraft: draft(true),
    resolveReviewThread: ({ input }: Input) => {
      const thread = hub.threads.get(input["threadId"] ?? "");
      if (thread === undefined) throw new Refused("NOT_FOUND", "Could not resolve the thread.");
      resolveThread(hub, thread, token.user);
      return { thread: threadNode(hub, thread, thread.commit), clientMutationId: null };
    },
    ...mergeMutations(hub, token),
  };
}

const METHODS = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" } as const;

/** @throws Refused when the head is another than the one that was named. */
function expectHead({ pull }: Pull, input: Input["input"]): void {
  const expected = input["expectedHeadOid"] ?? pull.headSha;
  if (expected !== pull.headSha)
    throw new Refused("UNPROCESSABLE", "Head branch was modified. Review and try again.");
}

function mergeMutations(hub: Hub, token: Token): object {
  const pullOf = (id: string): Pull => {
    const issue = pullById(hub, id);
    if (issue.pull === null) throw new Refused("NOT_FOUND", "Could not resolve the pull request.");
    return { issue, pull: issue.pull };
  };
  return {
    enablePullRequestAutoMerge: ({ input }: Input) => {
      const found = pullOf(input["pullRequestId"] ?? "");
      expectHead(found, input);
      const refused = autoMergeRefusal(hub, found);
      if (refused !== null) throw new Refused("UNPROCESSABLE", refused);
      const method = METHODS[(input["mergeMethod"] ?? "MERGE") as keyof typeof METHODS];
      found.pull.autoMerge = {
        by: token.user,
        method,
        title: input["commitHeadline"] ?? null,
        text: input["commitBody"] ?? null,
        at: hub.now(),
      };
      note(hub, token.user, `auto-merge of ${found.issue.number}`);
      settleAutoMerges(hub);
      return { pullRequest: pullNode(hub, found.issue), clientMutationId: null };
    },
    disablePullRequestAutoMerge: ({ input }: Input) => {
      const found = pullOf(input["pullRequestId"] ?? "");
      found.pull.autoMerge = null;
      note(hub, token.user, `no auto-merge of ${found.issue.number}`);
      return { pullRequest: pullNode(hub, found.issue), clientMutationId: null };
    },
    enqueuePullRequest: ({ input }: Input) => {
      const found = pullOf(input["pullRequestId"] ?? "");
      expectHead(found, input);
      const refused =
        hub.rules.get(found.pull.base)?.hasQueue === true
          ? enqueue(hub, found, token.user)
          : "The base branch has no merge queue.";
      if (refused !== null) throw new Refused("UNPROCESSABLE", refused);
      return { mergeQueueEntry: queueEntry(hub, found.pull), clientMutationId: null };
    },
    dequeuePullRequest: ({ input }: Input) => {
      const found = pullOf(input["id"] ?? "");
      found.pull.queued = null;
      const { number } = found.issue;
      announce(hub, { kind: "pull", action: "dequeued", number, by: token.user });
      return { mergeQueueEntry: null, clientMutationId: null };
    },
  };
}

interface PullFilter {
  readonly states?: readonly string[] | null;
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly orderBy?: { readonly direction: "ASC" | "DESC" } | null;
}

/** Oldest first unless asked otherwise. */
function pullsOf(hub: Hub, args: PullFilter): readonly object[] {
  const { states, headRefName, baseRefName, orderBy } = args;
  const wanted = [...hub.issues.values()].filter(
    (issue) =>
      issue.pull !== null &&
      (states?.includes(issue.pull.merged ? "MERGED" : issue.state.toUpperCase()) ?? true) &&
      (headRefName == null || issue.pull.head === headRefName) &&
      (baseRefName == null || issue.pull.base === baseRefName),
  );
  const nodes = wanted.map((issue) => pullNode(hub, issue));
  return orderBy?.direction === "DESC" ? nodes.toReversed() : nodes;
}

function issueOrNothing(hub: Hub, number: number, wanted: "Issue" | "PullRequest" | "any"): object {
  const found = hub.issues.get(number);
  const kind = found?.pull == null ? "Issue" : "PullRequest";
  if (found === undefined || (wanted !== "any" && wanted !== kind))
    throw new Refused(
      "NOT_FOUND",
      `Could not resolve to an issue or pull request with the number of ${number}.`,
    );
  return kind === "Issue" ? issueNode(hub, found) : pullNode(hub, found);
}

/** Whether a request's document changes something. */
export function isMutation(body: Json | undefined): boolean {
  const query = (body as { readonly query?: string } | undefined)?.query ?? "";
  try {
    return parse(query).definitions.some(
      (one) =>
        one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
    );
  } catch {
    return false;
  }
}

/** Answers a query as GitHub does: 200 with data, errors or both. */
export async function answerGraphQL(
  hub: Hub,
  token: Token,
  request: { readonly query: string; readonly variables?: Readonly<Record<string, unknown>> },
): Promise<{ readonly data?: unknown; readonly errors?: readonly unknown[] }> {
  const document = parse(request.query);
  const rules = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);
  const defects = validate(gitHubSchema(), document, rules);
  if (defects.length > 0) return { errors: defects.map((error) => ({ message: error.message })) };
  const refused = tooLarge(document, request.variables ?? {});
  if (refused !== null) return { errors: [refused] };
  const result = await execute({
    schema: gitHubSchema(),
    document,
    rootValue: rootOf(hub, token),
    contextValue: { token } satisfies Asking,
    variableValues: request.variables ?? {},
  });
  const errors = result.errors?.map((error) => ({
    message: error.message,
    path: error.path,
    ...(error.originalError instanceof Refused ? { type: error.originalError.type } : {}),
  }));
  return errors === undefined ? { data: result.data } : { data: result.data, errors };
}
