import { broken, failed, passed, skipped, type TestOutcome } from "./test-outcome.ts";

/** A test point, with those that were reported below it. */
interface Point {
  readonly name: string;
  readonly ok: boolean;
  readonly directive: { readonly kind: "skip" | "todo"; readonly why: string } | null;
  /** Lines of the YAML block below it. */
  readonly detail: string[];
  readonly children: readonly Point[];
  /** Comments before it: what a file printed that did not get as far as its tests. */
  readonly comments: readonly string[];
}

interface Reading {
  /** Finished points of each depth that no parent has claimed yet. */
  readonly levels: Point[][];
  comments: string[];
  detail: string[] | null;
  last: Point | null;
}

/** Nothing nests deeper; deeper points count as of this depth. */
const DEPTH_MAX = 50;

/** Reads the Test Anything Protocol, with nested points as node:test writes them. */
export function readTap(text: string): readonly TestOutcome[] | null {
  if (!/^(?:TAP version \d+|\s*(?:not )?ok\b|1\.\.\d+|Bail out!)/mu.test(text)) return null;
  const reading: Reading = { levels: [], comments: [], detail: null, last: null };
  const outcomes: TestOutcome[] = [];
  for (const line of text.split(/\r?\n/u)) {
    const bail = /^\s*Bail out!(.*)$/u.exec(line);
    if (bail === null) readLine(line, reading);
    else
      outcomes.push(
        broken({ parts: ["Bail out!"], file: null, headline: bail[1] ?? "", body: "" }),
      );
  }
  return [...reading.levels.flat().flatMap((point) => outcomesOf(point, [])), ...outcomes];
}

function readLine(line: string, reading: Reading): void {
  if (reading.detail !== null) {
    if (/^\s*\.\.\.\s*$/u.test(line)) reading.detail = null;
    else reading.detail.push(line);
    return;
  }
  if (/^\s*---\s*$/u.test(line) && reading.last !== null) {
    reading.detail = reading.last.detail;
    return;
  }
  const comment = /^# (?!Subtest: )(.*)$/u.exec(line);
  if (comment !== null) {
    reading.comments.push((comment[1] ?? "").replaceAll(String.raw`\#`, "#"));
    return;
  }
  const found = /^( *)(not )?ok\b(?: +\d+)?(?: +-)?(?: (.*))?$/u.exec(line);
  if (found === null) return;
  const depth = Math.min(Math.floor((found[1] ?? "").length / 4), DEPTH_MAX);
  const point: Point = {
    ...namedBy(found[3] ?? ""),
    ok: found[2] === undefined,
    detail: [],
    children: reading.levels.slice(depth + 1).flat(),
    comments: depth === 0 ? reading.comments : [],
  };
  if (depth === 0) reading.comments = [];
  reading.levels.length = Math.min(reading.levels.length, depth + 1);
  while (reading.levels.length <= depth) reading.levels.push([]);
  reading.levels[depth]?.push(point);
  reading.last = point;
}

function namedBy(words: string): Pick<Point, "name" | "directive"> {
  const directive = /(?:^|\s)# *(skip|todo)\b(.*)$/iu.exec(words);
  const name = directive === null ? words : words.slice(0, directive.index);
  return {
    name: name.trim().replaceAll(/\\([#\\])/gu, "$1"),
    directive:
      directive === null
        ? null
        : {
            kind: directive[1]?.toLowerCase() === "todo" ? "todo" : "skip",
            why: (directive[2] ?? "").trim(),
          },
  };
}

function outcomesOf(point: Point, above: readonly string[]): readonly TestOutcome[] {
  const parts = [...above, point.name];
  const below = point.children.flatMap((child) => outcomesOf(child, parts));
  const fields = new Map(
    point.detail.flatMap((line) => {
      const field = /^\s*(\w+): (.*)$/u.exec(line);
      return field === null ? [] : [[field[1] ?? "", unquoted(field[2] ?? "")] as const];
    }),
  );
  const isSuite =
    below.length > 0 &&
    (fields.get("type") === "suite" || fields.get("failureType") === "subtestsFailed");
  const isOnlyOfChildren = isSuite && (point.ok || fields.get("failureType") === "subtestsFailed");
  return isOnlyOfChildren ? below : [...below, outcomeOf(point, parts, fields)];
}

function outcomeOf(
  point: Point,
  parts: readonly string[],
  fields: ReadonlyMap<string, string>,
): TestOutcome {
  const location = fields.get("location") ?? "";
  const isFile = parts.length === 1 && /^\S{1,500}\.[cm]?[jt]sx?$/u.test(point.name);
  const file = isFile ? point.name : (/^(.{1,500}?):\d+(?::\d+)?$/u.exec(location)?.[1] ?? null);
  const told = { parts, file };
  if (point.directive !== null)
    return skipped({ ...told, why: point.directive.why || point.directive.kind });
  const said = { ...told, body: point.detail.join("\n") };
  if (isFile && point.children.length === 0) {
    if (point.ok) return broken({ ...told, headline: "No test was found in this file.", body: "" });
    return broken({ ...told, headline: point.comments.join("\n"), body: said.body });
  }
  if (point.ok) return passed(told);
  return failed({ ...said, headline: headlineOf(point.detail) });
}

/** The `error:` of a detail, on its line or in the block below it. */
function headlineOf(detail: readonly string[]): string {
  const at = detail.findIndex((line) => /^\s*(?:error|message): /u.test(line));
  const [, indent = "", value = ""] = /^(\s*)\w+: (.*)$/u.exec(detail[at] ?? "") ?? [];
  if (!/^[|>]/u.test(value)) return unquoted(value);
  const rest = detail.slice(at + 1);
  const end = rest.findIndex((line) => line.trim() !== "" && !line.startsWith(`${indent} `));
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .map((line) => line.trim())
    .join("\n");
}

function unquoted(value: string): string {
  return /^'.*'$|^".*"$/u.test(value) ? value.slice(1, -1) : value;
}
