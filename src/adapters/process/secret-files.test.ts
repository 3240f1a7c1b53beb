import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSecretFiles } from "./secret-files.ts";

test("values come from the files that match, each once; what is not there hides nothing", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-secrets-"));
  onTestFinished(() => {
    fs.rmSync(root, { recursive: true });
  });
  fs.writeFileSync(path.join(root, ".env"), "KEY=one-1-value\n");
  fs.writeFileSync(path.join(root, ".env.local"), "KEY=one-1-value\nOTHER=two-2-value\n");
  fs.mkdirSync(path.join(root, ".env.d"));
  expect(readSecretFiles(root, [".env*", "missing/*.env"]).toSorted()).toEqual([
    "one-1-value",
    "two-2-value",
  ]);
  expect(readSecretFiles(root, [])).toEqual([]);
});
