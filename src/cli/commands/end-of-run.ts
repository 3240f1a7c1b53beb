import { endSummary } from "../../api/end-summary.ts";
import type { StoredEvent } from "../../core/run/events.ts";
import type { GateResult } from "../../core/execute/gates.ts";
import type { Run } from "../../core/run/run.ts";
import { isOn } from "../options.ts";
import { progressMode } from "../render/terminal.ts";
import { harmless } from "../render/text-width.ts";
import type { HostingRequest } from "./hosting.ts";

/** What is written, tidied and said when the engine has come to rest; may be done again. */
export async function finish(request: HostingRequest, run: Run): Promise<void> {
  const { context, project, store } = request;
  const events: readonly StoredEvent[] = store.read(run.id, 0);
  const [{ writeRunFolder }, { runFolder }, { toPlanJson }, profiles, yaml] = await Promise.all([
    import("../../host/run-folder.ts"),
    import("../../host/host-run.ts"),
    import("../../api/plan-json.ts"),
    import("../../api/plan-profile.ts"),
    import("yaml"),
  ]);
  const { plan, settings } = run;
  const planYaml =
    plan === null ? "" : yaml.stringify(toPlanJson(plan, profiles.planProfile(plan, settings)));
  writeRunFolder({ folder: runFolder(project.cairnFolder, run.id), run, events, planYaml });
  await project.restoreCheckout(run);
  if (run.status === "complete" || run.status === "cancelled") await project.tidy(run);
  if (isOn(context.options, "metrics")) {
    const { reportDocument } = await import("../../api/report-json.ts");
    context.out(reportDocument("metrics", run, events, false));
  }
  if (context.globals.progress === "quiet" || context.globals.json || isRefusedAtStart(run)) return;
  const { progress } = context.globals;
  const stdout = { isTTY: context.terminal.stdout, columns: context.terminal.columns };
  const questionsShown = progressMode(progress, stdout, context.env) === "tty";
  for (const line of endSummary(run, events, { questionsShown })) context.tell(harmless(line));
}

/** The plan was rejected by its baseline: nothing was begun. A person's own cancel comes later, or leaves no reason. */
export function isRefusedAtStart(run: Run): boolean {
  return run.status === "cancelled" && run.haltReason !== null && redGates(run).length > 0;
}

export function redGates(run: Run): readonly GateResult[] {
  return (run.baseline ?? []).filter((result) => !result.ok);
}
