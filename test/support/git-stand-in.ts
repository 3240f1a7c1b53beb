import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { mergeModeOf, readGitVersion, type MergeMode } from "../../src/adapters/git/git-version.ts";

export const MERGE_MODES: readonly MergeMode[] = ["persistent", "merge-base", "synthetic-parent"];

/** What the git on the path can merge by, without help. */
export function modesOf(version: string): readonly MergeMode[] {
  return MERGE_MODES.slice(MERGE_MODES.indexOf(mergeModeOf(readGitVersion(version))));
}

export const INSTALLED_MODES = modesOf(execFileSync("git", ["--version"], { encoding: "utf8" }));

/**
 * A `git` that merges as newer ones do (`--merge-base`, an answer to each line of `--stdin` at once), made of the one on
 * the path: so that at least what Cairn asks and reads is tried where that one is old. Answers the folder to put first
 * on the path; `log`, if given, gets a line for each merge child that is started.
 */
export function newerGit(bin: string, log = "/dev/null"): string {
  fs.mkdirSync(bin, { recursive: true });
  const real = spawnSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).stdout.trim();
  const script = `#!/bin/sh
git='${real}'
one() {
  ours=$("$git" commit-tree "$2^{tree}" -p "$1" -m x) || exit 128
  "$git" merge-tree --write-tree --messages -z "$ours" "$3"
}
case "$*" in
"merge-tree --write-tree --messages -z --merge-base="*)
  one "\${5#--merge-base=}" "$6" "$7"
  exit $? ;;
"merge-tree --write-tree --messages -z --stdin")
  echo $$ >> '${log}'
  while read -r base dash ours theirs; do
    one "$base" "$ours" "$theirs" > '${bin}'/answer.$$
    case $? in 0) printf '1\\0' ;; 1) printf '0\\0' ;; *) exit 128 ;; esac
    cat '${bin}'/answer.$$
    printf '\\0'
  done
  exit 0 ;;
esac
exec "$git" "$@"
`;
  fs.writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  return bin;
}
