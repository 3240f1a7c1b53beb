import { z } from "zod";
import type { Clock } from "../../../ports/clock.ts";
import type { ForgeAddress } from "./address.ts";
import { createClient, type GitHubClient } from "./client.ts";
import { archived, explainGitHub, listOf, refusal, scopeMissing } from "./errors.ts";
import { createPace } from "./pace.ts";
import { createTransport } from "./transport.ts";

export interface ConnectOptions {
  readonly address: ForgeAddress;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly retryMs: readonly number[];
  /** Told when a limit makes everything wait. */
  readonly onLimit: (until: number, words: string) => void;
  readonly userAgent: string;
  /** The token is an installation's of a GitHub App; absent: it is a person's. */
  readonly isApp?: boolean;
}

/** GitHub, answering for one repository. */
export interface GitHubConnection {
  readonly client: GitHubClient;
  readonly address: ForgeAddress;
  /** `owner/repo`, as GitHub spells it. */
  readonly repository: string;
  /** Whose token it is; null where GitHub would not say. */
  readonly login: string | null;
  readonly defaultBranch: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /**
   * May push, as far as GitHub says: for a fine-grained token it answers what its owner may. True for an App: what it may
   * stands in its own permissions, and only a push tells.
   */
  readonly canPush: boolean;
  /** Of a classic token; null: it has permissions in place of scopes. */
  readonly scopes: readonly string[] | null;
  /** Sentences for a person, one for each dangerous scope. */
  readonly warnings: readonly string[];
}

const Repository = z.object({
  full_name: z.string(),
  private: z.boolean(),
  archived: z.boolean(),
  default_branch: z.string(),
  permissions: z.object({ push: z.boolean() }).nullish(),
});
const Viewer = z.object({ viewer: z.object({ login: z.string() }) });

/**
 * Makes the client of a repository and asks GitHub whether it is there and whose token this is.
 * @throws UserError as `explainGitHub` says.
 */
export async function connectGitHub(options: ConnectOptions): Promise<GitHubConnection> {
  const { address, token, clock, retryMs, onLimit, userAgent, isApp = false } = options;
  const { apiUrl, graphqlUrl, owner, name } = address;
  const transport = createTransport({ apiUrl, graphqlUrl, token, userAgent });
  const client = createClient(transport, createPace({ clock, retryMs, onLimit }));
  const asked = { repository: `${owner}/${name}`, doing: "read issues and branches" };
  try {
    const { value, headers } = await client.getWhole(
      "GET /repos/{owner}/{repo}",
      { owner, repo: name },
      Repository,
    );
    const written = headers["x-oauth-scopes"];
    const scopes = written === undefined || isApp ? null : listOf(String(written));
    return {
      client,
      address,
      repository: value.full_name,
      login: await loginOf(client),
      defaultBranch: value.default_branch,
      isPrivate: value.private,
      isArchived: value.archived,
      // Left out where the token cannot know; to an App GitHub says false whatever it may.
      canPush: isApp || (value.permissions?.push ?? true),
      scopes,
      warnings: (scopes ?? []).filter(isDangerous).map(warningOf),
    };
  } catch (error) {
    throw explainGitHub(error, { ...asked, now: clock.now() });
  }
}

/** A name for texts; a token that may not ask for it may do everything else. */
async function loginOf(client: GitHubClient): Promise<string | null> {
  try {
    return (await client.query("query { viewer { login } }", {}, Viewer)).viewer.login;
  } catch {
    return null;
  }
}

/**
 * Refuses to begin a run whose first push would fail.
 * @throws UserError `github/archived`, `github/missing-scope`, `github/no-push`.
 */
export function assertMayWrite(connection: GitHubConnection): void {
  const { repository, login, isArchived, isPrivate, canPush, scopes } = connection;
  const asked = { repository, doing: "push branches and open pull requests" };
  if (isArchived) throw refusal(archived(repository), asked);
  const sufficient = isPrivate ? ["repo"] : ["repo", "public_repo"];
  if (scopes !== null && !sufficient.some((scope) => scopes.includes(scope))) {
    throw refusal(scopeMissing(sufficient.join(" or "), scopes), asked);
  }
  if (canPush) return;
  throw refusal(
    {
      code: "github/no-push",
      why: `${login ?? "whoever the token belongs to"} may not write there.`,
      hints: [
        `Ask for write access to ${repository}, or use the token of somebody who has it.`,
        "Or work on local branches: forge: {kind: local} in .cairn.yml",
      ],
    },
    asked,
  );
}

function isDangerous(scope: string): boolean {
  return /^(?:delete_repo|admin:.+|site_admin|write:packages)$/u.test(scope);
}

function warningOf(scope: string): string {
  return `The token may do more than Cairn needs: it has the scope ${scope}. A token with repo alone is enough.`;
}
