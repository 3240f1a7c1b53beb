import { closingAt } from "./normalised-text.ts";
import { weighCondition, weighFailure, type Weighed } from "./weigh-condition.ts";
import { weighCall } from "./weigh-matcher.ts";

/** Only some runs reach it, or its failure is not waited for: it demands less than the same one at all times. */
const SOMETIMES = 0.75;

/** Weighs an assertion as `WrittenTest.expectations` holds it. */
export function weighExpectation(text: string): Weighed {
  const when = text.startsWith("when(") ? conditionEnd(text) : 0;
  const rest = text.slice(when).trimStart();
  if (rest.startsWith("unawaited ")) {
    return { ...weighCall(rest.slice("unawaited ".length)), strength: 0.25 };
  }
  const weighed = weighPlain(rest);
  return when === 0 ? weighed : { ...weighed, strength: weighed.strength * SOMETIMES };
}

function weighPlain(text: string): Weighed {
  if (text.startsWith("fails if ")) return weighFailure(text.slice("fails if ".length));
  const asserted = /^assert(?:\s+|(?=[([{"-]))(?!\()(.*)$/su.exec(text);
  if (asserted !== null) return weighCondition(asserted[1] ?? "");
  const python = /^assert(\(.*)$/su.exec(text);
  if (python !== null && !isOneCall(text)) return weighCondition(python[1] ?? "");
  return weighCall(text);
}

function isOneCall(text: string): boolean {
  return closingAt(text, text.indexOf("(")) === text.length - 1;
}

function conditionEnd(text: string): number {
  return closingAt(text, text.indexOf("(")) + 1;
}
