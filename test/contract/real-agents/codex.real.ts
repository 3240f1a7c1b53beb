import { describe, expect, test } from "vitest";
import { createCodex } from "../../../src/adapters/agents/codex/codex.ts";
import { runWhole } from "../../support/e2e-whole-run.ts";
import { agentContract } from "./agent-contract.ts";
import { installed } from "./agent-world.ts";

/** Arguments that make Codex ask the model on loopback. */
function loopback(modelUrl: string): readonly string[] {
  return [
    "-c",
    'model_provider="loop"',
    "-c",
    `model_providers.loop={name="loop",base_url="${modelUrl}/v1",env_key="LOOP_KEY",wire_api="responses"}`,
    "-c",
    'model="gpt-5.1-codex"',
  ];
}

describe("codex", () => {
  agentContract({
    make: (modelUrl) => ({
      agent: createCodex({
        file: installed("codex"),
        extraArgs: loopback(modelUrl),
      }),
      environment: { LOOP_KEY: "test-key-of-nobody" },
    }),
    commits: false,
  });

  test("brings a milestone of three tasks home, defined in the configuration", async () => {
    const seen = await runWhole({
      agent: "looped",
      define: (modelUrl) => {
        const looped = { kind: "codex", command: [installed("codex")], args: loopback(modelUrl) };
        return `agents: ${JSON.stringify({ env: ["LOOP_KEY"], define: { looped } })}\n`;
      },
      env: () => ({ LOOP_KEY: "test-key-of-nobody" }),
      commits: false,
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
