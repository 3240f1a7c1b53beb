import type { StateCheckJson, StateValidationJson } from "../../api/state-checks-json.ts";
import { plural } from "../../core/report/words.ts";
import { paint, type Look } from "./look.ts";

const STYLES = { fine: "green", note: "cyan", off: "red" } as const;
const WIDTH = "mended".length;

/** Each check on a line; what is off with what it means and what to do. */
export function validationLines(document: StateValidationJson, look: Look): readonly string[] {
  return [...document.checks.flatMap((check) => checkLines(check, look)), summary(document)];
}

function checkLines(check: StateCheckJson, look: Look): readonly string[] {
  const word = check.fixed ? "mended" : check.result;
  const style = check.fixed ? "green" : STYLES[check.result];
  const head = `${paint(look, style, word.padEnd(WIDTH))}  ${check.name}: ${check.words}`;
  if (check.fixed) return [head];
  const margin = " ".repeat(WIDTH + 2);
  return [
    head,
    ...(check.means === "" ? [] : [`${margin}${check.means}`]),
    ...(check.mend === "" ? [] : [`${margin}${look.ascii ? "->" : "→"} ${check.mend}`]),
  ];
}

function summary({ checks }: StateValidationJson): string {
  const open = checks.filter((check) => check.result === "off" && !check.fixed);
  const mended = checks.filter((check) => check.fixed).length;
  const also = mended === 0 ? "" : ` ${plural(mended, "thing")} mended.`;
  if (open.length === 0) return `Everything fits.${also}`;
  const fixable = open.filter((check) => check.fixable).length;
  const how =
    fixable === 0 ? "" : ` ${fixable} of them can be mended safely: cairn state validate --fix`;
  return `${plural(open.length, "thing")} ${open.length === 1 ? "is" : "are"} off.${also}${how}`;
}
