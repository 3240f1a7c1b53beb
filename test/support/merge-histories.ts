import { spawnSync } from "node:child_process";
import fc from "fast-check";

/** Content is bytes, written as latin1; null removes the path. */
export interface Entry {
  readonly content: string;
  readonly mode: "100644" | "100755";
}
export type Snapshot = ReadonlyMap<string, Entry>;

const LINES = 12;
/** Bytes as latin1: a name with a quote and a line break, one that is no UTF-8, one that looks like an option. */
const PLAIN = ["a.txt", "dir/b.txt", "dir/c.txt", 'odd "name"\n.txt', "caf\u00e9.txt", "-dash.txt"];
const UNION = "notes.union";
const BINARY = "pic.bin";
const ATTRIBUTES = ".gitattributes";

function contentOf(name: string, replaced: ReadonlyMap<number, string> = new Map()): string {
  const lines = Array.from({ length: LINES }, (_, line) => replaced.get(line) ?? `${name} ${line}`);
  return `${lines.join("\n").replaceAll("\u00e9", "e")}\n`;
}

/** Where every history begins. */
export const BASE: Snapshot = new Map([
  ...[...PLAIN, UNION].map((name): [string, Entry] => [name, plain(contentOf(name))]),
  [BINARY, plain("\0one")],
  [ATTRIBUTES, plain("*.union merge=union\n*.bin binary\n")],
]);

function plain(content: string): Entry {
  return { content, mode: "100644" };
}

type Change = (snapshot: Map<string, Entry>) => void;

function changed(name: string, edit: (entry: Entry) => Entry | null, to = name): Change {
  return (snapshot) => {
    const entry = snapshot.get(name);
    if (entry === undefined) return;
    const next = edit(entry);
    snapshot.delete(name);
    if (next !== null) snapshot.set(to, next);
  };
}

const lines = fc
  .array(fc.tuple(fc.nat(LINES - 1), fc.constantFrom("x", "y")), { minLength: 1, maxLength: 2 })
  .map((edits) => new Map(edits));

function withLines({ content, mode }: Entry, edits: ReadonlyMap<number, string>): Entry {
  const all = content.split("\n").map((line, at) => edits.get(at) ?? line);
  return { content: all.join("\n"), mode };
}

const edit = fc
  .tuple(fc.constantFrom(...PLAIN, UNION), lines)
  .map(([name, edits]) => changed(name, (entry) => withLines(entry, edits)));
const appended = fc
  .constantFrom("added one\n", "added two\n")
  .map((more) => changed(UNION, ({ content, mode }) => ({ content: `${content}${more}`, mode })));
const removal = fc.constantFrom(...PLAIN).map((name) => changed(name, () => null));
const move = fc
  .tuple(fc.constantFrom(...PLAIN), fc.constantFrom("moved/here.txt", "moved.txt"), lines)
  .map(([name, to, edits]) => changed(name, (entry) => withLines(entry, edits), to));
const mode = fc
  .constantFrom(...PLAIN)
  .map((name) => changed(name, ({ content }) => ({ content, mode: "100755" })));
const binary = fc
  .constantFrom("\0two", "\0three")
  .map((content) => changed(BINARY, () => plain(content)));
const addition = fc
  .tuple(fc.constantFrom("new.txt", "dir/new.txt"), fc.constantFrom("n\n", "m\n"))
  .map(
    ([name, content]): Change =>
      (snapshot) =>
        void snapshot.set(name, plain(content)),
  );
const attributes = fc
  .constantFrom("*.bin binary\n", "*.txt merge=union\n")
  .map((content) => changed(ATTRIBUTES, () => plain(content)));

/** What one commit does: one to four changes of every kind git merges by a rule of its own. */
export const change: fc.Arbitrary<Change> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: edit },
      { weight: 1, arbitrary: appended },
      { weight: 1, arbitrary: removal },
      { weight: 1, arbitrary: move },
      { weight: 1, arbitrary: mode },
      { weight: 1, arbitrary: binary },
      { weight: 2, arbitrary: addition },
      { weight: 1, arbitrary: attributes },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((changes) => (snapshot) => {
    for (const one of changes) one(snapshot);
  });

export function after(snapshot: Snapshot, one: Change): Snapshot {
  const next = new Map(snapshot);
  one(next);
  return next;
}

/** A commit to be made; parents are other commits of the list, or ids. */
export interface Draft {
  readonly snapshot: Snapshot;
  readonly parents: readonly (number | string)[];
}

/** Makes them all in one process; answers their ids in order. */
export function importCommits(cwd: string, drafts: readonly Draft[]): readonly string[] {
  const text = drafts.map((draft, at) => commitOf(draft, at)).join("");
  const marks = drafts.map((_, at) => `get-mark :${at + 1}\n`).join("");
  const answer = spawnSync("git", ["fast-import", "--quiet", "--done", "--force"], {
    cwd,
    input: Buffer.from(`${text}${marks}done\n`, "latin1"),
  });
  if (answer.status !== 0) throw new Error(answer.stderr.toString());
  return answer.stdout.toString("utf8").trim().split("\n");
}

function commitOf({ snapshot, parents }: Draft, at: number): string {
  const names = parents.map((parent) => (typeof parent === "number" ? `:${parent + 1}` : parent));
  const [from, ...merged] = names;
  const head = [
    "commit refs/heads/imported",
    `mark :${at + 1}`,
    `committer somebody <s@example.com> ${1_700_000_000 + at} +0000`,
    "data 1",
    "m",
    ...(from === undefined ? [] : [`from ${from}`]),
    ...merged.map((name) => `merge ${name}`),
    "deleteall",
  ].join("\n");
  const files = [...snapshot].map(
    ([name, { content, mode: bits }]) =>
      `M ${bits} inline ${quoted(name)}\ndata ${content.length}\n${content}\n`,
  );
  return `${head}\n${files.join("")}\n`;
}

function quoted(name: string): string {
  const inner = Array.from(name, (letter) => {
    if (letter === '"' || letter === "\\") return `\\${letter}`;
    if (letter === "\n") return "\\n";
    const code = letter.charCodeAt(0);
    return code > 126 ? `\\${code.toString(8)}` : letter;
  });
  return `"${inner.join("")}"`;
}
