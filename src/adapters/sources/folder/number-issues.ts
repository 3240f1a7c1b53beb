import type { PlanFinding } from "../../../core/plan/issue.ts";
import { issueNames, withoutZeros } from "./issue-names.ts";
import type { Aliases } from "./issue-names.ts";
import type { PlanRow } from "./plan-file.ts";
import type { SpecFile } from "./spec-file.ts";

/** An issue of the folder: its row in the plan's table, its file, or both. */
export interface Unit {
  readonly key: string;
  readonly number: string;
  readonly row: PlanRow | null;
  readonly spec: SpecFile | null;
}

export interface Numbered {
  /** In the order of the table, then of the files. */
  readonly units: readonly Unit[];
  readonly lookUp: (aliases: Aliases) => string | null;
  readonly findings: readonly PlanFinding[];
}

/** Gives each issue its key (`m5/03`) and brings rows and files together. */
export function numberIssues(
  milestone: string,
  rows: readonly PlanRow[],
  specs: readonly SpecFile[],
): Numbered {
  const findings: PlanFinding[] = [...doubleForgeNumbers(specs)];
  const keys = keysOf(milestone, specs, findings);
  const find = issueNames(
    specs.map((spec) => ({ key: keys.get(spec) ?? "", forge: spec.forge, stem: spec.stem })),
  );
  const byKey = new Map(specs.map((spec) => [keys.get(spec) ?? "", spec]));
  const units = new Map<string, Unit>();
  for (const row of rows) {
    const found = find(row.aliases);
    const key = found ?? keyOfRow(milestone, row);
    const known = units.get(key);
    if (known?.row !== undefined && known.row !== null) {
      findings.push(doubleRow(key, row, known.row));
      continue;
    }
    const spec = byKey.get(key) ?? null;
    units.set(key, { key, number: numberOf(key, spec, row), row, spec });
  }
  for (const spec of specs) {
    const key = keys.get(spec) ?? "";
    if (!units.has(key))
      units.set(key, { key, number: numberOf(key, spec, null), row: null, spec });
  }
  const list = [...units.values()];
  return {
    units: list,
    lookUp: issueNames(
      list.map(({ key, spec, row }) => ({
        key,
        forge: spec?.forge ?? forgeOf(row),
        stem: spec?.stem ?? null,
      })),
    ),
    findings,
  };
}

/** `m5/03`; where two files have one number, each is called by its whole name, so that neither is left out. */
function keysOf(
  milestone: string,
  specs: readonly SpecFile[],
  findings: PlanFinding[],
): ReadonlyMap<SpecFile, string> {
  const byNumber = new Map<string, SpecFile[]>();
  for (const spec of specs) {
    const tail = withoutZeros((spec.number ?? spec.stem).toLowerCase());
    byNumber.set(tail, [...(byNumber.get(tail) ?? []), spec]);
  }
  const keys = new Map<SpecFile, string>();
  const taken = new Set<string>();
  for (const [tail, same] of byNumber) {
    for (const [index, spec] of same.entries()) {
      const name = same.length === 1 ? (spec.number ?? spec.stem) : spec.stem;
      const key = `${milestone}/${name}`;
      // Files of one name may lie in the folder and in `issues/`.
      const unique = taken.has(key) ? `${key}-${index + 1}` : key;
      taken.add(unique);
      keys.set(spec, unique);
    }
    const [first, ...others] = same;
    for (const other of others) {
      findings.push({
        code: "source/duplicate-number",
        severity: "critical",
        key: keys.get(other) ?? "",
        file: other.file,
        line: 1,
        column: 1,
        message: `${other.file} and ${first?.file ?? ""} have the same number, ${tail}.`,
        hint: "Give one of them another number; until then what names the number names neither.",
      });
    }
  }
  return keys;
}

function doubleForgeNumbers(specs: readonly SpecFile[]): readonly PlanFinding[] {
  const first = new Map<string, SpecFile>();
  return specs.flatMap((spec): readonly PlanFinding[] => {
    if (spec.forge === null) return [];
    const known = first.get(spec.forge);
    if (known === undefined) {
      first.set(spec.forge, spec);
      return [];
    }
    return [
      {
        code: "source/duplicate-number",
        severity: "critical",
        ...spec.forgePlace,
        message: `${spec.file} and ${known.file}:${known.forgePlace.line} are both issue #${spec.forge}.`,
        hint: "Correct one `github_issue`; two issues would share one branch.",
      },
    ];
  });
}

function keyOfRow(milestone: string, row: PlanRow): string {
  const written = (row.cells.issue ?? "").replaceAll(/[`*]/gu, "");
  const digits = /(?<!\w)#?(\d{1,9}(?:\.\d{1,6})?[a-z]?)(?!\w)/iu.exec(written)?.[1]?.toLowerCase();
  const alias = row.aliases.at(-1) ?? "";
  const tail = alias.replace(/^(?:file:|#|m[\d.]+\/)/u, "");
  return `${milestone}/${digits !== undefined && withoutZeros(digits) === tail ? digits : tail}`;
}

function forgeOf(row: PlanRow | null): string | null {
  return row?.aliases.find((alias) => alias.startsWith("#"))?.slice(1) ?? null;
}

function numberOf(key: string, spec: SpecFile | null, row: PlanRow | null): string {
  const tail = key.slice(key.lastIndexOf("/") + 1);
  if (spec !== null) return spec.forge ?? tail;
  return forgeOf(row) ?? tail;
}

function doubleRow(key: string, row: PlanRow, first: PlanRow): PlanFinding {
  return {
    code: "source/duplicate-row",
    severity: "warning",
    key,
    ...row.placeOf("issue"),
    message: `${key} is in the table twice, first in line ${first.placeOf("issue").line}.`,
    hint: "Remove one of the two rows; the first counts.",
  };
}
