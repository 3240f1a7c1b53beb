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

test.each(["todo", "fake", "123456", "abcdef"])(
  "a token in which chance has written %s is a token",
  (word) => {
    const body = "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE";
    const token = ["ghp", `${body.slice(0, 12)}${word}${body.slice(12 + word.length)}`].join("_");
    expect(isCertain("github-token", token)).toBe(true);
  },
);

test.each([
  ["a colour", "\u001b[32m", ""],
  ["a link", "\u001b]8;;", "\u0007 x"],
  ["a character set", "x\u001b(B", ""],
  ["a colour without its escape", "[1;32m", "[0m"],
  ["nothing to see", "x\u200b", "\u200b"],
  ["a return", "x\r", "\r"],
  ["an address", "token%3D", "%26"],
  ["an address in an address", "token%253D", "%2526"],
])("a token behind %s is found where it stands, in JSON as well", (_what, before, after) => {
  const token = ["ghp", "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE"].join("_");
  const text = `${before}${token}${after}`;
  for (const written of [text, JSON.stringify({ text }), JSON.stringify(JSON.stringify({ text }))])
    expect(findSecrets(written).map(({ start, end }) => written.slice(start, end))).toEqual([
      token,
    ]);
});

test.each([
  ["\u001b["],
  ["\u001b]8;;"],
  ["\\u001b[1"],
  ["%25"],
  ["[1;"],
  ["\u200b"],
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
