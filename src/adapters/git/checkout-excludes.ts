import fs from "node:fs";
import path from "node:path";
import { readIfThere } from "../process/files.ts";
import type { RepositoryContext } from "./repository-context.ts";
import { fields } from "./run-git.ts";

/** File that names, as ignore rules, what lay untracked in the user's checkout when a run began to work there. */
export function checkoutExcludes(cairnFolder: string): string {
  return path.join(cairnFolder, "checkout-exclude");
}

/**
 * Writes the file: the user's own ignore rules and every untracked file as it lies now. With it as `core.excludesFile`
 * neither Cairn nor an agent's `git add -A` takes a file of the user's for work.
 */
export async function writeExcludes(context: RepositoryContext, file: string): Promise<void> {
  const plain = { cwd: context.root, env: context.env };
  const [listed, configured] = await Promise.all([
    context.git(["ls-files", "--others", "--exclude-standard", "-z", "--", ":/"], plain),
    context.git(["config", "--type=path", "--get", "core.excludesFile"], {
      ...plain,
      answers: [1],
    }),
  ]);
  const { HOME = "", XDG_CONFIG_HOME = path.join(HOME, ".config") } = context.env;
  const own = configured.text.trim() || path.join(XDG_CONFIG_HOME, "git/ignore");
  const rules = fields(listed.text).map((name) => `/${asRule(name)}`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, [readIfThere(own) ?? "", ...rules, ""].join("\n"));
}

/** Signs with a meaning in ignore rules are taken literally; a line cannot hold a line end, so `?` stands for it. */
function asRule(name: string): string {
  return name
    .replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
    .replaceAll("\n", "?")
    .replace(/ $/, String.raw`\ `);
}
