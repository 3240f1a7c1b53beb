import os from "node:os";

// The owner's commands run code an agent wrote: nothing of the forge, nothing of the cloud.
const VISIBLE = /^(?:PATH|HOME|LANG|LC_.*|TZ|USER|LOGNAME|SHELL)$/;

/** What the owner's commands may see of the engine's environment: what finds programs, and what is named. */
export function visibleEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  named: readonly string[] = [],
): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (VISIBLE.test(entry[0]) || named.includes(entry[0])),
  );
  return { ...Object.fromEntries(kept), TMPDIR: os.tmpdir(), CI: "true" };
}
