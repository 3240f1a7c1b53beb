import fs from "node:fs";
import path from "node:path";
import { BrokenPromise } from "../../errors.ts";
import type { CommitSha } from "../../core/shared/names.ts";
import { GitServer } from "./git-server.ts";

export interface FoundObject {
  readonly id: string;
  /** `commit`, `tree`, `blob` or `tag`. */
  readonly type: string;
  readonly bytes: number;
}

export interface CommitHeader {
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  /** `Name <mail> seconds zone`, as it stands in the object. */
  readonly author: string;
  readonly committer: string;
  /** First paragraph of the message in one line; null where it is in an encoding of its own. */
  readonly subject: string | null;
}

export interface CommitDraft {
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

export type ObjectStore = ReturnType<typeof openObjectStore>;

const NEWLINE = 10;
const DRAFT = "commit-draft";
/** A run asks about the same few commits again and again: fork points, heads, the newest base. */
const COMMITS_KEPT = 256;

/**
 * Objects and refs by name through one `cat-file` child, commits written through one `hash-object` child (which
 * checks what it writes). Measured with git 2.39: 0.1 ms a question where a process of its own costs 3-5 ms.
 */
export function openObjectStore(options: {
  readonly commonDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** For the text of a commit on its way to git: this store's alone, made when needed. */
  readonly scratch: string;
}) {
  const { commonDir, scratch } = options;
  const env = { ...options.env, GIT_DIR: commonDir };
  const reader = new GitServer(["cat-file", "--batch-command"], commonDir, env);
  const writer = openCommitWriter(scratch, env);

  /** Id, type and size of what a name means (`^{commit}` and the like peel); null: nothing, or ambiguous. */
  async function find(name: string): Promise<FoundObject | null> {
    if (!isAskable(name)) return null;
    const line = (await reader.askAgain(`info ${name}\n`, lineEnd)).toString("utf8");
    const found = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)\n$/.exec(line);
    const [, id = "", type = "", bytes] = found ?? [];
    return found === null ? null : { id, type, bytes: Number(bytes) };
  }

  /** Bytes of an object; null when there is none. */
  async function content(name: string): Promise<Buffer | null> {
    if (!isAskable(name)) return null;
    const answer = await reader.askAgain(`contents ${name}\n`, contentEnd);
    const head = answer.indexOf(NEWLINE);
    return sizeOf(answer, head) === null ? null : answer.subarray(head + 1, answer.length - 1);
  }

  const { findCommit, remember } = openCommits(content);

  async function commit(id: CommitSha): Promise<CommitHeader> {
    const found = await findCommit(id);
    if (found === null) throw new BrokenPromise(`Commit ${id} is not in the repository.`);
    return found;
  }

  return {
    find,
    content,
    findCommit,
    commit,
    /** A commit will be written soon. */
    prepare: (): void => writer.prepare(),
    /** Same draft, same id. */
    async writeCommit(draft: CommitDraft): Promise<CommitSha> {
      const text = commitText(draft);
      const id = await writer.write(text);
      remember(id, text);
      return id;
    },
    async close(): Promise<void> {
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}

/** Headers of commits, each read once while it is among the newest asked about. `remember`: one that was just written. */
function openCommits(content: (name: string) => Promise<Buffer | null>): {
  readonly findCommit: (id: CommitSha) => Promise<CommitHeader | null>;
  readonly remember: (id: CommitSha, text: string) => CommitHeader;
} {
  const commits = new Map<CommitSha, CommitHeader>();
  const asked = new Map<CommitSha, Promise<CommitHeader | null>>();

  /** Null when the commit is not there, as past the end of a shallow clone. */
  async function findCommit(id: CommitSha): Promise<CommitHeader | null> {
    const known = commits.get(id);
    if (known !== undefined) return known;
    // Several parts of one merge want to know the same at once: one question.
    const found = asked.get(id) ?? readHeader(id).finally(() => asked.delete(id));
    asked.set(id, found);
    return found;
  }

  async function readHeader(id: CommitSha): Promise<CommitHeader | null> {
    const bytes = await content(`${id}^{commit}`);
    return bytes === null ? null : remember(id, bytes.toString("utf8"));
  }

  function remember(id: CommitSha, text: string): CommitHeader {
    const header = readCommit(text);
    // A full id names the same commit for ever; the oldest is forgotten first.
    if (isFullId(id)) commits.set(id, header);
    const [oldest] = commits.keys();
    if (commits.size > COMMITS_KEPT && oldest !== undefined) commits.delete(oldest);
    return header;
  }

  return { findCommit, remember };
}

function openCommitWriter(
  scratch: string,
  env: Readonly<Record<string, string>>,
): { write(text: string): Promise<CommitSha>; prepare(): void; close(): Promise<void> } {
  // Started in the scratch folder and told a bare name: a path may hold a line break, which would end the question.
  const args = ["hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"];
  const server = new GitServer(args, scratch, env);
  let last: Promise<unknown> = Promise.resolve();
  return {
    write(text) {
      const next = last.then(async () => {
        // One small file, written over and over; synchronous, since a trip to the thread pool takes longer.
        fs.mkdirSync(scratch, { recursive: true });
        fs.writeFileSync(path.join(scratch, DRAFT), text);
        return (await server.askAgain(`${DRAFT}\n`, lineEnd)).toString("utf8").trim();
      });
      last = next.catch(() => undefined);
      return next;
    },
    prepare() {
      fs.mkdirSync(scratch, { recursive: true });
      server.prepare();
    },
    close: () => server.close(),
  };
}

function isFullId(name: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

/** The question is one line; a name with a line break in it could ask a second one. */
function isAskable(name: string): boolean {
  return name !== "" && !name.includes("\n") && !name.includes("\0");
}

function lineEnd(bytes: Buffer): number | null {
  const at = bytes.indexOf(NEWLINE);
  return at < 0 ? null : at + 1;
}

function contentEnd(bytes: Buffer): number | null {
  const head = bytes.indexOf(NEWLINE);
  if (head < 0) return null;
  const size = sizeOf(bytes, head);
  if (size === null) return head + 1;
  const end = head + 1 + size + 1;
  return bytes.length < end ? null : end;
}

/** Size announced by a `<id> <type> <size>` line; null for `… missing` and `… ambiguous`. */
function sizeOf(bytes: Buffer, head: number): number | null {
  const found = /^[0-9a-f]{40,64} [a-z]+ (\d+)$/.exec(bytes.toString("utf8", 0, head));
  return found === null ? null : Number(found[1]);
}

function readCommit(text: string): CommitHeader {
  const end = text.indexOf("\n\n");
  const header = text.slice(0, end < 0 ? text.length : end);
  const all = (name: string): readonly string[] =>
    header
      .split("\n")
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => line.slice(name.length + 1));
  return {
    tree: all("tree")[0] ?? "",
    parents: all("parent"),
    author: all("author")[0] ?? "",
    committer: all("committer")[0] ?? "",
    subject: all("encoding").length > 0 ? null : subjectOf(end < 0 ? "" : text.slice(end + 2)),
  };
}

function subjectOf(message: string): string {
  const paragraph = message.trimStart().split(/\n[ \t]*\n/)[0] ?? "";
  return paragraph.trimEnd().replaceAll(/[ \t]*\n[ \t]*/g, " ");
}

function commitText(draft: CommitDraft): string {
  const lines = [
    `tree ${draft.tree}`,
    ...draft.parents.map((parent) => `parent ${parent}`),
    `author ${draft.author}`,
    `committer ${draft.committer}`,
  ];
  return `${lines.join("\n")}\n\n${draft.message.replaceAll("\0", "").trimEnd()}\n`;
}
