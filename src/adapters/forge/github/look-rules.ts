import { z } from "zod";
import type { Instant } from "../../../core/shared/names.ts";
import { GraphQLRefused, httpFailure } from "./failures.ts";
import { REPOSITORY, type ForgeContext } from "./forge-context.ts";

/** What a branch demands of a pull request, as far as this token may know. */
export interface BranchDemands {
  readonly contexts: readonly string[];
  readonly approvals: number;
  readonly hasQueue: boolean;
}

export interface BranchRules {
  of(branch: string): Promise<BranchDemands>;
}

/** Rules change rarely, and asking again costs nothing while they have not. */
const KEPT_MS = 5 * 60_000;

const Rule = z.object({
  type: z.string(),
  parameters: z
    .object({
      required_status_checks: z.array(z.object({ context: z.string() })).optional(),
      required_approving_review_count: z.int().optional(),
    })
    .nullish()
    .catch(null),
});
const Branch = z.object({
  protection: z
    .object({
      required_status_checks: z
        .object({
          contexts: z.array(z.string()).nullish(),
          checks: z.array(z.object({ context: z.string() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

const Queue = z.object({
  repository: z.object({ mergeQueue: z.object({ id: z.string() }).nullable() }),
});
const QUEUE = `query ($owner: String!, $repo: String!, $branch: String!) {
  repository(owner: $owner, name: $repo) { mergeQueue(branch: $branch) { id } }
}`;

export function createBranchRules(context: ForgeContext): BranchRules {
  const known = new Map<string, { readonly until: Instant; readonly demands: BranchDemands }>();
  return {
    of: async (branch) => {
      const now = context.clock.now();
      const kept = known.get(branch);
      if (kept !== undefined && now < kept.until) return kept.demands;
      const demands = await read(context, branch);
      known.set(branch, { until: now + KEPT_MS, demands });
      return demands;
    },
  };
}

/** Rulesets and the older protection of branches hold both; neither of these two needs more than reading. */
async function read(context: ForgeContext, branch: string): Promise<BranchDemands> {
  const { client, at } = context;
  const place = { ...at, branch };
  const rules = await orNone(
    () => client.list(`GET ${REPOSITORY}/rules/branches/{branch}`, place, Rule),
    [],
  );
  const protection = await orNone(
    () => client.get(`GET ${REPOSITORY}/branches/{branch}`, place, Branch),
    {},
  );
  const checks = protection.protection?.required_status_checks;
  const contexts = [
    ...rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []),
    ...(checks?.checks ?? []),
  ].map(({ context: name }) => name);
  const counts = rules.map(({ parameters }) => parameters?.required_approving_review_count ?? 0);
  return {
    contexts: [...new Set([...contexts, ...(checks?.contexts ?? [])])],
    approvals: Math.max(0, ...counts),
    hasQueue:
      rules.some(({ type }) => type === "merge_queue") || (await hasOlderQueue(context, branch)),
  };
}

/** Rulesets do not tell of a merge queue that the older protection gives a branch; servers without queues say no. */
async function hasOlderQueue({ client, at }: ForgeContext, branch: string): Promise<boolean> {
  try {
    const { repository } = await client.query(QUEUE, { ...at, branch }, Queue);
    return repository.mergeQueue !== null;
  } catch (error) {
    if (!(error instanceof GraphQLRefused)) throw error;
    const isClosed = error.types.every((type) => type === "FORBIDDEN" || type === "NOT_FOUND");
    if (isClosed || /doesn't exist on type/u.test(error.message)) return false;
    throw error;
  }
}

/** Not there on older servers and in free private repositories; a branch may be gone. */
async function orNone<T>(ask: () => Promise<T>, none: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const status = httpFailure(error)?.status;
    if (status === 403 || status === 404) return none;
    throw error;
  }
}
