import fc from "fast-check";
import { expect, test } from "vitest";
import { SECRETS } from "../../../test/corpus/secrets/secrets.ts";
import { createLineReader } from "./line-reader.ts";
import { createRedaction, redactText, secretValues, secretValuesIn } from "./redact.ts";

const KEY =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAB3Nza\nC1yc2E=\n-----END OPENSSH PRIVATE KEY-----";

test.each([
  ["github-token", `ghp_${"a1B2".repeat(9)}`],
  ["github-token", `github_pat_${"a1B2_".repeat(9)}`],
  ["anthropic-key", `sk-ant-api03-${"aB3-".repeat(10)}`],
  ["openai-key", `sk-proj-${"aB3d".repeat(10)}`],
  ["aws-access-key", "AKIAIOSFODNN7EXAMPLE"],
  ["slack-token", `xoxb-${"1234567890".repeat(2)}`],
])("%s is known by its shape", (rule, secret) => {
  expect(redactText(`before ${secret} after`)).toBe(`before [REDACTED:${rule}] after`);
});

test("an AWS secret is known by its name", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  expect(redactText(`aws_secret_access_key = ${secret}`)).not.toContain(secret);
  expect(redactText(`"AWS_SECRET_ACCESS_KEY":"${secret}"`)).not.toContain(secret);
});

test("a private key is gone over several lines, and inside one line of JSON", () => {
  expect(redactText(`a\n${KEY}\nb`)).toBe("a\n[REDACTED:private-key]\n\n\n\nb");
  const line = redactText(JSON.stringify({ text: `a ${KEY} b` }));
  expect(JSON.parse(line)).toEqual({ text: "a [REDACTED:private-key] b" });
});

test("half a private key in an event takes neither the rest of the event nor the next one", () => {
  const half = `${KEY.slice(0, 60)} and "more"`;
  const events = [{ a: half, b: 1 }, { type: "result" }];
  const redact = createRedaction();
  const lines = events.map((event) => redact(JSON.stringify(event)));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { a: "[REDACTED:private-key]", b: 1 },
    { type: "result" },
  ]);
});

test("a private key without an end does not swallow the rest of a transcript", () => {
  const lines = Array.from({ length: 500 }, (_, number) => `line ${number}`);
  expect(redactText(["-----BEGIN PRIVATE KEY-----", ...lines].join("\n"))).toContain("line 499");
});

test("values are found as written and as JSON writes them", () => {
  const value = 'pa"ss\\word-1';
  const redact = createRedaction([value]);
  expect(redact(`x ${value}`)).toBe("x [REDACTED:environment]");
  expect(redact(JSON.stringify({ value }))).toBe('{"value":"[REDACTED:environment]"}');
});

test("only variables that are named like secrets, and long enough, are taken by value", () => {
  const environment = {
    MY_API_KEY: "long-enough-1",
    DB_PASSWORD: "long-enough-2",
    SHORT_TOKEN: "short",
    KEYBOARD: "long-enough-3",
    PATH: "/usr/bin:/bin",
  };
  expect(secretValues(environment)).toEqual(["long-enough-1", "long-enough-2"]);
});

test.each([
  "DB_PASS MYSQL_PWD GITHUB_PAT SENTRY_DSN API_KEY1 API_KEY_2 TOKEN2 APIKEYS KUBE_AUTH dbPassword PGPASSWORD",
])("names that say secret: %s", (names) => {
  for (const name of names.split(" "))
    expect([name, secretValues({ [name]: "opaque-12345" })]).toEqual([name, ["opaque-12345"]]);
});

test.each([
  "PATH PWD OLDPWD AUTHOR KEYBOARD TOKENIZERS_PARALLELISM SSH_AUTH_SOCK GIT_AUTHOR_NAME XAUTHORITY COMPASS BYPASS PATTERN PASSENGERS",
])("names that say none: %s", (names) => {
  for (const name of names.split(" "))
    expect([name, secretValues({ [name]: "opaque-12345" })]).toEqual([name, []]);
});

test("a known value with a colour inside is one value, and JSON stays JSON", () => {
  const redact = createRedaction(["kJ8s-2ms9-QQ"]);
  const text = "a \u001b[1mkJ8s\u001b[0;31m-2ms9\u200b-QQ\u001b[0m b";
  expect(redact(text)).toBe("a \u001b[1m[REDACTED:environment]\u001b[0m b");
  expect(JSON.parse(redact(JSON.stringify({ text })))).toEqual({
    text: "a \u001b[1m[REDACTED:environment]\u001b[0m b",
  });
});

test("a private key in colour is gone over its lines", () => {
  const colour = KEY.split("\n").map((line) => `\u001b[32m${line}\u001b[0m`);
  expect(redactText(colour.join("\n"))).not.toMatch(/AAAAB3|C1yc2E/);
});

test("ordinary words stay", () => {
  const words = "task-list sk-learn ghp_short commit 0123456789abcdef0123456789abcdef01234567";
  expect(redactText(words)).toBe(words);
});

test("a secret is found wherever the chunks of a stream are cut", () => {
  const secret = "s3cret-välue-of-a-test";
  const bytes = Buffer.from(`first line\nwith ${secret} inside\nlast`);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5 }), (sizes) => {
      const lines: string[] = [];
      const redact = createRedaction([secret]);
      const reader = createLineReader((line) => lines.push(redact(line)));
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        reader.push(bytes.subarray(at, at + size));
        at += size;
      }
      reader.end();
      expect(lines).toEqual(["first line", "with [REDACTED:environment] inside", "last"]);
    }),
  );
});

test("whatever a stream holds, its chunks do not change what is left of it", () => {
  const texts = SECRETS.map(({ text }) => text);
  const line = fc.oneof(
    fc.constantFrom(...texts),
    fc.constantFrom(...texts).map((text) => JSON.stringify({ type: "text", text })),
    fc.string(),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3 });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), sizes, (lines, cuts) => {
      const bytes = Buffer.from(`${lines.join("\n")}\n`);
      expect(inChunks(bytes, cuts)).toEqual(inChunks(bytes, [bytes.length]));
    }),
  );
});

test("redacting twice is redacting once, and JSON stays JSON", () => {
  const text = fc.oneof(fc.constantFrom(...SECRETS.map((one) => one.text)), fc.string());
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      const line = JSON.stringify({ texts });
      const once = redactText(line, ["s3sAme0pen"]);
      expect(redactText(once, ["s3sAme0pen"])).toBe(once);
      expect(JSON.parse(once)).toMatchObject({ texts: expect.any(Array) as unknown });
      const plain = redactText(texts.join("\n"));
      expect(redactText(plain)).toBe(plain);
    }),
  );
});

test("what is taken out is told with its rule, a key over several lines once and whole", () => {
  const told: string[] = [];
  const token = `ghp_${"a1B2".repeat(9)}`;
  redactText(`x ${token}\n${KEY}\ny kJ8s2ms9QQ`, ["kJ8s2ms9QQ"], (rule, value) =>
    told.push(`${rule} ${value.includes("\n") ? "lines" : value}`),
  );
  expect(told).toEqual([`github-token ${token}`, "private-key lines", "environment kJ8s2ms9QQ"]);
});

test("a key at the place where a line was cut is gone to the end of it", () => {
  const line = JSON.stringify({ text: `a ${KEY} b` }).slice(0, 70);
  expect(redactText(line)).toBe('{"text":"a [REDACTED:private-key]');
});

test("a value is found in base64 wherever it begins, in addresses, and in JSON inside of JSON", () => {
  const value = 'pa"ss/w\\ord=1 zwölf';
  const redact = createRedaction([value]);
  const basic = ["", "a", "ab"].map((user) => Buffer.from(`${user}:${value}:x`).toString("base64"));
  const written = [
    ...basic,
    Buffer.from(value).toString("base64url"),
    encodeURIComponent(value),
    JSON.stringify({ inner: JSON.stringify({ value }) }),
  ];
  for (const text of written) expect(redact(text)).toContain("[REDACTED:environment]");
  expect(redact(JSON.stringify({ inner: JSON.stringify({ value }) }))).not.toContain("w\\");
});

test("the password inside an address of the environment is a secret, too", () => {
  const address = "postgres://app:s3sAme0pen@db.internal/app";
  expect(secretValues({ DATABASE_URL: address, SITE: "https://example.com/a" })).toEqual([
    address,
    "s3sAme0pen",
  ]);
});

/** What is left of a stream that comes in chunks of these sizes, over and over. */
function inChunks(bytes: Buffer, sizes: readonly number[]): readonly string[] {
  const lines: string[] = [];
  const redact = createRedaction(["s3sAme0pen"]);
  const reader = createLineReader((line) => lines.push(redact(line)));
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return lines;
}

test("a line that is too long is cut, says so, and leaves the next line whole", () => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line), 5_000);
  for (let chunk = 0; chunk < 100; chunk += 1) reader.push(Buffer.alloc(1_000, "x"));
  reader.push(Buffer.from("\nnext\r\n"));
  reader.end();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^x{3000,5000} \[line cut\]$/);
  expect(lines[1]).toBe("next");
});

test("a settings file hides its values, but not words that stand in every transcript", () => {
  const file = `
# comment
DATABASE_URL="postgres://app:sesame@db.internal/app"
SESSION=kJ8s-2ms9-QQ
NODE_ENV=development
API_TOKEN=opensesame
SITE=https://example.com/a
PORT=12345678
SHORT=a1
`;
  expect(secretValuesIn(file).toSorted()).toEqual([
    "kJ8s-2ms9-QQ",
    "opensesame",
    "postgres://app:sesame@db.internal/app",
  ]);
});
