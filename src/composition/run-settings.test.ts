import { expect, test } from "vitest";
import { loadConfig } from "../config/load.ts";
import { startOf, withheldReview } from "./run-settings.ts";

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

test("a stacked start is refused where pull requests are checked by somebody else", () => {
  const flags = [{ flag: "--test", key: "start", value: "stacked" }];
  const { config } = loadConfig({ root: "/nowhere", env: {}, flags });
  expect(startOf(config, false)).toBe("stacked");
  expect(() => startOf(config, true)).toThrow(/not on GitHub/);
  expect(startOf({ ...config, start: "merged" }, true)).toBe("merged");
});
