import fs from "node:fs/promises";
import path from "node:path";
import type { Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { Source } from "../../../ports/source.ts";
import { findDocuments } from "../front-matter.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import { findMilestoneFolder, isPlanName, milestoneName } from "./find-folder.ts";
import type { FolderPlaces } from "./find-folder.ts";
import { joinPlan } from "./join-plan.ts";
import { readPlan } from "./plan-file.ts";
import type { PlanFile } from "./plan-file.ts";
import { readSpec } from "./spec-file.ts";
import type { SpecFile } from "./spec-file.ts";

export interface FolderSourceSettings extends FolderPlaces {
  /** Branch that the milestone lands on, where it is known: no milestone's branch may be called so. */
  readonly target?: string | null;
}

const FILES_MAX = 10_000;
/** Files read at a time. */
const BATCH = 64;

/** Reads milestone folders: `IMPLEMENTATION_PLAN.md` with a table of issues, and one file for each of them. */
export function createFolderSource(settings: FolderSourceSettings): Source {
  return { kind: "folder", read: (reference) => readMilestone(settings, reference) };
}

async function readMilestone(
  settings: FolderSourceSettings,
  reference: string,
): Promise<Milestone> {
  const { root } = settings;
  const folder = await folderOf(settings, reference);
  const names = await namesIn(root, folder);
  const number = milestoneName(path.posix.basename(folder)) ?? milestoneSlug(folder);
  const {
    plan,
    file: planFile,
    findings: planFindings,
  } = await readPlanIn(settings, folder, names);
  const texts = await readTexts(root, folder, names, planFile);
  const listed = new Set((plan?.rows ?? []).flatMap((row) => row.aliases));
  const isIssue = (spec: SpecFile): boolean =>
    spec.isIssue || listed.has(`file:${spec.stem.toLowerCase()}`);
  const specs = texts.specs.filter(isIssue);
  if (specs.length === 0 && (plan?.rows.length ?? 0) === 0)
    throw noIssues(folder, planFile, planFindings);
  const { issues, findings } = joinPlan(number, plan, specs);
  const documents = await findDocuments(root, plan?.file ?? `${folder}/-`, plan?.documents ?? []);
  return {
    source: { kind: "folder", reference: sourceReference(folder, planFile) },
    title: plan?.title ?? number,
    number,
    url: null,
    issues,
    documents: documents.found,
    handoff: null,
    findings: [
      ...planFindings,
      ...texts.findings,
      ...(plan?.findings ?? []),
      ...specs.flatMap((spec) => spec.findings),
      ...findings,
      ...texts.specs.filter((spec) => !isIssue(spec)).flatMap(leftOut),
      ...documents.findings,
    ],
    ...(plan === null || plan.branch === null ? {} : { integrationBranch: plan.branch }),
  };
}

/** A path that is there, or a milestone's name that is searched for. */
async function folderOf(settings: FolderSourceSettings, reference: string): Promise<string> {
  const { root } = settings;
  const written = reference.trim().replace(/^@/u, "");
  const name = milestoneName(written);
  const direct = await folderInside(root, written);
  if (direct !== null) return direct;
  if (name !== null) return findMilestoneFolder(settings, name);
  throw new UserError("source/not-found", `There is no folder ${written.slice(0, 200)}.`, {
    hints: ["Name a milestone folder: cairn plan m5, cairn plan docs/milestones/m5"],
  });
}

/** The folder itself, or that of the plan file named, after links are followed; null where there is none. */
async function folderInside(root: string, written: string): Promise<string | null> {
  if (written === "" || written.includes("\0")) return null;
  const realRoot = await fs.realpath(root);
  const real = await fs.realpath(path.resolve(realRoot, written)).catch(() => null);
  if (real === null) return null;
  const isFolder = (await fs.stat(real)).isDirectory();
  if (!isFolder && !isPlanName(path.basename(real))) return null;
  const inside = path.relative(realRoot, isFolder ? real : path.dirname(real));
  if (inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
    throw new UserError("source/outside", `${written} lies outside the repository.`, {
      hints: ["Agents work on what the repository holds: copy the folder into it."],
    });
  }
  return inside.split(path.sep).join("/");
}

/** Names of the markdown files in the folder and in `issues/`, as paths below the folder. */
async function namesIn(root: string, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const below of ["", "issues"]) {
    const real = await folderInside(root, path.posix.join(folder, below)).catch(() => null);
    // `issues` may be a link; one that leads elsewhere is no part of this folder.
    if (real === null || real !== path.posix.join(folder, below).replace(/^\.$/u, "")) continue;
    const entries = await fs.readdir(path.join(root, real), { withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isDirectory() && /\.(?:md|markdown)$/iu.test(entry.name))
        names.push(below === "" ? entry.name : `${below}/${entry.name}`);
    }
  }
  return names.toSorted(byNumber);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true, sensitivity: "base" }) || (a < b ? -1 : 1);
}

interface PlanRead {
  readonly plan: PlanFile | null;
  /** Its name in the folder, where there is one, readable or not. */
  readonly file: string | null;
  readonly findings: readonly PlanFinding[];
}

async function readPlanIn(
  settings: FolderSourceSettings,
  folder: string,
  names: readonly string[],
): Promise<PlanRead> {
  const plans = names.filter((name) => isPlanName(name));
  const file = plans.find((name) => /^impl/iu.test(name)) ?? plans[0] ?? null;
  if (file === null) {
    return {
      plan: null,
      file,
      findings: [
        {
          code: "source/no-plan",
          severity: "warning",
          file: path.posix.join(folder, "IMPLEMENTATION_PLAN.md"),
          line: 1,
          column: 1,
          message: `${folder} has no IMPLEMENTATION_PLAN.md; the plan is what its issue files say.`,
          hint: "Add one with a table of the issues and a tracking section, or go on without.",
        },
      ],
    };
  }
  const reference = path.posix.join(folder, file);
  const { text, finding } = await readText(settings.root, reference);
  return {
    plan: text === null ? null : readPlan(reference, text, settings.target ?? null),
    file,
    findings: finding === null ? [] : [finding],
  };
}

interface Texts {
  readonly specs: readonly SpecFile[];
  readonly findings: readonly PlanFinding[];
}

async function readTexts(
  root: string,
  folder: string,
  names: readonly string[],
  planFile: string | null,
): Promise<Texts> {
  const specs: SpecFile[] = [];
  const findings: PlanFinding[] = [];
  const wanted = names.filter(
    (name) => name !== planFile && !/^(?:readme|handoff[^/]*)\.\w+$/iu.test(name),
  );
  for (let at = 0; at < Math.min(wanted.length, FILES_MAX); at += BATCH) {
    const batch = wanted.slice(at, Math.min(at + BATCH, FILES_MAX));
    const references = batch.map((name) => path.posix.join(folder, name));
    const read = await Promise.all(references.map((reference) => readText(root, reference)));
    for (const [index, { text, finding }] of read.entries()) {
      if (text !== null) specs.push(readSpec(references[index] ?? "", text));
      if (finding !== null) findings.push(finding);
    }
  }
  if (wanted.length > FILES_MAX) {
    findings.push({
      code: "source/too-many",
      severity: "critical",
      file: folder,
      line: 1,
      column: 1,
      message: `${folder} has ${wanted.length} files; only the first ${FILES_MAX} are read.`,
      hint: "Is it the right folder? Cut the milestone into smaller ones.",
    });
  }
  return { specs, findings };
}

interface TextRead {
  readonly text: string | null;
  readonly finding: PlanFinding | null;
}

/** A file that cannot be read is an issue that would be left out: a person has to know. */
async function readText(root: string, reference: string): Promise<TextRead> {
  try {
    return { text: (await readPlanFile(root, reference)).text, finding: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      text: null,
      finding: {
        code: error.code,
        severity: "critical",
        file: reference,
        line: 1,
        column: 1,
        message: error.message,
        hint: error.hints.join(" "),
      },
    };
  }
}

function leftOut(spec: SpecFile): readonly PlanFinding[] {
  return [
    {
      code: "source/left-out",
      severity: "info",
      file: spec.file,
      line: 1,
      column: 1,
      message: `${spec.file} is not read as an issue: neither its name nor its front matter has a number.`,
      hint: "Put the number first (`03-title.md`), or write `github_issue:` at its top.",
    },
  ];
}

function noIssues(
  folder: string,
  planFile: string | null,
  found: readonly PlanFinding[],
): UserError {
  const plan = planFile === null ? "" : ` ${planFile} has no table of issues.`;
  return new UserError("source/no-tasks", `${folder} has no issue files.${plan}`, {
    hints: [
      ...found.filter((finding) => finding.severity === "critical").map(({ message }) => message),
      "An issue is a file with its number first, `01-title.md`, or a row of a table with the columns Issue and Title.",
    ],
  });
}

/** The folder; the plan file itself where it has a name that cannot be guessed. */
function sourceReference(folder: string, planFile: string | null): string {
  const isUsual = planFile === null || planFile === "IMPLEMENTATION_PLAN.md";
  return isUsual ? folder : path.posix.join(folder, planFile);
}

function milestoneSlug(folder: string): string {
  const name = path.posix.basename(folder);
  return milestoneName(/^m\d+(?:\.\d+)*(?=[-_ ])/iu.exec(name)?.[0] ?? "") ?? slugOf(`${name}.md`);
}
