import path from "node:path";
import type { Issue, Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import type { Source } from "../../../ports/source.ts";
import { findDocuments } from "../front-matter.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import { findHandoff } from "./find-handoff.ts";
import type { Handoff } from "./find-handoff.ts";
import { noTasks } from "./no-tasks.ts";
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
    findings: [
      ...plan.findings,
      ...documents.findings,
      ...handoff.findings,
      ...unknownTasks(handoff, plan),
    ],
  };
}

function asDone(issue: Issue): Issue {
  return { ...issue, state: "closed", closedAs: "completed" };
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
