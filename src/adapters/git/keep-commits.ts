import type { CommitSha, RunId } from "../../core/shared/names.ts";
import type { RepositoryContext } from "./repository-context.ts";

const ROOT = "refs/cairn/";
const FOLDER = "/keep/";

/**
 * Holds on to a commit that Cairn made and comes back to (gates may take an hour), whoever cleans the repository
 * meanwhile. `cairn clean` lets go of all of a run's.
 * @throws GitFailed when no ref can be written (a lock left by a dead process, no space).
 */
export async function keep(context: RepositoryContext, commit: CommitSha): Promise<void> {
  const ref = `${ROOT}${keptName(context.run)}${FOLDER}${commit}`;
  if (await context.refs.put(ref, commit)) return;
  await context.git(["update-ref", ref, commit]);
}

/** Lets go of all commits that a run held on to. */
export async function letGo(context: RepositoryContext, run: RunId): Promise<void> {
  const folder = `${ROOT}${keptName(run)}${FOLDER}`;
  const listed = await context.git(["for-each-ref", "--format=delete %(refname)", folder]);
  if (listed.text === "") return;
  await context.git(["update-ref", "--stdin"], { input: listed.text });
}

/** A run as refs are named after it: git allows no two dots in a row, nor one at the start. */
export function keptName(run: RunId): string {
  return run.replaceAll(/^\.|\.(?=\.)/g, "-");
}

/** `keptName` of the run whose commit a ref holds on to; null for any other ref. */
export function keeperOf(ref: string): string | null {
  const at = ref.lastIndexOf(FOLDER);
  return ref.startsWith(ROOT) && at > ROOT.length ? ref.slice(ROOT.length, at) : null;
}
