import { randomUUID } from "node:crypto";
import { GitServer } from "./git-server.ts";

/** One path that differs between two trees. Renames are a removal and an addition. */
export interface TreeChange {
  readonly path: string;
  /** `mode blob`, `absent` where there is none. */
  readonly before: string;
  readonly after: string;
}

export const ABSENT = "absent";

/** How patches are printed wherever they are summarised: nothing of the user's taste. */
export const PATCH_ARGUMENTS: readonly string[] = [
  "-r",
  "-p",
  "--full-index",
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
];

export type TreeDiffer = ReturnType<typeof openTreeDiffer>;

// A line that is no object id comes back as it is, at once: it marks the end of the answer before it. Random, because
// a path may hold any words.
const MARK = `end-${randomUUID()}`;

/** What a landing changed is asked again at once: for its check, its attributes, its report. */
const ANSWERS_KEPT = 64;
const CHANGES_KEPT = 500;

/** Differences between trees through one `diff-tree` child, patches through a second. */
export function openTreeDiffer(
  commonDir: string,
  env: Readonly<Record<string, string>>,
): {
  /** Both by tree id (not commit). */
  changes(before: string, after: string): Promise<readonly TreeChange[]>;
  /** The patch from one tree to the other, whole: for small ones. */
  patch(before: string, after: string): Promise<Buffer>;
  close(): Promise<void>;
} {
  const open = (args: readonly string[]): GitServer =>
    new GitServer(["diff-tree", "--stdin", ...args], commonDir, { ...env, GIT_DIR: commonDir });
  const raw = open(["-r", "--raw", "-z", "--no-renames", "--full-index"]);
  const patches = open(PATCH_ARGUMENTS);
  const known = new Map<string, readonly TreeChange[]>();
  return {
    async changes(before, after) {
      if (before === after) return [];
      const question = `${before} ${after}`;
      const found = known.get(question);
      if (found !== undefined) return found;
      const answer = await raw.askAgain(`${question}\n${MARK}\n`, markEnd);
      const changes = readRaw(answer.toString("utf8"));
      if (changes.length <= CHANGES_KEPT) known.set(question, changes);
      const [oldest] = known.keys();
      if (known.size > ANSWERS_KEPT && oldest !== undefined) known.delete(oldest);
      return changes;
    },
    async patch(before, after) {
      const answer = await patches.askAgain(`${before} ${after}\n${MARK}\n`, markEnd);
      // Before the patch a line with both ids, behind it the mark.
      return answer.subarray(answer.indexOf("\n") + 1, answer.length - MARK.length - 1);
    },
    close: async () => {
      await Promise.all([raw.close(), patches.close()]);
    },
  };
}

function markEnd(bytes: Buffer): number | null {
  const at = bytes.indexOf(`${MARK}\n`);
  return at < 0 ? null : at + MARK.length + 1;
}

/** Answer: a line with both ids, then `:mode mode blob blob status NUL path NUL` for each path, then the mark. */
function readRaw(text: string): readonly TreeChange[] {
  const start = text.indexOf("\n") + 1;
  const parts = text.slice(start, text.length - MARK.length - 1).split("\0");
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode = "", newMode = "", oldBlob = "", newBlob = ""] = (parts[at] ?? "")
      .slice(1)
      .split(" ");
    changes.push({
      path: parts[at + 1] ?? "",
      before: entry(oldMode, oldBlob),
      after: entry(newMode, newBlob),
    });
  }
  return changes;
}

function entry(mode: string, blob: string): string {
  return mode === "000000" ? ABSENT : `${mode} ${blob}`;
}
