import fc from "fast-check";
import { expect, test } from "vitest";
import { SECRETS } from "../../../test/corpus/secrets/secrets.ts";
import { LOOK_ALIKES } from "../../../test/corpus/secrets/look-alikes.ts";
import type { AddedText } from "../../ports/secrets.ts";
import { createSecretScanner } from "./secret-scanner.ts";

const TOKEN = `ghp_${"aZ3kQ9wB7xLm2Vt5Rn8Y".repeat(2).slice(0, 36)}`;
const VALUE = "kJ8s-2ms9-QQzt-77aa";

function added(path: string, text: string, from = 1): AddedText {
  return {
    path,
    lines: text.split("\n").map((line, index) => ({ line: from + index, text: line })),
  };
}

function scan(files: readonly AddedText[], allow: readonly string[] = []) {
  return createSecretScanner({ values: [VALUE], allow }).scan(files);
}

test("a finding names rule, path and line, never the value", async () => {
  const found = await scan([added("src/a.ts", `one\nconst token = "${TOKEN}";`, 40)]);
  expect(found).toMatchObject([{ rule: "github-token", path: "src/a.ts", line: 41 }]);
  expect(JSON.stringify(found)).not.toContain(TOKEN.slice(-12));
  expect(found[0]?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
});

test("a fingerprint that is allowed lets that value pass in that file, and nothing else", async () => {
  const files = [added("src/a.ts", TOKEN), added("src/b.ts", TOKEN)];
  const [first] = await scan(files);
  const rest = await scan(files, [first?.fingerprint ?? ""]);
  expect(rest.map(({ path }) => path)).toEqual(["src/b.ts"]);
});

test("a fingerprint does not depend on the line", async () => {
  const [high] = await scan([added("src/a.ts", TOKEN, 1)]);
  const [low] = await scan([added("src/a.ts", TOKEN, 900)]);
  expect(high?.fingerprint).toBe(low?.fingerprint);
});

test("values of this machine are found however they are written", async () => {
  const texts = [VALUE, Buffer.from(`ada:${VALUE}`).toString("base64"), encodeURIComponent(VALUE)];
  const found = await scan(texts.map((text, index) => added(`src/${index}.ts`, `x = ${text}`)));
  expect(found.map(({ rule, path }) => [rule, path])).toEqual([
    ["environment", "src/0.ts"],
    ["environment", "src/1.ts"],
    ["environment", "src/2.ts"],
  ]);
});

test("a private key is found over its lines, and its first line alone is none", async () => {
  const keys = SECRETS.filter(({ rule }) => rule === "private-key");
  expect(keys.length).toBeGreaterThan(2);
  for (const { text } of keys)
    expect(await scan([added("keys/id", text)])).toMatchObject([{ rule: "private-key", line: 2 }]);
  const [{ text } = { text: "" }] = keys;
  const [, begin = ""] = text.split("\n");
  expect(await scan([added("src/a.ts", `const BEGIN = "${begin}";`)])).toEqual([]);
});

test("what is written down for tests counts where it is used, not where it is tested or explained", async () => {
  const text = 'const login = { password: "n7Kq!fz2Lw" };';
  expect(await scan([added("src/login.ts", text)])).toMatchObject([{ rule: "password" }]);
  const harmless = ["src/login.test.ts", "test/login.ts", "docs/login.md", ".env.example"];
  expect(await scan(harmless.map((path) => added(path, text)))).toEqual([]);
  const real = harmless.map((path) => added(path, TOKEN));
  expect(await scan(real)).toHaveLength(harmless.length);
});

test("a token in the name of a file is found, and the answer does not repeat it", async () => {
  const found = await scan([added(`notes/${TOKEN}.txt`, "nothing")]);
  expect(found).toMatchObject([
    { rule: "github-token", path: "notes/[REDACTED:github-token].txt" },
  ]);
});

test("a value of this machine in the name of a file is found, and the answer does not repeat it", async () => {
  const found = await scan([added(`notes/${VALUE}.txt`, "nothing")]);
  expect(found).toMatchObject([{ rule: "environment", path: "notes/[REDACTED:environment].txt" }]);
});

test("an author's name may hold no secret; an address of a person is none", async () => {
  expect(await scan([added("commit author", `${TOKEN} <ada@mill.example>`)])).toMatchObject([
    { rule: "github-token", path: "commit author" },
  ]);
  const scanner = createSecretScanner({ values: ["ada1990@mill.example"], allow: [] });
  expect(await scanner.scan([added("commit author", "Ada <ada1990@mill.example>")])).toEqual([]);
});

test("look-alikes of the corpus stop no push", async () => {
  const files = LOOK_ALIKES.map((text, index) => added(`src/file-${index}.ts`, text));
  expect(await scan(files)).toEqual([]);
});

test("lines that are not neighbours are never read as one text, in whatever order files come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), async (order) => {
      const files = [added("a", TOKEN), added("b", "x"), added("c", TOKEN, 7), added("d", "y")];
      const found = await scan(order.map((index) => files[index] ?? added("e", "")));
      expect(found.map(({ path, line }) => `${path}:${line}`)).toEqual(["a:1", "c:7"]);
    }),
  );
  const apart = {
    path: "a",
    lines: [TOKEN.slice(0, 20), TOKEN.slice(20)].map((text, index) => ({
      line: 1 + 5 * index,
      text,
    })),
  };
  expect(await scan([apart])).toEqual([]);
});

test("what nobody could look through is a finding of its own, which can be allowed", async () => {
  const file = { path: "big.bin", lines: [], unscanned: "b10b" };
  const [found] = await scan([file]);
  expect(found).toMatchObject({ rule: "unscanned", path: "big.bin", line: 1 });
  expect(await scan([file], [found?.fingerprint ?? ""])).toEqual([]);
  expect(await scan([{ ...file, unscanned: "0ther" }], [found?.fingerprint ?? ""])).toHaveLength(1);
});

test("a token among the bytes of a program, or at the end of a very long line, is found", async () => {
  expect(await scan([added("a.bin", `\uFFFD\u0001 \uFFFD ${TOKEN} \uFFFD`)])).toMatchObject([
    { rule: "github-token" },
  ]);
  expect(await scan([added("a.txt", `${"x".repeat(200_000)} ${TOKEN}`)])).toMatchObject([
    { rule: "github-token" },
  ]);
});
