import type {
  ConflictedFile,
  ConflictKind,
  ConflictSide,
} from "../../core/merge/conflicts/facts.ts";
import { fields } from "./run-git.ts";

/** A conflicted path as git tells it, before anybody looked into the file. */
export type StagedConflict = Pick<ConflictedFile, "path" | "kind" | "base" | "ours" | "theirs">;

export type TreeMerge =
  | { readonly kind: "clean"; readonly tree: string }
  | {
      readonly kind: "conflict";
      /** Conflict markers and all. */
      readonly tree: string;
      readonly paths: readonly string[];
      readonly messages: string;
      /** One for each of `paths`, in their order. */
      readonly conflicts: readonly StagedConflict[];
    };

interface MergeMessage {
  readonly paths: readonly string[];
  readonly kind: string;
  readonly words: string;
}

const MESSAGES_MAX = 8_000;
const LINK = "120000";
const SUBMODULE = "160000";

/** Kinds by git's own words for them, the ones that weigh more first: several may be said of one path. */
const BY_WORDS: readonly (readonly [RegExp, ConflictKind])[] = [
  [/submodule/u, "submodule"],
  [/modify\/delete/u, "modify-delete"],
  [/file\/directory/u, "directory"],
  [/rename/u, "rename"],
  [/modes/u, "mode"],
  [/binary/u, "binary"],
];
const CONTENTS = "CONFLICT (contents)";

/**
 * Output of `merge-tree --write-tree --messages -z`: tree NUL, then `mode blob stage TAB path` NUL for each conflicted
 * entry, an empty field, then messages as count, paths, kind, words.
 */
export function readMerge(
  code: number,
  text: string,
  plainly: (words: string) => string,
): TreeMerge {
  const parts = fields(text);
  return code === 0 ? { kind: "clean", tree: parts[0] ?? "" } : readConflict(parts, plainly);
}

/** The same with `--stdin`: each answer has `1` (clean) or `0` before it and an empty field behind. */
export function readMerges(
  text: string,
  plainly: readonly ((words: string) => string)[],
): readonly TreeMerge[] {
  const merges: TreeMerge[] = [];
  for (let rest = text; ;) {
    const end = answerEnd(rest);
    if (end === null) return merges;
    const [status = "", ...parts] = rest.slice(0, end).split("\0");
    const words = plainly[merges.length] ?? ((same: string): string => same);
    if (status === "1") merges.push({ kind: "clean", tree: parts[0] ?? "" });
    // Anything else than a conflict is git's own failure: what was answered before it stands.
    else if (status === "0") merges.push(readConflict(parts.slice(0, -2), words));
    else return merges;
    rest = rest.slice(end);
  }
}

/** Where the first answer of `--stdin` ends, in bytes; null while it is not whole. */
export function mergeEnd(bytes: Buffer): number | null {
  return answerEnd(bytes.toString("latin1"));
}

function answerEnd(text: string): number | null {
  let at = 0;
  const next = (): string | null => {
    const end = text.indexOf("\0", at);
    if (end < 0) return null;
    const field = text.slice(at, end);
    at = end + 1;
    return field;
  };
  const [status, tree] = [next(), next()];
  if (status === null || tree === null) return null;
  for (let entry = next(); entry !== ""; entry = next()) if (entry === null) return null;
  for (let count = next(); count !== ""; count = next()) {
    if (count === null) return null;
    // Its paths, its kind, its words.
    for (let left = Number(count) + 2; left > 0; left -= 1) if (next() === null) return null;
  }
  return at;
}

function readConflict(
  parts: readonly string[],
  plainly: (words: string) => string,
): Extract<TreeMerge, { kind: "conflict" }> {
  const tree = parts[0] ?? "";
  const gap = parts.indexOf("", 1);
  const staged = readStages(parts.slice(1, gap < 0 ? undefined : gap));
  const messages = gap < 0 ? [] : readMessages(parts.slice(gap + 1));
  const paths = new Set(staged.keys());
  for (const message of messages) {
    // A clash of folders or renames may leave no staged entry behind; its paths stand in the message alone.
    if (isConflict(message)) for (const name of message.paths) paths.add(name);
  }
  const words = messages
    .filter((one) => one.kind !== "Auto-merging")
    .map((one) => one.words.trim());
  const sorted = [...paths].toSorted();
  return {
    kind: "conflict",
    tree,
    paths: sorted,
    messages: plainly(words.join("\n")).slice(0, MESSAGES_MAX),
    conflicts: sorted.map((path) => conflictAt(path, staged.get(path) ?? NOWHERE, messages)),
  };
}

type Stages = Pick<StagedConflict, "base" | "ours" | "theirs">;

const NOWHERE: Stages = { base: null, ours: null, theirs: null };

function readStages(entries: readonly string[]): ReadonlyMap<string, Stages> {
  const staged = new Map<string, Stages>();
  for (const entry of entries) {
    const tab = entry.indexOf("\t");
    const [mode = "", blob = "", stage = ""] = entry.slice(0, tab).split(" ");
    const path = entry.slice(tab + 1);
    const side = { mode, blob };
    const known = staged.get(path) ?? NOWHERE;
    if (stage === "1") staged.set(path, { ...known, base: side });
    else if (stage === "2") staged.set(path, { ...known, ours: side });
    else if (stage === "3") staged.set(path, { ...known, theirs: side });
  }
  return staged;
}

function conflictAt(
  path: string,
  stages: Stages,
  messages: readonly MergeMessage[],
): StagedConflict {
  const said = messages.filter((one) => isConflict(one) && one.paths.includes(path));
  return { path, kind: kindOf(stages, said), ...stages };
}

function kindOf({ base, ours, theirs }: Stages, said: readonly MergeMessage[]): ConflictKind {
  const modes = new Set([base, ours, theirs].map((side) => side?.mode));
  if (modes.has(SUBMODULE)) return "submodule";
  const weighty = BY_WORDS.find(([words]) => said.some(({ kind }) => words.test(kind)));
  if (weighty !== undefined) return weighty[1];
  if (modes.has(LINK)) return "link";
  if (ours === null || theirs === null || !said.some(({ kind }) => kind === CONTENTS))
    return "other";
  if (isModeConflict(base, ours, theirs)) return "mode";
  return base === null ? "add-add" : "contents";
}

function isModeConflict(
  base: ConflictSide | null,
  ours: ConflictSide,
  theirs: ConflictSide,
): boolean {
  return ours.mode !== theirs.mode && ours.mode !== base?.mode && theirs.mode !== base?.mode;
}

function isConflict(message: MergeMessage): boolean {
  return message.kind.startsWith("CONFLICT");
}

function readMessages(parts: readonly string[]): readonly MergeMessage[] {
  const messages: MergeMessage[] = [];
  for (let at = 0; at < parts.length;) {
    const count = Number(parts[at]);
    if (!Number.isInteger(count)) break;
    messages.push({
      paths: parts.slice(at + 1, at + 1 + count),
      kind: parts[at + 1 + count] ?? "",
      words: parts[at + 2 + count] ?? "",
    });
    at += count + 3;
  }
  return messages;
}
