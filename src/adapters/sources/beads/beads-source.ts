import path from "node:path";
import { z } from "zod";
import type { Milestone, PlanFinding } from "../../../core/plan/issue.ts";
import { UserError } from "../../../errors.ts";
import type { ProgressFile, Source } from "../../../ports/source.ts";
import { applyEdits, editMember } from "../json-edit.ts";
import { nodeAt, readJsonTree } from "../json-tree.ts";
import { readPlanFile, slugOf } from "../text-file.ts";
import type { TextFile } from "../text-file.ts";
import { connectBeads } from "./bead-edges.ts";
import { Bead, notWork } from "./read-bead.ts";
import type { PlacedBead } from "./read-bead.ts";

export interface BeadsSourceSettings {
  /** Folder of the repository. */
  readonly root: string;
}

/** Reads the issues that beads exports, one JSON object on each line. */
export function createBeadsSource({ root }: BeadsSourceSettings): Source {
  return {
    kind: "beads",
    read: async (reference) => toMilestone(await readPlanFile(root, reference)),
  };
}

const FINDINGS_MAX = 1000;

function toMilestone(file: TextFile): Milestone {
  const { beads, leftOut, findings } = readLines(file);
  if (beads.length === 0 && findings.length === 0) throw noIssues(file, leftOut);
  const connected = connectBeads(beads);
  const name = nameOf(file.reference);
  return {
    source: { kind: "beads", reference: file.reference },
    title: name,
    number: slugOf(name),
    url: null,
    issues: connected.issues,
    documents: [],
    handoff: null,
    findings: [...findings, ...leftOutFindings(file, leftOut), ...connected.findings],
  };
}

/** `beads` for `.beads/issues.jsonl`; another file has a name of its own. */
function nameOf(reference: string): string {
  const stem = path.posix.basename(reference).replace(/\.[^.]+$/u, "");
  return /^(?:issues|beads)$/iu.test(stem) ? "beads" : stem;
}

interface LinesRead {
  readonly beads: readonly PlacedBead[];
  readonly leftOut: LeftOut;
  readonly findings: readonly PlanFinding[];
}

interface LeftOut {
  readonly deleted: number;
  readonly record: number;
}

function readLines(file: TextFile): LinesRead {
  const beads: PlacedBead[] = [];
  const findings: PlanFinding[] = [];
  const leftOut = { deleted: 0, record: 0 };
  for (const [index, text] of file.text.split(/\r\n|\n|\r/u).entries()) {
    if (text.trim() === "") continue;
    const place = { file: file.reference, line: index + 1, column: 1 };
    const value = parseLine(text);
    if (OtherTable.safeParse(value).success) continue;
    const read = value === undefined ? null : Bead.safeParse(value);
    if (read === null || !read.success) {
      findings.push(...defectsOf(text, place, read?.error.issues ?? []));
      continue;
    }
    const why = notWork(read.data);
    if (why === null) beads.push({ bead: read.data, place });
    else leftOut[why] += 1;
  }
  return { beads, leftOut, findings: atMost(findings, file) };
}

/** A file of another kind has a defect on every line. */
function atMost(findings: readonly PlanFinding[], file: TextFile): readonly PlanFinding[] {
  const next = findings[FINDINGS_MAX];
  if (next === undefined) return findings;
  const more: PlanFinding = {
    ...next,
    message: `${findings.length - FINDINGS_MAX} more defects follow; they are not listed.`,
    hint: `Is ${file.reference} a file of beads?`,
  };
  return [...findings.slice(0, FINDINGS_MAX), more];
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Exports mark other tables of beads so. */
const OtherTable = z.object({ _type: z.string().refine((name) => name !== "issue") });

function defectsOf(
  text: string,
  place: { readonly file: string; readonly line: number; readonly column: number },
  defects: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): readonly PlanFinding[] {
  const code = "source/bad-issue";
  const severity = "critical";
  const tree = readJsonTree(text);
  if (tree.kind === "defect") {
    const isMarker = /^(?:<{7}|={7}|>{7}|\|{7})/u.test(text);
    const hint = isMarker
      ? "This is the mark of a merge conflict: resolve it, or run `bd sync`."
      : "Correct the line, or have beads write the file again: bd export.";
    const message = `This line is not JSON: ${tree.message}. It is not in the plan.`;
    return [{ code, severity, ...place, column: tree.offset + 1, message, hint }];
  }
  return defects.map(({ path: steps, message }) => {
    const field = steps.map(String).join(".");
    return {
      code,
      severity,
      ...place,
      column: nodeAt(tree, steps).start + 1,
      message: `${field === "" ? "This line" : field} ${message}. The issue is not in the plan.`,
      hint: 'A line is {"id": "bd-1", "title": "…", "status": "open", "priority": 2, "issue_type": "task"}.',
    };
  });
}

function leftOutFindings(file: TextFile, leftOut: LeftOut): readonly PlanFinding[] {
  if (leftOut.deleted + leftOut.record === 0) return [];
  const counts = [
    ...(leftOut.deleted === 0 ? [] : [`${leftOut.deleted} deleted`]),
    ...(leftOut.record === 0 ? [] : [`${leftOut.record} that beads keeps for itself`]),
  ];
  return [
    {
      code: "source/left-out",
      severity: "info",
      file: file.reference,
      line: 1,
      column: 1,
      message: `Left out: ${counts.join(" and ")}.`,
      hint: "Nothing to do.",
    },
  ];
}

function noIssues(file: TextFile, leftOut: LeftOut): UserError {
  const rest = leftOut.deleted + leftOut.record;
  const why = rest === 0 ? "" : ": everything in it is deleted or a record of beads itself";
  return new UserError("source/no-tasks", `${file.reference} has no issues${why}.`, {
    hints: ["Write some with `bd create`, or name another file."],
  });
}

/** Sets `"status":"closed"` on the lines of finished issues; times and reasons are left to beads. */
export function beadsProgress(reference: string): ProgressFile {
  return {
    path: reference,
    mark: (text, marks) => {
      const done = new Set([...marks].flatMap(([key, mark]) => (mark === "done" ? [key] : [])));
      // Split at the ends of lines and put together with them: every other byte stays.
      const pieces = text.split(/(\r\n|\n|\r)/u);
      const marked = pieces.map((piece) => markLine(piece, done));
      const changed = marked.join("");
      return changed === text ? null : changed;
    },
  };
}

/** The work that a line holds; null for any other line. */
export function beadOn(line: string): Bead | null {
  if (!line.includes("{")) return null;
  const value = parseLine(line.replace(/^\uFEFF/u, ""));
  const read = Bead.safeParse(value);
  const isOther = !read.success || OtherTable.safeParse(value).success;
  return isOther || notWork(read.data) !== null ? null : read.data;
}

/** Takes the key out of `done`: of two lines with one id the plan has the first that is work. */
function markLine(line: string, done: Set<string>): string {
  const bead = done.size === 0 ? null : beadOn(line);
  if (bead === null) return line;
  const offset = line.startsWith("\uFEFF") ? 1 : 0;
  const json = line.slice(offset);
  const { id, status } = bead;
  const tree = readJsonTree(json);
  if (!done.delete(id) || status === "closed" || tree.kind === "defect") return line;
  const edit = editMember(json, tree, "status", "closed");
  return edit === null ? line : line.slice(0, offset) + applyEdits(json, [edit]);
}
