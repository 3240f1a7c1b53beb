// A few of many cases: the same for the same commit, others for the next.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { PACKAGE } from "./e2e-program.ts";

/** The commit these tests are run on; a package without a repository has none. */
function commitId(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: PACKAGE, encoding: "utf8" }).trim();
  } catch {
    return "no commit";
  }
}

/** So many of them, chosen by the commit's id. */
export function chosenByCommit<T extends { readonly name: string }>(
  cases: readonly T[],
  count: number,
): readonly T[] {
  const id = commitId();
  const order = ({ name }: T): string => createHash("sha256").update(`${id} ${name}`).digest("hex");
  return cases.toSorted((a, b) => order(a).localeCompare(order(b))).slice(0, count);
}
