import type { CommitSha } from "../../core/shared/names.ts";
import { GitServer } from "./git-server.ts";

export interface RefMover {
  /**
   * `null` is "no such ref": makes or removes one. False: not moved, and why is not known; the child is gone after that
   * and the next move starts another.
   */
  move(ref: string, from: CommitSha | null, to: CommitSha | null): Promise<boolean>;
  /** Wherever the ref was; not forced to the disk. False as with `move`. */
  put(ref: string, to: CommitSha): Promise<boolean>;
  /** Refs will be moved soon. */
  prepare(): void;
  close(): Promise<void>;
}

const DONE = "start: ok\ncommit: ok\n";

/** Moves refs by compare-and-swap through one `update-ref` child, a transaction each. */
export function openRefMover(commonDir: string, env: Readonly<Record<string, string>>): RefMover {
  const open = (...settings: readonly string[]): GitServer =>
    new GitServer([...settings, "update-ref", "-m", "cairn", "--stdin"], commonDir, {
      ...env,
      GIT_DIR: commonDir,
    });
  const server = open();
  // What is only held on to may be lost with the power: it is built again.
  const loose = open("-c", "core.fsync=none");
  const [firm, quick] = [inTurn(server), inTurn(loose)];
  return {
    move: (ref, from, to) => firm(order(ref, from, to)),
    put: (ref, to) => quick(`update ${ref} ${to}`),
    prepare() {
      loose.prepare();
      server.prepare();
    },
    close: async () => {
      await Promise.all([server.close(), loose.close()]);
    },
  };
}

/** One transaction after the other: one that is refused ends the child, and no other must end with it. */
function inTurn(child: GitServer): (orders: string) => Promise<boolean> {
  let last: Promise<unknown> = Promise.resolve();
  return (orders) => {
    const next = last.then(() => transaction(child, orders));
    last = next;
    return next;
  };
}

async function transaction(child: GitServer, orders: string): Promise<boolean> {
  try {
    const answer = await child.ask(`start\n${orders}\ncommit\n`, (bytes) =>
      bytes.length < DONE.length ? null : bytes.length,
    );
    return answer.toString("utf8") === DONE;
  } catch {
    // A refused transaction ends the child without a word on stdout.
    return false;
  }
}

function order(ref: string, from: CommitSha | null, to: CommitSha | null): string {
  if (to === null) return `delete ${ref} ${from ?? ""}`.trimEnd();
  return from === null ? `create ${ref} ${to}` : `update ${ref} ${to} ${from}`;
}
