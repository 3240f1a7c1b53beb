import { describe } from "vitest";
import { createClaude } from "../../../src/adapters/agents/claude/claude.ts";
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
});
