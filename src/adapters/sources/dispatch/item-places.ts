import type { YamlEntry, YamlTree } from "./yaml-tree.ts";

/** An item is known by where it stands. */
export function nameOf({ place }: Pick<YamlTree, "place"> | { readonly place: object }): string {
  return JSON.stringify(place);
}

/** The items of all waves, in the order of the file. */
export function itemTrees(root: YamlTree): readonly YamlTree[] {
  return childrenOf(root, "waves").flatMap((wave) => childrenOf(wave, "items"));
}

function childrenOf(tree: YamlTree, name: string): readonly YamlTree[] {
  const value = tree.kind === "map" ? entryOf(tree.entries, name)?.value : undefined;
  return value?.kind === "list" ? value.items : [];
}

/** A mapping's entry of that name, in either spelling. */
export function entryOf(entries: readonly YamlEntry[], name: string): YamlEntry | undefined {
  return entries.find((entry) => entry.name.replaceAll("-", "_") === name);
}

/** Where the line begins in which an offset stands. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** What ends lines in this text. */
export function lineEnd(text: string): string {
  return /\r?\n/u.exec(text)?.[0] ?? "\n";
}
