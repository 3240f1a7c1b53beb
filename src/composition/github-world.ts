import { startWebhooks } from "../adapters/forge/github/webhooks.ts";
import { explainGitHub } from "../adapters/forge/github/errors.ts";
import { featuresOf } from "../adapters/forge/github/features.ts";
import { createFollowUpIssues } from "../adapters/forge/github/follow-up-issues.ts";
import { createGitHubForge } from "../adapters/forge/github/forge.ts";
import type { RunGit } from "../adapters/forge/github/git-remote.ts";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { GitFailed, runGit } from "../adapters/git/run-git.ts";
import type { Milestone } from "../core/plan/issue.ts";
import type { Run } from "../core/run/run.ts";
import type { ForgeSettings } from "../core/run/settings.ts";
import { UserError } from "../errors.ts";
import type { World } from "../engine/performer.ts";
import { followUpBody } from "../messages/follow-up-issue.ts";
import type { FollowUpPlace } from "../ports/source.ts";
import type { HostedWorld } from "../host/project.ts";
import { gitHubSource } from "./github-source.ts";
import type { WorldOptions } from "./open-world.ts";
import { COMMITTER } from "./session-environment.ts";

/** GitHub for one run: its forge, its milestone as it is there by now, and webhooks where they are configured. */
export async function gitHubWorld(
  run: Run,
  settings: ForgeSettings,
  options: WorldOptions,
): Promise<Pick<World, "forge" | "milestone" | "followUps"> & Pick<HostedWorld, "listen">> {
  const opened = await options.openGitHub();
  if (opened === null || !isOf(opened, settings)) throw elsewhere(run, settings, opened);
  const { clock } = options;
  const explain = (error: unknown, doing: string): Error =>
    explainGitHub(error, {
      repository: settings.repository,
      doing,
      now: clock.now(),
      isTriedAgain: true,
    });
  const { retryMs } = run.settings;
  const forge = gitHubForge(opened, { ...options, settings, retryMs, explain });
  const { webhook } = options;
  return {
    forge,
    ...(settings.hasIssues
      ? {
          milestone: milestoneReader(options, opened),
          followUps: followUpPlace(run, settings, opened, explain),
        }
      : {}),
    ...(webhook === null ? {} : { listen: listener(opened, webhook, options) }),
  };
}

/** The forge of a run, also of one that has not begun. */
export function gitHubForge(
  { connection, token }: Opened,
  given: {
    readonly root: string;
    readonly clock: WorldOptions["clock"];
    readonly settings: Pick<ForgeSettings, "repository" | "milestone">;
    readonly retryMs: readonly number[];
    /** Absent: said as to somebody who has to try again. */
    readonly explain?: (error: unknown, doing: string) => Error;
  },
): World["forge"] {
  const { root, clock, settings, retryMs } = given;
  const { client, address } = connection;
  const { repository, milestone } = settings;
  return createGitHubForge({
    client,
    clock,
    address,
    token,
    retryMs,
    milestone,
    git: gitIn(root),
    explain:
      given.explain ??
      ((error, doing) => explainGitHub(error, { repository, doing, now: clock.now() })),
  });
}

/** git in the repository; a connection that is dead is given up after a while, and said to be. */
function gitIn(root: string): RunGit {
  const env = gitEnvironment(COMMITTER);
  return async (args, given) => {
    try {
      const answer = await runGit({
        args,
        cwd: root,
        env: { ...env, ...given?.env },
        ...(given?.input === undefined ? {} : { input: given.input }),
        answers: ANY_CODE,
        timeoutMs: GIT_MS,
      });
      return { code: answer.code, text: answer.text, told: answer.stderr };
    } catch (error) {
      if (!(error instanceof GitFailed) || error.status !== null) throw error;
      return { code: 124, text: "", told: `git timed out after ${GIT_MS / 60_000} minutes` };
    }
  };
}

/** A first fetch of a large repository may take minutes; a connection that says nothing for so long is dead. */
const GIT_MS = 10 * 60_000;

/** Every way a git child may end is an answer here: who asks reads its words. */
const ANY_CODE: readonly number[] = Array.from({ length: 255 }, (_, code) => code + 1);

type Opened = NonNullable<Awaited<ReturnType<WorldOptions["openGitHub"]>>>;

/** Where what partial results leave is put down: beside the issues that they are about. */
function followUpPlace(
  run: Run,
  { milestone }: ForgeSettings,
  { connection }: Opened,
  explain: (error: unknown, doing: string) => Error,
): FollowUpPlace {
  const { client, address, defaultBranch } = connection;
  const { owner, name, apiUrl } = address;
  const features = featuresOf({ client, owner, name, defaultBranch, apiUrl });
  return createFollowUpIssues({
    client,
    at: { owner, repo: name },
    milestone,
    hasEdges: async () => (await features()).dependencies,
    since: run.createdAt,
    bodyOf: (draft) => followUpBody(run, draft),
    explain,
  });
}

function milestoneReader(
  options: WorldOptions,
  opened: Opened,
): (run: Run) => Promise<Milestone | null> {
  let source: ReturnType<typeof gitHubSource> | null = null;
  return async (run) => {
    const from = run.plan?.source.truth ?? run.plan?.source;
    if (from?.kind !== "github") return null;
    // What failed once is asked again at the next reading.
    source ??= gitHubSource(opened, () => options.clock.now()).catch((error: unknown) => {
      source = null;
      throw error;
    });
    return (await source).source.read(from.reference);
  };
}

function listener(
  opened: Opened,
  webhook: NonNullable<WorldOptions["webhook"]>,
  options: WorldOptions,
): NonNullable<HostedWorld["listen"]> {
  return async (hint, say) => {
    const started = await startWebhooks({
      listen: webhook.listen,
      secret: options.environment[webhook.secretEnv],
      secretName: webhook.secretEnv,
      repository: opened.connection.repository,
      onWarning: (words) => say(`Warning: ${words}`),
      onNews: hint,
    });
    say(`Listening for webhooks of ${opened.connection.repository} at ${started.url}`);
    return { close: () => started.close() };
  };
}

/** By the name in the remote or GitHub's own: it ignores case, and answers to the old name of what was renamed. */
function isOf({ connection }: Opened, { repository }: ForgeSettings): boolean {
  const { owner, name } = connection.address;
  const known = [`${owner}/${name}`, connection.repository].map((each) => each.toLowerCase());
  return known.includes(repository.toLowerCase());
}

function elsewhere(run: Run, settings: ForgeSettings, opened: Opened | null): UserError {
  const now = opened?.connection.repository ?? null;
  const here = now === null ? "works with the local forge now" : `is ${now} by now`;
  return new UserError(
    "forge/changed",
    `The run ${run.id} was begun on ${settings.repository}; this repository ${here}.`,
    {
      hints: [
        "Put the remote back (forge.remote, forge.kind), or give the run up: cairn cancel --run",
      ],
    },
  );
}
