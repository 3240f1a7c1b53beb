import { join } from "node:path";
import { sessionGitEnvironment } from "../adapters/git/session-environment.ts";
import { checkoutExcludes } from "../adapters/git/checkout-excludes.ts";
import { withSetting, type Identity } from "../adapters/git/git-environment.ts";
import type { RunSettings } from "../core/run/settings.ts";
import { agentMail } from "../core/shared/agent-mail.ts";
import type { RunId } from "../core/shared/names.ts";

/** Committer of merges, landings and work that an agent left uncommitted. */
export const COMMITTER: Identity = { name: "Cairn", email: "cairn@cairn.invalid" };

/** Read once for a run: variables that git gets in a session, by the session's name. */
export async function agentEnvironment(
  run: RunId,
  folders: { readonly root: string; readonly cairnFolder: string },
  settings: Pick<RunSettings, "protectedBranches" | "worktrees">,
): Promise<(session: string) => Readonly<Record<string, string>>> {
  const shared = await sessionGitEnvironment({
    root: folders.root,
    hooksFolder: join(folders.cairnFolder, "hooks"),
    protectedPatterns: settings.protectedBranches,
    committer: { name: "Cairn agent", email: agentMail(run, "session") },
  });
  // What lies untracked in the user's own checkout is not the agent's to commit.
  const excludes = checkoutExcludes(folders.cairnFolder);
  const base = settings.worktrees ? shared : withSetting(shared, "core.excludesFile", excludes);
  return (session) => ({
    ...base,
    GIT_AUTHOR_EMAIL: agentMail(run, session),
    GIT_COMMITTER_EMAIL: agentMail(run, session),
  });
}
