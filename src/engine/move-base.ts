import type { CommitSha } from "../core/shared/names.ts";
import type { World } from "./performer.ts";

/**
 * Moves the branch where work meets, by compare-and-swap, to a commit that passed the gates. On a service branches only
 * grow: what is to be taken back there is left, and found red.
 */
export async function moveBase(
  { forge, repository }: World,
  branch: string,
  from: CommitSha,
  to: CommitSha,
): Promise<"moved" | "already" | "stale"> {
  if (forge.kind === "local") return repository.moveBranch(branch, from, to);
  if (!(await repository.isAncestor(from, to))) return "stale";
  const { kind } = await forge.advance(branch, from, to);
  return kind === "pushed" ? "moved" : kind === "already" ? "already" : "stale";
}
