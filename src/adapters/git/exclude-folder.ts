import fs from "node:fs/promises";
import path from "node:path";
import { gitEnvironment } from "./git-environment.ts";
import { runGit } from "./run-git.ts";
import { readText } from "./worktrees.ts";

const LINE = "/.cairn/";

/**
 * Keeps `.cairn/` out of git for this clone alone: one line in `info/exclude` of the shared `.git` folder, which holds
 * for linked worktrees too. Answers false when the line was there already.
 */
export async function excludeCairnFolder(root: string): Promise<boolean> {
  const common = await runGit({
    args: ["rev-parse", "--path-format=absolute", "--git-common-dir"],
    cwd: root,
    env: gitEnvironment({ name: "cairn", email: "cairn@cairn.invalid" }),
  });
  const file = path.join(common.text.replace(/\n$/, ""), "info", "exclude");
  const text = (await readText(file)) ?? "";
  if (text.split(/\r?\n/).includes(LINE)) return false;
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.appendFile(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${LINE}\n`);
  return true;
}
