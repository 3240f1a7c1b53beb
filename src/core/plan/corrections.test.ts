import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCorrections, type Correction, type ReadWords } from "./corrections.ts";
import { buildPlan, type Plan } from "./plan.ts";

function planOf(keys: readonly string[]): Plan {
  return buildPlan({
    source: { kind: "json", reference: "issues.json" },
    title: "M",
    number: "3",
    url: null,
    issues: keys.map((key) => ({
      key,
      number: key.replace(/^#/, "").split("/").at(-1) ?? key,
      title: `Issue ${key}`,
      body: "Text.",
      state: "open",
      closedAs: null,
      labels: [],
      priority: null,
      type: "CODING",
      url: null,
      files: [],
      acceptanceCriteria: [],
      declarations: [],
      statesDependencies: false,
      place: {},
    })),
    documents: [],
    handoff: null,
    findings: [],
  });
}

const NUMBERS = planOf(["#111", "#112", "#115", "#116", "#117", "#118", "#119", "#99"]);
const DOTTED = planOf(["4.1", "4.1b", "4.2", "4.10", "m5/03", "m6/03", "m5/04", "auth"]);

function plain(key: string): string {
  return key.replace("#", "");
}

/** `115<116`: 115 stands before 116; `115!116`: it does not. */
function short(correction: Correction): string {
  switch (correction.kind) {
    case "needs":
      return `${plain(correction.blocker)}<${plain(correction.dependent)}`;
    case "needs-not":
      return `${plain(correction.blocker)}!${plain(correction.dependent)}`;
    case "parallel":
      return "parallel";
    case "add-words":
      return `${plain(correction.key)}: ${correction.text}`;
    default:
      return `${correction.kind} ${correction.keys.map(plain).join(",")}`;
  }
}

function inShort(read: ReadWords): string {
  if (read.kind === "read") return read.corrections.map(short).join(" ");
  return read.kind === "said" ? `said ${read.word}` : `unclear: ${read.why}`;
}

const NOT_CLEAR = "unclear: It is not clear what waits for what.";
const INSTEAD =
  'unclear: "instead" leaves open what goes: say both, like `C does not need A; C needs B`.';
const TWO_WAYS =
  "unclear: It can be read in two ways: write two sentences, with a `;` between them.";

describe("what the rules read", () => {
  test.each([
    ["119 needs 116", "116<119"],
    ["#119 needs #116", "116<119"],
    ["issue 119 needs issue #116.", "116<119"],
    ["Task 119 depends on 116", "116<119"],
    ["119 after 116", "116<119"],
    ["112 after 111", "111<112"],
    ["119 should come after 116, please", "116<119"],
    ["119 waits for 116", "116<119"],
    ["119 must", NOT_CLEAR],
    ["119 has to wait for 116", "116<119"],
    ["119 is blocked by 116", "116<119"],
    ["119 cannot start before 116", "116<119"],
    ["119 waits until 116 is done", "116<119"],
    ["make 119 wait for 116", "116<119"],
    ["119 needs 116 and 117", "116<119 117<119"],
    ["119 needs both 116 and 117", "116<119 117<119"],
    ["119 needs 115, 116 and 117", "115<119 116<119 117<119"],
    ["119 needs 115, 116, and 117!", "115<119 116<119 117<119"],
    ["119 needs 115 & 116", "115<119 116<119"],
    ["117, 118 and 119 need 116", "116<117 116<118 116<119"],
    ["117 and 118 need 115 and 116", "115<117 116<117 115<118 116<118"],
    ["117,118 need 116", "116<117 116<118"],
    ["116 before 119", "116<119"],
    ["116 blocks 119", "116<119"],
    ["116 comes before 118 and 119", "116<118 116<119"],
    ["116 is needed by 119", "116<119"],
    ["116 -> 119", "116<119"],
    ["116->119", "116<119"],
    ["116 \u2192 119", "116<119"],
    ["119 <- 116", "116<119"],
    ["115 then 116 then 117", "115<116 116<117"],
    ["115, then 116, then 117", "115<116 116<117"],
    ["115 -> 116 -> 117", "115<116 116<117"],
    ["115 first, then 116", "115<116"],
    ["115 needs 116 needs 117", "116<115 117<116"],
    ["115, 116 -> 117", "115<117 116<117"],
    ["119 does not need 116", "116!119"],
    ["119 doesn't need 116", "116!119"],
    ["119 doesn\u2019t need 116", "116!119"],
    ["119 no longer depends on 116", "116!119"],
    ["119 should not wait for 116", "116!119"],
    ["116 does not block 119", "116!119"],
    ["remove 116 -> 119", "116!119"],
    ["remove the edge 119 needs 116", "116!119"],
    ["drop 116 -> 119", "116!119"],
    ["115 and 116 are independent", "independent 115,116"],
    ["115, 116 and 117 are independent of each other", "independent 115,116,117"],
    ["115 and 116 can run in parallel", "independent 115,116"],
    ["115 and 116 do not depend on each other", "independent 115,116"],
    ["115 is independent of 116", "independent 115,116"],
    ["115 is independent of 116 and 117", "independent 115,116 independent 115,117"],
    ["run 115 and 116 in parallel", "independent 115,116"],
    ["remove the dependency between 115 and 116", "independent 115,116"],
    ["never 115 and 116 together", "apart 115,116"],
    ["never run 115 and 116 at the same time", "apart 115,116"],
    ["do not run 115 and 116 in parallel", "apart 115,116"],
    ["put 115, 116 and 117 in a group", "apart 115,116,117"],
    ["group 115 and 116", "apart 115,116"],
    ["keep 115 and 116 apart", "apart 115,116"],
    ["115 and 116 must not run together", "apart 115,116"],
    ["115 conflicts with 116", "apart 115,116"],
    ["drop 118", "drop 118"],
    ["leave out 118 and 119", "drop 118,119"],
    ["without 118", "drop 118"],
    ["skip 118", "drop 118"],
    ["118 is out of scope", "drop 118"],
    ["keep only 115 and 116", "keep-only 115,116"],
    ["only 115", "keep-only 115"],
    ["everything after 115", "first 115"],
    ["115 first", "first 115"],
    ["do 115 first", "first 115"],
    ["start with 115", "first 115"],
    ["119 last", "last 119"],
    ["119 comes last", "last 119"],
    ["119 needs everything else", "last 119"],
    ["all independent", "parallel"],
    ["nothing collides", "parallel"],
    ["119 needs 116; 115 and 116 are independent", "116<119 independent 115,116"],
    ["119 needs 116. Drop 118.", "116<119 drop 118"],
    ["119 needs 116\n118 needs 117", "116<119 117<118"],
    ["119 needs 116 and 118 needs 117", "116<119 117<118"],
    ["112 after 111, 119 after 116", "111<112 116<119"],
    ["119 needs 116, 117 and 118 needs 115", "116<119 117<119 115<118"],
    ["119 needs 116 and drop 118", "116<119 drop 118"],
    ["115 and 116 are independent and 119 needs 117", "independent 115,116 117<119"],
    ["115 and 116 are independent, but 119 needs 117", "independent 115,116 117<119"],
    ["drop 118 and 119 needs 116", "drop 118 116<119"],
    ["119 needs 116, 117 comes last", "116<119 last 117"],
    ["add to 119: Use blue; 115 needs nothing.", "119: Use blue; 115 needs nothing."],
    ["119 needs 116; add to 119: Use blue.", "116<119 119: Use blue."],
    ["add to 115: hello; 116 needs 115", "115: hello 115<116"],
    ["add to 115: hello\nworld\n\n116 needs 115", "115: hello\nworld 115<116"],
    ["add to 115: a\nadd to 116: b", "115: a 116: b"],
    ["add to 115: a; tell 116: b; drop 119", "115: a 116: b drop 119"],
    ["add to 115: Make a list;\nadd to the list: milk", "115: Make a list;\nadd to the list: milk"],
    ["add to 115: Buttons:\nback\nright", "115: Buttons:\nback\nright"],
    ['add to 115: "hello; 116 needs 115"; drop 119', "115: hello; 116 needs 115 drop 119"],
    ['add to 115: "a\\nb"', "115: a\nb"],
    ['add to 115: "blue" is what it says', '115: "blue" is what it says'],
    ["first 115 and 116, then 117", "115<117 116<117"],
    ["first 115, then 116, then 117", "115<116 116<117"],
    ["start with 115, then 116", "115<116"],
    ["first 115 and 116 needs 117", "first 115 117<116"],
    ["tell 119: Use blue.\nAnd green.", "119: Use blue.\nAnd green."],
  ])("%s", (words, meaning) => {
    expect(inShort(readCorrections(words, NUMBERS))).toBe(meaning);
  });

  test.each([
    ["4.2 needs 4.1.", "4.1<4.2"],
    ["4.10 after 4.1b", "4.1b<4.10"],
    ["m5/04 needs m5/03", "m5/03<m5/04"],
    ["M5/04 needs m5/03", "m5/03<m5/04"],
    ["04 needs 4.1", "4.1<m5/04"],
    ["4.2 needs auth", "auth<4.2"],
    ["4.2: needs 4.1", NOT_CLEAR],
    ["4.2 needs 03", "unclear: 03 may be m5/03 or m6/03; write the whole key."],
    ["4.2 needs 4.3", "unclear: There is no 4.3 in this plan; did you mean 4.1?"],
  ])("with other keys: %s", (words, meaning) => {
    expect(inShort(readCorrections(words, DOTTED))).toBe(meaning);
  });
});

describe("answers without an issue", () => {
  test.each([
    ["approve", "approve"],
    ["Approve.", "approve"],
    ["looks good to me", "approve"],
    ["ok", "yes"],
    ["YES", "yes"],
    ["y", "yes"],
    ["no", "no"],
    ["abort", "abort"],
    ["q", "abort"],
    ["help", "help"],
    ["?", "help"],
    ["undo", "undo"],
    ["one after another", "serialise"],
    ["answer", "answer"],
    ["show the plan", "show"],
  ])("%s", (words, word) => {
    expect(readCorrections(words, NUMBERS)).toEqual({ kind: "said", word });
  });
});

describe("what is not clear changes nothing", () => {
  const nothing = "unclear: It says nothing about an issue of this plan.";
  test.each([
    ["make it faster", NOT_CLEAR],
    ["", nothing],
    ["   ;;; ,", nothing],
    ["115", "unclear: It does not say what is with #115."],
    ["115 116", NOT_CLEAR],
    ["115 is nice", NOT_CLEAR],
    ["does 119 need 116?", NOT_CLEAR],
    ["119 needs 116?", NOT_CLEAR],
    ["119 needs 116 or 117", NOT_CLEAR],
    ["if 115 fails drop 116", NOT_CLEAR],
    ["115 and 116 are not independent", NOT_CLEAR],
    ["119 needs", NOT_CLEAR],
    ["needs 116", NOT_CLEAR],
    ["119 really does need something like 116", NOT_CLEAR],
    ["119 needs 999", "unclear: There is no 999 in this plan; did you mean #99?"],
    ["drop #9999999", "unclear: There is no #9999999 in this plan."],
    ["119 needs 119", "unclear: #119 stands on both sides; an issue cannot wait for itself."],
    ["118, 119 need 119", "unclear: #119 stands on both sides; an issue cannot wait for itself."],
    ["115 is independent", NOT_CLEAR],
    ["115 and 115 are independent", "unclear: #115 alone cannot be that: name two issues or more."],
    ["group 115", "unclear: #115 alone cannot be that: name two issues or more."],
    ["115 needs 116 before 117", TWO_WAYS],
    ["115 -> 116, 117 -> 118", TWO_WAYS],
    ["119 needs 115, 116, 117 after 118", TWO_WAYS],
    ["119 needs 116 and 117 and 118 are independent", NOT_CLEAR],
    ["drop 117, 118 and 119 needs 116", NOT_CLEAR],
    ["119 needs 116; make it faster", NOT_CLEAR],
    ["make it faster; 119 needs 116", NOT_CLEAR],
    [
      "approve; drop 118",
      'unclear: "approve" counts only alone: say first what to correct, and then that.',
    ],
    ["rm -rf /", NOT_CLEAR],
    ["\u0000\u001B[31m", "unclear: There is no 31m in this plan."],
    ["add to 119:", NOT_CLEAR],
    ["add to 119: a; add to 116:", NOT_CLEAR],
    ["add to 119: a; add to 115 and 116: b", NOT_CLEAR],
    ["add to 119: a; add to 999: b", "unclear: There is no 999 in this plan; did you mean #99?"],
    [
      "add to 119: a; approve",
      'unclear: "approve" counts only alone: say first what to correct, and then that.',
    ],
    ["add to 119: a; 116 needs 115; make it faster", NOT_CLEAR],
    ["119 needs 116 instead", INSTEAD],
    ["119 should instead need 116", INSTEAD],
    ["119 needs 116 instead of 115", INSTEAD],
    ["first 115 and 116 before 117", TWO_WAYS],
    ["first 115 and 116 need 117", TWO_WAYS],
    ["everything after 115 and 116 then 117", TWO_WAYS],
    ["115, then 116 and 117 last", NOT_CLEAR],
    ["add to 999: words", "unclear: There is no 999 in this plan; did you mean #99?"],
    ["make it faster; add to 119: words", NOT_CLEAR],
  ])("%j", (words, meaning) => {
    expect(inShort(readCorrections(words, NUMBERS))).toBe(meaning);
  });

  test("says which sentence was not understood, and what would be", () => {
    expect(readCorrections("119 needs 116; make it faster", NUMBERS)).toEqual({
      kind: "unclear",
      words: "make it faster",
      why: "It is not clear what waits for what.",
      suggestions: [
        "#112 needs #111",
        "#112 does not need #111",
        "#111 and #112 are independent",
        "never #111 and #112 together",
        "drop #112",
      ],
    });
  });

  test("keeps the sentence an edge was read from", () => {
    expect(readCorrections("Issue 119 needs 116, 117; drop 118", NUMBERS)).toEqual({
      kind: "read",
      corrections: [
        { kind: "needs", blocker: "#116", dependent: "#119", words: "119 needs 116, 117" },
        { kind: "needs", blocker: "#117", dependent: "#119", words: "119 needs 116, 117" },
        { kind: "drop", keys: ["#118"], words: "drop 118" },
      ],
    });
  });

  test("a long text is refused, a repeated one is read in no time", () => {
    const read = readCorrections("119 needs 116; ".repeat(1_000), NUMBERS);
    expect(inShort(read)).toBe("unclear: It has more than 4000 characters; say it in parts.");
    const list = Array.from({ length: 900 }, () => "115").join(" ");
    const start = performance.now();
    readCorrections(list, NUMBERS);
    readCorrections("-".repeat(4_000), NUMBERS);
    readCorrections("115, and ".repeat(440), NUMBERS);
    readCorrections('add to 115: "'.repeat(300), NUMBERS);
    readCorrections(`add to 115: a${"\nx1 needs y2".repeat(330)}`, NUMBERS);
    readCorrections(`${"115 needs 116 and ".repeat(220)}117`, NUMBERS);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

const WORDS =
  "115 #116 117, 118; 999 needs after before and , ; -> independent are drop not then group first last remove put ? instead"
    .split(" ")
    .concat("add to 115: ", '"', "\n");

test("never throws, and every issue it names is in the plan", () => {
  const keys = new Set(NUMBERS.issues.map((issue) => issue.key));
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }).map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, (words) => {
      const read = readCorrections(words, NUMBERS);
      const corrections = read.kind === "read" ? read.corrections : [];
      const named = corrections.flatMap((correction) => {
        if ("keys" in correction) return correction.keys;
        return "blocker" in correction ? [correction.blocker, correction.dependent] : [];
      });
      const loops = corrections.filter(
        (correction) => "blocker" in correction && correction.blocker === correction.dependent,
      );
      expect([named.filter((key) => !keys.has(key)), loops]).toEqual([[], []]);
    }),
    { numRuns: 2_000 },
  );
});
