// GraphQL on GitHub's own schema (as published with @octokit/graphql-schema, and what it lacks of the newer fields).
import { schema as published } from "@octokit/graphql-schema";
import {
  buildASTSchema,
  execute,
  extendSchema,
  parse,
  validate,
  type GraphQLSchema,
  specifiedRules,
  OverlappingFieldsCanBeMergedRule,
} from "graphql";
import {
  actor,
  connection,
  issueNode,
  milestoneNode,
  pullNode,
  repositoryName,
  threadNode,
} from "./graphql-nodes.ts";
import { note, type Hub, type Issue, type Token } from "./hub.ts";

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

class Refused extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
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
      if (issue.pull !== null) issue.pull.draft = isDraft;
      note(hub, token.user, `pull request ${issue.number} ${isDraft ? "is a draft" : "is ready"}`);
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
        milestone: ({ number }: { number: number }) => milestoneNode(hub, number),
        milestones: connection(
          [...hub.milestones.keys()].flatMap((number) => milestoneNode(hub, number) ?? []),
        ),
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
      thread.resolved = true;
      note(hub, token.user, `thread ${thread.id} resolved`);
      return { thread: threadNode(hub, thread, thread.commit), clientMutationId: null };
    },
    enablePullRequestAutoMerge: () => {
      throw new Refused(
        "UNPROCESSABLE",
        "Pull request Auto merge is not allowed for this repository",
      );
    },
  };
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
  const result = await execute({
    schema: gitHubSchema(),
    document,
    rootValue: rootOf(hub, token),
    variableValues: request.variables ?? {},
  });
  const errors = result.errors?.map((error) => ({
    message: error.message,
    path: error.path,
    ...(error.originalError instanceof Refused ? { type: error.originalError.type } : {}),
  }));
  return errors === undefined ? { data: result.data } : { data: result.data, errors };
}
