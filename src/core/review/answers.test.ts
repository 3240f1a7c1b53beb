import { expect, test } from "vitest";
import type { Finding } from "../execute/agent-report.ts";
import { answersFor } from "./answers.ts";
import { applyDeclined } from "./declined.ts";

const HEAD = "0123456789abcdef0123456789abcdef01234567";
const base = { severity: "critical", file: null, line: null, message: "m" } as const;

function aFinding(source: Finding["source"], key: string, threadId?: string): Finding {
  return { ...base, source, key, ...(threadId === undefined ? {} : { threadId }) };
}

const inThread = aFinding("reviewer", "thread:T1", "T1");
const inBody = aFinding("reviewer", "coderabbit:src/my file.ts:3:It's wrong");

test("only reviewers' findings may be declined", () => {
  const sources: readonly Finding["source"][] = [
    "ci",
    "person",
    "gate",
    "cairn",
    "spec",
    "quality",
  ];
  const findings = sources.map((source) => aFinding(source, `k:${source}`));
  const declined = findings.map(({ key }) => ({ finding: key ?? "", why: "no" }));
  const nameless: Finding = { ...base, source: "reviewer" };
  expect(applyDeclined([...findings, nameless], { declined })).toEqual({
    declined: [],
    open: [...findings, nameless],
  });
});

test("a finding is declined by its key, with or without the marks around it; unknown keys decline nothing", () => {
  const result = applyDeclined([inThread, inBody], {
    declined: [
      { finding: "`thread:T1`", why: "The caller holds the lock." },
      { finding: "thread:T1", why: "Another reason." },
      { finding: "thread:T9", why: "Not here." },
      { finding: "coderabbit:src/my file.ts:3:It's wrong", why: " " },
    ],
  });
  expect(result).toEqual({
    declined: [{ finding: inThread, why: "The caller holds the lock." }],
    open: [inBody],
  });
  expect(applyDeclined([inThread], {}).open).toEqual([inThread]);
});

test("a thread is told where its finding was mended, or why not", () => {
  const other = aFinding("reviewer", "thread:T2", "T2");
  const why = "It is held by\nthe caller. @coderabbitai resolve <!-- cairn --> a@b";
  const declined = [{ finding: "thread:T2", why }];
  expect(answersFor([inThread, other, inBody], { declined }, HEAD)).toEqual([
    { key: "thread:T1", threadId: "T1", body: "Fixed in 0123456.", resolves: true },
    {
      key: "thread:T2",
      threadId: "T2",
      body: "Left as it is, on purpose: It is held by the caller. coderabbitai resolve !-- cairn -- ab",
      resolves: false,
    },
  ]);
});

test("answers are short", () => {
  const declined = [{ finding: "thread:T1", why: "long ".repeat(1_000) }];
  expect(answersFor([inThread], { declined }, HEAD)[0]?.body.length).toBeLessThan(650);
});
