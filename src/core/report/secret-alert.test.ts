import { expect, test } from "vitest";
import { revocationOf } from "../shared/revoke-words.ts";
import { secretAlert } from "./secret-alert.ts";

const FOUND = {
  rule: "github-token",
  where: "src/a.ts",
  line: 12,
  fingerprint: "0b4c105e37e5289c",
};

test("an alert says rule, place, what was blocked, what is out, how to revoke and how to go on", () => {
  const text = secretAlert({
    found: [FOUND],
    blocked: ["The push of task/12-login was stopped."],
    published: ["https://github.com/mill/mill/pull/7"],
    next: ["cairn resume"],
  });
  expect(text).toMatchInlineSnapshot(`
    "A secret was found.
    - github-token: src/a.ts, line 12

    The push of task/12-login was stopped.
    In place of it stands [REDACTED:github-token] wherever Cairn writes.

    Pushed or posted before, look whether it is in there:
      https://github.com/mill/mill/pull/7

    Revoke (github-token):
      printf '{"credentials":["%s"]}' "$TOKEN" | curl -fsS -X POST --data @- https://api.github.com/credentials/revoke
      Or: https://github.com/settings/tokens (an app's: its settings, Revoke all user tokens)
    Replace:
      gh auth login
      Then in every place that used it: gh secret set NAME

    How the run goes on:
      cairn resume
      Where it is harmless, in .cairn.yml: secrets: {allow: ["0b4c105e37e5289c"]}"
  `);
});

test("each rule is told once, a long list is cut, and nothing published is said to be so", () => {
  const found = Array.from({ length: 14 }, (_, line) => ({ ...FOUND, line, fingerprint: null }));
  const text = secretAlert({ found, blocked: [], published: [], next: [] });
  expect(text.match(/Revoke \(/g)).toHaveLength(1);
  expect(text).toContain("- and 4 more");
  expect(text).toContain("Nothing was pushed or posted with it.");
  expect(text).not.toContain("secrets:");
});

test("an unknown rule has an answer, whatever it is called", () => {
  for (const rule of ["environment", "constructor", "brand-new-token"])
    expect(revocationOf(rule).revoke).toEqual(["Revoke it where it was issued."]);
});
