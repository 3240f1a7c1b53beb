import { expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { builtInPrices } from "../config/prices.ts";
import { refuseUnknownCosts, unknownCosts } from "./unknown-cost.ts";

type Loaded = ReturnType<typeof loadConfig>["config"];

function config(written: Record<string, unknown>): Loaded {
  const flags = Object.entries(written).map(([key, value]) => ({ flag: "--test", key, value }));
  return loadConfig({ root: "/nowhere", env: {}, flags }).config;
}

test("claude says what it costs; codex has a price where its model has one", () => {
  const prices = builtInPrices();
  expect(unknownCosts(config({ "agents.default": "claude" }), prices)).toEqual([]);
  const codex = { "agents.default": "codex" };
  expect(unknownCosts(config(codex), prices)).toEqual([
    "codex (no model is named under agents.models)",
  ]);
  const known = { ...codex, "agents.models": { codex: "gpt-5-codex" } };
  expect(unknownCosts(config(known), prices)).toEqual([]);
  const strange = { ...codex, "agents.models": { codex: "gpt-99" } };
  expect(unknownCosts(config(strange), prices)).toEqual([
    "codex (no price is known for its model gpt-99)",
  ]);
  const own = [{ model: "codex", input: 1, output: 2, asOf: "2026-11" }];
  expect(unknownCosts(config(codex), own)).toEqual([]);
});

test("one role with an agent that reports nothing is enough to be said, and to be refused", () => {
  const mixed = {
    "agents.default": "claude",
    "agents.define": { sh: { kind: "command", command: ["./agent.sh"] } },
    "agents.roles": { fixer: "sh" },
  };
  expect(unknownCosts(config(mixed), [])).toEqual(["sh (it reports nothing)"]);
  expect(() => refuseUnknownCosts(config(mixed), [])).not.toThrow();
  const strict = config({ ...mixed, "limits.unknown_cost": "refuse" });
  expect(() => refuseUnknownCosts(strict, [])).toThrow("sh (it reports nothing)");
  const priced = config({ "agents.default": "claude", "limits.unknown_cost": "refuse" });
  expect(() => refuseUnknownCosts(priced, [])).not.toThrow();
});
