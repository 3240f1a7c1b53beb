import { assertMayWrite } from "../adapters/forge/github/connect.ts";
import { createIssues, type MilestoneCreated } from "../adapters/forge/github/create-issues.ts";
import { explainGitHub } from "../adapters/forge/github/errors.ts";
import { featuresOf } from "../adapters/forge/github/features.ts";
import { remoteName } from "../adapters/git/remote-name.ts";
import { redactText, secretValues } from "../adapters/process/redact.ts";
import { readSecretFiles } from "../adapters/process/secret-files.ts";
import { desiredMilestone, type DesiredMilestone } from "../core/plan/create-plan.ts";
import { buildPlan } from "../core/plan/plan.ts";
import { mergedInParts } from "./earlier-parts.ts";
import { forgeHere, type ForgePlace } from "./forge-here.ts";
import { readMilestone } from "./read-milestone.ts";

export interface CreatePlace extends ForgePlace {
  readonly cairnFolder: string;
  /** Folder the command was started in: paths are taken from there. */
  readonly directory: string;
}

export interface CreateMilestoneRequest {
  readonly source: readonly string[];
  /** Null: the plan's own title. */
  readonly title: string | null;
  readonly dryRun: boolean;
  readonly onStep: (words: string) => void;
}

/** The milestone as it is on GitHub now, or would be. */
export interface CreatedOnForge extends MilestoneCreated {
  /** `owner/repo` */
  readonly repository: string;
  readonly leftOut: readonly string[];
}

/**
 * Makes of any plan a milestone of this repository on GitHub, as often as one likes.
 * @throws UserError `source/…`, `create/…`, `forge/local`, `github/…`.
 */
export async function createMilestone(
  place: CreatePlace,
  request: CreateMilestoneRequest,
): Promise<CreatedOnForge> {
  const desired = await readDesired(place, request);
  const { connection } = await forgeHere(place, "`cairn create`");
  if (!request.dryRun) assertMayWrite(connection);
  const { client, address, repository, defaultBranch } = connection;
  const { owner, name, apiUrl } = address;
  try {
    const features = await featuresOf({ client, owner, name, defaultBranch, apiUrl })();
    const created = await createIssues({
      client,
      at: { owner, repo: name },
      desired,
      hasEdges: features.dependencies,
      colours: place.config.labels,
      dryRun: request.dryRun,
      onStep: request.onStep,
    });
    return { ...created, repository, leftOut: desired.leftOut };
  } catch (error) {
    const doing = `write the milestone "${desired.title}"`;
    throw explainGitHub(error, { repository, doing, now: place.clock.now() });
  }
}

async function readDesired(
  place: CreatePlace,
  { source, title }: CreateMilestoneRequest,
): Promise<DesiredMilestone> {
  const { root, config, env } = place;
  const openGitHub = async (): ReturnType<typeof forgeHere> => forgeHere(place, "A milestone");
  const milestone = await readMilestone({ ...place, openGitHub }, source);
  const merged = await mergedInParts(milestone.source, place);
  const done = { state: "closed", closedAs: "completed" } as const;
  const repository = await remoteName(root, config.forge.remote);
  const issues = milestone.issues.map((issue) =>
    merged.has(issue.key) ? { ...issue, ...done } : issue,
  );
  const known = { ...(repository === null ? {} : { repository }), ...milestone, issues };
  const plan = buildPlan(known, { unmapped: config.planning.unmapped });
  const secrets = [...secretValues(env), ...readSecretFiles(root, config.secrets.valuesFrom)];
  return desiredMilestone(plan, { title, redact: (text) => redactText(text, secrets) });
}
