import fs from "node:fs/promises";
import path from "node:path";

export interface HookFolder {
  readonly folder: string;
  /** Real path of the shared `.git` folder whose refs are guarded. */
  readonly commonDir: string;
  /** Where that repository's own hooks are: absolute, or relative to the top of each checkout. */
  readonly ownHooks: string;
}

/** Ref patterns, full and separated by blanks (no ref name has one). */
export const PROTECTED_VARIABLE = "CAIRN_PROTECTED_REFS";

// Every hook a client runs. `core.hooksPath` replaces them all, in every repository the agent touches, so each name
// needs a script that passes on. Receiving hooks are not among them: git drops the setting when it starts a receiver.
const FORWARDED = [
  "applypatch-msg",
  "commit-msg",
  "post-applypatch",
  "post-checkout",
  "post-commit",
  "post-merge",
  "post-rewrite",
  "pre-applypatch",
  "pre-auto-gc",
  "pre-commit",
  "pre-merge-commit",
  "pre-rebase",
  "prepare-commit-msg",
];
// Runs at each change of an index: a script of ours only where there is something to call.
const FORWARDED_IF_THERE = ["post-index-change", "sendemail-validate"];

/** Writes the folder; the same again changes nothing. */
export async function writeHookFolder(hooks: HookFolder): Promise<void> {
  await fs.mkdir(hooks.folder, { recursive: true });
  const own = path.resolve(path.dirname(hooks.commonDir), hooks.ownHooks);
  const there = new Set<string>(await fs.readdir(own).catch(() => []));
  const forwarded = [...FORWARDED, ...FORWARDED_IF_THERE.filter((name) => there.has(name))];
  const scripts = [
    ...forwarded.map((name) => [name, forwardingScript(hooks)] as const),
    ["reference-transaction", referenceTransactionScript(hooks)] as const,
    ["pre-push", prePushScript(hooks)] as const,
  ];
  for (const [name, script] of scripts) await writeScript(path.join(hooks.folder, name), script);
}

async function writeScript(file: string, script: string): Promise<void> {
  if ((await fs.readFile(file, "utf8").catch(() => "")) === script) return;
  // Renamed into place: a session may be running the old one.
  const draft = `${file}.${process.pid}.draft`;
  await fs.writeFile(draft, script, { mode: 0o755 });
  await fs.rename(draft, file);
}

/**
 * Sets `ours` (1 in the guarded repository, else empty) and `own` (the hook that would have run without us). An agent's
 * test suite makes repositories of its own, with a `main` of their own: those are none of our business. `early` is what
 * the script does when it is in our repository, which has no such hook.
 */
function prologue(hooks: HookFolder, early: string): string {
  return `#!/bin/sh
# Written by Cairn for the sessions of its agents.
name=\${0##*/}
# Nearly always: our own repository, named in full.
case "\${GIT_DIR-}/" in
*/../*) ;;
${quoted(hooks.commonDir)}/*)
  ours=1 hooks=${quoted(hooks.ownHooks)} own=${quoted(hooks.ownHooks)}/$name
  [ -x "$own" ] || ${early}
  ;;
esac
dir=\${GIT_DIR:-.git}
[ -d "$dir" ] || dir=$(git rev-parse --absolute-git-dir) || exit 1
dir=$(cd "$dir" && pwd -P) || exit 1
case "$dir/" in
${quoted(hooks.commonDir)}/*) ours=1 hooks=${quoted(hooks.ownHooks)} ;;
*)
  ours=
  hooks=$(git config --local --type=path core.hooksPath) ||
    hooks=$(git config --global --type=path core.hooksPath) ||
    hooks=$(git rev-parse --git-common-dir)/hooks
  ;;
esac
own=$hooks/$name
`;
}

function forwardingScript(hooks: HookFolder): string {
  return `${prologue(hooks, "exit 0")}[ -x "$own" ] || exit 0
exec "$own" "$@"
`;
}

/** git asks with the state `prepared` while the change can still be stopped; stdin: `old new ref` lines. */
function referenceTransactionScript(hooks: HookFolder): string {
  return `${prologue(hooks, '[ "$1" = prepared ] || exit 0')}input=
while read -r line; do
  input="$input$line
"
done
if [ -n "$ours" ] && [ "$1" = prepared ]; then
  set -f
  while read -r old new ref; do
    case "$ref" in
    refs/replace/*)
      echo "cairn: agents replace no objects: the history of a task is what its commits say." >&2
      exit 1
      ;;
    refs/cairn/*)
      echo "cairn: $ref is Cairn's own: what it holds decides how later work is merged." >&2
      exit 1
      ;;
    esac
    for pattern in $${PROTECTED_VARIABLE}; do
      case "$ref" in
      $pattern)
        echo "cairn: $ref is protected: commit on the branch of your task, and leave merging to Cairn." >&2
        exit 1
        ;;
      esac
    done
  done <<END_OF_REFS
$input
END_OF_REFS
fi
[ -x "$own" ] || exit 0
printf '%s' "$input" | "$own" "$@"
`;
}

function prePushScript(hooks: HookFolder): string {
  return `${prologue(hooks, ":")}if [ -n "$ours" ]; then
  echo "cairn: agents do not push; commit on the branch of your task, Cairn pushes what passed its gates." >&2
  exit 1
fi
[ -x "$own" ] || exit 0
exec "$own" "$@"
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
