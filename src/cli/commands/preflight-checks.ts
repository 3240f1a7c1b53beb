import type { CheckJson } from "../../api/preflight-json.ts";
import type { OpenedProject } from "../../composition/open-project.ts";
import type { GroundFacts } from "../../host/checks.ts";
import type { CommandContext, CommandOption } from "../command-module.ts";
import { HOSTING_OPTIONS } from "./hosting-options.ts";

/** Flags that change what the ground is asked for. */
export const GROUND_OPTIONS: readonly CommandOption[] = HOSTING_OPTIONS.filter((option) =>
  /--(agent|target) /.test(option.flags),
);

/** Every check of a repository: those of each start, and what lies around. */
export async function allChecks(
  context: CommandContext,
  project: OpenedProject,
): Promise<{ readonly checks: readonly CheckJson[]; readonly facts: GroundFacts }> {
  const [{ groundChecks }, { surroundingChecks }, { surroundings }] = await Promise.all([
    import("../../host/checks.ts"),
    import("../../host/checks-surroundings.ts"),
    import("../../composition/ground-facts-surroundings.ts"),
  ]);
  const facts = await project.groundFacts(null);
  const ground = groundChecks(facts, { allowDirty: false });
  // Where git or the repository is refused, nothing around it can be told.
  if (facts.git.root === null || !facts.git.hasCommits) return { checks: ground, facts };
  const around = await surroundings({
    root: project.root,
    cairnFolder: project.cairnFolder,
    config: project.loaded.config,
    target: facts.target.exists ? facts.target.name : null,
    agents: facts.agents.filter((agent) => agent.found).map((agent) => agent.name),
    env: context.env,
    forge: () => project.forgeFact(),
  });
  return { checks: [...ground, ...surroundingChecks(around)], facts };
}
