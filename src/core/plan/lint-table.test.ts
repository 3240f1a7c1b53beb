import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const CODE = /"((?:plan|source|dispatch)\/[a-z]+(?:-[a-z]+)*)"/gu;
const WITH_SEVERITY = /code: "([a-z]+\/[a-z-]+)",\s*severity: "(\w+)"/gu;
const ROW = /^\| `([a-z]+\/[a-z-]+)` +\| ([a-z, ]+?) +\| (.+?) +\| (.+?) +\|$/gmu;

interface Row {
  readonly code: string;
  readonly severity: string;
  readonly meaning: string;
  readonly mend: string;
}

function production(folder: string): readonly string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => fs.readFileSync(path.join(ROOT, folder, name), "utf8"));
}

const texts = ["src/core/plan", "src/adapters/sources"].flatMap(production);
const rows: readonly Row[] = [
  ...fs.readFileSync(path.join(ROOT, "docs/plan-findings.md"), "utf8").matchAll(ROW),
].map(([, code = "", severity = "", meaning = "", mend = ""]) => ({
  code,
  severity,
  meaning,
  mend,
}));

describe("docs/plan-findings.md", () => {
  test("has a row for every code that planning and its sources give, and for no other", () => {
    const given = texts.flatMap((text) => [...text.matchAll(CODE)].map(([, code]) => code ?? ""));
    const listed = rows.map(({ code }) => code);
    expect(given.filter((code) => !listed.includes(code))).toEqual([]);
    expect(
      listed.filter((code, index) => !given.includes(code) || listed.indexOf(code) !== index),
    ).toEqual([]);
  });

  test("names the severities that the code gives", () => {
    const written = new Map(rows.map(({ code, severity }) => [code, severity.split(", ")]));
    const wrong = texts.flatMap((text) =>
      [...text.matchAll(WITH_SEVERITY)].filter(
        ([, code = "", severity = ""]) => written.get(code)?.includes(severity) !== true,
      ),
    );
    expect(wrong.map(([whole]) => whole)).toEqual([]);
    expect(texts.flatMap((text) => [...text.matchAll(WITH_SEVERITY)]).length).toBeGreaterThan(30);
  });

  test("says of each what it means and what to do", () => {
    expect(rows.filter(({ meaning, mend }) => meaning.length < 10 || mend.length < 10)).toEqual([]);
    expect(new Set(rows.flatMap(({ severity }) => severity.split(", ")))).toEqual(
      new Set(["critical", "warning", "info", "refused"]),
    );
  });
});
