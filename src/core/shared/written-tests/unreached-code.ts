import { normalised, type Range } from "./code-range.ts";
import type { Body } from "./found-tests.ts";

/** An `if` of a language with braces: its condition, and what is done only when it holds. */
export interface Branch {
  readonly condition: Range;
  readonly block: Range;
}

/** Which pieces of a body never run or whose failure nobody sees, and where it ends early. */
export interface Reach {
  readonly unreached: readonly Range[];
  readonly branches: readonly Branch[];
  /** Conditional ways out, by where they stand. */
  readonly exits: readonly { readonly at: number; readonly condition: string }[];
}

/** A condition, or a statement without braces, is searched for its end no further than this. */
const STATEMENT_MAX = 2_000;

/** Reads how far a body gets, for languages with braces. All places are those of the whole text. */
export function reachOf(body: Body): Reach {
  const branches = branchesOf(body);
  const flat = flattened(body);
  const after = afterReturn(body, flat);
  const exits = branches.flatMap(({ condition, block }) => {
    const isOuter = flat.startsWith("if", outerIf(flat, condition.from - body.base));
    const does = textOf(body, block).trim();
    return isOuter && /^return\b[^;\n]{0,200};?$/u.test(does)
      ? [{ at: block.from, condition: normalised(body.masked, condition) }]
      : [];
  });
  const always = exits.find(({ condition }) => /^(?:true|1|!0|!false)$/u.test(condition));
  const end = body.base + body.code.length;
  return {
    unreached: [
      ...(after === null ? [] : [after]),
      ...(always === undefined ? [] : [{ from: always.at, to: end }]),
      ...neverTrue(body, branches),
      ...swallowed(body),
    ],
    branches,
    exits: exits.filter((one) => one !== always),
  };
}

function textOf({ code, base }: Body, { from, to }: Range): string {
  return code.slice(from - base, to - base);
}

/** The body's own level: what stands in brackets is blank. */
function flattened({ masked, code, base }: Body): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < code.length; at += 1) {
    const close = masked.closes.get(base + at);
    if (close === undefined || code[at]?.trim() === "") continue;
    const to = Math.min(close - base, code.length);
    parts.push(code.slice(from, at + 1), " ".repeat(Math.max(0, to - at - 1)));
    from = to;
    at = to;
  }
  parts.push(code.slice(from));
  return parts.join("");
}

function outerIf(flat: string, condition: number): number {
  const at = flat.lastIndexOf("if", condition);
  return at >= 0 && /^if[\s(]*$/u.test(flat.slice(at, condition)) ? at : flat.length;
}

function branchesOf(body: Body): readonly Branch[] {
  const branches: Branch[] = [];
  for (const { index } of body.code.matchAll(/(?<![\w$.])if\b/gu)) {
    const branch =
      body.masked.language === "javascript"
        ? withParentheses(body, index + 2)
        : withoutParentheses(body, index + 2);
    if (branch !== null) branches.push(branch);
  }
  return branches;
}

function withParentheses({ masked, code, base }: Body, from: number): Branch | null {
  const open = from + (/^\s*/u.exec(code.slice(from))?.[0].length ?? 0);
  const close = code[open] === "(" ? masked.closes.get(base + open) : undefined;
  if (close === undefined) return null;
  const condition = { from: base + open + 1, to: close };
  return { condition, block: statementAt({ masked, code, base }, close + 1) };
}

/** A block without its braces, or a single statement. */
function statementAt({ masked, code, base }: Body, from: number): Range {
  const rest = code.slice(from - base);
  const start = from + (/^\s*/u.exec(rest)?.[0].length ?? 0);
  const close = code[start - base] === "{" ? masked.closes.get(start) : undefined;
  if (close !== undefined) return { from: start + 1, to: close };
  const end = Math.min(base + code.length, start + STATEMENT_MAX);
  for (let at = start; at < end; at += 1) {
    const inner = masked.closes.get(at);
    if (inner !== undefined) at = inner;
    else if (/[;}]/u.test(code[at - base] ?? "")) return { from: start, to: at + 1 };
  }
  return { from: start, to: end };
}

function withoutParentheses({ masked, code, base }: Body, from: number): Branch | null {
  const end = Math.min(base + code.length, base + from + STATEMENT_MAX);
  for (let at = base + from; at < end; at += 1) {
    const close = masked.closes.get(at);
    if (close === undefined) continue;
    if (code[at - base] === "{") {
      return { condition: { from: base + from, to: at }, block: { from: at + 1, to: close } };
    }
    at = close;
  }
  return null;
}

/** Everything after a `return` of the body's own level that no condition stands before. */
function afterReturn({ masked, code, base }: Body, flat: string): Range | null {
  for (const { index } of flat.matchAll(/(?<![\w$.])return\b/gu)) {
    const before = flat.slice(0, index).trimEnd();
    if (/(?<![\w$.])else$/u.test(before)) continue;
    if (before.endsWith(")") && isCondition(flat, before.length - 1)) continue;
    const end = endOfStatement(flat, index, masked.language === "javascript");
    if (flat.slice(end).trim() === "") return null;
    return { from: base + end, to: base + code.length };
  }
  return null;
}

function isCondition(flat: string, close: number): boolean {
  const open = flat.lastIndexOf("(", close);
  return /(?<![\w$.])(?:if|while|for)\s*$/u.test(
    flat.slice(Math.max(0, open - 20), Math.max(0, open)),
  );
}

function endOfStatement(flat: string, from: number, goesOn: boolean): number {
  for (let at = from; at < flat.length; at += 1) {
    if (flat[at] === ";") return at + 1;
    if (flat[at] !== "\n") continue;
    const isBegun = flat.slice(from, at).trim() === "return";
    if (isBegun || !goesOn) return at;
    const next = flat.slice(at).trimStart()[0] ?? "";
    const last = flat.slice(from, at).trimEnd().at(-1) ?? "";
    if (!/[.?+\-*/&|,)\]=<>:]/u.test(next) && !/[.?+\-*/&|,(=<>:[]/u.test(last)) return at;
  }
  return flat.length;
}

const NEVER = /^(?:false|0|null|undefined|!1|!true|"")$/u;

function neverTrue(body: Body, branches: readonly Branch[]): readonly Range[] {
  const dead = branches.filter(({ condition }) => NEVER.test(normalised(body.masked, condition)));
  const pieces = dead.map(({ block }) => block);
  if (body.masked.language !== "javascript") return pieces;
  const { masked, code, base } = body;
  for (const { index, 0: head } of code.matchAll(/(?<![\w$.])while\s*\(\s*(?:false|0)\s*\)/gu)) {
    pieces.push(statementAt({ masked, code, base }, base + index + head.length));
  }
  for (const found of code.matchAll(
    /(?<=(?:^|[;{}\n])\s{0,200})(?:(?:false|0)\s*&&|(?:true|1)\s*\|\|)/gu,
  )) {
    pieces.push(statementAt({ masked, code, base }, base + found.index));
  }
  return pieces;
}

/** What a `catch` may hold so that a failure is still seen. */
const SEEN = /\b(?:throw|expect|assert\w*|fail|reject|done|process)\b|(?<![\w$])t\./u;

function swallowed(body: Body): readonly Range[] {
  const { masked, code, base } = body;
  const pieces: Range[] = [];
  for (const { index, 0: head } of code.matchAll(/(?<![\w$.])try\s*\{/gu)) {
    const open = base + index + head.length - 1;
    const close = masked.closes.get(open);
    if (close === undefined) continue;
    const handler = /^\s*catch\s*(?:\([^()]{0,200}\))?\s*\{/u.exec(code.slice(close + 1 - base));
    const handlerOpen = handler === null ? -1 : close + handler[0].length;
    const handlerClose = masked.closes.get(handlerOpen);
    if (handlerClose === undefined) continue;
    if (!SEEN.test(code.slice(handlerOpen - base, handlerClose - base))) {
      pieces.push({ from: open + 1, to: close });
    }
  }
  for (const { index, 0: head } of code.matchAll(
    /let\s+_\w*\s*=\s*(?:\w+::){0,5}catch_unwind\s*\(/gu,
  )) {
    const open = base + index + head.length - 1;
    pieces.push({ from: open, to: masked.closes.get(open) ?? open });
  }
  return pieces;
}
