import fs from "node:fs/promises";
import path from "node:path";
import type { CommitSha } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";
import { ABSENT } from "./tree-differ.ts";

/** The `.gitattributes` files of a tree: path -> `mode blob`. */
type AttributeFiles = ReadonlyMap<string, string>;

export interface AttributesFolder {
  /** The attributes of a commit under a name: where two have the same name, they are the same. */
  stateOf(commit: CommitSha): Promise<string>;
  /** Runs `work` in the folder while it shows that state, alone: the next may need another. */
  during<T>(state: string, work: (folder: string) => Promise<T>): Promise<T>;
}

/**
 * A folder with nothing but the `.gitattributes` files of one tree, to be named as the work tree of a merge outside of
 * one: there git ignores attributes (`merge=union`, drivers), and before 2.43 no option says where they are. Laid out
 * anew only when one of them changes.
 */
export function openAttributesFolder(context: RepositoryContext): AttributesFolder {
  const folder = path.join(context.scratch, "attributes");
  const known = new Map<string, AttributeFiles>();
  const states = new Map<string, AttributeFiles>();
  let latest: { readonly tree: string; readonly files: AttributeFiles } | null = null;
  let shown: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function filesOf(tree: string): Promise<AttributeFiles> {
    const found = known.get(tree);
    if (found !== undefined) return found;
    const files =
      latest === null
        ? await listed(context, tree)
        : await changed(context, latest.tree, latest.files, tree);
    latest = { tree, files };
    known.set(tree, files);
    const [oldest] = known.keys();
    if (known.size > TREES_KEPT && oldest !== undefined) known.delete(oldest);
    return files;
  }

  async function show(state: string): Promise<void> {
    if (shown === state) return;
    // Unknown until it is done: a failure in the middle must not be taken for the old state.
    shown = null;
    await layOut(context, folder, states.get(state) ?? new Map());
    shown = state;
  }

  return {
    async stateOf(commit) {
      const { tree } = await context.objects.commit(commit);
      const files = await filesOf(tree);
      const state = [...files].map(([name, entry]) => `${entry}\t${name}\0`).join("");
      states.set(state, files);
      return state;
    },
    during(state, work) {
      const next = last.then(async () => {
        await show(state);
        return work(folder);
      });
      last = next.catch(() => undefined);
      return next;
    },
  };
}

/** As many as a forecast of a big milestone looks at in one go. */
const TREES_KEPT = 512;
const NAME = ".gitattributes";

async function listed(context: RepositoryContext, tree: string): Promise<AttributeFiles> {
  const listing = await context.git(["ls-tree", "-r", "-z", "--full-tree", tree]);
  const files = new Map<string, string>();
  for (const record of fields(listing.text)) {
    const tab = record.indexOf("\t");
    const name = record.slice(tab + 1);
    const [mode = "", , blob = ""] = record.slice(0, tab).split(" ");
    if (path.basename(name) === NAME) files.set(name, `${mode} ${blob}`);
  }
  return sorted(files);
}

async function changed(
  context: RepositoryContext,
  before: string,
  files: AttributeFiles,
  after: string,
): Promise<AttributeFiles> {
  const changes = await context.differ.changes(before, after);
  const touched = changes.filter((change) => path.basename(change.path) === NAME);
  if (touched.length === 0) return files;
  const next = new Map(files);
  for (const change of touched) {
    if (change.after === ABSENT) next.delete(change.path);
    else next.set(change.path, change.after);
  }
  return sorted(next);
}

function sorted(files: ReadonlyMap<string, string>): AttributeFiles {
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function layOut(
  context: RepositoryContext,
  folder: string,
  files: AttributeFiles,
): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  for (const [name, entry] of files) {
    const [mode = "", blob = ""] = entry.split(" ");
    // git itself does not follow a link of that name.
    if (!mode.startsWith("100")) continue;
    const file = path.join(folder, name);
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, (await context.objects.content(blob)) ?? "");
  }
}
