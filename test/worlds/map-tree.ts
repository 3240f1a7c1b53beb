/** Files of a tree: path -> text. */
export type Tree = Readonly<Record<string, string>>;

export interface WorldCommit {
  readonly id: string;
  readonly tree: Tree;
  /** Equal for equal files. */
  readonly treeId: string;
  readonly parents: readonly string[];
}

export type Merge3 =
  | { readonly kind: "clean"; readonly tree: Tree }
  | { readonly kind: "conflict"; readonly paths: readonly string[]; readonly tree: Tree };

/** A bare three-way merge, path by path: who changed a path alone is right, the same change twice is one. */
export function merge3(base: Tree, ours: Tree, theirs: Tree): Merge3 {
  const tree: Record<string, string> = {};
  const conflicts: string[] = [];
  for (const path of pathsOf(base, ours, theirs)) {
    const [b, o, t] = [base[path], ours[path], theirs[path]];
    const merged = o === t || b === t ? o : b === o ? t : `${o ?? ""}&${t ?? ""}`;
    if (o !== t && b !== t && b !== o) conflicts.push(path);
    if (merged !== undefined) tree[path] = merged;
  }
  if (conflicts.length > 0) return { kind: "conflict", paths: conflicts, tree };
  return { kind: "clean", tree };
}

/** Paths that differ between two trees, in byte order. */
export function changedPaths(from: Tree, to: Tree): readonly string[] {
  return pathsOf(from, to).filter((path) => from[path] !== to[path]);
}

function pathsOf(...trees: readonly Tree[]): readonly string[] {
  return [...new Set(trees.flatMap((tree) => Object.keys(tree)))].toSorted();
}

/**
 * Commits by their content: the same files on the same parents are the same commit, whoever makes it and how often. It
 * only grows, so that any number of worlds may stand on one.
 */
export class CommitStore {
  readonly #commits = new Map<string, WorldCommit>();
  readonly #ids = new Map<string, string>();

  commit(tree: Tree, parents: readonly string[]): string {
    const treeId = this.#idOf("t", JSON.stringify(sorted(tree)));
    const id = this.#idOf("c", `${treeId} ${parents.join(" ")}`);
    if (!this.#commits.has(id)) this.#commits.set(id, { id, tree: sorted(tree), treeId, parents });
    return id;
  }

  get(id: string): WorldCommit {
    const known = this.#commits.get(id);
    if (known === undefined) throw new Error(`There is no commit ${id}.`);
    return known;
  }

  treeOf(id: string): Tree {
    return this.get(id).tree;
  }

  isAncestor(ancestor: string, descendant: string): boolean {
    const seen = new Set<string>();
    const open = [descendant];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === ancestor) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...this.get(id).parents);
    }
    return false;
  }

  /** From the first commit to `tip`, along first parents. */
  firstParents(tip: string): readonly string[] {
    const line: string[] = [];
    for (let id: string | undefined = tip; id !== undefined; [id] = this.get(id).parents)
      line.unshift(id);
    return line;
  }

  /** Short; the same for the same content, and for no other. */
  #idOf(kind: string, content: string): string {
    const known = this.#ids.get(`${kind}${content}`);
    if (known !== undefined) return known;
    const id = `${kind}${this.#ids.size.toString(36)}`;
    this.#ids.set(`${kind}${content}`, id);
    return id;
  }
}

function sorted(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
