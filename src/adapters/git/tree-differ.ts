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

export type TreeDiffer = ReturnType<typeof openTreeDiffer>;

// A line that is no object id comes back as it is, at once: it marks the end of the answer before it. Random, because
// a path may hold any words.
const MARK = `end-${randomUUID()}`;

/** Differences between trees through one `diff-tree` child. */
export function openTreeDiffer(
  commonDir: string,
  env: Readonly<Record<string, string>>,
): {
  /** Both by tree id (not commit). */
  changes(before: string, after: string): Promise<readonly TreeChange[]>;
  close(): Promise<void>;
} {
  const server = new GitServer(
    ["diff-tree", "--stdin", "-r", "--raw", "-z", "--no-renames", "--full-index"],
    commonDir,
    { ...env, GIT_DIR: commonDir },
  );
  return {
    async changes(before, after) {
      if (before === after) return [];
      const answer = await server.ask(`${before} ${after}\n${MARK}\n`, markEnd);
      return readRaw(answer.toString("utf8"));
    },
    close: () => server.close(),
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
