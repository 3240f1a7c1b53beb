/** Who Cairn is to git: committer of merges and of work an agent left uncommitted. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

// Everything else that begins with GIT_ could point a child at another repository, index or object store.
const KEPT = new Set([
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_EXEC_PATH",
  "GIT_TEMPLATE_DIR",
  "GIT_SSH",
  "GIT_SSH_COMMAND",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
]);

// A run must not depend on the taste of whoever starts it, must never ask, and must leave no daemon or repack behind:
// automatic maintenance once took object folders away under a running merge.
const SETTINGS: Readonly<Record<string, string>> = {
  "gc.auto": "0",
  "maintenance.auto": "false",
  "merge.conflictStyle": "zdiff3",
  "core.editor": "true",
  "core.pager": "cat",
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "color.ui": "false",
  "commit.gpgSign": "false",
  "tag.gpgSign": "false",
  "rerere.enabled": "false",
  "branch.autoSetupMerge": "false",
  "merge.renames": "true",
  "merge.directoryRenames": "conflict",
  "merge.verifySignatures": "false",
  "submodule.recurse": "false",
  "core.quotePath": "false",
};

/** Complete environment of a git child: the inherited one without what would redirect it, and our settings. */
export function gitEnvironment(
  identity: Identity,
  inherited: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  return {
    ...withoutRedirects(inherited),
    ...configVariables(SETTINGS),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_MERGE_AUTOEDIT: "no",
    // What is looked at must be what is pushed: a replacement or a graft would show other objects. A file that cannot be
    // there, because git complains of the format of any that is.
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null/grafts",
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
}

/** Settings as variables, the way `git -c` hands them on: nothing is written into a file of the user's. */
export function configVariables(
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(settings);
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  for (const [index, [key, value]] of entries.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

/** The same environment with one more setting. */
export function withSetting(
  env: Readonly<Record<string, string>>,
  key: string,
  value: string,
): Readonly<Record<string, string>> {
  const count = Number(env["GIT_CONFIG_COUNT"] ?? "0");
  return {
    ...env,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: key,
    [`GIT_CONFIG_VALUE_${count}`]: value,
  };
}

function withoutRedirects(inherited: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined || (name.startsWith("GIT_") && !KEPT.has(name))) continue;
    kept[name] = value;
  }
  return kept;
}
