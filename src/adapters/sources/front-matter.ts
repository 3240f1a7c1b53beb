import fs from "node:fs/promises";
import path from "node:path";
import { isAlias, isCollection, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Place, PlanFinding } from "../../core/plan/issue.ts";

/** What stands between the two rules at the top of a markdown file. */
export interface FrontMatter {
  /** The text with the front matter's lines left blank, so that line numbers stay. */
  readonly rest: string;
  /** Lines that it takes, both rules included; 0 where there is none or it cannot be read. */
  readonly lineCount: number;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where a value stands: `["dependencies", 1]`; the top of the file when it is not there. */
  readonly placeOf: (way: readonly (string | number)[]) => Required<Place>;
  readonly findings: readonly PlanFinding[];
}

const FRONT_MATTER_MAX = 20_000;
/** Front matter is flat, or nearly: deeper is no field of a plan. */
const DEPTH_MAX = 20;
const DEFECTS_MAX = 100;
const STACK_ENDS = /call stack/iu;
/** Of what a person wrote, that much is repeated to them. */
const QUOTE_MAX = 200;
const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?\r?\n)??(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/u;

/** Reads the front matter of a text. Never throws: what cannot be read is a finding, and stays text. */
export function readFrontMatter(file: string, text: string): FrontMatter {
  const top = { file, line: 1, column: 1 };
  const nothing = { rest: text, lineCount: 0, fields: {}, placeOf: () => top, findings: [] };
  const match = FRONT_MATTER.exec(text);
  if (match === null) return nothing;
  const read = parseYaml(file, match[1] ?? "");
  // Read as front matter it would hide what stands between two rules: it stays text.
  if (read.defects.length > 0) return { ...nothing, findings: read.defects };
  const fields = z.record(z.string(), z.unknown()).safeParse(read.value);
  if (!fields.success) return nothing;
  return {
    rest: match[0].replaceAll(/[^\r\n]/gu, "") + text.slice(match[0].length),
    lineCount: match[0].split("\n").length - (match[0].endsWith("\n") ? 1 : 0),
    fields: fields.data,
    placeOf: read.placeOf,
    findings: [],
  };
}

interface YamlRead {
  readonly value: unknown;
  readonly defects: readonly PlanFinding[];
  readonly placeOf: FrontMatter["placeOf"];
}

function parseYaml(file: string, yaml: string): YamlRead {
  const hint = "Correct the YAML between the two lines of dashes; until then nothing in it counts.";
  const place = { code: "source/front-matter", severity: "warning", file, hint } as const;
  const top = { file, line: 1, column: 1 };
  const refused = (why: string): YamlRead => ({
    value: null,
    defects: [{ ...place, line: 1, column: 1, message: `The front matter cannot be read: ${why}` }],
    placeOf: () => top,
  });
  if (yaml.length > FRONT_MATTER_MAX)
    return refused(`it has more than ${FRONT_MATTER_MAX} characters.`);
  const defectAt = (line: number, column: number, why: string): PlanFinding => ({
    ...place,
    line: line + 1,
    column,
    message: `The front matter cannot be read: ${why}`,
  });
  try {
    const lineCounter = new LineCounter();
    const document = parseDocument(yaml, { logLevel: "silent", uniqueKeys: false, lineCounter });
    const placeOf: FrontMatter["placeOf"] = (way) => {
      const node: unknown = document.getIn(way, true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      if (start === undefined) return top;
      const { line, col } = lineCounter.linePos(start);
      return { file, line: line + 1, column: col };
    };
    // Where the stack ends differs from run to run.
    if (document.errors.some(({ message }) => STACK_ENDS.test(message)))
      return refused("it is nested too deeply.");
    const told = document.errors.map((error) => {
      const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
      return defectAt(line, col, `${reasonOf(error.message)}.`);
    });
    const defects = withoutRepeats(told).slice(0, DEFECTS_MAX);
    const tangle = defects.length > 0 ? null : findTangle(document.contents);
    if (tangle !== null) {
      const { line, col } = lineCounter.linePos(tangle.offset);
      defects.push(defectAt(Math.max(1, line), Math.max(1, col), tangle.why));
    }
    if (defects.length > 0) return { value: null, defects, placeOf: () => top };
    // Bounded: nested aliases can make a small text a huge value.
    return { value: document.toJS({ maxAliasCount: 50 }) as unknown, defects, placeOf };
  } catch (error) {
    // Nested too deeply for the parser, or too many aliases.
    return refused(`${reasonOf(error instanceof Error ? error.message : String(error))}.`);
  }
}

/** Each list that is never closed is told at the end of the text, in the same words. */
function withoutRepeats(defects: readonly PlanFinding[]): PlanFinding[] {
  const known = new Map(
    defects.map((defect) => [`${defect.line}:${defect.column} ${defect.message}`, defect]),
  );
  return [...known.values()];
}

interface Tangle {
  readonly offset: number;
  readonly why: string;
}

/**
 * What makes plain values of the nodes slow or endless, and is never meant: names that are maps or lists, which are
 * written out again for each level of them; deep nesting; values that hold themselves. Without recursion, which such a
 * text could overflow.
 */
function findTangle(contents: unknown): Tangle | null {
  const open: Inside[] = [{ node: contents, depth: 1, anchors: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth, anchors } = next;
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    if (isAlias(node) && anchors.includes(node.source))
      return { offset, why: "a value holds itself." };
    if (!isCollection(node)) continue;
    if (depth > DEPTH_MAX) return { offset, why: `it is nested more than ${DEPTH_MAX} deep.` };
    const inside = node.anchor === undefined ? anchors : [...anchors, node.anchor];
    for (const item of node.items) {
      const { key, value } = isPair(item) ? item : { key: null, value: item };
      if (isCollection(key) || isAlias(key)) {
        const what = isAlias(key) ? "an alias" : isMap(key) ? "a map" : "a list";
        return { offset: key.range?.[0] ?? offset, why: `${what} stands where a name should.` };
      }
      open.push({ node: value, depth: depth + 1, anchors: inside });
    }
  }
  return null;
}

interface Inside {
  readonly node: unknown;
  readonly depth: number;
  /** Of the collections around it. */
  readonly anchors: readonly string[];
}

/** The parser's first sentence, without the place, which the finding has itself. */
function reasonOf(message: string): string {
  const first = message.split("\n", 1)[0] ?? "";
  const place = /\s+at line \d+, column \d+:?$/u.exec(first.slice(-60))?.[0] ?? "";
  return shortened(first.slice(0, first.length - place.length)).replace(/[.:]+$/u, "");
}

function shortened(words: string): string {
  // A character of two units may be cut in half.
  return words.length > QUOTE_MAX ? `${words.slice(0, QUOTE_MAX).toWellFormed()}…` : words;
}

const Paths = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));
const DOCUMENT_KEYS = [
  "design",
  "designs",
  "architecture",
  "documents",
  "docs",
  "context",
  "spec",
  "specs",
] as const;

/** A document that every agent should read, as front matter names it. */
export interface NamedDocument {
  readonly path: string;
  readonly key: string;
  readonly place: Required<Place>;
}

/** Paths as written under `design:`, `architecture:` and their like. */
export function namedDocuments(front: FrontMatter): readonly NamedDocument[] {
  return DOCUMENT_KEYS.flatMap((key) => {
    const value = front.fields[key];
    return (Paths.safeParse(value).data ?? []).map((written, index) => ({
      path: written.trim().replace(/^@/u, ""),
      key,
      place: front.placeOf(Array.isArray(value) ? [key, index] : [key]),
    }));
  }).filter((document) => document.path !== "");
}

/** A word or number of the front matter as text; null for anything else, also for no words. */
export function wordsOf(value: unknown): string | null {
  const read = z.union([z.string(), z.number()]).transform(String).safeParse(value);
  return read.success && read.data.trim() !== "" ? read.data.trim() : null;
}

/** Looks for the documents beside `reference` or below the root; what is not there is a finding. */
export async function findDocuments(
  root: string,
  reference: string,
  documents: readonly NamedDocument[],
): Promise<{ readonly found: readonly string[]; readonly findings: readonly PlanFinding[] }> {
  const found: string[] = [];
  const findings: PlanFinding[] = [];
  for (const { path: written, key, place } of documents) {
    const located = await locate(root, path.posix.dirname(reference), written);
    if (located !== null) found.push(located);
    else {
      findings.push({
        code: "source/document",
        severity: "warning",
        ...place,
        message: `The ${key} document ${shortened(written)} is not in the repository; agents will work without it.`,
        hint: "Correct the path in the front matter; it is taken from the plan's folder or from the root.",
      });
    }
  }
  return { found: [...new Set(found)], findings };
}

/** A path beside the plan or below the root, following no link out of the repository. */
async function locate(root: string, folder: string, written: string): Promise<string | null> {
  const realRoot = await fs.realpath(root);
  for (const candidate of [path.posix.join(folder, written), written]) {
    const absolute = path.resolve(realRoot, candidate);
    const real = await fs.realpath(absolute).catch(() => null);
    const inside = real === null ? ".." : path.relative(realRoot, real);
    if (inside !== "" && inside !== ".." && !inside.startsWith(`..${path.sep}`))
      return inside.split(path.sep).join("/");
  }
  return null;
}
