import { z } from "zod";
import { explained, type ReadingClient } from "../adapters/forge/github/explained.ts";
import { GraphQLRefused } from "../adapters/forge/github/failures.ts";
import { featuresOf, type GitHubFeatures } from "../adapters/forge/github/features.ts";
import { redactText } from "../adapters/process/redact.ts";
import { redactedIn } from "./without-secrets.ts";
import type { GitHubApi } from "../adapters/sources/github/api.ts";
import { createGitHubSource } from "../adapters/sources/github/github-source.ts";
import { issuesReference, milestoneReference } from "../adapters/sources/github/reference.ts";
import { readDependencies } from "../core/plan/read-dependencies.ts";
import type { SourceArgument } from "../core/plan/source-argument.ts";
import type { Source } from "../ports/source.ts";
import type { OpenedGitHub } from "./open-github.ts";

/**
 * The source of issues and milestones on GitHub, with what that service can and cannot do. A secret in their texts stays
 * on GitHub: from here on it would go into the log, prompts, branches, commits and pull requests.
 */
export async function gitHubSource(
  { connection, secrets }: OpenedGitHub,
  now: () => number,
): Promise<{ readonly source: Source; readonly features: GitHubFeatures }> {
  const { client, address, repository, defaultBranch } = connection;
  const { owner, name, apiUrl } = address;
  const features = await featuresOf({ client, owner, name, defaultBranch, apiUrl })();
  const api = explained(withoutHidden(client), () => ({
    repository,
    doing: "read the issues",
    now: now(),
  }));
  const source = createGitHubSource(withoutSecrets(api, secrets), {
    repository,
    has: features,
    readText: readDependencies,
  });
  return { source, features };
}

/** Lists that reach into other repositories: there a token may be shut out from single entries. */
const REACHING: ReadonlySet<string> = new Set(["blockedBy", "subIssues", "parent"]);

/** GitHub leaves out what a token may not see and tells so beside the rest: what was answered is taken. */
function withoutHidden(client: ReadingClient): ReadingClient {
  return {
    ...client,
    query: async (document, variables, schema) => {
      try {
        return await client.query(document, variables, schema);
      } catch (error) {
        if (!(error instanceof GraphQLRefused) || !isOnlyHidden(error)) throw error;
        const read = schema.safeParse(error.data);
        if (!read.success) throw error;
        return read.data;
      }
    },
  };
}

function isOnlyHidden({ types, places }: GraphQLRefused): boolean {
  return types.every(
    (type, index) =>
      (type === "FORBIDDEN" || type === "NOT_FOUND") &&
      (places[index] ?? []).some((name) => REACHING.has(name)),
  );
}

function withoutSecrets(api: GitHubApi, secrets: readonly string[]): GitHubApi {
  const hidden = <T>(schema: z.ZodType<T>): z.ZodType<T> =>
    z.preprocess((answer) => redactedIn(answer, (text) => redactText(text, secrets)), schema);
  return {
    query: (document, variables, schema) => api.query(document, variables, hidden(schema)),
    list: (route, parameters, item) => api.list(route, parameters, hidden(item)),
    find: (route, parameters, schema) => api.find(route, parameters, hidden(schema)),
  };
}

/** What a person named on the command line, as the source takes it. */
export function referenceOf(
  argument: Extract<SourceArgument, { readonly kind: "issues" | "milestone" }>,
): string {
  return argument.kind === "issues"
    ? issuesReference(argument.numbers)
    : milestoneReference(argument.title);
}
