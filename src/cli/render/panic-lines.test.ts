import { expect, test } from "vitest";
import type { PanicAftermath, PanicEnd } from "../../api/panic-end.ts";
import { draftLines, nextLines, panicLines } from "./panic-lines.ts";

const END: PanicEnd = {
  run: "m4-a",
  killed: 14,
  left: [],
  deadMs: 312,
  state: "halted",
  engine: "answered",
  enginePid: 4711,
};
const NOTHING: PanicAftermath = { drafts: [], isLeftToEngine: false, trouble: null, token: null };

test("what is dead, by whom the run is halted, what is kept", () => {
  expect(panicLines(END)).toEqual([
    "Everything is dead after 0.3 s: 14 processes killed, none left.",
    "The run m4-a is halted by its engine. Nothing new starts.",
    "Kept: worktrees, branches, and all that is in the log. No attempt and no round is counted.",
  ]);
});

test.each<[string, Partial<PanicEnd>, RegExp]>([
  ["no engine", { engine: "none" }, /^The run m4-a is halted in its log; no engine was at work\./m],
  [
    "a hung engine",
    { engine: "killed" },
    /its engine \(process 4711\) did not answer and was killed\./,
  ],
  ["a run that is over", { state: "over" }, /was over already; nothing is halted\.$/m],
  [
    "an engine of somebody else",
    { state: "silent", engine: "silent" },
    /^ {2}See what it is: ps -fp 4711   To end it: sudo kill -9 4711$/m,
  ],
  ["one process", { killed: 1 }, /: 1 process killed, none left\.$/m],
  ["one that does not die", { left: [77] }, /^14 processes killed\. These did not die: 77\./m],
  ["nothing run yet", { run: null, state: "over" }, /^No milestone was run here yet/m],
])("%s", (_what, more, words) => {
  expect(panicLines({ ...END, ...more }).join("\n")).toMatch(words);
});

test("what becomes of pull requests, and nothing where there are none", () => {
  expect(draftLines(NOTHING)).toEqual([]);
  expect(draftLines({ ...NOTHING, isLeftToEngine: true })).toHaveLength(1);
  const trouble = "GitHub does not answer.";
  expect(draftLines({ ...NOTHING, drafts: [12, 14], trouble })).toEqual([
    "Drafts now: #12, #14.",
    "Pull requests could not be put back to draft: GitHub does not answer. It is tried again on resume.",
  ]);
});

test("what to do next, and how the token is revoked", () => {
  const token = {
    which: "GH_TOKEN",
    commands: ["revoke it"],
    page: "https://github.com/settings/tokens",
  };
  expect(nextLines(END, { ...NOTHING, token })).toEqual([
    "",
    "Next:",
    "  cairn report                 what happened until then",
    "  cairn resume --after-panic   go on, when you are sure",
    "  cairn cancel --run           give the run up",
    "",
    "Cairn gives its token to no agent. If it may have leaked all the same, revoke GH_TOKEN:",
    "  revoke it",
    "  by hand: https://github.com/settings/tokens",
  ]);
  expect(nextLines({ ...END, state: "over" }, NOTHING)).toEqual([]);
});
