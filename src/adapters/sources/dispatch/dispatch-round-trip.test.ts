import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toDispatch } from "../../../core/plan/dispatch-plan.ts";
import type { Declaration, Issue, Milestone, Priority } from "../../../core/plan/issue.ts";
import { buildPlan } from "../../../core/plan/plan.ts";
import type { Plan } from "../../../core/plan/plan.ts";
import { createDispatchSource } from "./dispatch-source.ts";
import { parseDispatch } from "./parse-dispatch.ts";
import { renderDispatch } from "./render-dispatch.ts";

let root = "";

beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-dispatch-trip-"));
});

afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const ODD = [
  'say "yes": it is - {a} [b] #c & *d | > !e %f @g `h`',
  "- dash",
  "# no comment",
  "? what",
  "true",
  "null",
  "~",
  "4.10",
  "0x1F",
  "1e3",
  "2026-11-21",
  "'single'",
  "emoji 👩‍👩‍👧‍👦 ✓ ü",
  "two\nlines",
  "line\r\nends",
  "  blanks around  ",
  "tab\there",
  "control \u0001\u001b[31m\u0085\u2028",
  "key: value\n  - list\n# heading\n\n    code\n",
  "\n\nleading and trailing\n\n\n",
  " indented\nless",
  "---\n...\n%YAML 1.2",
  "a\\b\\n\\u0041",
  "\uFEFFbom",
];

const words = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => text.toWellFormed()),
);
const title = words.map((text) => (text.trim() === "" ? "x" : text));

interface Shape {
  readonly issues: readonly {
    readonly title: string;
    readonly body: string;
    readonly end: Issue["closedAs"];
    readonly priority: Priority | null;
    readonly hard: readonly number[];
    readonly soft: readonly number[];
    readonly label: string;
    readonly file: number;
    readonly parent: number | null;
  }[];
  readonly keys: "numbers" | "dotted" | "plain";
  readonly group: readonly number[];
  readonly isCircular: boolean;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  issues: fc.array(
    fc.record({
      title,
      body: words,
      end: fc.constantFrom(null, null, null, "completed" as const, "not-planned" as const),
      priority: fc.constantFrom(null, "P0" as const, "P1" as const, "P2" as const),
      hard: fc.array(fc.nat(30), { maxLength: 3 }),
      soft: fc.array(fc.nat(30), { maxLength: 2 }),
      label: fc.constantFrom("area: x", "size:S", "ü: - #"),
      file: fc.nat(8),
      parent: fc.option(fc.nat(13), { freq: 3 }),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  keys: fc.constantFrom("numbers", "dotted", "plain"),
  group: fc.uniqueArray(fc.nat(13), { maxLength: 4 }),
  isCircular: fc.boolean(),
});

function edge(target: string, strength: Declaration["strength"]): Declaration {
  return { target, strength, origin: "text", place: {}, words: target, resolved: true };
}

function sorted(keys: readonly string[]): readonly string[] {
  return keys.toSorted();
}

function milestoneOf(shape: Shape, kind: "dispatch" | "json"): Milestone {
  const key = (index: number): string =>
    ({ numbers: `#${index + 7}`, dotted: `4.${index}`, plain: `${index + 1}` })[shape.keys];
  const members = shape.group.filter((index) => index < shape.issues.length).map(key);
  return {
    source: { kind, reference: kind === "json" ? "issues.json" : "old.yaml" },
    title: "A: milestone",
    number: "m4",
    url: null,
    documents: [],
    handoff: null,
    findings: [],
    issues: shape.issues.map((issue, index): Issue => {
      const other = (target: number): string =>
        key(shape.isCircular ? target % shape.issues.length : target % Math.max(1, index));
      const [hard, soft] = index === 0 && !shape.isCircular ? [[], []] : [issue.hard, issue.soft];
      return {
        key: key(index),
        number: key(index).replace("#", ""),
        title: issue.title,
        body: issue.body,
        state: issue.end === null ? "open" : "closed",
        closedAs: issue.end,
        labels: [issue.label],
        priority: issue.priority,
        type: "CODING",
        url: null,
        // At most three issues share a file: one that most share says nothing, and who shares it is counted anew.
        files: [`src/${index % 5}${issue.file > 4 ? "a" : "b"}.ts`],
        acceptanceCriteria: ["it works"],
        declarations: [
          ...hard.map((target) => edge(other(target), "hard")),
          ...soft.map((target) => edge(other(target), "soft")),
          ...(issue.file === 8 ? [edge("gone/away#99", "hard")] : []),
        ],
        statesDependencies: true,
        edgesAreGiven: true,
        place: {},
        ...(issue.parent === null
          ? {}
          : { parent: key(issue.parent), phase: issue.title, minutes: 7 }),
      };
    }),
    ...(members.length < 2
      ? {}
      : { conflictGroups: [{ id: "auth: x", reason: "same: file", keys: members, place: {} }] }),
  };
}

/** What a run follows, whatever the order of reading. */
function graphOf(plan: Plan) {
  return {
    issues: plan.issues
      .map((issue) => ({
        key: issue.key,
        number: issue.number,
        title: issue.title,
        body: issue.body,
        done: issue.done,
        closedAs: issue.closedAs,
        priority: issue.priority,
        group: issue.conflictGroup,
        isBlockedFromOutside: issue.blockedFromOutside !== null,
        hard: sorted(issue.blockers.filter((b) => b.strength === "hard").map((b) => b.key)),
        soft: sorted(issue.blockers.filter((b) => b.strength === "soft").map((b) => b.key)),
        labels: issue.labels,
        parent: issue.parent,
        phase: issue.phase,
        minutes: issue.minutes,
        files: issue.files,
        acceptanceCriteria: issue.acceptanceCriteria,
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    waves: plan.waves.map(sorted),
    groups: plan.conflictGroups.map(({ id, reason, keys }) => ({ id, reason, keys: sorted(keys) })),
    circles: plan.cycles.length,
  };
}

async function written(plan: Plan, truth?: Milestone): Promise<Plan> {
  const text = renderDispatch(toDispatch(plan));
  fs.writeFileSync(path.join(root, "plan.yaml"), text);
  const source = createDispatchSource({
    root,
    ...(truth === undefined ? {} : { readSource: () => Promise.resolve(truth) }),
  });
  return buildPlan(await source.read("plan.yaml"));
}

test("a plan written as YAML and read again has the same graph, texts, groups, priorities and states", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const before = buildPlan(milestoneOf(shape, "dispatch"));
      const after = await written(before);
      expect(graphOf(after)).toEqual(graphOf(before));
    }),
    { numRuns: 300 },
  );
});

test("a plan whose texts stay in their source has the same graph, and is not stale", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const truth = milestoneOf(shape, "json");
      const before = buildPlan(truth);
      const after = await written(before, truth);
      expect(graphOf(after)).toEqual(graphOf(before));
      expect(after.findings.filter(({ code }) => code.startsWith("plan/stale"))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("what was written without a circle contradicts itself nowhere, and is written the same again", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const before = buildPlan(milestoneOf({ ...shape, isCircular: false }, "dispatch"));
      // What holds a parent holds its children: that may close a circle too.
      fc.pre(before.cycles.length === 0);
      const text = renderDispatch(toDispatch(before));
      const dispatch = parseDispatch(text);
      expect(dispatch).toEqual(toDispatch(before));
      expect(dispatch === null ? null : renderDispatch(dispatch)).toBe(text);
      const { findings } = await written(before);
      const odd = findings.filter(({ code }) => /^(?:dispatch|plan\/wave)/u.test(code));
      expect(odd).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
