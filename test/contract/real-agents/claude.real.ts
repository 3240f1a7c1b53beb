import path from "node:path";
import { describe, expect, test } from "vitest";
import { createClaude } from "../../../src/adapters/agents/claude/claude.ts";
import { runWhole } from "../../support/e2e-whole-run.ts";
import { agentContract } from "./agent-contract.ts";
import { installed } from "./agent-world.ts";

describe("claude", () => {
  agentContract({
    make: (modelUrl) => ({
      agent: createClaude({ file: installed("claude") }),
      environment: { ANTHROPIC_BASE_URL: modelUrl, ANTHROPIC_API_KEY: "test-key-of-nobody" },
    }),
    commits: true,
  });

  test("brings a milestone of three tasks home, found by its name on the PATH", async () => {
    const seen = await runWhole({
      agent: "claude",
      define: () => "",
      env: (modelUrl) => ({
        PATH: `${path.dirname(installed("claude"))}:${process.env["PATH"] ?? ""}`,
        ANTHROPIC_BASE_URL: modelUrl,
        ANTHROPIC_API_KEY: "test-key-of-nobody",
      }),
      commits: true,
    });
    expect(seen).toMatchObject({
      code: 0,
      merged: ["1.1", "1.2", "1.3"],
      // Three tasks, and the marks of what is done.
      merges: 4,
      checkout: "refs/heads/main ",
      notes: ["note of 1.1", "note of 1.2", "note of 1.3"],
      sessions: 6,
      alive: 0,
    });
  });
});
