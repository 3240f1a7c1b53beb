import { describe, expect, test } from "vitest";
import type { Issue } from "../../core/plan/issue.ts";
import { buildPlan, type Plan } from "../../core/plan/plan.ts";
import { discussPlan, type PlanTalk } from "./plan-corrections.ts";

function planOf(issues: Readonly<Record<string, Partial<Issue>>>): Plan {
  const plan = buildPlan({
    source: { kind: "json", reference: "issues.json" },
    title: "M",
    number: "3",
    url: null,
    issues: Object.entries(issues).map(([key, draft]) => ({
      key,
      number: key.slice(1),
      title: `Issue ${key}`,
      body: "Text.",
      state: "open",
      closedAs: null,
      labels: [],
      priority: null,
      type: "CODING",
      url: null,
      files: ["a.ts"],
      acceptanceCriteria: ["it works"],
      declarations: [],
      statesDependencies: false,
      place: {},
      ...draft,
    })),
    documents: [],
    handoff: null,
    findings: [],
  });
  // Groups that are found in files have tests of their own.
  return {
    ...plan,
    conflictGroups: [],
    issues: plan.issues.map((issue) => ({ ...issue, conflictGroup: null })),
  };
}

const CLASH = planOf({ "#115": {}, "#116": {}, "#119": { files: ["b.ts"] } });

interface Heard {
  readonly plan: Plan | null;
  /** Questions with `? `, words to the person without. */
  readonly words: readonly string[];
}

/** Plays a person who says these things; `yes` and `no` also answer what is to be confirmed, null leaves. */
async function talkOf(
  plan: Plan,
  says: readonly (string | null)[],
  meaning: PlanTalk["meaning"] = null,
): Promise<Heard> {
  const words: string[] = [];
  let at = 0;
  const next = (question: string): string | null => {
    words.push(`? ${question}`);
    const answer = says[at];
    at += 1;
    if (answer === undefined) throw new Error(`Nobody answers: ${words.join("\n")}`);
    return answer;
  };
  const end = await discussPlan(
    { plan, by: "the rules" },
    {
      width: 100,
      ask: async (question) => Promise.resolve(next(question)),
      confirm: async (question) => {
        const answer = next(question);
        return Promise.resolve(answer === null ? null : answer === "yes");
      },
      tell: (line) => words.push(line),
      show: (shown) => words.push(`(plan with ${shown.proposed.length} proposals)`),
      meaning,
    },
  );
  expect(at).toBe(says.length);
  return { plan: end, words };
}

const ASKS = "? approve | abort | or say what to correct";
const START = [
  "(plan with 0 proposals)",
  "Proposed by the rules:",
  "  #116 after #115: Both touch a.ts, and nothing says which comes first.",
  ASKS,
];

/** `115<116` for "116 waits for 115". */
function edgesOf(plan: Plan | null): string {
  return (plan?.issues ?? [])
    .flatMap(({ key, blockers }) => blockers.map((blocker) => `${blocker.key}<${key}`))
    .join(" ")
    .replaceAll("#", "");
}

describe("a plan that a person is asked about", () => {
  test("is approved with what is proposed", async () => {
    const { plan, words } = await talkOf(CLASH, ["approve"]);
    expect([words, plan?.status, edgesOf(plan)]).toEqual([START, "ready", "115<116"]);
  });

  test.each([[["abort"]], [[null]], [["119 needs 116", null]]])("is given up: %j", async (says) => {
    expect((await talkOf(CLASH, says)).plan).toBeNull();
  });

  test("is corrected, each correction said as what it changes before it counts", async () => {
    const { plan, words } = await talkOf(CLASH, [
      "119 needs 116; 115 and 116 are independent",
      "yes",
      "drop 115",
      "no",
      "approve",
    ]);
    expect(words.slice(START.length)).toEqual([
      "  #119 waits for #116",
      "  no longer proposed: #116 after #115",
      "  waves 1 -> 2",
      "? Take it?",
      ASKS,
      "  #115 is left out of this run",
      "? Take it?",
      "Nothing was changed.",
      ASKS,
    ]);
    expect([plan?.status, edgesOf(plan), plan?.proposed]).toEqual(["ready", "116<119", []]);
    expect(plan?.issues).toHaveLength(3);
  });

  test("is not changed by what is not understood or cannot be", async () => {
    const { plan, words } = await talkOf(CLASH, [
      "make it faster",
      "",
      "119 needs 116; 116 needs 119",
      "119 needs 999",
      "no",
      "approve",
    ]);
    expect(words.slice(START.length)).toEqual([
      '  "make it faster": It is not clear what waits for what.',
      "  Nothing was changed. Say for example: #116 needs #115 | #116 does not need #115 | #115 and #116 are independent",
      ASKS,
      "  It says nothing about an issue of this plan.",
      "  Nothing was changed. Say for example: #116 needs #115 | #116 does not need #115 | #115 and #116 are independent",
      ASKS,
      "  #116 -> #119 -> #116 would wait for each other.",
      "Nothing was changed.",
      ASKS,
      '  "119 needs 999": There is no 999 in this plan.',
      "  Nothing was changed. Say for example: #116 needs #115 | #116 does not need #115 | #115 and #116 are independent",
      ASKS,
      "Then say what to correct, or abort.",
      ASKS,
    ]);
    expect(edgesOf(plan)).toBe("115<116");
  });

  test("goes back by one correction, shows itself, and says when nothing changes", async () => {
    const { plan, words } = await talkOf(CLASH, [
      "undo",
      "119 needs 115",
      "yes",
      "119 needs 115",
      "undo",
      "show",
      "approve",
    ]);
    expect(words.slice(START.length)).toEqual([
      "Nothing was corrected yet.",
      ASKS,
      "  #119 waits for #115",
      "  waves 1 -> 2",
      "? Take it?",
      ASKS,
      "  nothing changes",
      "  #119 waits for #115 already.",
      ASKS,
      "  #119 no longer waits for #115",
      "  waves 2 -> 1",
      ASKS,
      "(plan with 1 proposals)",
      ASKS,
    ]);
    expect(edgesOf(plan)).toBe("115<116");
  });

  test("is put in a row, or runs side by side, as a person says", async () => {
    const row = planOf({ "#1": { files: [] }, "#2": { files: [] }, "#3": { files: [] } });
    const { plan, words } = await talkOf(row, ["one after another", "yes", "approve"]);
    expect(words.slice(1)).toEqual([
      "No order is proposed by the rules.",
      ASKS,
      "  #2 waits for #1",
      "  #3 waits for #2",
      "  waves 1 -> 3",
      "? Take it?",
      ASKS,
    ]);
    expect([plan?.status, edgesOf(plan)]).toEqual(["ready", "1<2 2<3"]);
    expect(edgesOf((await talkOf(CLASH, ["all independent", "yes", "approve"])).plan)).toBe("");
  });

  test("help names every way to answer", async () => {
    const { words } = await talkOf(CLASH, ["help", "abort"]);
    expect(words.at(-2)).toContain("    #115 and #116 are independent");
    expect(words.at(-2)).toContain("abort: leave; nothing is written");
  });
});

describe("issues that say too little", () => {
  const EMPTY = planOf({
    "#1": { body: "", acceptanceCriteria: [] },
    "#2": { files: ["b.ts"] },
  });
  const asks = "? #1 says too little: approve | abort | answer | or say what to correct";

  test("get a person's words for their agent", async () => {
    const { plan, words } = await talkOf(EMPTY, ["answer", "Make it blue.", "answer", "approve"]);
    expect(words.slice(1)).toEqual([
      asks,
      "? #1 Issue #1: what should be true afterwards? (empty: leave it)",
      '  #1: the words are added to its prompt: "Make it blue."',
      ASKS,
      "No issue lacks words. To add some all the same: add to KEY: words",
      ASKS,
    ]);
    expect(plan?.issues[0]?.body).toBe("## Added by a person\n\nMake it blue.\n");
    expect(plan?.fingerprint).toBe(EMPTY.fingerprint);
  });

  test("are taken as they are, or left out", async () => {
    expect((await talkOf(EMPTY, ["answer", "", "approve"])).plan?.issues[0]?.body).toBe("");
    const { plan } = await talkOf(EMPTY, ["drop 1", "yes", "approve"]);
    expect(plan?.issues.map((issue) => issue.key)).toEqual(["#2"]);
  });
});

type Meaning = NonNullable<PlanTalk["meaning"]>;

function agent(meant: Awaited<ReturnType<Meaning["ask"]>>): Meaning {
  return { agent: "claude", ask: async () => Promise.resolve(meant) };
}

describe("words that fit no rule", () => {
  test("are put to an agent, whose answer is read by the rules and echoed", async () => {
    const meaning = agent({ kind: "meant", words: "119 needs 115", line: "claude (3s)" });
    const says = ["the last one builds on the first", "yes", "yes", "approve"];
    const { plan, words } = await talkOf(CLASH, says, meaning);
    expect(words.slice(START.length + 2)).toEqual([
      "? Ask claude what that means?",
      "  claude (3s) reads it as: 119 needs 115",
      "  #119 waits for #115",
      "  waves 1 -> 2",
      "? Take it?",
      ASKS,
    ]);
    expect(edgesOf(plan)).toBe("115<116 115<119");
  });

  test.each([
    [{ kind: "none", why: "claude cannot tell either." } as const, "  claude cannot tell either."],
    [
      { kind: "meant", words: "rm -rf /", line: "claude" } as const,
      "  That is no correction either. Nothing was changed.",
    ],
  ])("change nothing when the agent does not know either: %j", async (meant, line) => {
    const { plan, words } = await talkOf(CLASH, ["make it faster", "yes", "abort"], agent(meant));
    expect([plan, words.at(-2)]).toEqual([null, line]);
  });

  test("are not put to it against the person's will", async () => {
    const meaning = agent({ kind: "meant", words: "drop 119", line: "claude" });
    expect(edgesOf((await talkOf(CLASH, ["hm", "no", "approve"], meaning)).plan)).toBe("115<116");
  });
});
