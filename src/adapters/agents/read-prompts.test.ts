import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readPromptTemplate } from "./read-prompts.ts";

const BUILT_IN = fs
  .readdirSync(path.resolve(import.meta.dirname, "../../../prompts"))
  .map((file) => path.basename(file, ".md"));

function ownFolder(): string {
  const own = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-prompts-"));
  onTestFinished(() => {
    fs.rmSync(own, { recursive: true });
  });
  return own;
}

test("each template is read by its name, and each is another", () => {
  expect(readPromptTemplate("implementer")).toContain("{{issue}}");
  expect(readPromptTemplate("spec-reviewer")).toContain("{{criteria}}");
  expect(new Set(BUILT_IN.map((name) => readPromptTemplate(name))).size).toBe(BUILT_IN.length);
});

test.each(BUILT_IN)(
  "the repository's own %s.md replaces the built-in one, and no other",
  (name) => {
    const own = ownFolder();
    fs.writeFileSync(path.join(own, `${name}.md`), "Ours: {{issue}}\n");
    expect(readPromptTemplate(name, own)).toBe("Ours: {{issue}}\n");
    const replaced = BUILT_IN.filter(
      (other) => readPromptTemplate(other, own) !== readPromptTemplate(other),
    );
    expect(replaced).toEqual([name]);
  },
);

test("a role without a template works by the fixer's, unless the repository has one for it", () => {
  const own = ownFolder();
  expect(readPromptTemplate("summariser", own)).toBe(readPromptTemplate("fixer"));
  fs.writeFileSync(path.join(own, "fixer.md"), "Our fixer\n");
  expect(readPromptTemplate("summariser", own)).toBe("Our fixer\n");
  fs.writeFileSync(path.join(own, "summariser.md"), "Our summariser\n");
  expect(readPromptTemplate("summariser", own)).toBe("Our summariser\n");
});
