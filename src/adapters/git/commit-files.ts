import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { FilesEdit } from "../../ports/repository.ts";
import { dateOf } from "./author-date.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** Nobody writes marks into more; read whole into memory. */
const BYTES_MAX = 64 * 1024 * 1024;
const PLAIN_FILE = "100644";

/** A commit on `onto` that changes text files, made in the object database through an index of its own. */
export async function commitFiles(
  context: RepositoryContext,
  edit: FilesEdit,
): Promise<CommitSha | null> {
  const changed: ChangedFile[] = [];
  for (const file of edit.files) {
    const after = await changedFile(context, edit.onto, file);
    if (after !== null) changed.push(after);
  }
  if (changed.length === 0) return null;
  const onto = await context.objects.commit(edit.onto);
  const tree = await writeTree(context, edit.onto, changed);
  const { name, email } = context.committer;
  const committer = `${name} <${email}> ${dateOf(onto.committer)}`;
  return context.objects.writeCommit({
    tree,
    parents: [edit.onto],
    author: committer,
    committer,
    message: edit.message,
  });
}

interface ChangedFile {
  readonly path: string;
  readonly text: string;
  readonly mode: string;
}

/** Null: it stays as it is. */
async function changedFile(
  context: RepositoryContext,
  onto: CommitSha,
  { path: name, edit }: FilesEdit["files"][number],
): Promise<ChangedFile | null> {
  const entry = await entryAt(context, onto, name);
  if (entry === "other") return null;
  const before = entry === null ? null : await textOf(context, entry.id);
  if (entry !== null && before === null) return null;
  // What a person keeps out of git stays out of it.
  if (entry === null && (await isIgnored(context, name))) return null;
  const text = edit(before);
  if (text === null || text === before) return null;
  return { path: name, text, mode: entry?.mode ?? PLAIN_FILE };
}

interface Entry {
  readonly mode: string;
  readonly id: string;
}

/** `other`: a folder, a link or a submodule lies there, or on the way to it. */
async function entryAt(
  context: RepositoryContext,
  commit: CommitSha,
  file: string,
): Promise<Entry | null | "other"> {
  const parts = file.split("/");
  for (const depth of parts.keys()) {
    const at = parts.slice(0, depth + 1).join("/");
    const listed = await context.git(["ls-tree", "-z", commit, "--", `:(literal)${at}`]);
    const found = /^(\d{6}) (\w+) ([0-9a-f]{40,64})\t/.exec(listed.text);
    if (found === null) return null;
    const [, mode = "", type = "", id = ""] = found;
    if (depth < parts.length - 1) {
      if (type !== "tree") return "other";
    } else return type === "blob" && mode.startsWith("100") ? { mode, id } : "other";
  }
  return "other";
}

async function isIgnored(context: RepositoryContext, file: string): Promise<boolean> {
  const asked = ["check-ignore", "-q", "--no-index", "--", file];
  // 1: it is not; 128: there is no work tree to ask in.
  return (await context.gitIn(context.root, asked, { answers: [1, 128] })).code === 0;
}

async function textOf(context: RepositoryContext, id: string): Promise<string | null> {
  const facts = await context.objects.find(id);
  if (facts === null || facts.bytes > BYTES_MAX) return null;
  const bytes = await context.objects.content(id);
  if (bytes === null) return null;
  try {
    // What is no text would come back from the edit as other bytes.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

async function writeTree(
  context: RepositoryContext,
  onto: CommitSha,
  files: readonly ChangedFile[],
): Promise<string> {
  await fs.mkdir(context.scratch, { recursive: true });
  const folder = await fs.mkdtemp(path.join(context.scratch, "file-"));
  try {
    const env = {
      ...context.env,
      GIT_DIR: context.commonDir,
      GIT_INDEX_FILE: path.join(folder, "index"),
    };
    await context.git(["read-tree", onto], { env });
    for (const file of files) {
      const source = path.join(folder, "text");
      await fs.writeFile(source, file.text);
      const blob = await context.git(["hash-object", "-w", "--no-filters", "--", source], { env });
      const info = `${file.mode},${blob.text.trim()},${file.path}`;
      await context.git(["update-index", "--add", "--cacheinfo", info], { env });
    }
    return (await context.git(["write-tree"], { env })).text.trim();
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
