import type { RunSettings } from "./settings.ts";

/** Whether a run proves that its work is test-driven. */
export interface Profile {
  readonly name: "tdd" | "plain";
  /** Command of the gate it is proven with; null: nothing is proven. */
  readonly gate: string | null;
  /** Why nothing is proven, as the end of a sentence; null: it is. */
  readonly why: string | null;
}

/** The profile as the settings came out, with the reason where it is `plain`. */
export function profileOf(settings: Pick<RunSettings, "discipline" | "gates" | "roles">): Profile {
  const gate = settings.gates.preMerge.find(({ kind }) => kind === "test")?.run ?? null;
  if ((settings.discipline?.tdd ?? null) !== null) return { name: "tdd", gate, why: null };
  const why = settings.discipline === undefined ? OLD : whyPlain(settings, gate);
  return { name: "plain", gate: null, why };
}

const OLD = "the run was begun by a version that could not";

function whyPlain({ roles }: Pick<RunSettings, "roles">, gate: string | null): string {
  if (gate === null) return "no gate runs tests";
  const { agent, commits } = roles.implementer;
  return commits
    ? "the configuration says so"
    : `${agent} makes no commits of its own, so there is no history to prove`;
}
