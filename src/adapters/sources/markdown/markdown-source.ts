import fs from "node:fs/promises";
import path from "node:path";
import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { handoffNames, readHandoff } from "./handoff.ts";
import { readPlanText } from "./plan-text.ts";
import type { PlanText } from "./plan-text.ts";

export interface MarkdownSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
}

/** Reads markdown plans with task headings, and the handoff beside them that says what is done. */
export function createMarkdownSource({ root }: MarkdownSourceSettings): Source {
  return { kind: "markdown", read: (reference) => readMilestone(root, reference) };
}

async function readMilestone(root: string, reference: string): Promise<Milestone> {
  const file = await readPlanFile(root, reference);
  const plan = readPlanText(file.reference, file.text);
  if (plan.issues.length === 0) throw noTasks(file, plan);
  const handoff = await findHandoff(file, plan);
  const done = new Set(handoff.done);
  const documents = await findDocuments(root, file, plan);
  return {
    source: { kind: "markdown", reference: file.reference },
    title: plan.title ?? path.posix.basename(file.reference),
    number: slugOf(file.reference),
    url: null,
    issues: plan.issues.map((issue) => (done.has(issue.key) ? asDone(issue) : issue)),
    documents: documents.found,
    handoff: handoff.reference,
    findings: [...plan.findings, ...documents.findings, ...unknownTasks(handoff, plan)],
  };
}

function asDone(issue: Issue): Issue {
  return { ...issue, state: "closed", closedAs: "completed" };
}

function noTasks(file: TextFile, plan: PlanText): UserError {
  const open = plan.findings.find((finding) => finding.code === "source/open-fence");
  const headings = plan.otherHeadings
    .slice(0, 5)
    .map((heading) => `"${heading.text.slice(0, 60)}" (line ${heading.line})`);
  const instead =
    headings.length === 0 ? "It has no headings at all" : `Its headings are ${headings.join(", ")}`;
  const more = plan.otherHeadings.length > 5 ? ` and ${plan.otherHeadings.length - 5} more` : "";
  return new UserError(
    "source/no-tasks",
    `${file.reference} has no task headings. ${instead}${more}.`,
    {
      hints: [
        "A task begins with a heading such as `## Task 4.1: Title`.",
        ...(open === undefined
          ? []
          : [
              `The code block or comment of line ${open.line} is never closed; what is below it counts as code.`,
            ]),
      ],
    },
  );
}

interface Handoff {
  readonly reference: string;
  readonly done: readonly string[];
}

/** The handoff that is there, or where it will be. */
async function findHandoff(file: TextFile, plan: PlanText): Promise<Handoff> {
  const folder = path.dirname(file.absolute);
  const names = plan.handoff === null ? handoffNames(path.basename(file.absolute)) : [plan.handoff];
  const beside = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const actual =
      beside.find((entry) => entry === name) ??
      beside.find((entry) => entry.toLowerCase() === name.toLowerCase());
    if (actual === undefined) continue;
    const reference = path.posix.join(path.posix.dirname(file.reference), actual);
    const text = await readHandoffFile(path.join(folder, actual), reference);
    return { reference, done: readHandoff(text) };
  }
  return {
    reference: path.posix.join(
      path.posix.dirname(file.reference),
      path.posix.basename(names[0] ?? "HANDOFF.md"),
    ),
    done: [],
  };
}

async function readHandoffFile(absolute: string, reference: string): Promise<string> {
  try {
    return await fs.readFile(absolute, "utf8");
  } catch (error) {
    // Taken for "nothing is done", finished work would be done twice.
    throw new UserError(
      "source/handoff",
      `The handoff ${reference} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        hints: ["Check its permissions, or move it away to begin with the first task."],
        cause: error,
      },
    );
  }
}

function unknownTasks(handoff: Handoff, plan: PlanText): readonly PlanFinding[] {
  const known = new Set(plan.issues.map((issue) => issue.key));
  return handoff.done
    .filter((key) => !known.has(key))
    .map((key) => ({
      code: "source/handoff-task",
      severity: "info",
      file: handoff.reference,
      message: `The handoff calls Task ${key} done, which is not in the plan.`,
      hint: "Nothing to do, unless the number is wrong.",
    }));
}

interface Documents {
  readonly found: readonly string[];
  readonly findings: readonly PlanFinding[];
}

async function findDocuments(root: string, file: TextFile, plan: PlanText): Promise<Documents> {
  const found: string[] = [];
  const findings: PlanFinding[] = [];
  for (const { path: written, key } of plan.documents) {
    const reference = await locate(root, path.posix.dirname(file.reference), written);
    if (reference !== null) found.push(reference);
    else {
      findings.push({
        code: "source/document",
        severity: "warning",
        file: file.reference,
        line: 1,
        message: `The ${key} document ${written} is not in the repository; agents will work without it.`,
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
