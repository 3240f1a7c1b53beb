import { asDispatchPlan } from "../../../core/plan/dispatch-plan-document.ts";
import type { DispatchPlan } from "../../../core/plan/dispatch-plan.ts";
import { isDispatchTree, readDocument } from "./read-document.ts";
import { readYamlTree } from "./yaml-tree.ts";

/** A dispatch plan as a value, as far as it can be read; null for any other text. Never throws. */
export function parseDispatch(text: string): DispatchPlan | null {
  const { root } = readYamlTree("", text.replace(/^\u{FEFF}/u, ""));
  return isDispatchTree(root) ? asDispatchPlan(readDocument("", root)) : null;
}
