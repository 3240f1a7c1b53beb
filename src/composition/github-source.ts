import { explained } from "../adapters/forge/github/explained.ts";
import { featuresOf, type GitHubFeatures } from "../adapters/forge/github/features.ts";
import { createGitHubSource } from "../adapters/sources/github/github-source.ts";
import { issuesReference, milestoneReference } from "../adapters/sources/github/reference.ts";
import { readDependencies } from "../core/plan/read-dependencies.ts";
import type { SourceArgument } from "../core/plan/source-argument.ts";
import type { Source } from "../ports/source.ts";
import type { OpenedGitHub } from "./open-github.ts";

/** The source of issues and milestones on GitHub, with what that service can and cannot do. */
export async function gitHubSource(
  { connection }: OpenedGitHub,
  now: () => number,
): Promise<{ readonly source: Source; readonly features: GitHubFeatures }> {
  const { client, address, repository, defaultBranch } = connection;
  const { owner, name, apiUrl } = address;
  const features = await featuresOf({ client, owner, name, defaultBranch, apiUrl })();
  const api = explained(client, () => ({ repository, doing: "read the issues", now: now() }));
  const source = createGitHubSource(api, {
    repository,
    has: features,
    readText: readDependencies,
  });
  return { source, features };
}

/** What a person named on the command line, as the source takes it. */
export function referenceOf(
  argument: Extract<SourceArgument, { readonly kind: "issues" | "milestone" }>,
): string {
  return argument.kind === "issues"
    ? issuesReference(argument.numbers)
    : milestoneReference(argument.title);
}
