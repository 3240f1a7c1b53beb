import { UserError } from "../../errors.ts";

/**
 * How a merge is made: `persistent` asks one child for all of them (git 2.49 and later; before that it answers only at
 * the end of its input), `merge-base` a child for each, which is told the base (2.40 and later), `synthetic-parent` gives
 * our side a made-up parent (2.38, 2.39), whose only purpose is that git finds the base there.
 */
export type MergeMode = "persistent" | "merge-base" | "synthetic-parent";

export interface GitVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Reads `git --version`; null for words that are none. */
export function readGitVersion(words: string): GitVersion | null {
  const found = /(\d+)\.(\d+)(?:\.\d+)*/.exec(words);
  if (found === null) return null;
  return { text: found[0], major: Number(found[1]), minor: Number(found[2]) };
}

/** @throws UserError `git/too-old` below 2.38, which cannot merge without a checkout. */
export function mergeModeOf(version: GitVersion | null): MergeMode {
  const rank = version === null ? 0 : version.major * 1000 + version.minor;
  if (rank < 2038) {
    throw new UserError("git/too-old", `git ${version?.text ?? "of unknown version"} is too old.`, {
      hints: [
        "Install git 2.38 or later: Cairn merges without a checkout, which older ones cannot.",
      ],
    });
  }
  if (rank >= 2049) return "persistent";
  return rank >= 2040 ? "merge-base" : "synthetic-parent";
}
