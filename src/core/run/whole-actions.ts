import type { Action } from "./actions.ts";
import type { Run } from "./run.ts";

/** The test of the whole; when it was red, the search for what broke it. */
export function verifyActions(run: Run): readonly Action[] {
  const { integration } = run;
  if (integration === null) return [];
  return [
    {
      type: "TestIntegration",
      key: `verify:${run.verifications}:${integration.head}`,
      commit: integration.head,
    },
  ];
}

/** Under `barrier`: the test of the branch after a wave that is over. */
export function waveActions(_run: Run): readonly Action[] {
  return [];
}

/** A merged task is taken back, as soon as nothing else is merged. */
export function revertActions(_run: Run): readonly Action[] {
  return [];
}
