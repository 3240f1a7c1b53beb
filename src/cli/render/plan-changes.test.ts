import { expect, test } from "vitest";
import type { PlanDiff } from "../../core/plan/apply-corrections.ts";
import { changeLines, isNoChange, proposalLines, serialLines } from "./plan-changes.ts";

const NOTHING: PlanDiff = {
  added: [],
  removed: [],
  dropped: [],
  groups: [],
  ungrouped: [],
  withdrawn: [],
  worded: [],
  waves: { before: 4, after: 4 },
  notes: [],
};
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

test("a change is said edge by edge, a proposal that became an edge only once", () => {
  const proposal = { blocker: "#1", dependent: "#2", reason: "r", files: [] };
  const lines = changeLines({
    added: [
      { blocker: "116", dependent: "119" },
      { blocker: "115", dependent: "119" },
      { blocker: "#1", dependent: "#2" },
    ],
    removed: [{ blocker: "116", dependent: "115" }],
    dropped: ["118"],
    groups: [{ id: "said-1", reason: "r", keys: ["1", "2"] }],
    ungrouped: [{ id: "g", reason: "r", keys: ["3", "4"] }],
    withdrawn: [proposal, { ...proposal, dependent: "#3" }],
    worded: [{ key: "117", text: "Use blue.\nNot red." }],
    waves: { before: 4, after: 3 },
    notes: ["A note\u001B[31m."],
  });
  expect(lines).toEqual([
    "115 no longer waits for 116",
    "119 waits for 116, 115",
    "#2 waits for #1",
    "no longer proposed: #3 after #1",
    "118 is left out of this run",
    "never worked on at the same time: 1, 2",
    "may be worked on at the same time: 3, 4",
    '117: the words are added to its prompt: "Use blue. Not red."',
    "waves 4 -> 3",
    "A note [31m.",
  ]);
});

test("nothing is said to be nothing", () => {
  expect([changeLines(NOTHING), isNoChange(NOTHING)]).toEqual([["nothing changes"], true]);
  expect(isNoChange({ ...NOTHING, worded: [{ key: "1", text: "x" }] })).toBe(false);
});

test("words for a prompt are shown up to where nobody would read on", () => {
  const worded = [200, 201].map((count) => ({ key: "1", text: "a".repeat(count) }));
  expect(changeLines({ ...NOTHING, worded })).toEqual([
    `1: the words are added to its prompt: "${"a".repeat(200)}"`,
    `1: the words are added to its prompt: "${"a".repeat(199)}…"`,
  ]);
});

test("long lists are counted", () => {
  const dropped = numbers(50).map(String);
  expect(changeLines({ ...NOTHING, dropped }).slice(29)).toEqual([
    "29 is left out of this run",
    "… and 20 more",
  ]);
  const added = numbers(14).map((at) => ({ blocker: `b${at}`, dependent: "d" }));
  expect(changeLines({ ...NOTHING, added })).toEqual([
    "d waits for b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11 and 2 more",
  ]);
  const serial = serialLines(added.map((edge) => ({ ...edge, from: "made serial" })));
  expect([serial.length, serial[0], serial.at(-1)]).toEqual([
    11,
    "  d waits for b0 (made serial)",
    "  … and 4 more",
  ]);
});

test("a proposal names its files once, and who proposes it", () => {
  const edge = { blocker: "#1", dependent: "#2", reason: "Both touch a.ts.", files: ["a.ts"] };
  const how = { by: "claude", width: 100 };
  expect(proposalLines([edge, { ...edge, reason: "One table." }], how)).toEqual([
    "Proposed by claude:",
    "  #2 after #1: Both touch a.ts.",
    "  #2 after #1: One table. [a.ts]",
  ]);
  expect(proposalLines([], how)).toEqual(["No order is proposed by claude."]);
});
