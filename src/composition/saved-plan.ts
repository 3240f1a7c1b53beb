import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { parseDispatch } from "../adapters/sources/dispatch/parse-dispatch.ts";
import { renderDispatch } from "../adapters/sources/dispatch/render-dispatch.ts";
import { toDispatch } from "../core/plan/dispatch-plan.ts";
import type { DispatchPlan } from "../core/plan/dispatch-plan.ts";
import type { Plan } from "../core/plan/plan.ts";
import { UserError } from "../errors.ts";
import { dispatchFileFor, filedPlan, writePlanFile } from "./groom-file.ts";
import type { GroomPlace } from "./groom-file.ts";

export interface SavedPlan {
  /** As a person names it from the root of the repository; absolute when it lies outside. */
  readonly file: string;
  readonly outcome: "written" | "unchanged";
  readonly items: number;
  readonly waves: number;
}

/**
 * Writes a plan as a dispatch plan, whole or not at all. A file that lies there is replaced when it is one too.
 * @throws UserError `groom/exists` for a file of another kind, unless `force`; `groom/outside`.
 */
export async function savePlan(
  place: GroomPlace,
  plan: Plan,
  request: {
    readonly output: string;
    readonly force: boolean;
    readonly gates: DispatchPlan["gates"];
  },
): Promise<SavedPlan> {
  const absolute = dispatchFileFor(place, request.output, "");
  const inside = relative(place.root, absolute);
  const file = inside.startsWith("..") ? absolute : inside;
  const filed = await filedPlan(absolute, file, request.force);
  const branch = filed.dispatch?.milestone.integrationBranch ?? null;
  const dispatch = toDispatch(plan, {
    gates: request.gates,
    ...(branch === null ? {} : { integrationBranch: branch }),
  });
  const text = renderDispatch(dispatch);
  if (text !== filed.text) await writePlanFile(absolute, text);
  return {
    file,
    outcome: text === filed.text ? "unchanged" : "written",
    items: plan.issues.length,
    waves: dispatch.waves.length,
  };
}

/** @throws UserError `source/not-found`, `source/no-dispatch`, `groom/outside`. */
export async function readSavedPlan(place: GroomPlace, written: string): Promise<DispatchPlan> {
  const absolute = dispatchFileFor(place, written.replace(/^@/u, ""), "");
  const text = await readFile(absolute, "utf8").catch(() => null);
  if (text === null) {
    throw new UserError("source/not-found", `There is no file ${written} that can be read.`, {
      hints: ["Save a plan first: cairn plan SOURCE --output FILE"],
    });
  }
  const dispatch = parseDispatch(text);
  if (dispatch !== null) return dispatch;
  throw new UserError("source/no-dispatch", `${written} is no dispatch plan.`, {
    hints: ["Name a file that `cairn plan SOURCE --output FILE` or `cairn groom SOURCE` wrote."],
  });
}
