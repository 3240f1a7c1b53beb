import type { MeasureEvent } from "../../composition/preflight.ts";
import { plural, shortCommit } from "../../core/report/words.ts";
import type { CommandContext } from "../command-module.ts";
import { gateLine } from "../render/preflight.ts";
import { lookFor } from "./with-run.ts";

/** Says on stderr what is measured, gate by gate: gates may take minutes. Nothing with `--json` or when quiet. */
export function tellGates(context: CommandContext): (event: MeasureEvent) => void {
  const { json, progress } = context.globals;
  if (json || progress === "quiet") return () => undefined;
  const look = lookFor(context);
  return (event) => {
    if (event.kind === "gate") return context.tell(gateLine(event.result, look));
    if (event.gates === 0) return;
    context.tell(
      `Measuring ${plural(event.gates, "gate")} on ${event.where} at ${shortCommit(event.commit)} …`,
    );
  };
}

/** Work that Ctrl-C ends in order: what it started is ended and removed first. A second signal ends this process. */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  const end = (name: NodeJS.Signals): void => ending.abort(name);
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  try {
    return await work(ending.signal);
  } finally {
    process.off("SIGINT", end);
    process.off("SIGTERM", end);
  }
}
