import path from "node:path";
import { configVariables, gitEnvironment, type Identity } from "./git-environment.ts";
import { PROTECTED_VARIABLE, writeHookFolder } from "./hook-scripts.ts";
import { runGit, type Git } from "./run-git.ts";
import { realPath } from "./worktrees.ts";

export interface SessionGitOptions {
  /** Any checkout of the repository. */
  readonly root: string;
  /** Folder for our hooks, inside `.cairn`; made and filled here, may be shared by all sessions of a repository. */
  readonly hooksFolder: string;
  /** Branches by short name (`main`, `release/*`) or full refs (`refs/tags/v*`). */
  readonly protectedPatterns: readonly string[];
  /** Its e-mail is this session's alone: `4.2-s1+m1@agents.cairn.invalid`. Author and committer. */
  readonly committer: Identity;
}

// No such transport exists, and the words are what git prints.
const UNUSABLE_URL = "cairn-agents-do-not-push://";
/** git has a shell run it, with the host and the command behind it. */
const NO_SSH =
  "echo 'cairn: agents do not use ssh; Cairn pushes what passed its gates.' >&2; false";

/**
 * Variables for an agent's process: protected refs and pushing refused by hooks (which pass on to the repository's
 * own), no push address, no credentials, no prompts, no editor. Nothing is written into any configuration file.
 */
export async function sessionGitEnvironment(
  options: SessionGitOptions,
): Promise<Readonly<Record<string, string>>> {
  const { committer, hooksFolder, protectedPatterns } = options;
  const git = plainGit(options.root, committer);
  const [common, ownHooks, remotes] = await Promise.all([
    git(["rev-parse", "--path-format=absolute", "--git-common-dir"]),
    git(["config", "--type=path", "--get", "core.hooksPath"], { answers: [1] }),
    git(["remote"]),
  ]);
  const commonDir = await realPath(common.text.trim());
  const folder = await realPath(path.resolve(hooksFolder));
  await writeHookFolder({
    folder,
    commonDir,
    ownHooks: ownHooks.text.trim() === "" ? path.join(commonDir, "hooks") : ownHooks.text.trim(),
  });
  const names = remotes.text.split("\n").filter((name) => name !== "");
  return {
    ...configVariables({
      "core.hooksPath": folder,
      "core.fsmonitor": "false",
      "gc.auto": "0",
      "maintenance.auto": "false",
      "commit.gpgSign": "false",
      "tag.gpgSign": "false",
      "push.default": "nothing",
      // Empty: forgets every helper named before it.
      "credential.helper": "",
      ...Object.fromEntries(names.map((name) => [`remote.${name}.pushurl`, UNUSABLE_URL])),
    }),
    [PROTECTED_VARIABLE]: protectedPatterns.map(fullPattern).join(" "),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    // `git push --no-verify git@host:…` passes the hooks by, and needs no credentials of git's own: the user's ssh key is
    // enough. So there is no ssh.
    GIT_SSH_COMMAND: NO_SSH,
    GIT_SSH_VARIANT: "ssh",
    GIT_EDITOR: "true",
    GIT_SEQUENCE_EDITOR: "true",
    GIT_PAGER: "cat",
    GIT_AUTHOR_NAME: committer.name,
    GIT_AUTHOR_EMAIL: committer.email,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
}

/** `main` -> `refs/heads/main`; what begins with `refs/` is full already. */
function fullPattern(pattern: string): string {
  return pattern.startsWith("refs/") ? pattern : `refs/heads/${pattern}`;
}

/** git that answers from the user's configuration alone, without the settings Cairn lays over it. */
function plainGit(cwd: string, identity: Identity): Git {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(gitEnvironment(identity))) {
    if (!/^GIT_CONFIG_(COUNT|KEY_|VALUE_)/.test(name)) env[name] = value;
  }
  return (args, call) => runGit({ cwd, env, ...call, args });
}
