import { closingAt, isLiteral, splitOutside } from "./normalised-text.ts";

/** What an assertion demands, as far as two of them can be compared. */
export interface Weighed {
  /** What is looked at; empty where it cannot be told. */
  readonly subject: string;
  /** The way it is looked at: matcher, function, operator. */
  readonly matcher: string;
  /** 0: always true; 1: something is there; 2: a property, a range; 3: exactly this value. Between are shades. */
  readonly strength: number;
  /** How tight a tolerance, a limit or a number of planned assertions is; more is tighter. Null: it has none. */
  readonly bound: number | null;
}

/** Of `pytest.approx`, relative. */
const APPROX_DEFAULT = 1e-6;

const OR = /\|\||(?<=[\s)\]"])or(?=[\s("])/u;
const AND = /&&|(?<=[\s)\]"])and(?=[\s("])/u;
const EXACT = /===|==|(?<=[\s)\]])is (?!not\b)/u;
const NOT_EXACT = /!==|!=|(?<=[\s)\]])is not /u;
const ORDER = /<=|>=|(?<![-=])>|<(?!<)/u;
const PARTIAL =
  /(?<=[\s)\]"])(?:not )?in (?=\S)|\b(?:instanceof|isinstance|typeof|includes|contains|startsWith|starts_with|startswith|endswith|ends_with|endsWith|match(?:es)?!?|test|issubset|hasattr|HasPrefix|HasSuffix|Contains|Is|As)\b/u;
const DEEP = /\b(?:isDeepStrictEqual|deepEqual|equals|DeepEqual|Equal|array_equal|eq)\(/u;

/** How much it demands that a condition holds. */
export function weighCondition(condition: string): Weighed {
  const text = unwrapped(condition);
  const either = splitOutside(text, OR);
  if (either.length > 1) {
    const parts = either.map(weighCondition);
    const least = Math.min(...parts.map(({ strength }) => strength));
    const isAlways = either.some((part) => /^(?:true|True|1)$/u.test(unwrapped(part)));
    return { ...weak(text), strength: isAlways ? 0 : Math.max(0.5, least - 1) };
  }
  const all = splitOutside(text, AND);
  const [first] = all;
  if (all.length > 1 && first !== undefined) {
    const parts = all.map(weighCondition).toSorted((a, b) => b.strength - a.strength);
    const [best] = parts;
    const sum = parts.reduce((total, { strength }) => total + strength, 0);
    return { ...(best ?? weak(text)), strength: Math.min(3.9, (best?.strength ?? 0) + sum / 20) };
  }
  return weighComparison(text);
}

function weighComparison(text: string): Weighed {
  for (const [pattern, strength] of [
    [EXACT, 3],
    [NOT_EXACT, 1.5],
    [ORDER, 2],
  ] as const) {
    const [left = "", right] = splitOutside(text, pattern);
    if (right === undefined) continue;
    const isTrue = left === right || (isLiteral(left) && isLiteral(right));
    const subject = (isLiteral(left) ? right : left).trim();
    const value = (isLiteral(left) ? left : right).trim();
    const near = nearness(value);
    if (near !== null) return { subject, matcher: "near", strength: 2, bound: near };
    const isThere = strength === 1.5 && /^(?:null|undefined|None|nil)$/u.test(value);
    // `typeof x === "number"` says less than a value would.
    const isKind = strength === 3 && /^(?:typeof|type\()/u.test(subject);
    return {
      subject,
      matcher:
        strength === 3
          ? "=="
          : strength === 2
            ? /</u.test(operator(text, pattern))
              ? "<"
              : ">"
            : "!=",
      strength: isTrue ? 0 : isThere ? 1 : isKind ? 2 : strength,
      bound: strength === 2 ? limit(text, pattern, value) : null,
    };
  }
  if (DEEP.test(text) && !/^(?:!|not )/u.test(text)) return { ...weak(text), strength: 3 };
  if (PARTIAL.test(text)) return { ...weak(text), strength: 2 };
  if (isLiteral(text))
    return { ...weak(text), strength: /^(?:false|False|0|null|None)$/u.test(text) ? 3 : 0 };
  return weak(text);
}

/** How tight `pytest.approx(…, abs=…)` is; its own default where it says nothing; null: it is something else. */
export function nearness(value: string): number | null {
  if (!/\bapprox\(/u.test(value)) return null;
  const given = /\b(?:abs|rel)=([\d.e-]{1,20})/u.exec(value)?.[1];
  return given === undefined ? -APPROX_DEFAULT : -Number(given);
}

function operator(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[0] ?? "";
}

/** `x<5` is tighter with a smaller number, `x>5` with a larger one. */
function limit(text: string, pattern: RegExp, value: string): number | null {
  const number = Number(value.replaceAll("_", ""));
  if (!Number.isFinite(number) || value === "") return null;
  return operator(text, pattern).includes("<") ? -number : number;
}

function weak(text: string): Weighed {
  return { subject: text.replace(/^(?:!|not )+/u, ""), matcher: "truth", strength: 1, bound: null };
}

function unwrapped(text: string): string {
  let inner = text.trim();
  while (inner.startsWith("(") && closingAt(inner, 0) === inner.length - 1)
    inner = inner.slice(1, -1);
  return inner.replace(/^!!/u, "");
}

/** Go fails where a condition holds: what is demanded is its opposite. */
export function weighFailure(text: string): Weighed {
  const condition = splitOutside(text, /;/u).at(-1) ?? text;
  if (condition === "reached") return { ...weak(condition), strength: 1 };
  const both = splitOutside(condition, AND);
  if (both.length > 1) {
    const least = Math.min(...both.map((part) => weighFailure(part).strength));
    return { ...weak(condition), strength: Math.max(0.5, least - 1) };
  }
  const each = splitOutside(condition, OR);
  if (each.length > 1) {
    const parts = each.map(weighFailure).toSorted((a, b) => b.strength - a.strength);
    const [best] = parts;
    return {
      ...(best ?? weak(condition)),
      strength: Math.min(3.9, (best?.strength ?? 0) + parts.length / 20),
    };
  }
  if (DEEP.test(condition))
    return { ...weak(condition), strength: condition.startsWith("!") ? 3 : 1.5 };
  if (/^(?:false|0)$/u.test(condition)) return { ...weak(condition), strength: 0 };
  const turned = weighComparison(condition);
  const { strength, matcher, bound } = turned;
  if (matcher === "!=") return { ...turned, strength: strength === 0 ? 0 : 3 };
  if (matcher === "==") return { ...turned, strength: /\bnil$/u.test(condition) ? 1 : 1.5 };
  return { ...turned, bound: bound === null ? null : -bound };
}
