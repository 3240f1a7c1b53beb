import fs from "node:fs/promises";
import path from "node:path";
import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import { findDocuments } from "../front-matter.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { handoffLines, handoffNames } from "./handoff.ts";
import { noTasks } from "./no-tasks.ts";
import { readPlanText } from "./plan-text.ts";
import type { PlanText } from "./plan-text.ts";

const HANDOFF_MAX = 64 * 1024 * 1024;

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
  if (plan.issues.length === 0) throw noTasks(file.reference, plan);
  const handoff = await findHandoff(root, file, plan);
  const documents = await findDocuments(root, file.reference, plan.documents);
  return {
    source: { kind: "markdown", reference: file.reference },
    title: plan.title ?? path.posix.basename(file.reference),
    number: slugOf(file.reference),
    url: null,
    issues: plan.issues.map((issue) => (handoff.done.has(issue.key) ? asDone(issue) : issue)),
    documents: documents.found,
    handoff: handoff.reference,
    ...(plan.branch === null ? {} : { integrationBranch: plan.branch }),
    findings: [...plan.findings, ...documents.findings, ...unknownTasks(handoff, plan)],
  };
}

function asDone(issue: Issue): Issue {
  return { ...issue, state: "closed", closedAs: "completed" };
}

interface Handoff {
  readonly reference: string;
  /** Keys with the line that says so. */
  readonly done: ReadonlyMap<string, number>;
}

/** The handoff that is there, or where it will be. */
async function findHandoff(root: string, file: TextFile, plan: PlanText): Promise<Handoff> {
  const folder = path.dirname(file.absolute);
  const names = plan.handoff === null ? handoffNames(path.basename(file.absolute)) : [plan.handoff];
  const beside = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    const actual =
      beside.find((entry) => entry === name) ??
      beside.find((entry) => entry.toLowerCase() === name.toLowerCase());
    if (actual === undefined) continue;
    const reference = path.posix.join(path.posix.dirname(file.reference), actual);
    const text = await readHandoffFile(root, path.join(folder, actual), reference);
    return { reference, done: handoffLines(text) };
  }
  return {
    reference: path.posix.join(
      path.posix.dirname(file.reference),
      path.posix.basename(names[0] ?? "HANDOFF.md"),
    ),
    done: new Map(),
  };
}

async function readHandoffFile(root: string, absolute: string, reference: string): Promise<string> {
  try {
    const real = await fs.realpath(absolute);
    const inside = path.relative(await fs.realpath(root), real);
    if (inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
      throw new Error("it is a link out of the repository");
    const { size } = await fs.stat(real);
    if (size > HANDOFF_MAX) throw new Error(`it has more than ${HANDOFF_MAX / 1024 / 1024} MB`);
    return await fs.readFile(real, "utf8");
  } catch (error) {
    // Taken for "nothing is done", finished work would be done twice.
    throw new UserError(
      "source/handoff",
      `The handoff ${reference} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        hints: [
          "Check what it is and its permissions, or move it away to begin with the first task.",
        ],
        cause: error,
      },
    );
  }
}

function unknownTasks(handoff: Handoff, plan: PlanText): readonly PlanFinding[] {
  const known = new Set(plan.issues.map((issue) => issue.key));
  return [...handoff.done]
    .filter(([key]) => !known.has(key))
    .map(([key, line]) => ({
      code: "source/handoff-task",
      severity: "info",
      file: handoff.reference,
      line,
      column: 1,
      message: `The handoff calls Task ${key} done, which is not in the plan.`,
      hint: "Nothing to do, unless the number is wrong.",
    }));
}
