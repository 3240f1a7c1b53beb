import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { agentReportJsonSchema, parseAgentReport, parseAgentReportText } from "./agent-result.ts";

const COMPLETE = {
  status: "complete",
  summary: "Done.",
  steps_completed: ["a"],
  steps_blocked: [{ step: "b", why: "c" }],
  files_changed: ["src/a.ts"],
  commits: ["abc"],
  notes: [],
  discoveries: [],
  error: null,
  question: null,
  declined: null,
  verdicts: null,
};

test("a complete report is taken as it is", () => {
  expect(parseAgentReport(COMPLETE)).toEqual({
    status: "complete",
    summary: "Done.",
    stepsCompleted: ["a"],
    stepsBlocked: [{ step: "b", why: "c" }],
    filesChanged: ["src/a.ts"],
    commits: ["abc"],
    notes: [],
    discoveries: [],
    error: null,
    question: null,
    verdicts: null,
  });
});

test("the status alone is enough; what is missing or of the wrong kind is nothing", () => {
  const report = parseAgentReport({ status: "Done", notes: "one note", commits: 7 });
  expect(report).toMatchObject({ status: "complete", notes: ["one note"], commits: [] });
});

test.each([null, 1, "complete", [], {}, { status: "great" }, { status: "question" }])(
  "no report: %j",
  (value) => {
    expect(parseAgentReport(value)).toBeNull();
  },
);

test("what a fixer declines is taken entry by entry; what cannot be read declines nothing", () => {
  const declined = [
    { finding: " thread:1 ", why: " It is held by the caller. " },
    { finding: "thread:2" },
    { finding: "thread:3", why: " " },
    { finding: 4, why: "no" },
    "thread:5",
    null,
  ];
  expect(parseAgentReport({ status: "complete", declined })?.declined).toEqual([
    { finding: "thread:1", why: "It is held by the caller." },
  ]);
  expect(parseAgentReport({ status: "complete", declined: declined[0] })?.declined).toHaveLength(1);
  for (const nothing of [undefined, null, [], "all of them", 7])
    expect(parseAgentReport({ status: "complete", declined: nothing })).toEqual(
      parseAgentReport({ status: "complete" }),
    );
});

test("a report is found as the whole text, in the last fenced block, or as the last object", () => {
  const json = JSON.stringify(COMPLETE);
  for (const words of [
    json,
    `I did it.\n\n\`\`\`json\n{"status": "failed"}\n\`\`\`\nNo, I did:\n\`\`\`json\n${json}\n\`\`\`\nBye.`,
    `All { fine } here: ${json}`,
  ])
    expect(parseAgentReportText(words)).toMatchObject({ status: "complete", commits: ["abc"] });
  expect(parseAgentReportText("I did it, honestly.")).toBeNull();
  expect(parseAgentReportText('{"status": "comp')).toBeNull();
});

test("a reviewer's bare PASS approves what it was asked for, and nothing when nothing was asked", () => {
  expect(parseAgentReportText("PASS", ["spec"])?.verdicts).toEqual([
    { stage: "spec", verdict: "approve", findings: [] },
  ]);
  expect(parseAgentReportText(" **PASS**. ", ["spec", "quality"])?.verdicts).toHaveLength(2);
  expect(parseAgentReportText("PASS")).toBeNull();
  expect(parseAgentReportText("It does not PASS", ["spec"])).toBeNull();
});

test("a reviewer's bare list of issues asks for changes", () => {
  const words =
    '```json\n[{"severity": "high", "file": "a.ts", "line": "3", "message": "no"}]\n```';
  expect(parseAgentReportText(words, ["quality"])?.verdicts).toEqual([
    {
      stage: "quality",
      verdict: "request-changes",
      findings: [{ source: "quality", severity: "critical", file: "a.ts", line: 3, message: "no" }],
    },
  ]);
});

test.each(["tests", "Test-Checker", "test-quality", "test_review"])(
  "the verdict about tests is known as %s",
  (stage) => {
    const finding = {
      severity: "critical",
      file: "a.test.ts",
      line: 1,
      message: "Proves nothing.",
    };
    const verdicts = [{ stage, verdict: "ISSUES", findings: [finding] }];
    expect(parseAgentReport({ status: "complete", verdicts })?.verdicts).toEqual([
      { stage: "tests", verdict: "request-changes", findings: [{ ...finding, source: "tests" }] },
    ]);
  },
);

test("a verdict that cannot be read makes the whole report unreadable, never an approval", () => {
  const verdicts = [{ stage: "spec", verdict: "perhaps", findings: [] }];
  expect(parseAgentReport({ status: "complete", verdicts })).toBeNull();
});

test("whatever an agent writes, reading it does not throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (words) => {
      expect(() => parseAgentReportText(words, ["spec"])).not.toThrow();
    }),
  );
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(() => parseAgentReport(value)).not.toThrow();
    }),
  );
});

test("the JSON Schema given to agents accepts what the parser reads, and demands every key", () => {
  const accepts = new Ajv({ allowUnionTypes: true }).compile(agentReportJsonSchema);
  expect(accepts(COMPLETE)).toBe(true);
  expect(accepts({ status: "complete" })).toBe(false);
  expect(accepts({ ...COMPLETE, declined: [{ finding: "thread:1", why: "no" }] })).toBe(true);
  const finding = { severity: "major", file: null, line: null, message: "m" };
  const verdicts = [{ stage: "spec", verdict: "approve", findings: [finding] }];
  expect(accepts({ ...COMPLETE, verdicts })).toBe(true);
  expect(parseAgentReport({ ...COMPLETE, verdicts })?.verdicts).toHaveLength(1);
  const ofTests = [{ stage: "tests", verdict: "approve", findings: [] }];
  expect(accepts({ ...COMPLETE, verdicts: ofTests })).toBe(true);
  expect(accepts({ ...COMPLETE, verdicts: [{ ...ofTests[0], stage: "style" }] })).toBe(false);
});
