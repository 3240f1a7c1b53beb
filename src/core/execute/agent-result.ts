import { z } from "zod";
import type { AgentReport, ReviewStage, StageVerdict } from "./agent-report.ts";

const TEXT_MAX = 4_000;
const LIST_MAX = 200;
/** Keys may hold the path of a file. */
const KEY_MAX = 1_000;
const STAGES = ["spec", "quality", "tests"] as const satisfies readonly ReviewStage[];

const text = z.string().transform((value) => value.slice(0, TEXT_MAX));
/** Agents say "nothing" in many ways: absent, null, one string instead of a list. */
const texts = z.preprocess(asList, z.array(text)).catch([]);
const step = z.union([
  z.object({ step: text, why: text.catch("") }),
  text.transform((words) => ({ step: words, why: "" })),
]);

const declinedSchema = z.object({
  finding: z.string().trim().min(1).max(KEY_MAX),
  why: z
    .string()
    .trim()
    .min(1)
    .transform((words) => words.slice(0, TEXT_MAX)),
});
/** Entry by entry: one that cannot be read declines nothing, and takes nothing from the rest. */
const declinedList = z
  .preprocess(asList, z.array(declinedSchema.nullable().catch(null)))
  .transform((entries) => entries.filter((entry) => entry !== null))
  .catch([]);

const findingSchema = z.object({
  severity: z.preprocess(asSeverity, z.enum(["critical", "major", "minor"])),
  file: z.string().nullish().catch(null),
  line: z.preprocess(asLine, z.int().positive().nullable()).catch(null),
  message: text,
});

const verdictSchema = z.object({
  stage: z.preprocess(asStage, z.enum(STAGES)),
  verdict: z.preprocess(asVerdict, z.enum(["approve", "request-changes", "escalate"])),
  findings: z.preprocess(asList, z.array(findingSchema)),
});

/** What an agent writes, in its own spelling. Only `status` must be right; the rest is taken as far as it is there. */
export const agentReportSchema = z.object({
  status: z.preprocess(asStatus, z.enum(["complete", "partial", "failed", "question"])),
  summary: text.catch(""),
  steps_completed: texts,
  steps_blocked: z.preprocess(asList, z.array(step)).catch([]),
  files_changed: texts,
  commits: texts,
  notes: texts,
  discoveries: texts,
  error: text.nullish().catch(null),
  question: z
    .object({ text, options: texts, default: text.catch("") })
    .nullish()
    .catch(null),
  declined: declinedList,
  // Not caught: a verdict that cannot be read must not become an approval by being left out.
  verdicts: z.preprocess(asVerdictList, z.array(verdictSchema).nullish()),
});

/** A report from a parsed value; null when it is none. */
export function parseAgentReport(value: unknown): AgentReport | null {
  const read = agentReportSchema.safeParse(value);
  if (!read.success) return null;
  const said = read.data;
  if (said.status === "question" && !said.question) return null;
  return {
    status: said.status,
    summary: said.summary,
    stepsCompleted: said.steps_completed,
    stepsBlocked: said.steps_blocked,
    filesChanged: said.files_changed,
    commits: said.commits,
    notes: said.notes,
    discoveries: said.discoveries,
    error: said.error ?? null,
    question: said.question ?? null,
    ...(said.declined.length === 0 ? {} : { declined: said.declined }),
    verdicts: said.verdicts?.map(asStageVerdict) ?? null,
  };
}

/**
 * A report from an agent's last words: the last fenced JSON block, or the last JSON object, that is a report. A
 * reviewer's bare `PASS` approves the stages it was asked for; a bare list of issues asks for changes.
 */
export function parseAgentReportText(
  words: string,
  stages: readonly ReviewStage[] = [],
): AgentReport | null {
  for (const candidate of jsonIn(words)) {
    const report = parseAgentReport(candidate) ?? parseVerdictsAlone(candidate, stages);
    if (report !== null) return report;
  }
  if (stages.length > 0 && /^\W*PASS\W*$/i.test(words))
    return reviewed(stages.map((stage) => ({ stage, verdict: "approve", findings: [] })));
  return null;
}

/** JSON Schema of a report, in the strict form that vendors ask for: every key required, none besides, null for "none". */
export const agentReportJsonSchema = strictObject({
  status: { type: "string", enum: ["complete", "partial", "failed", "question"] },
  summary: { type: "string" },
  steps_completed: listOf({ type: "string" }),
  steps_blocked: listOf(strictObject({ step: { type: "string" }, why: { type: "string" } })),
  files_changed: listOf({ type: "string" }),
  commits: listOf({ type: "string" }),
  notes: listOf({ type: "string" }),
  discoveries: listOf({ type: "string" }),
  error: { type: ["string", "null"] },
  question: orNull(
    strictObject({
      text: { type: "string" },
      options: listOf({ type: "string" }),
      default: { type: "string" },
    }),
  ),
  declined: orNull(listOf(strictObject({ finding: { type: "string" }, why: { type: "string" } }))),
  verdicts: orNull(
    listOf(
      strictObject({
        stage: { type: "string", enum: [...STAGES] },
        verdict: { type: "string", enum: ["approve", "request-changes", "escalate"] },
        findings: listOf(
          strictObject({
            severity: { type: "string", enum: ["critical", "major", "minor"] },
            file: { type: ["string", "null"] },
            line: { type: ["integer", "null"] },
            message: { type: "string" },
          }),
        ),
      }),
    ),
  ),
});

/** `{verdicts: […]}` or `{ISSUES: […]}` or a list of findings, without the rest of a report. */
function parseVerdictsAlone(value: unknown, stages: readonly ReviewStage[]): AgentReport | null {
  if (stages.length === 0) return null;
  const whole = z.object({ verdicts: z.array(verdictSchema).min(1) }).safeParse(value);
  if (whole.success) return reviewed(whole.data.verdicts.map(asStageVerdict));
  const issues = z
    .union([
      z.array(findingSchema),
      z.object({ ISSUES: z.array(findingSchema) }).transform((object) => object.ISSUES),
      z.object({ issues: z.array(findingSchema) }).transform((object) => object.issues),
    ])
    .safeParse(value);
  // One list for two stages could not be told apart.
  const [stage] = stages;
  if (!issues.success || stage === undefined || stages.length > 1) return null;
  const verdict = issues.data.length === 0 ? "approve" : "request-changes";
  return reviewed([asStageVerdict({ stage, verdict, findings: issues.data })]);
}

function reviewed(verdicts: readonly StageVerdict[]): AgentReport {
  return {
    status: "complete",
    summary: "",
    stepsCompleted: [],
    stepsBlocked: [],
    filesChanged: [],
    commits: [],
    notes: [],
    discoveries: [],
    error: null,
    question: null,
    verdicts,
  };
}

function asStageVerdict(said: z.infer<typeof verdictSchema>): StageVerdict {
  return {
    stage: said.stage,
    verdict: said.verdict,
    findings: said.findings.map((finding) => ({
      source: said.stage,
      severity: finding.severity,
      file: finding.file ?? null,
      line: finding.line,
      message: finding.message,
    })),
  };
}

/** Every JSON value that could be meant as the answer, the last one first. */
function jsonIn(words: string): readonly unknown[] {
  const blocks = [...words.matchAll(/```(?:json)?[ \t]*\n([\s\S]*?)\n?```/g)].map(
    (match) => match[1] ?? "",
  );
  const candidates = [words.trim(), ...blocks.toReversed(), lastObject(words)];
  return candidates.map(parseJson).filter((value) => typeof value === "object" && value !== null);
}

/** The longest text from some `{` to the last `}` that is JSON. */
function lastObject(words: string): string {
  const end = words.lastIndexOf("}");
  let tries = 0;
  for (let at = words.indexOf("{"); at >= 0 && at < end; at = words.indexOf("{", at + 1)) {
    const piece = words.slice(at, end + 1);
    if (parseJson(piece) !== undefined) return piece;
    tries += 1;
    if (tries >= LIST_MAX) break;
  }
  return "";
}

function parseJson(piece: string): unknown {
  if (!/^\s*[[{]/.test(piece)) return undefined;
  try {
    return JSON.parse(piece) as unknown;
  } catch {
    return undefined;
  }
}

function asList(value: unknown): unknown {
  if (value === undefined || value === null || value === "") return [];
  return Array.isArray(value) ? value.slice(0, LIST_MAX) : [value];
}

function asVerdictList(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

function asWord(value: unknown): string {
  return typeof value === "string"
    ? value
        .trim()
        .toLowerCase()
        .replaceAll(/[\s_]+/g, "-")
    : "";
}

function asStatus(value: unknown): unknown {
  const word = asWord(value);
  if (["completed", "done", "success", "succeeded"].includes(word)) return "complete";
  if (["failure", "error", "blocked"].includes(word)) return "failed";
  return word;
}

function asSeverity(value: unknown): unknown {
  const word = asWord(value);
  if (["blocker", "high"].includes(word)) return "critical";
  if (["medium", "warning"].includes(word)) return "major";
  return ["low", "info", "nit", "suggestion"].includes(word) ? "minor" : word;
}

function asVerdict(value: unknown): unknown {
  const word = asWord(value);
  if (["pass", "passed", "approved", "lgtm"].includes(word)) return "approve";
  return ["issues", "fail", "failed", "changes-requested"].includes(word)
    ? "request-changes"
    : word;
}

function asStage(value: unknown): unknown {
  const word = asWord(value).replace(/-(?:review|check)(?:er)?$/, "");
  return ["test", "test-quality"].includes(word) ? "tests" : word;
}

function asLine(value: unknown): unknown {
  if (typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  return value ?? null;
}

function listOf(items: object): object {
  return { type: "array", items };
}

function orNull(schema: object): object {
  return { anyOf: [schema, { type: "null" }] };
}

function strictObject(properties: Readonly<Record<string, object>>): object {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}
