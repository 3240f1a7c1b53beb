import { BrokenPromise } from "../../../errors.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { ForgeAddress } from "./address.ts";
import type { RemoteBranches } from "./branches.ts";
import type { GitHubClient } from "./client.ts";
import type { ForgeContext } from "./forge-context.ts";
import { createLook, type Look } from "./look.ts";
import { createBranchRules } from "./look-rules.ts";
import { createKnownPulls } from "./pulls-known.ts";
import { createThreads } from "./threads.ts";

/**
 * The forge's `look` for who only asks: nothing is fetched into the repository, so that commits of forks, and clones
 * without a remote to fetch from, are no obstacle.
 */
export function createLookOnly(options: {
  readonly client: GitHubClient;
  readonly clock: Clock;
  readonly address: Pick<ForgeAddress, "owner" | "name">;
}): Look {
  const { client, clock, address } = options;
  const at = { owner: address.owner, repo: address.name };
  const context: ForgeContext = { client, clock, at, branches: NO_BRANCHES, milestone: null };
  return createLook({
    context,
    rules: createBranchRules(context),
    known: createKnownPulls(context),
    threads: createThreads(context),
  });
}

const unused = async (): Promise<never> =>
  Promise.reject(new BrokenPromise("Who only looks has no branches."));

const NO_BRANCHES: RemoteBranches = {
  bring: async () => Promise.resolve(),
  tips: unused,
  tip: unused,
  push: unused,
  remove: unused,
  isAncestor: unused,
  treeOf: unused,
  since: unused,
};
