import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { renderDispatch } from "../adapters/sources/dispatch/render-dispatch.ts";
import type { Config } from "../config/load.ts";
import { toDispatch } from "../core/plan/dispatch-plan.ts";
import type { DispatchAdditions } from "../core/plan/dispatch-plan.ts";
import { earlierOf } from "../core/plan/groom-earlier.ts";
import { proposeGaps } from "../core/plan/groom-gaps.ts";
import type { Gap } from "../core/plan/groom-gaps.ts";
import { keepEarlier } from "../core/plan/groom-keep.ts";
import { proposeSplits } from "../core/plan/groom-splits.ts";
import type { ProposedSplit } from "../core/plan/groom-splits.ts";
import type { Milestone } from "../core/plan/issue.ts";
import { buildPlan } from "../core/plan/plan.ts";
import type { Plan } from "../core/plan/plan.ts";
import { assertRunnable } from "../core/plan/scope-plan.ts";
import { UserError } from "../errors.ts";
import { mergedInParts } from "./earlier-parts.ts";
import { conflictFacts } from "./groom-facts.ts";
import { dispatchFileFor, filedPlan, writePlanFile } from "./groom-file.ts";
import type { GroomPlace } from "./groom-file.ts";
import { readMilestone } from "./read-milestone.ts";

export interface GroomRequest {
  readonly source: readonly string[];
  /** As typed; null: where `sources.dispatch` says. */
  readonly output: string | null;
  /** Writes over a file of another kind. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface Groomed {
  readonly plan: Plan;
  /** Of the file: members of a group stand in waves of their own there. */
  readonly waves: number;
  /** As a person names it from the root of the repository; absolute when it lies outside. */
  readonly file: string;
  readonly outcome: "written" | "unchanged" | "shown";
  readonly gates: readonly string[];
  readonly splits: readonly ProposedSplit[];
  readonly gaps: readonly Gap[];
  readonly kept: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Reads a milestone, groups what touches the same files (by its texts, the history and earlier runs), and writes it as
 * a dispatch plan. What a person changed in that file is kept.
 * @throws UserError `source/…`; `plan/cycle`, `plan/duplicate-key`; `groom/exists` for a file of another kind.
 */
export async function groomMilestone(place: GroomPlace, request: GroomRequest): Promise<Groomed> {
  const truth = await sourceOfTruth(place, request.source);
  const milestone = await withEarlierParts(place, await readMilestone(place, truth.words));
  const fresh = buildPlan(milestone, {
    unmapped: place.config.planning.unmapped,
    ...(await conflictFacts(milestone, place)),
  });
  refuseCircles(fresh);
  const absolute = dispatchFileFor(place, request.output ?? truth.file, fresh.milestone.number);
  const file = shownPath(place.root, absolute);
  const filed = await filedPlan(absolute, file, request.force);
  const { plan, kept, changed } =
    filed.dispatch === null
      ? { plan: fresh, kept: [], changed: [] }
      : keepEarlier(fresh, earlierOf(filed.dispatch, fresh, file));
  const splits = proposeSplits(plan);
  const gaps = proposeGaps(plan, { exists: (path) => existsInside(place.root, path) });
  const gates = gatesOf(place.config, milestone, filed.dispatch?.gates);
  const dispatch = toDispatch(plan, {
    gates,
    groomed: true,
    ...branchOf(milestone, filed.dispatch?.milestone.integrationBranch ?? null),
    ...proposals(plan, splits, gaps),
  });
  const text = renderDispatch(dispatch);
  const isSame = text === filed.text;
  if (!isSame && !request.dryRun) await writePlanFile(absolute, text);
  const outcome = isSame ? "unchanged" : request.dryRun ? "shown" : "written";
  const waves = dispatch.waves.length;
  return { plan, waves, file, outcome, gates: gates.preMerge, splits, gaps, kept, changed };
}

interface Truth {
  /** What is read. */
  readonly words: readonly string[];
  /** The dispatch plan that was named, and that is groomed again; null: another source was named. */
  readonly file: string | null;
}

/** A dispatch plan is groomed from what it was made of, where it says so. */
async function sourceOfTruth(place: GroomPlace, words: readonly string[]): Promise<Truth> {
  const named = words.length === 1 ? (words[0] ?? "").replace(/^@/u, "") : "";
  if (!/\.ya?ml$/iu.test(named)) return { words, file: null };
  const absolute = dispatchFileFor(place, named, "");
  const { dispatch } = await filedPlan(absolute, named, true);
  if (dispatch === null) return { words, file: null };
  const { source } = dispatch;
  // The reference is taken from the root, words from the folder of the command.
  const reference =
    source === null ? null : relative(place.directory, join(place.root, source.reference));
  return { words: reference === null ? words : [reference], file: named };
}

/** What another wave's run merged is done, though the source does not say so yet. */
async function withEarlierParts(place: GroomPlace, milestone: Milestone): Promise<Milestone> {
  const merged = await mergedInParts(milestone.source, place);
  const done = { state: "closed", closedAs: "completed" } as const;
  return {
    ...milestone,
    issues: milestone.issues.map((issue) =>
      merged.has(issue.key) ? { ...issue, ...done } : issue,
    ),
  };
}

/** A plan with a circle has no waves; everything else a person may mend afterwards. */
function refuseCircles(plan: Plan): void {
  try {
    assertRunnable(plan);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "plan/all-blocked") throw error;
  }
}

/** Gates of the source, of the file a person may have changed, of the configuration or recognised. */
function gatesOf(
  config: Config,
  milestone: Milestone,
  filed: Milestone["gates"],
): NonNullable<Milestone["gates"]> {
  const named = [milestone.gates, filed].find(
    (gates) => gates !== undefined && gates.preMerge.length + gates.postMerge.length > 0,
  );
  const { preMerge, postMerge } = config.gates;
  return (
    named ?? {
      preMerge: preMerge.map(({ run }) => run),
      postMerge: postMerge.map(({ run }) => run),
    }
  );
}

function branchOf(
  milestone: Milestone,
  filed: string | null,
): Pick<DispatchAdditions, "integrationBranch"> {
  const branch = filed ?? milestone.integrationBranch ?? null;
  return branch === null ? {} : { integrationBranch: branch };
}

/** Splits and gaps in words, at the issue they concern. */
function proposals(
  plan: Plan,
  splits: readonly ProposedSplit[],
  gaps: readonly Gap[],
): Pick<DispatchAdditions, "proposed" | "gaps"> {
  const proposed = new Map(
    plan.issues.flatMap(({ key }) => {
      const parts = splits.filter((split) => split.key === key).flatMap((split) => split.parts);
      const mine = gaps.filter((gap) => gap.keys.includes(key));
      return parts.length + mine.length === 0
        ? []
        : [
            [
              key,
              {
                splits: parts.map(({ title, files }) =>
                  files.length === 0 ? title : `${title} (${files.join(", ")})`,
                ),
                gaps: mine.map(({ message }) => message),
              },
            ] as const,
          ];
    }),
  );
  return { proposed, gaps: gaps.filter(({ keys }) => keys.length === 0).map(inWords) };
}

function inWords({ message, hint }: Gap): string {
  return `${message} ${hint}`;
}

function existsInside(root: string, path: string): boolean {
  return !path.split("/").includes("..") && existsSync(join(root, path));
}

function shownPath(root: string, absolute: string): string {
  const inside = relative(root, absolute);
  return inside.startsWith("..") ? absolute : inside;
}
