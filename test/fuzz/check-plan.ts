import type { Milestone, PlanFinding } from "../../src/core/plan/issue.ts";
import type { Plan } from "../../src/core/plan/plan.ts";
import { UserError } from "../../src/errors.ts";

/** What is wrong with an answer; empty when it keeps all promises. */
export type Complaints = readonly string[];

/** An error that a person is shown has a code, words and something to do. */
export function complaintsAboutError(error: unknown): Complaints {
  if (!(error instanceof UserError)) {
    const words = error instanceof Error ? `${error.stack}` : String(error);
    return [`thrown, and no UserError: ${words.slice(0, 600)}`];
  }
  const complaints: string[] = [];
  if (!/^[a-z]+\/[a-z0-9-]+$/u.test(error.code)) complaints.push(`odd code ${error.code}`);
  if (error.message.trim() === "") complaints.push(`${error.code} says nothing`);
  if (error.hints.length === 0) complaints.push(`${error.code} does not say what to do`);
  return complaints;
}

/** Every finding says where, what, why and how to mend it. */
export function complaintsAboutFindings(milestone: Milestone): Complaints {
  return milestone.findings.flatMap((finding) => complaintsAboutFinding(finding));
}

function complaintsAboutFinding(finding: PlanFinding): Complaints {
  const { code, file, line, column, message, hint } = finding;
  const complaints: string[] = [];
  if (message.trim() === "" || hint.trim() === "") complaints.push(`${code} says too little`);
  if (file === undefined || file === "") complaints.push(`${code} has no file`);
  if (!isCount(line) || !isCount(column))
    complaints.push(`${code} has no place: line ${line}, column ${column}`);
  if (message.length > 5_000) complaints.push(`${code} has ${message.length} characters`);
  return complaints;
}

function isCount(value: number | undefined): boolean {
  return value !== undefined && Number.isSafeInteger(value) && value >= 1;
}

/** Keys are there once, waves and merge order are legal, and nothing is lost. */
export function complaintsAboutPlan(plan: Plan): Complaints {
  const complaints: string[] = [];
  const keys = plan.issues.map((issue) => issue.key.toLowerCase());
  if (new Set(keys).size !== keys.length) complaints.push("a key is there twice");
  const wave = new Map(
    plan.waves.flatMap((inside, index) => inside.map((key) => [key, index] as const)),
  );
  if (wave.size !== plan.waves.flat().length) complaints.push("an issue is in two waves");
  const place = new Map(plan.mergeOrder.map((key, index) => [key, index] as const));
  if (place.size !== plan.mergeOrder.length) complaints.push("an issue is merged twice");
  const open = new Set(
    plan.issues.flatMap((issue) => (issue.state === "open" && !issue.done ? [issue.key] : [])),
  );
  for (const issue of plan.issues) {
    if (!open.has(issue.key)) continue;
    for (const { key, strength } of issue.blockers) {
      if (strength !== "hard" || !open.has(key)) continue;
      if (!isBefore(wave, key, issue.key))
        complaints.push(`${issue.key} is in no later wave than ${key}`);
      if (!isBefore(place, key, issue.key)) complaints.push(`${issue.key} is merged before ${key}`);
    }
    const isPlaced = place.has(issue.key) && wave.has(issue.key);
    if (!isPlaced && plan.cycles.length === 0)
      complaints.push(`${issue.key} is lost without a cycle`);
  }
  if (!/^[0-9a-f]{64}$/u.test(plan.fingerprint)) complaints.push("no fingerprint");
  return complaints;
}

/** What stands behind a cycle is in no wave; nothing else may be missing. */
function isBefore(order: ReadonlyMap<string, number>, first: string, second: string): boolean {
  const [a, b] = [order.get(first), order.get(second)];
  return b === undefined || (a !== undefined && a < b);
}
