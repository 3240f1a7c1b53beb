import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { UserError } from "../errors.ts";
import { printError } from "./print-error.ts";

const TOKEN = ["ghp", "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE"].join("_");

let folder = "";
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
  if (folder !== "") fs.rmSync(folder, { recursive: true, force: true });
});

async function shown(error: unknown, json: boolean): Promise<string> {
  let text = "";
  const take = (words: string | Uint8Array): boolean => {
    text += String(words);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(take);
  vi.spyOn(process.stderr, "write").mockImplementation(take);
  await printError(error, { json, verbose: false });
  return text;
}

test.each([true, false])(
  "an error is shown without secrets, whoever's words they are",
  async (json) => {
    const error = new UserError("git/failed", `git push https://x:${TOKEN}@github.com failed.`, {
      quote: `fatal: https://x:${TOKEN}@github.com`,
      hints: [`Look at ${TOKEN}.`],
    });
    const text = await shown(error, json);
    expect(text).toContain("[REDACTED:github-token]");
    expect(text).not.toContain(TOKEN.slice(-10));
    expect(text).toContain(json ? '{"error":{"code":"git/failed"' : "error: git push");
  },
);

test("the file with the details of a bug has none either", async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-error-"));
  vi.stubEnv("XDG_STATE_HOME", folder);
  const text = await shown(new Error("bug", { cause: new Error(TOKEN) }), false);
  const [name = ""] = fs.readdirSync(path.join(folder, "cairn/errors"));
  expect(text).toContain(name);
  const kept = fs.readFileSync(path.join(folder, "cairn/errors", name), "utf8");
  expect(kept).toContain("[REDACTED:github-token]");
  expect(kept).not.toContain(TOKEN);
});
