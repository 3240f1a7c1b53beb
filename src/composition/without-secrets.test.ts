import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openMemoryStore } from "../adapters/sqlite/store.ts";
import { loadConfig } from "../config/load.ts";
import { readMilestone } from "./read-milestone.ts";
import { wordsWithoutSecrets } from "./without-secrets.ts";

const TOKEN = ["ghp", "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE"].join("_");

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-hidden-"));
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

test("a plan is read without its secrets, whatever knows them, and its names stay", async () => {
  const { config } = loadConfig({ root, env: {} });
  fs.writeFileSync(path.join(root, ".env.local"), "DB_PASSWORD=pW7-kk2-Zr\n");
  const plan = `# Milestone 1: Mill ${TOKEN}

## Task 1.1: Use ${TOKEN}, pW7-kk2-Zr and k-of-the-shell

Depends on: none

### Acceptance criteria

- pW7-kk2-Zr opens it
`;
  fs.writeFileSync(path.join(root, "pW7-kk2-Zr.md"), plan);
  const env = { MY_KEY: "k-of-the-shell" };
  const read = await readMilestone({ root, directory: root, config, env }, "pW7-kk2-Zr.md");
  const [issue] = read.issues;
  expect(read.title).toContain("[REDACTED:github-token]");
  expect(issue?.title).toBe(
    "Use [REDACTED:github-token], [REDACTED:environment] and [REDACTED:environment]",
  );
  expect(issue?.body).toContain("[REDACTED:environment] opens it");
  expect(issue?.key).toBe("1.1");
  // The file is called so, and is read again under this name.
  expect(read.source.reference).toBe("pW7-kk2-Zr.md");
});

test("what a person says reaches the inbox without its secrets", () => {
  const store = openMemoryStore();
  try {
    const said = { name: "answer", task: "1", flags: {}, by: "ada", from: "terminal" } as const;
    store.post("r1", 1, { ...said, text: `use ${TOKEN}` });
    store.post("r1", 2, { ...said, task: TOKEN, text: null });
    expect(store.pending("r1", 0)).toEqual([
      { number: 1, command: { ...said, text: "use [REDACTED:github-token]" } },
      { number: 2, command: { ...said, task: "[REDACTED:github-token]", text: null } },
    ]);
  } finally {
    store.close();
  }
});

test("what a person says is kept without the values of the files that the configuration names, or of `.env`", async () => {
  fs.writeFileSync(path.join(root, ".env"), "DB_PASSWORD=pW7-kk2-Zr\n");
  fs.writeFileSync(path.join(root, "vault.txt"), "DOOR_CODE=q4-Lm-77x\n");
  const words = "pW7-kk2-Zr or q4-Lm-77x";
  expect(await wordsWithoutSecrets(root, words)).toBe("[REDACTED:environment] or q4-Lm-77x");
  const file = path.join(root, ".cairn.yml");
  fs.writeFileSync(file, "version: 1\nsecrets: { values_from: [vault.txt] }\n");
  expect(await wordsWithoutSecrets(root, words)).toBe("pW7-kk2-Zr or [REDACTED:environment]");
  fs.writeFileSync(file, "version: [1\n");
  expect(await wordsWithoutSecrets(root, words)).toBe("[REDACTED:environment] or q4-Lm-77x");
});
