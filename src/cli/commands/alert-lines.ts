import { haltedForSecrets } from "../../core/report/halted-for-secrets.ts";
import type { Run } from "../../core/run/run.ts";
import { harmless } from "../render/text-width.ts";

/** What a person has to know at once about a halted run, as a terminal may show it; empty for every other run. */
export function alertLines(run: Run): readonly string[] {
  return haltedForSecrets(run).map(harmless);
}
