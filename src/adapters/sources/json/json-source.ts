import path from "node:path";
import { z } from "zod";
import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import { createPlaces, nodeAt, readJsonTree } from "../json-tree.ts";
import type { JsonNode } from "../json-tree.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { withoutReason } from "./no-reason.ts";
import type { ListedReason } from "./no-reason.ts";

export interface JsonSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
}

/** Reads a list of issues as `gh issue list --json number,title,body,state,labels` writes it. */
export function createJsonSource({ root }: JsonSourceSettings): Source {
  return {
    kind: "json",
    read: async (reference) => toMilestone(await readPlanFile(root, reference)),
  };
}

const Label = z.union([
  z.string(),
  z.object({ name: z.string() }).transform((label) => label.name),
]);
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

const ListedIssue = z
  .object({
    number: z
      .union([z.int().positive(), z.string().regex(/^#?\d{1,9}$/u, "is no issue number")])
      .nullish(),
    key: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^[^\s,]+$/u, "must be one word")
      .nullish(),
    title: z.string().trim().min(1, "is empty"),
    body: optionalText,
    state: z
      .string()
      .nullish()
      .transform((state) => (state ?? "open").toLowerCase())
      .pipe(z.enum(["open", "closed"], { error: 'must be "open" or "closed"' })),
    stateReason: z.string().nullish(),
    labels: z
      .array(Label)
      .nullish()
      .transform((labels) => labels ?? []),
    url: z.string().nullish(),
    milestone: z
      .object({ title: z.string().nullish(), number: z.int().nullish(), url: z.string().nullish() })
      .nullish()
      .catch(null),
  })
  .refine((issue) => issue.number != null || issue.key != null, {
    error: "needs a number or a key",
    path: ["number"],
  });
type ListedIssue = z.infer<typeof ListedIssue>;

function toMilestone(file: TextFile): Milestone {
  const tree = readTree(file);
  const entries = parseList(file);
  const places = createPlaces(file.text);
  const listed: ListedIssue[] = [];
  const reasons: ListedReason[] = [];
  const findings: PlanFinding[] = [];
  for (const [index, entry] of entries.entries()) {
    const read = ListedIssue.safeParse(entry);
    if (read.success) {
      listed.push(read.data);
      reasons.push({
        issue: toIssue(read.data),
        hasReason: read.data.stateReason !== undefined,
      });
    } else {
      findings.push(
        ...read.error.issues.map(({ path: below, message }) => ({
          ...badIssue(index, below, message),
          file: file.reference,
          ...places(nodeAt(tree, [index, ...below]).start),
        })),
      );
    }
  }
  const about = listed.find((issue) => issue.milestone != null)?.milestone;
  return {
    source: { kind: "json", reference: file.reference },
    title: about?.title ?? path.posix.basename(file.reference).replace(/\.[^.]+$/u, ""),
    number: about?.number == null ? slugOf(file.reference) : String(about.number),
    url: about?.url ?? null,
    // The order of such a list is the order of a search, not of the work.
    issues: reasons.map(({ issue }) => issue).toSorted(byNumber),
    documents: [],
    handoff: null,
    findings: [...findings, ...withoutReason(file.reference, reasons)],
  };
}

function parseList(file: TextFile): readonly unknown[] {
  const value: unknown = JSON.parse(file.text);
  if (!Array.isArray(value)) {
    const kind = value === null ? "null" : `a ${typeof value}`;
    throw new UserError(
      "source/not-a-list",
      `${file.reference} holds ${kind}, not a list of issues.`,
      {
        hints: [
          "Write it with `gh issue list --json number,title,body,state,stateReason,labels,url,milestone`.",
        ],
      },
    );
  }
  if (value.length === 0) {
    throw new UserError("source/empty", `${file.reference} is an empty list.`, {
      hints: ["Put the issues into it, or name another file."],
    });
  }
  return value;
}

/** What it finds no defect in can be parsed. */
function readTree(file: TextFile): JsonNode {
  const tree = readJsonTree(file.text);
  if (tree.kind !== "defect") return tree;
  const { line, column } = createPlaces(file.text)(tree.offset);
  throw new UserError(
    "source/bad-json",
    `${file.reference}:${line}:${column}: this is not JSON: ${tree.message}.`,
    { hints: ["Correct it there, or write the file again with `gh issue list --json …`."] },
  );
}

function badIssue(index: number, below: readonly PropertyKey[], message: string): PlanFinding {
  return {
    code: "source/bad-issue",
    severity: "critical",
    message: `${jsonPath(index, below)}: ${message}. This issue is not in the plan.`,
    hint: 'An issue is {"number": 12, "title": "…", "body": "…", "state": "OPEN", "labels": ["…"]}.',
  };
}

/** `$[3].labels[0].name` */
function jsonPath(index: number, below: readonly PropertyKey[]): string {
  const steps = below.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`));
  return `$[${index}]${steps.join("")}`;
}

function toIssue(listed: ListedIssue): Issue {
  const number = listed.number == null ? null : String(listed.number).replace(/^#/u, "");
  const key = listed.key ?? `#${number}`;
  return {
    key,
    number: number ?? key.replace(/^#/u, ""),
    title: listed.title,
    body: listed.body,
    state: listed.state,
    closedAs: listed.state === "open" ? null : closedAs(listed.stateReason ?? ""),
    labels: listed.labels,
    priority: null,
    type: "CODING",
    url: webAddress(listed.url),
    files: [],
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: false,
    // Lines of a body are not lines of the file that quotes it.
    place: {},
  };
}

function webAddress(url: string | null | undefined): string | null {
  return url != null && /^https?:\/\//u.test(url) ? url : null;
}

function closedAs(reason: string): Issue["closedAs"] {
  const word = reason.toLowerCase().replaceAll(/[^a-z]/gu, "");
  if (word === "notplanned") return "not-planned";
  // Issues closed before reasons existed have none.
  return word === "duplicate" ? "duplicate" : "completed";
}

function byWords(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

function byNumber(a: Issue, b: Issue): number {
  if (a.number !== b.number) return byWords(a.number, b.number) || (a.number < b.number ? -1 : 1);
  // The same issue twice: which one is first must not depend on the list.
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : Number(left > right);
}
