import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import type { GateCommand } from "../core/execute/gates.ts";
import type { Discipline } from "../core/run/settings.ts";
import { disciplineSettings } from "./discipline-settings.ts";

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-discipline-"));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function disciplineOf(
  written: string,
  more: { kind?: GateCommand["kind"]; commits?: boolean; hasHandoff?: boolean } = {},
): Discipline {
  fs.writeFileSync(path.join(root, ".cairn.yml"), `version: 1\n${written}`);
  const { kind = "test", commits = true, hasHandoff = false } = more;
  return disciplineSettings({
    config: loadConfig({ root, env: {} }).config,
    gates: { preMerge: [{ name: "gate", run: "npm test", kind, timeoutMs: 1 }] },
    mode: "interactive",
    hasHandoff,
    implementer: { agent: "codex", model: null, continues: true, commits },
  });
}

test("auto proves where tests can be run and the agent leaves a history", () => {
  expect(disciplineOf("").tdd).toMatchObject({ restarts: 2 });
  expect(disciplineOf("", { kind: "other" }).tdd).toBeNull();
  expect(disciplineOf("", { commits: false }).tdd).toBeNull();
  expect(disciplineOf("profile: plain\n").tdd).toBeNull();
});

test("asked for and not to be had is refused, with what to do", () => {
  const asked = "profile: tdd\n";
  expect(disciplineOf(asked).tdd).not.toBeNull();
  expect(() => disciplineOf(asked, { kind: "other" })).toThrow(/needs a gate that runs tests/);
  expect(() => disciplineOf(asked, { commits: false })).toThrow(/codex makes none/);
});

test("a handoff that is there is required, another one written, unless somebody says otherwise", () => {
  expect(disciplineOf("", { hasHandoff: true }).handoff).toBe("require");
  expect(disciplineOf("").handoff).toBe("write");
  expect(disciplineOf("sources: { handoff: require }\n").handoff).toBe("require");
  expect(disciplineOf('sources: { handoff: "off" }\n', { hasHandoff: true }).handoff).toBe("off");
});
