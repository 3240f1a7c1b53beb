import { z } from "zod";
import { explainGitHub } from "../adapters/forge/github/errors.ts";
import { createLookOnly } from "../adapters/forge/github/look-only.ts";
import { toCiStatusJson, type CiStatusJson } from "../api/ci-status-json.ts";
import type { Config } from "../config/load.ts";
import type { ForgePolicy } from "../core/run/settings.ts";
import { UserError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import { forgeHere, type ForgePlace } from "./forge-here.ts";
import type { OpenedGitHub } from "./open-github.ts";

export interface CiStatusRequest {
  readonly number: number;
  /** Looks again by `ci.poll` until it is decided, or `ci.timeout` is over. */
  readonly waits: boolean;
  /** Told each look while it waits. */
  readonly onLook: (status: CiStatusJson) => void;
}

/** How the checks of a pull request stand; `isOverdue`: it was waited for, and is not decided yet. */
export interface CiStatusSeen {
  readonly status: CiStatusJson;
  readonly isOverdue: boolean;
}

/**
 * Looks at the checks and reviews of a pull request, without a run.
 * @throws UserError `ci/no-pull-request`, `forge/local`, `github/…`.
 */
export async function ciStatusOf(
  place: ForgePlace,
  request: CiStatusRequest,
): Promise<CiStatusSeen> {
  const opened = await forgeHere(place, "`cairn ci-status`");
  const { clock, config } = place;
  const { client, address, repository } = opened.connection;
  const look = createLookOnly({ client, clock, address });
  const policy = policyOf(config);
  const began = clock.now();
  for (let round = 0; ; round += 1) {
    const status = await lookOnce({ opened, look, policy, clock, number: request.number }).catch(
      (error: unknown) => {
        const doing = `look at the pull request #${request.number}`;
        throw explainGitHub(error, { repository, doing, now: clock.now() });
      },
    );
    if (!request.waits || status.state !== "pending") return { status, isOverdue: false };
    const left = began + policy.ci.timeoutMs - clock.now();
    if (left <= 0) return { status, isOverdue: true };
    request.onLook(status);
    const pause = policy.ci.pollMs[Math.min(round, policy.ci.pollMs.length - 1)] ?? left;
    await until(clock, clock.now() + Math.min(pause, left));
  }
}

interface Looking {
  readonly opened: OpenedGitHub;
  readonly look: ReturnType<typeof createLookOnly>;
  readonly policy: ForgePolicy;
  readonly clock: Clock;
  readonly number: number;
}

const PullSchema = z.object({
  title: z.string(),
  html_url: z.string(),
  head: z.object({ ref: z.string() }),
  // No earlier than the last push: comments move it on too, which only lengthens the wait for a first check.
  updated_at: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});

async function lookOnce({ opened, look, policy, clock, number }: Looking): Promise<CiStatusJson> {
  const { client, address, repository } = opened.connection;
  const at = { owner: address.owner, repo: address.name, pull_number: number };
  const pull = await client.find("GET /repos/{owner}/{repo}/pulls/{pull_number}", at, PullSchema);
  const [facts] = pull === null ? [] : await look([{ number, branch: pull.head.ref }]);
  if (pull === null || facts === undefined)
    throw new UserError(
      "ci/no-pull-request",
      `There is no pull request #${number} in ${repository}.`,
      {
        hints: [`See them: gh pr list --repo ${repository}`],
      },
    );
  const { title, html_url: url, updated_at: since } = pull;
  return toCiStatusJson({ repository, title, url, facts, since, now: clock.now() }, policy);
}

function policyOf({ ci, review }: Config): ForgePolicy {
  const { wait, timeoutMs, pollMs, noneAfterMs } = ci;
  return {
    ci: { wait, timeoutMs, pollMs, noneAfterMs },
    reviews: { waitFor: review.waitFor, timeoutMs: review.timeoutMs },
  };
}

function until(clock: Clock, at: number): Promise<void> {
  return new Promise((resolve) => {
    clock.alarm(at, resolve);
  });
}
