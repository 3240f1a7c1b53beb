import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readPromptTemplate } from "./read-prompts.ts";

test("every role has a template; one in the repository's own folder comes first", () => {
  expect(readPromptTemplate("implementer")).toContain("{{issue}}");
  expect(readPromptTemplate("spec-reviewer")).toContain("{{criteria}}");
  expect(readPromptTemplate("conflict-resolver")).toBe(readPromptTemplate("fixer"));
  const own = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-prompts-"));
  onTestFinished(() => {
    fs.rmSync(own, { recursive: true });
  });
  fs.writeFileSync(path.join(own, "implementer.md"), "Ours: {{issue}}\n");
  expect(readPromptTemplate("implementer", own)).toBe("Ours: {{issue}}\n");
  expect(readPromptTemplate("fixer", own)).toBe(readPromptTemplate("fixer"));
});
