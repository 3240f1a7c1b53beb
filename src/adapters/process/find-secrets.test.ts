import { expect, test } from "vitest";
import { LOOK_ALIKES } from "../../../test/corpus/secrets/look-alikes.ts";
import { SECRETS } from "../../../test/corpus/secrets/secrets.ts";
import { findPrivateKeys, findSecrets, isCertain } from "./find-secrets.ts";
import { redactText } from "./redact.ts";
import { ANCHORS, findByPreset, LEFT_OUT, MAY_HOLD, presetRuleNames } from "./secretlint-rules.ts";

test("every rule of the preset has an anchor or is left out on purpose, and none is anchored that is gone", () => {
  const known = [...Object.keys(ANCHORS), ...LEFT_OUT];
  expect(presetRuleNames().toSorted()).toEqual(known.toSorted());
});

test("what the preset finds in the corpus, its anchors let through", () => {
  const texts = [...SECRETS.map(({ text }) => text), ...LOOK_ALIKES];
  const found = texts.filter((text) => findByPreset(text).length > 0);
  expect(found.length).toBeGreaterThan(25);
  expect(found.filter((text) => !MAY_HOLD.test(text))).toEqual([]);
});

test("a comment cannot switch a rule off", () => {
  const token = `ghp_${"aZ3kQ9wB7xLm2Vt5Rn8Y".repeat(2).slice(0, 36)}`;
  expect(findSecrets(`// secretlint-disable\n${token} // secretlint-disable-line`)).toHaveLength(1);
});

test("places are those of the text as it is written, escapes and all", () => {
  const token = `ghp_${"aZ3kQ9wB7xLm2Vt5Rn8Y".repeat(2).slice(0, 36)}`;
  for (const before of ["", "a\n", 'say "x"\n\t', "\u0001\n"]) {
    const text = JSON.stringify({ inner: JSON.stringify({ text: `${before}${token}\nafter` }) });
    const places = findSecrets(text).map(({ start, end }) => text.slice(start, end));
    expect(places).toEqual([token]);
  }
});

const CERTAIN = SECRETS.filter(({ rule, secret }) => isCertain(rule, secret));

test("a vendor's token stops a run; a password, a JSON Web Token and a key for testing do not", () => {
  expect(CERTAIN.length).toBeGreaterThan(45);
  const rest = SECRETS.filter((one) => !CERTAIN.includes(one)).map(({ rule }) => rule);
  expect(new Set(rest)).toEqual(
    new Set([
      "aws-access-key",
      "stripe-key",
      "jwt",
      "password",
      "named-secret",
      "url-credentials",
      "authorization",
    ]),
  );
});

test.each([
  ["github-token", ["ghp", "1234567890abcdefghijklmnopqrstuvwxyz"].join("_")],
  ["github-token", ["ghp", "yourTokenHere0000000000000000000000000"].join("_")],
  ["openai-key", ["sk", "test-EXAMPLE-0123456789012345678901234"].join("-")],
  ["environment", "development-server"],
  ["environment", "https://api.internal/v1?region=eu-1"],
  ["private-key", ["-----BEGIN ", "PRIVATE KEY-----"].join("")],
])("%s: what somebody made up or everybody knows stops nothing", (rule, value) => {
  expect(isCertain(rule, value)).toBe(false);
});

test.each([
  ["xoxb-1-"],
  ["xoxb-1-a\\n"],
  ["https://a:b@"],
  ["-----BEGIN PRIVATE KEY-----"],
  ["password="],
  ["eyJaaaaaaaaaaa."],
  ["\\"],
  ["ghs_1_a."],
])("a line full of %j costs no more than it is long", (piece) => {
  // Whatever an agent prints passes here, and all sessions share one process.
  const line = piece.repeat(Math.ceil(300_000 / piece.length));
  const startedAt = performance.now();
  redactText(line);
  findPrivateKeys(line);
  // Measured: below 0.1 s each; a rule that looks back for every place took half a minute.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
