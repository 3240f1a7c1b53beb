import { describe } from "vitest";
import { createCodex } from "../../../src/adapters/agents/codex/codex.ts";
import { agentContract } from "./agent-contract.ts";
import { installed } from "./agent-world.ts";

describe("codex", () => {
  agentContract({
    make: (modelUrl) => ({
      agent: createCodex({
        file: installed("codex"),
        extraArgs: [
          "-c",
          'model_provider="loop"',
          "-c",
          `model_providers.loop={name="loop",base_url="${modelUrl}/v1",env_key="LOOP_KEY",wire_api="responses"}`,
          "-c",
          'model="gpt-5.1-codex"',
        ],
      }),
      environment: { LOOP_KEY: "test-key-of-nobody" },
    }),
    commits: false,
  });
});
