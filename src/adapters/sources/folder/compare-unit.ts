import type { PlanFinding } from "../../../core/plan/issue.ts";
import { scanMarkdown } from "../../../core/shared/markdown-lines.ts";
import { readReferences } from "./issue-names.ts";
import type { Aliases } from "./issue-names.ts";
import type { Unit } from "./number-issues.ts";
import type { PlanRow } from "./plan-file.ts";
import { priorityIn } from "./spec-file.ts";
import type { SpecFile } from "./spec-file.ts";
import { statusOf } from "./status-words.ts";
import type { TrackingEntry } from "./tracking.ts";

export interface PlanSide {
  readonly planFile: string;
  /** The plan lists issues at all. */
  readonly hasTable: boolean;
  readonly tracked: TrackingEntry | null;
}

type LookUp = (aliases: Aliases) => string | null;

/** Where the table, the tracking section and the file of one issue do not say the same. */
export function compareUnit(unit: Unit, lookUp: LookUp, side: PlanSide): readonly PlanFinding[] {
  const { key, row, spec } = unit;
  return [
    ...(row !== null && spec === null ? [noFile(key, row, side.tracked)] : []),
    ...(row === null && spec !== null && side.hasTable ? [notListed(key, spec, side)] : []),
    ...(row !== null && spec !== null ? priorities(key, row, spec) : []),
    ...(row !== null && spec !== null ? dependencies(key, row, spec, lookUp) : []),
    ...(spec === null ? [] : bodyDependencies(key, unit, spec)),
    ...statuses(key, row, side),
  ];
}

function noFile(key: string, row: PlanRow, tracked: TrackingEntry | null): PlanFinding {
  const status = tracked?.status ?? statusOf(row.cells.status ?? "");
  const isOver = status === "done" || status === "skipped";
  return {
    code: "source/no-spec",
    severity: isOver ? "info" : "warning",
    key,
    ...row.placeOf("issue"),
    message: `${key} stands in the table, and there is no file for it.`,
    hint: isOver
      ? "Nothing to do: it is not worked on any more."
      : "Write its file beside the plan or into `issues/`, with its number first: `03-title.md`.",
  };
}

function notListed(key: string, spec: SpecFile, { planFile }: PlanSide): PlanFinding {
  return {
    code: "source/not-in-table",
    severity: "warning",
    key,
    file: spec.file,
    line: 1,
    column: 1,
    message: `${key} has a file, and ${planFile} does not list it; it comes after those that are listed.`,
    hint: "Add a row for it, or take the file out of the folder.",
  };
}

function priorities(key: string, row: PlanRow, spec: SpecFile): readonly PlanFinding[] {
  const words = row.cells.priority ?? "";
  const listed = priorityIn(words);
  const place = row.placeOf("priority");
  if (listed === null && /[\p{L}\p{N}]/u.test(words)) {
    return [
      {
        code: "source/priority",
        severity: "warning",
        key,
        ...place,
        message: `"${words.slice(0, 60)}" is no priority; that of the file counts, if it has one.`,
        hint: "Write P0, P1 or P2.",
      },
    ];
  }
  if (listed === null || spec.priority === null || spec.priority.value === listed) return [];
  return [
    {
      code: "source/priority-differs",
      severity: "warning",
      key,
      ...place,
      message: `The table gives ${key} ${listed}, ${spec.file}:${spec.priority.place.line} says ${spec.priority.value}; the file counts.`,
      hint: "Write the same in both.",
    },
  ];
}

function dependencies(
  key: string,
  row: PlanRow,
  spec: SpecFile,
  lookUp: LookUp,
): readonly PlanFinding[] {
  const words = row.cells.dependencies;
  if (words === undefined || spec.dependencies === null) return [];
  const named = (list: readonly { readonly words: string; readonly aliases: Aliases }[]) =>
    [...new Set(list.map((item) => lookUp(item.aliases) ?? item.words))].toSorted();
  const listed = named(readReferences(words));
  const own = named(spec.dependencies);
  if (listed.join("\n") === own.join("\n")) return [];
  const line = spec.dependencies[0]?.place.line ?? 1;
  return [
    {
      code: "source/dependencies-differ",
      severity: "warning",
      key,
      ...row.placeOf("dependencies"),
      message: `The table says that ${key} waits for ${said(listed)}, ${spec.file}:${line} says ${said(own)}; the file counts.`,
      hint: "Write the same in both.",
    },
  ];
}

const IN_TEXT =
  /^[^\p{L}\p{N}]*(?:depends on|dependenc(?:y|ies)|blocked by|blockers?|waits (?:on|for)|pre-?requisites?)\b[*_\s]*(?::|$)/iu;

/** What front matter or table say about dependencies counts; a second list in the text would be lost in silence. */
function bodyDependencies(key: string, { row }: Unit, spec: SpecFile): readonly PlanFinding[] {
  const count = (spec.dependencies ?? readReferences(row?.cells.dependencies ?? "")).length;
  if (count === 0) return [];
  const line = scanMarkdown(spec.body).lines.find(
    (item) => item.prose && IN_TEXT.test((item.heading?.text ?? item.text).slice(0, 200)),
  );
  if (line === undefined) return [];
  return [
    {
      code: "source/dependencies-twice",
      severity: "warning",
      key,
      file: spec.file,
      line: (spec.place.line ?? 0) + line.number,
      column: 1,
      message: `The text of ${key} speaks of dependencies too; those of ${spec.dependencies === null ? "the plan's table" : "its front matter"} count.`,
      hint: "Keep one of the two lists, best `dependencies:` at the top of the file.",
    },
  ];
}

function statuses(key: string, row: PlanRow | null, side: PlanSide): readonly PlanFinding[] {
  const words = row?.cells.status;
  const { tracked } = side;
  const inRow = words === undefined ? null : statusOf(words);
  const status = tracked?.status ?? inRow;
  const findings: PlanFinding[] = [];
  const isOwnRow = tracked !== null && row?.placeOf("status").line === tracked.line;
  if (tracked !== null && row !== null && inRow !== null && inRow !== tracked.status && !isOwnRow) {
    findings.push({
      code: "source/status-differs",
      severity: "info",
      key,
      ...row.placeOf("status"),
      message: `The table says "${words ?? ""}" of ${key}, the tracking section "${tracked.words.slice(0, 100)}" (line ${tracked.line}); the tracking section counts.`,
      hint: "Keep the status in one place.",
    });
  }
  if (status === "blocked") {
    const place =
      tracked === null
        ? row?.placeOf("status")
        : { file: side.planFile, line: tracked.line, column: tracked.column };
    findings.push({
      code: "source/blocked",
      severity: "warning",
      key,
      ...place,
      message: `${key} is marked as blocked: it does not start, and nothing that waits for it does.`,
      hint: "Clear the mark when what it waits for is there.",
    });
  }
  return findings;
}

function said(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}
