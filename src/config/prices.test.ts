import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { priceOf } from "../core/shared/prices.ts";
import { UserError } from "../errors.ts";
import { builtInPrices, readPrices } from "./prices.ts";

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cairn-prices-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "prices.yml");
  writeFileSync(file, text);
  return file;
}

function refusalOf(text: string): string {
  try {
    readPrices(aFile(text), "prices.yml");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "taken";
}

test("the built-in table names a date and a source for every row, and no row hides a later one", () => {
  const table = builtInPrices();
  expect(table.length).toBeGreaterThan(20);
  const hidden = table.filter((row) => priceOf(table, row.model.replace("*", "")) !== row);
  const unsourced = table.filter((row) => !row.source?.startsWith("https://"));
  const odd = table.filter((row) => row.output <= row.input || (row.cachedInput ?? 0) >= row.input);
  expect({ hidden, unsourced, odd }).toEqual({ hidden: [], unsourced: [], odd: [] });
});

test("a file takes the place of the built-in table, as YAML or as JSON", () => {
  const yaml = "prices:\n  - {model: my-model, input: 1, output: 2, asOf: 2026-11-18}\n";
  const json = '{"prices":[{"model":"my-model","input":1,"output":2,"asOf":"2026-11-18"}]}';
  for (const text of [yaml, json]) {
    const table = readPrices(aFile(text));
    expect(table).toEqual([{ model: "my-model", input: 1, output: 2, asOf: "2026-11-18" }]);
    expect(priceOf(table, "gpt-5-codex")).toBeNull();
  }
  expect(readPrices(null)).toEqual(builtInPrices());
});

test("every defect is told with its line", () => {
  const text = [
    "prices:",
    "  - model: a",
    "    input: free",
    "    output: 2",
    "    asOf: 2026-11-18",
    "    cachedinput: 1",
    "  - {model: b, input: 1, output: -2, asOf: yesterday}",
  ].join("\n");
  const told = refusalOf(text);
  expect(told).toContain("prices.yml:3:12: `prices.0.input`: expected US dollars");
  expect(told).toContain("prices.yml:6:5: unknown key `cachedinput`.");
  expect(told).toMatch(/prices\.yml:7:\d+: `prices\.1\.output`: expected US dollars, 0 or more\./);
  expect(told).toMatch(/prices\.yml:7:\d+: `prices\.1\.asOf`: expected a date/);
});

test("a file that is no table, no YAML or not there is refused", () => {
  expect(refusalOf("- 1\n")).toContain("expected {prices: […]}");
  expect(refusalOf("prices: [\n")).toMatch(/^prices\.yml:\d+:\d+: /);
  expect(() => readPrices("/nowhere/prices.yml", "prices.yml")).toThrow(
    "prices.yml cannot be read (ENOENT).",
  );
});
