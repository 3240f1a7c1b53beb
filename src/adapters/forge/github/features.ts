import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { explainGitHub } from "./errors.ts";
import { GraphQLRefused, httpFailure } from "./failures.ts";

/** What this service can do for this token. */
export interface GitHubFeatures {
  /** Edges "blocked by" between issues. */
  readonly dependencies: boolean;
  /** Parents and children of issues. */
  readonly subIssues: boolean;
  /** Pull requests are merged behind the request; a service that says no to the first one has none. */
  readonly asyncMerge: boolean;
  /** Check runs of a commit may be read; without them: Actions' jobs and commit statuses. */
  readonly checkRuns: boolean;
  /** What is worse for that, one sentence each. */
  readonly degraded: readonly string[];
}

export interface FeatureQuestion {
  readonly client: GitHubClient;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** REST base; `/api/v3` is an Enterprise Server. */
  readonly apiUrl: string;
}

/**
 * Asks the service what it knows, one call for each question, once: the answer is kept.
 * @throws UserError as `explainGitHub` says.
 */
export function featuresOf(question: FeatureQuestion): () => Promise<GitHubFeatures> {
  let answer: Promise<GitHubFeatures> | null = null;
  return async () => {
    answer ??= probe(question).catch((error: unknown) => {
      // An outage is no answer: asked again the next time.
      answer = null;
      throw explainGitHub(error, {
        repository: `${question.owner}/${question.name}`,
        doing: "ask what GitHub can do",
      });
    });
    return answer;
  };
}

async function probe(question: FeatureQuestion): Promise<GitHubFeatures> {
  // One after another, as GitHub asks of programs.
  const dependencies = await knowsField(question, "blockedBy(first: 1) { totalCount }");
  const subIssues = await knowsField(
    question,
    "parent { number } subIssues(first: 1) { totalCount }",
  );
  const checkRuns = await readsCheckRuns(question);
  // No request tells a missing route from a missing merge: descriptions of Enterprise Server up to 3.19 lack it.
  const asyncMerge = !question.apiUrl.endsWith("/api/v3");
  const degraded = [
    ...(dependencies
      ? []
      : ["GitHub here knows no `blocked by`: only what the texts of issues say is read."]),
    ...(subIssues ? [] : ["GitHub here knows no sub-issues: epics are taken as issues."]),
    ...(checkRuns
      ? []
      : [
          "This token may not read check runs: jobs of Actions and commit statuses are read instead.",
        ]),
  ];
  return { dependencies, subIssues, asyncMerge, checkRuns, degraded };
}

/** A query is checked before it is done: fields are refused by name whether or not there is any issue. */
async function knowsField(
  { client, owner, name }: FeatureQuestion,
  fields: string,
): Promise<boolean> {
  const document = `query ($owner: String!, $name: String!) {
    repository(owner: $owner, name: $name) {
      milestones(first: 1) { nodes { issues(first: 1) { nodes { ${fields} } } } }
    }
  }`;
  try {
    await client.query(document, { owner, name }, z.unknown());
    return true;
  } catch (error) {
    if (error instanceof GraphQLRefused && /doesn't exist on type/u.test(error.message))
      return false;
    throw error;
  }
}

async function readsCheckRuns(question: FeatureQuestion): Promise<boolean> {
  const { client, owner, name, defaultBranch } = question;
  const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
  try {
    await client.get(route, { owner, repo: name, ref: defaultBranch, per_page: 1 }, z.unknown());
    return true;
  } catch (error) {
    const status = httpFailure(error)?.status;
    if (status === 403) return false;
    // A repository without a commit has nothing to read, and nothing to say about the token.
    if (status === 404 || status === 409 || status === 422) return true;
    throw error;
  }
}
