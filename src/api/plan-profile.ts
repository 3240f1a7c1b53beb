import type { Plan } from "../core/plan/plan.ts";
import { withheldWords } from "../core/report/words.ts";
import { profileOf, type Profile } from "../core/run/profile.ts";
import type { RunSettings } from "../core/run/settings.ts";
import type { TaskKey } from "../core/shared/names.ts";

/** The profile of a plan's run, and which of its issues have nothing to prove by what they are. */
export interface PlanProfile extends Profile {
  /** Open issues only; paths that need no proof are seen when the work is there. */
  readonly exempt: readonly { readonly key: TaskKey; readonly type: string }[];
  /** Why nothing will be reviewed although that was asked for; absent: what was asked for is done. */
  readonly unreviewed?: string;
}

const EXEMPT: ReadonlySet<string> = new Set(["RESEARCH", "VALIDATION"]);

/** What a plan says about its profile before anything has begun. */
export function planProfile(
  plan: Plan,
  settings: Pick<RunSettings, "discipline" | "gates" | "review" | "roles">,
): PlanProfile {
  const profile = profileOf(settings);
  const { withheld } = settings.review;
  const exempt = plan.issues.filter(
    ({ type, state, done }) => EXEMPT.has(type) && state === "open" && !done,
  );
  return {
    ...profile,
    exempt: profile.name === "plain" ? [] : exempt.map(({ key, type }) => ({ key, type })),
    ...(withheld === undefined ? {} : { unreviewed: withheldWords(withheld) }),
  };
}
