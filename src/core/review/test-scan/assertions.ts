import type { MaskedCode } from "../../shared/written-tests/masked-code.ts";
import { assertionsOf } from "../../shared/written-tests/tests-in.ts";
import { importedModules } from "./imported-modules.ts";

/** A test with what is wrong about its assertions. */
export interface Unproving {
  readonly line: number;
  readonly kind: "none" | "unreached" | "snapshots";
  readonly name: string;
}

/** Tests that can fail only by throwing, and those that only compare with what an earlier run wrote down. */
export function unprovingTests(masked: MaskedCode): readonly Unproving[] {
  const { tests } = assertionsOf(masked);
  const asserting = assertingFunctions(masked);
  const isAsserted = hookAsserts(masked) || masked.text.includes("@ts-expect-error");
  return tests.flatMap((test): readonly Unproving[] => {
    const { line, name } = test;
    const isFrame = tests.some((other) => other.name.startsWith(`${name} > `));
    if (test.isSkipped || isFrame || OLD_MAINS.test(name)) return [];
    if (test.expectations.length > 0) {
      return test.expectations.every(isSnapshot) ? [{ line, name, kind: "snapshots" }] : [];
    }
    const body = withoutStrings(test.body);
    if (isAsserted || assertsByCall(masked, body, asserting)) return [];
    return [{ line, name, kind: PLAIN.test(body) ? "unreached" : "none" }];
  });
}

/** What a string says, a test does not do. */
function withoutStrings(body: string): string {
  return body.replaceAll(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/gu, '""');
}

/** What old files of unittest start themselves by. */
const OLD_MAINS = /^test_(?:main|suite)$/u;

const PLAIN = /(?<![\w$.])(?:expect\(|assert\b(?!\w))/u;

function isSnapshot(expectation: string): boolean {
  return /\.(?:toMatchSnapshot|toThrowErrorMatchingSnapshot|snapshot)\(|==\s?snapshot\b|(?:^|::)assert_(?:\w+_)?snapshot!\((?!.*@)/u.test(
    expectation,
  );
}

/** Names that say that a call asserts, in the languages' own ways of naming; beyond what the inventory counts. */
const BY_NAME: Readonly<Record<MaskedCode["language"], RegExp>> = {
  javascript:
    /(?<![\w$])(?:(?:expect|assert|verify|check|ensure|should|must|validate|prove|refute)[A-Z_$][\w$]*|(?:find|get)(?:All)?By[A-Z]\w*|verify|check|done|reject|isDone|waitFor\w*)\(|\.should\b|(?<![\w$])refute\b/u,
  python:
    /(?<!\w)\w*(?:assert|check|verify|expect|ensure|must|validate)\w*\(|\.(?:raises|fnmatch_lines|validate|benchmark)\w*\(|(?<!\w)(?:benchmark|snapshot)\(/u,
  go: /(?:^|[^\w.])(?!t\.)[\w.]*\w\((?:[^()]*,)?(?:t|tb|f|b)[,)]|\bgoleak\.|\bpanic\(|\blog\.Fatal|\.Fuzz\(/u,
  rust: /\.(?:unwrap\w*|expect\w*|pass|compile_fail|assert\w*)\(|\?[;)]|\?$|(?<!\w)\w*assert\w*!|\bpanic!|\binsta\b/u,
};

function assertsByCall(masked: MaskedCode, body: string, asserting: ReadonlySet<string>): boolean {
  if (BY_NAME[masked.language].test(body)) return true;
  const called = [...body.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*)(?=\()/gu)].map(
    ([, name = ""]) => name,
  );
  if (called.some((name) => asserting.has(name))) return true;
  // Run by another function: `it("x", scenario)`.
  return asserting.has(body) || supported(masked, [...called, body]);
}

/** What comes from a file that helps tests may assert; it is not read here. */
function supported(masked: MaskedCode, names: readonly string[]): boolean {
  if (masked.language !== "javascript") return false;
  const helping = importedModules(masked).filter(
    ({ name }) =>
      name.startsWith(".") &&
      /(?:test|spec|support|helper|fixture|harness|contract|suite|util|mock)/iu.test(name),
  );
  return helping.some(({ at }) => {
    const start = masked.code.lastIndexOf("import", at);
    const imported = masked.code.slice(Math.max(0, start), at);
    return names.some(
      (name) =>
        /^[\w$]+$/u.test(name) &&
        new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$])`, "u").test(imported),
    );
  });
}

function escaped(name: string): string {
  return name.replaceAll("$", String.raw`\$`);
}

const DEFINITIONS: Readonly<Record<MaskedCode["language"], RegExp>> = {
  javascript:
    /(?<![\w$.])(?:function\s*\*?\s*([\w$]+)|(?:const|let|var)\s+([\w$]+)\s*(?::[^=;\n]{1,200})?=\s*(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>))/gu,
  python: /(?<!\w)def\s+(\w+)/gu,
  go: /(?<!\w)func\s+(?:\([^()]{1,200}\)\s*)?(\w+)/gu,
  rust: /(?<!\w)fn\s+(\w+)/gu,
};

const ASSERTS =
  /(?<![\w$])(?:expect|assert\w*|should|fail|raises|panic|unwrap)\s*[(!]|(?<!\w)t\.(?:is|equals?|ok|same|deepEqual|strictEqual|notOk|true|assert)\b|(?<!\w)(?:raise|throw)\s|self\s*\.\s*assert|(?<!\w)assert\s|(?<!\w)\w+\.(?:Error|Fatal)f?\(/u;

/** Functions of the file that assert, or call one that does. */
function assertingFunctions(masked: MaskedCode): ReadonlySet<string> {
  const heads = [...masked.code.matchAll(DEFINITIONS[masked.language])].map((found) => ({
    name: found[1] ?? found[2] ?? "",
    at: found.index,
  }));
  // To the next function: what lies between belongs to it, or to nobody a test calls.
  const parts = heads.map(({ name, at }, index) => ({
    name,
    code: masked.code.slice(at, heads[index + 1]?.at),
  }));
  const asserting = new Set(parts.filter(({ code }) => ASSERTS.test(code)).map(({ name }) => name));
  // Each turn adds those that call what the last one added; deeper chains are read as not asserting.
  for (let turn = 0; turn < 5; turn += 1) {
    for (const { name, code } of parts) {
      const calls = code.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*)\s*\(/gu);
      if ([...calls].some(([, called = ""]) => called !== name && asserting.has(called)))
        asserting.add(name);
    }
  }
  return asserting;
}

/** A hook that asserts after each test proves something of every one. */
function hookAsserts({ code, closes }: MaskedCode): boolean {
  return [...code.matchAll(/(?<![\w$.])(?:afterEach|after)\s*\(/gu)].some(({ index, 0: head }) => {
    const open = index + head.length - 1;
    return ASSERTS.test(code.slice(open, closes.get(open) ?? open));
  });
}
