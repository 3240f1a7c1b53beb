import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cleanFolder } from "./clean-folder.ts";

const TOKEN = ["ghp", "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE"].join("_");

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-clean-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => path.join(folder, name);

test("files lose their secrets, and who asked is told; ours and those without any are not touched", () => {
  fs.writeFileSync(at("result.json"), JSON.stringify({ words: `use ${TOKEN}, k-my-value-1` }));
  fs.writeFileSync(at("stream.jsonl"), TOKEN);
  fs.writeFileSync(at("plain"), "nothing", { mode: 0o444 });
  const before = fs.statSync(at("plain")).ino;
  const told: string[] = [];
  cleanFolder(folder, {
    values: ["k-my-value-1"],
    onSecret: (name) => (rule) => told.push(`${name} ${rule}`),
  });
  expect(JSON.parse(fs.readFileSync(at("result.json"), "utf8"))).toEqual({
    words: "use [REDACTED:github-token], [REDACTED:environment]",
  });
  expect(fs.readFileSync(at("stream.jsonl"), "utf8")).toBe(TOKEN);
  expect(fs.statSync(at("plain")).ino).toBe(before);
  expect(told).toEqual(["result.json environment", "result.json github-token"]);
});

test("what is too large to be looked at is removed, and links lead nowhere", () => {
  const outside = path.join(fs.mkdtempSync(`${folder}-`), "theirs");
  fs.writeFileSync(outside, TOKEN);
  fs.symlinkSync(outside, at("link"));
  fs.writeFileSync(at("large"), Buffer.alloc(5_000_000, "x"));
  cleanFolder(folder, { values: [] });
  expect(fs.existsSync(at("large"))).toBe(false);
  expect(fs.readFileSync(outside, "utf8")).toBe(TOKEN);
  fs.rmSync(path.dirname(outside), { recursive: true });
});
