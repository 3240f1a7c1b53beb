import { expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { withheldReview } from "./run-settings.ts";

const SH = { "agents.default": "sh", "agents.define.sh": { kind: "command", command: ["sh"] } };

test.each([
  [SH, { mode: "two-stage", agent: "sh" }],
  [
    { ...SH, "review.mode": "one-pass" },
    { mode: "one-pass", agent: "sh" },
  ],
  [{ ...SH, "review.mode": "none" }, null],
  [{ ...SH, "agents.roles": { "quality-reviewer": "claude" } }, null],
  [{ "agents.default": "claude" }, null],
])("a plain program reviews only where it was named: %j", (written, withheld) => {
  const flags = Object.entries(written).map(([key, value]) => ({ flag: "--test", key, value }));
  expect(withheldReview(loadConfig({ root: "/nowhere", env: {}, flags }).config)).toEqual(withheld);
});
