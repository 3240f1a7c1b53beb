import type { Config } from "../config/load.ts";
import type { Run } from "../core/run/run.ts";
import type { ProgressFile } from "../ports/source.ts";

/** Where the source of a run keeps how far it is; null: it keeps nothing in the repository. */
export function progressFileOf(_run: Run, _config: Config): ProgressFile | null {
  return null;
}
