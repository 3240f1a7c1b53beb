import fs from "node:fs/promises";
import path from "node:path";
import type { PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import { readPlanFile } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { handoffLines, handoffNames } from "./handoff.ts";
import { readPlanText } from "./plan-text.ts";
import type { PlanText } from "./plan-text.ts";

const HANDOFF_MAX = 64 * 1024 * 1024;
/** Nobody has more plans of one milestone. */
const SIBLINGS_MAX = 20;

export interface Handoff {
  readonly reference: string;
  /** Keys with the line that says so. */
  readonly done: ReadonlyMap<string, number>;
  readonly findings: readonly PlanFinding[];
}

/**
 * The handoff that is there, or where it will be: the one that the plan names, else the one beside it.
 * @throws UserError `source/handoff` where it is there and cannot be read, or lies outside of the repository.
 */
export async function findHandoff(root: string, file: TextFile, plan: PlanText): Promise<Handoff> {
  const folder = path.posix.dirname(file.reference);
  if (plan.handoff !== null) {
    const named = await namedHandoff(root, folder, plan.handoff);
    return { ...named, findings: [] };
  }
  const [first = "", ...others] = handoffNames(path.basename(file.absolute));
  const siblings = others.length === 0 ? [] : await siblingPlans(root, file);
  if (siblings.length === 0) return await firstOf(root, folder, [first, ...others]);
  const own = others[0] ?? first;
  const found = await firstOf(root, folder, [own, first]);
  if (path.posix.basename(found.reference).toLowerCase() === own.toLowerCase()) return found;
  const shared = sharedTask(found, plan, siblings);
  if (shared === null) return found;
  return { reference: path.posix.join(folder, own), done: new Map(), findings: [shared] };
}

/** A path from the plan's folder or, where only that is there, from the root. */
async function namedHandoff(
  root: string,
  folder: string,
  written: string,
): Promise<Omit<Handoff, "findings">> {
  const candidates = [path.posix.join(folder, written), path.posix.normalize(written)];
  const inside = candidates.filter((one) => !/^(?:\.\.(?:\/|$)|\/|[a-z]:)|\0/iu.test(one));
  if (inside.length === 0 || path.posix.isAbsolute(written))
    throw unreadable(written, new Error("it lies outside of the repository"));
  for (const candidate of inside) {
    const there = await actualPath(root, candidate);
    if (there !== null) return { reference: there, done: await doneIn(root, there) };
  }
  const withFolder = await Promise.all(
    inside.map((one) => isFolder(path.join(root, path.posix.dirname(one)))),
  );
  return { reference: inside[Math.max(0, withFolder.indexOf(true))] ?? written, done: new Map() };
}

async function firstOf(root: string, folder: string, names: readonly string[]): Promise<Handoff> {
  for (const name of names) {
    const there = await actualPath(root, path.posix.join(folder, name));
    if (there !== null) return { reference: there, done: await doneIn(root, there), findings: [] };
  }
  const reference = path.posix.join(folder, names[0] ?? "HANDOFF.md");
  return { reference, done: new Map(), findings: [] };
}

/** A file as it is written on disk, whatever its case; null where there is none. */
async function actualPath(root: string, reference: string): Promise<string | null> {
  const folder = path.posix.dirname(reference);
  const name = path.posix.basename(reference);
  const beside = await fs.readdir(path.join(root, folder)).catch(() => []);
  const actual =
    beside.find((entry) => entry === name) ??
    beside.find((entry) => entry.toLowerCase() === name.toLowerCase());
  return actual === undefined ? null : path.posix.join(folder, actual);
}

async function isFolder(absolute: string): Promise<boolean> {
  const facts = await fs.stat(absolute).catch(() => null);
  return facts?.isDirectory() === true;
}

async function doneIn(root: string, reference: string): Promise<ReadonlyMap<string, number>> {
  try {
    const real = await fs.realpath(path.join(root, reference));
    const inside = path.relative(await fs.realpath(root), real);
    if (inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
      throw new Error("it is a link out of the repository");
    const { size } = await fs.stat(real);
    if (size > HANDOFF_MAX) throw new Error(`it has more than ${HANDOFF_MAX / 1024 / 1024} MB`);
    return handoffLines(await fs.readFile(real, "utf8"));
  } catch (error) {
    throw unreadable(reference, error);
  }
}

/** Taken for "nothing is done", finished work would be done twice. */
function unreadable(reference: string, error: unknown): UserError {
  return new UserError(
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

interface Sibling {
  readonly name: string;
  readonly keys: ReadonlySet<string>;
}

/** Other plans beside this one that a handoff of the milestone may be about too. */
async function siblingPlans(root: string, file: TextFile): Promise<readonly Sibling[]> {
  const own = path.posix.basename(file.reference);
  const [shared = ""] = handoffNames(own);
  const names = (await fs.readdir(path.dirname(file.absolute)).catch(() => []))
    .filter((name) => name !== own && /\.(?:md|markdown)$/iu.test(name))
    .filter((name) => handoffNames(name)[0]?.toLowerCase() === shared.toLowerCase())
    .toSorted()
    .slice(0, SIBLINGS_MAX);
  const siblings: Sibling[] = [];
  for (const name of names) {
    const reference = path.posix.join(path.posix.dirname(file.reference), name);
    // What cannot be read is no plan that has a handoff.
    const text = await readPlanFile(root, reference).then(
      (read) => read.text,
      () => "",
    );
    const keys = new Set(readPlanText(reference, text).issues.map((issue) => issue.key));
    if (keys.size > 0) siblings.push({ name, keys });
  }
  return siblings;
}

/** A task that a shared handoff calls done, where two plans have one of that number; null where there is none. */
function sharedTask(
  { reference, done }: Handoff,
  plan: PlanText,
  siblings: readonly Sibling[],
): PlanFinding | null {
  const own = new Set(plan.issues.map((issue) => issue.key));
  for (const [key, line] of done) {
    const other = own.has(key) ? siblings.find(({ keys }) => keys.has(key)) : undefined;
    if (other === undefined) continue;
    return {
      code: "source/handoff-shared",
      severity: "critical",
      file: reference,
      line,
      column: 1,
      message: `The handoff calls Task ${key} done, and ${other.name} has a Task ${key} too: nothing in it counts for this plan.`,
      hint: `Give each plan a handoff of its own, such as ${handoffNames(other.name).at(-1) ?? ""} for ${other.name}.`,
    };
  }
  return null;
}
