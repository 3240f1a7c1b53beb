import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findStale, writeAll } from "../../scripts/generate.ts";

test("missing and edited files are stale until they are written anew", async () => {
  const root = mkdtempSync(join(tmpdir(), "cairn-generate-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const generated = [
    { file: "docs/a.md", render: () => "a\n" },
    { file: "b.json", render: async () => "{}\n" },
  ];

  expect(await findStale(root, generated)).toEqual(["docs/a.md", "b.json"]);
  await writeAll(root, generated);
  expect(await findStale(root, generated)).toEqual([]);
  expect(readFileSync(join(root, "docs/a.md"), "utf8")).toBe("a\n");

  writeFileSync(join(root, "b.json"), "{} \n");
  expect(await findStale(root, generated)).toEqual(["b.json"]);
});
