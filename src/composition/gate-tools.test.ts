import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GateCommand } from "../core/execute/gates.ts";
import { gateTools } from "./gate-tools.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-tools-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text, { mode: 0o755 });
}

function toolsOf(run: string): string {
  const command: GateCommand = { name: "test", run, kind: "test", timeoutMs: 1 };
  return gateTools({ preMerge: [command], postMerge: [] }, folder);
}

test("the same programs give the same fingerprint, and another one of any of them gives another", () => {
  put("node", "1");
  put("checker", "one");
  const before = toolsOf("cd src && checker --all");
  expect(toolsOf("cd src && checker --all")).toBe(before);
  put("checker", "another");
  expect(toolsOf("cd src && checker --all")).not.toBe(before);
});

test("programs that no gate names, and files of the repository, are none of its business", () => {
  put("checker", "one");
  const before = toolsOf("checker && ./scripts/other");
  put("other", "one");
  expect(toolsOf("checker && ./scripts/other")).toBe(before);
});

test("node counts whether a command names it or not", () => {
  const before = toolsOf("checker");
  put("node", "20");
  expect(toolsOf("checker")).not.toBe(before);
});
