import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareTestFiles, compareTests, testsIn } from "./test-inventory.ts";

/** Kinds of what became of one file's text. */
function kinds(path: string, before: string, after: string): readonly string[] {
  return compareTestFiles(new Map([[path, before]]), new Map([[path, after]])).map(
    ({ kind }) => kind,
  );
}

/** Bodies of a test `adds`, in the language of each. */
const FRAMES = {
  js: { path: "a.test.ts", of: (body: string) => `it("adds", async () => {\n${body}\n});\n` },
  py: {
    path: "test_a.py",
    of: (body: string) => `def test_adds():\n    ${body.replaceAll("\n", "\n    ")}\n`,
  },
  go: { path: "a_test.go", of: (body: string) => `func TestAdds(t *testing.T) {\n${body}\n}\n` },
  rs: { path: "a.rs", of: (body: string) => `#[test]\nfn adds() {\n${body}\n}\n` },
} as const;

type Case = readonly [language: keyof typeof FRAMES, before: string, after: string];

function ofCase([language, before, after]: Case): readonly string[] {
  const { path, of } = FRAMES[language];
  return kinds(path, of(before), of(after));
}

const WEAKENED: readonly Case[] = [
  ["js", "const x = sum(1, 2);\nexpect(x).toBe(3);", "const x = 3;\nexpect(x).toBe(3);"],
  ["py", "x = add(1, 2)\nassert x == 3", "x = 3\nassert x == 3"],
  [
    "go",
    'got := Add(1, 2)\nif got != 3 { t.Error("x") }',
    'got := 3\nif got != 3 { t.Error("x") }',
  ],
  ["rs", "let x = add(1, 2);\nassert_eq!(x, 3);", "let x = 3;\nassert_eq!(x, 3);"],

  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toBeDefined();"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toBeTruthy();"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).not.toBe(4);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toEqual(expect.anything());"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toEqual(expect.any(Number));"],
  ["js", "expect(sum(1, 2)).toBe(3);", 'expect(typeof sum(1, 2)).toBe("number");'],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toMatchSnapshot();"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(true).toBe(true);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(3).toBe(3);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "sum(1, 2);"],
  ["js", "expect(sum(1, 2)).toBe(3);", ""],
  ["js", "expect(sum(1, 2)).toBe(3);", "// expect(sum(1, 2)).toBe(3);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "return;\nexpect(sum(1, 2)).toBe(3);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "if (!process.env.CI) return;\nexpect(sum(1, 2)).toBe(3);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "if (false) { expect(sum(1, 2)).toBe(3); }"],
  ["js", "expect(sum(1, 2)).toBe(3);", "if (sum) { expect(sum(1, 2)).toBe(3); }"],
  ["js", "expect(sum(1, 2)).toBe(3);", "try { expect(sum(1, 2)).toBe(3); } catch {}"],
  ["js", "expect(sum(1, 2)).toBe(3);\nexpect(sum(2, 2)).toBe(4);", "expect(sum(1, 2)).toBe(3);"],
  ["js", "expect.assertions(2);\nexpect(a).toBe(1);", "expect(a).toBe(1);"],
  ["js", "expect.assertions(2);\nexpect(a).toBe(1);", "expect.assertions(1);\nexpect(a).toBe(1);"],
  ["js", "expect(x).toBeCloseTo(0.3, 5);", "expect(x).toBeCloseTo(0.3, 1);"],
  ["js", "expect(x).toBeCloseTo(0.3, 5);", "expect(x).toBeCloseTo(0.3);"],
  ["js", "expect(x).toBeLessThan(10);", "expect(x).toBeLessThan(1_000);"],
  ["js", "await expect(run()).rejects.toThrow(/no/);", "expect(run()).rejects.toThrow(/no/);"],
  ["js", "await expect(run()).rejects.toThrow(/no/);", "await expect(run()).rejects.toThrow();"],
  ["js", "expect(f).toHaveBeenCalledWith(1);", "expect(f).toHaveBeenCalled();"],
  ["js", "assert.equal(sum(1, 2), 3);", "assert.ok(sum(1, 2));"],
  ["js", "assert.equal(sum(1, 2), 3);", "assert(true);"],
  ["js", "assert(sum(1, 2) === 3);", "assert(sum(1, 2));"],
  ["js", "assert.throws(() => f(), /no/);", "assert.throws(() => f());"],
  ["js", "assert.deepEqual(x, { a: 1 });", "assert.notEqual(x, null);"],
  [
    "js",
    "for (const n of [1, 2, 3]) expect(sum(n)).toBe(n);",
    "for (const n of [1]) expect(sum(n)).toBe(n);",
  ],
  ["py", "assert add(1, 2) == 3", "assert add(1, 2)"],
  ["py", "assert add(1, 2) == 3", "assert add(1, 2) is not None"],
  ["py", "assert add(1, 2) == 3", "assert isinstance(add(1, 2), int)"],
  ["py", "assert add(1, 2) == 3", "assert add(1, 2) == 3 or True"],
  ["py", "assert add(1, 2) == 3", "assert True"],
  ["py", "assert add(1, 2) == 3", "pass"],
  ["py", "assert add(1, 2) == 3", "return\nassert add(1, 2) == 3"],
  [
    "py",
    "assert add(1, 2) == 3",
    "try:\n    assert add(1, 2) == 3\nexcept AssertionError:\n    pass",
  ],
  ["py", "assert x == 3 and y == 4", "assert x == 3"],
  ["py", "self.assertEqual(x, 3)", "self.assertTrue(x)"],
  ["py", "self.assertAlmostEqual(x, 3, places=5)", "self.assertAlmostEqual(x, 3, places=1)"],
  ["py", "assert x == pytest.approx(3, abs=0.01)", "assert x == pytest.approx(3, abs=10)"],
  [
    "py",
    'with pytest.raises(ValueError, match="no"):\n    f()',
    "with pytest.raises(Exception):\n    f()",
  ],
  ["py", "m.assert_called_once_with(3)", "m.assert_called()"],
  [
    "go",
    'if got := Add(1, 2); got != 3 { t.Errorf("got %d", got) }',
    'if got := Add(1, 2); got == 0 { t.Errorf("got %d", got) }',
  ],
  ["go", 'if got := Add(1, 2); got != 3 { t.Errorf("got %d", got) }', "_ = Add(1, 2)"],
  ["go", 'if got != 3 { t.Error("x") }', 'if got != 3 { t.Log("x") }'],
  ["go", 'if got != 3 { t.Error("x") }', 'return\nif got != 3 { t.Error("x") }'],
  ["go", 'if got != 3 { t.Error("x") }', 'if got != 3 && false { t.Error("x") }'],
  ["go", 'if math.Abs(a-b) > 0.01 { t.Error("x") }', 'if math.Abs(a-b) > 10 { t.Error("x") }'],
  ["go", "require.Equal(t, 3, got)", "require.NotNil(t, got)"],
  [
    "go",
    "for _, c := range []struct{ a int }{ {1}, {2} } { if c.a != f(c) { t.Error(c) } }",
    "for _, c := range []struct{ a int }{ {1} } { if c.a != f(c) { t.Error(c) } }",
  ],
  ["rs", "assert_eq!(add(1, 2), 3);", "assert!(add(1, 2) > 0);"],
  ["rs", "assert_eq!(add(1, 2), 3);", "assert!(true);"],
  ["rs", "assert_eq!(add(1, 2), 3);", "let _ = add(1, 2);"],
  ["rs", "assert!((a - b).abs() < 1e-6);", "assert!((a - b).abs() < 1.0);"],
  [
    "rs",
    "assert_eq!(add(1, 2), 3);",
    "let _ = std::panic::catch_unwind(|| { assert_eq!(add(1, 2), 3); });",
  ],
];

const CHANGED: readonly Case[] = [
  [
    "js",
    "const wanted = 3;\nexpect(sum(1, 2)).toBe(wanted);",
    "const wanted = 4;\nexpect(sum(1, 2)).toBe(wanted);",
  ],

  ["js", "expect(sum(1, 2)).toBe(3);", "expect(sum(1, 2)).toBe(4);"],
  ["js", "expect(sum(1, 2)).toBe(3);", "expect(add(1, 2)).toBe(3);"],
  ["js", "expect(x).toEqual({ a: 1 });", "expect(x).toEqual({ a: 1, b: 2 });"],
  ["js", "assert.equal(sum(1, 2), 3);", "assert.equal(sum(1, 2), 30);"],
  ["js", 'expect(() => f()).toThrow("no");', 'expect(() => f()).toThrow("never");'],
  ["py", "assert add(1, 2) == 3", "assert add(1, 2) == 4"],
  ["go", 'if got != 3 { t.Error("x") }', 'if got != 4 { t.Error("x") }'],
  ["rs", "assert_eq!(add(1, 2), 3);", "assert_eq!(add(1, 2), 4);"],
];

const NOTHING: readonly Case[] = [
  [
    "js",
    "const all = sum(1, 2);\nassert.equal(all, 3);",
    "const x = sum(1, 2);\nassert.equal(x, 3);",
  ],
  ["js", "const x = await sum(1, 2);\nexpect(x).toBe(3);", "expect(await sum(1, 2)).toBe(3);"],
  [
    "js",
    "const errors = [];\nrun(errors);\nexpect(errors).toEqual([]);",
    "const errors = [];\nawait run(errors);\nexpect(errors).toEqual([]);",
  ],
  ["py", "got = add(1, 2)\nassert got == 3", "assert add(1, 2) == 3"],
  [
    "go",
    'got := Add(1, 2)\nif got != 3 { t.Error("x") }',
    'sum := Add(1, 2)\nif sum != 3 { t.Error("x") }',
  ],

  ["js", "expect(sum(1, 2)).toBe(3);", "// why\nexpect(\n  sum(\n    1, 2,\n  ),\n).toBe(3)"],
  ["js", 'expect(name).toBe("a");', "expect(name).toBe('a');"],
  [
    "js",
    "expect(sum(1, 2)).toBe(3);",
    "const expected = 3;\nexpect(sum(1, 2)).toBe(3);\nexpect(sum(0, 0)).toBe(0);",
  ],
  ["js", "expect(sum(1, 2)).toBeDefined();", "expect(sum(1, 2)).toBe(3);"],
  ["js", "assert.ok(sum(1, 2));", "assert.equal(sum(1, 2), 3);"],
  ["js", "expect(x).toBeLessThan(1_000);", "expect(x).toBeLessThan(10);"],
  ["js", "expect(x).toBeCloseTo(0.3, 1);", "expect(x).toBeCloseTo(0.3, 5);"],
  ["js", "expect(true).toBe(true);\nexpect(x).toBe(1);", "expect(x).toBe(1);"],
  ["js", "if (x) { expect(x).toBe(1); }", "expect(x).toBe(1);"],
  ["js", "expect(a).toBe(1);\nexpect(b).toBe(2);", "expect(b).toBe(2);\nexpect(a).toBe(1);"],
  ["py", "assert add(1, 2)", "assert add(1, 2) == 3"],
  ["py", 'assert add(1, 2) == 3, "words"', "assert add(1, 2) == 3"],
  ["py", "assert x == 3", "assert x == 3 and y == 4"],
  ["go", 'if got != 3 { t.Error("x") }', 'if got != 3 { t.Fatalf("got %d, want 3", got) }'],
  ["rs", "assert_eq!(add(1, 2), 3);", 'assert_eq!(add(1, 2), 3, "sum");'],
];

function table(rows: string): string {
  return `test.each([${rows}])("%i", (a, b) => { expect(sum(a)).toBe(b); });`;
}

describe("one test", () => {
  test.each(WEAKENED)("%s weakened: %s -> %s", (...given) => {
    expect(new Set(ofCase(given))).toEqual(new Set(["test-weakened"]));
  });

  test.each(CHANGED)("%s expects something else: %s -> %s", (...given) => {
    expect(ofCase(given)).toEqual(["expectation-changed"]);
  });

  test.each(NOTHING)("%s demands no less: %s -> %s", (...given) => {
    expect(ofCase(given)).toEqual([]);
  });

  test.each([
    [
      "a.test.ts",
      'it("a", () => { expect(x).toBe(1); });',
      'it.skip("a", () => { expect(x).toBe(1); });',
    ],
    [
      "a.test.ts",
      'it("a", () => { expect(x).toBe(1); });',
      'it.fails("a", () => { expect(x).toBe(1); });',
    ],
    ["a.test.ts", 'it("a", () => { expect(x).toBe(1); });', 'it.todo("a");'],
    [
      "a.test.ts",
      'it("a", () => { expect(x).toBe(1); });',
      'it("a", () => { expect(x).toBe(1); });\nit.only("b", () => { expect(1).toBe(x); });',
    ],
    [
      "a.test.ts",
      'it("a", () => { expect(x).toBe(1); });',
      'describe.skip("", () => { it("a", () => { expect(x).toBe(1); }); });',
    ],
    [
      "a.test.ts",
      'test("a", () => { assert.ok(x); });',
      'test("a", { skip: true }, () => { assert.ok(x); });',
    ],
    [
      "a.test.ts",
      'test("a", (t) => { assert.ok(x); });',
      'test("a", (t) => { t.skip(); assert.ok(x); });',
    ],
    [
      "test_a.py",
      "def test_a():\n    assert x == 1\n",
      "@pytest.mark.skip\ndef test_a():\n    assert x == 1\n",
    ],
    [
      "test_a.py",
      "def test_a():\n    assert x == 1\n",
      "@pytest.mark.xfail\ndef test_a():\n    assert x == 1\n",
    ],
    [
      "test_a.py",
      "def test_a():\n    assert x == 1\n",
      "def test_a():\n    pytest.skip('x')\n    assert x == 1\n",
    ],
    [
      "a_test.go",
      "func TestA(t *testing.T) { if x != 1 { t.Error() } }",
      'func TestA(t *testing.T) { t.Skip("x"); if x != 1 { t.Error() } }',
    ],
    [
      "a.rs",
      "#[test]\nfn a() { assert!(x == 1); }",
      "#[test]\n#[ignore]\nfn a() { assert!(x == 1); }",
    ],
  ])("%s skipped: %s -> %s", (path, before, after) => {
    expect(kinds(path, before, after)).toEqual(["test-skipped"]);
  });

  test("a test that was skipped before owes nothing, and may run again", () => {
    const [skipped, live] = [
      'it.skip("a", () => { expect(x).toBe(1); });',
      'it("a", () => { f(x); });',
    ];
    expect(kinds("a.test.ts", skipped, live)).toEqual([]);
    expect(kinds("a.test.ts", skipped, skipped.replace("toBe(1)", "toBeDefined()"))).toEqual([]);
  });

  test("a row that is gone from a table weakens it, another row changes it, a new row is welcome", () => {
    expect(kinds("a.test.ts", table("[1, 2], [3, 4]"), table("[1, 2]"))).toEqual(["test-weakened"]);
    expect(kinds("a.test.ts", table("[1, 2], [3, 4]"), table("[1, 2], [3, 5]"))).toEqual([
      "expectation-changed",
    ]);
    expect(kinds("a.test.ts", table("[1, 2]"), table("[1, 2], [3, 4]"))).toEqual([]);
  });

  test("the words name the test, and what became of what", () => {
    const before = 'describe("sum", () => { it("adds", () => { expect(sum(1, 2)).toBe(3); }); });';
    const [change] = compareTestFiles(
      new Map([["a.test.ts", before]]),
      new Map([["a.test.ts", before.replace("toBe(3)", "toBeDefined()")]]),
    );
    expect(change).toEqual({
      kind: "test-weakened",
      test: "sum > adds",
      path: "a.test.ts",
      words:
        'In the test "sum > adds": `expect(sum(1,2)).toBe(3)` became `expect(sum(1,2)).toBeDefined()`, which demands less.',
    });
  });
});

function files(entries: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(entries));
}

describe("tests that are gone", () => {
  const ADDS = 'it("adds", () => { expect(sum(1, 2)).toBe(3); });';
  const TAKES = 'it("takes", () => { expect(less(2, 1)).toBe(1); });';

  test.each([
    ["taken out", { "a.test.ts": `${ADDS}\n${TAKES}` }, { "a.test.ts": TAKES }],
    ["commented out", { "a.test.ts": ADDS }, { "a.test.ts": `// ${ADDS}` }],
    ["with their file", { "a.test.ts": ADDS }, {}],
    ["into a file of another language", { "a.test.ts": ADDS }, { "a.test.rb": ADDS }],
    ["replaced by another test", { "a.test.ts": ADDS }, { "a.test.ts": TAKES }],
    ["one of two that are alike", { "a.test.ts": ADDS, "b.test.ts": ADDS }, { "a.test.ts": ADDS }],
  ])("deleted: %s", (_how, before, after) => {
    const changes = compareTestFiles(files(before), files(after));
    expect(changes.map(({ kind, test: name }) => `${kind} ${name}`)).toEqual(["test-deleted adds"]);
  });

  test.each([
    ["renamed", { "a.test.ts": ADDS }, { "a.test.ts": ADDS.replace("adds", "adds two numbers") }],
    ["moved to another file", { "a.test.ts": ADDS }, { "b.test.ts": ADDS }],
    ["moved and renamed", { "a.test.ts": ADDS }, { "b.test.ts": ADDS.replace("adds", "sums") }],
    ["into a suite", { "a.test.ts": ADDS }, { "a.test.ts": `describe("sum", () => { ${ADDS} });` }],
    [
      "in another order",
      { "a.test.ts": `${ADDS}\n${TAKES}` },
      { "a.test.ts": `${TAKES}\n${ADDS}` },
    ],
    ["with its file", { "a.test.ts": ADDS }, { "old/a.test.ts": ADDS }],
    [
      "renamed and tidied",
      { "a.test.ts": ADDS },
      { "a.test.ts": 'it("sums", () => { const x = 1; expect(sum(1, 2)).toBe(3); });' },
    ],
    [
      "split in two",
      { "a.test.ts": 'it("both", () => { expect(a()).toBe(1); expect(b()).toBe(2); });' },
      {
        "a.test.ts":
          'it("a", () => { expect(a()).toBe(1); });\nit("b", () => { expect(b()).toBe(2); });',
      },
    ],
    [
      "one half taken out of it",
      { "a.test.ts": 'it("both", () => { expect(a()).toBe(1); expect(b()).toBe(2); });' },
      {
        "a.test.ts":
          'it("both", () => { expect(a()).toBe(1); });\nit("b", () => { expect(b()).toBe(2); });',
      },
    ],
  ])("kept: %s", (_how, before, after) => {
    expect(compareTestFiles(files(before), files(after))).toEqual([]);
  });

  test("a test that moved and lost something is weakened where it was", () => {
    const changes = compareTestFiles(
      files({ "a.test.ts": ADDS }),
      files({ "b.test.ts": ADDS.replace("toBe(3)", "toBeDefined()") }),
    );
    expect(changes).toMatchObject([{ kind: "test-weakened", test: "adds", path: "a.test.ts" }]);
  });

  test("an assertion that only a skipped test kept is gone", () => {
    const after = `it("adds", () => { sum(1, 2); });\nit.skip("other", () => { expect(sum(1, 2)).toBe(3); });`;
    expect(kinds("a.test.ts", ADDS, after)).toEqual(["test-weakened"]);
  });
});

test("what helpers and hooks assert is compared too", () => {
  const helper = "export function expectSum(x: number): void { expect(x).toBe(3); }";
  const changes = compareTestFiles(
    new Map([["support/expect-sum.ts", helper]]),
    new Map([["support/expect-sum.ts", "export function expectSum(x: number): void {}"]]),
  );
  expect(changes).toMatchObject([
    { kind: "test-weakened", test: "(outside of tests)", path: "support/expect-sum.ts" },
  ]);
  const hook =
    'afterEach(() => { expect(errors).toEqual([]); });\nit("a", () => { expect(x).toBe(1); });';
  expect(kinds("a.test.ts", hook, hook.slice(hook.indexOf("it(")))).toEqual(["test-weakened"]);
});

describe("any tests", () => {
  const bodies = fc.constantFrom(
    "expect(a()).toBe(1);",
    "expect(b()).toEqual({ c: 1 });",
    "expect(a()).toBeDefined();",
    "assert.equal(d(), 2);",
    "if (e) { expect(f).toBe(1); }",
    "return;",
    "await expect(g()).rejects.toThrow(/no/);",
    "",
  );
  const tests = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d"),
      lines: fc.array(bodies, { maxLength: 4 }),
      how: fc.constantFrom("it", "it", "it.skip", "it.only", "test.each([1, 2])"),
    }),
    { maxLength: 6 },
  );
  type Drawn = { name: string; lines: readonly string[]; how: string };
  const written = ({ name, lines, how }: Drawn) =>
    `${how}("${name}", async () => {\n${lines.join("\n")}\n});`;
  const text = (drawn: readonly Drawn[]) => drawn.map(written).join("\n");

  test("compared with themselves give nothing", () => {
    fc.assert(
      fc.property(tests, (drawn) => {
        const all = testsIn("a.test.ts", text(drawn)) ?? [];
        expect(all).toHaveLength(drawn.length);
        expect(compareTests(all, all)).toEqual([]);
      }),
    );
  });

  test("in another order, or another file, are the same tests", () => {
    const shuffled = tests.chain((drawn) =>
      fc.tuple(
        fc.constant(drawn),
        fc.shuffledSubarray(drawn, { minLength: drawn.length, maxLength: drawn.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, fc.constantFrom("a.test.ts", "b.test.ts"), (both, path) => {
        const [drawn, other] = both;
        expect(
          compareTestFiles(new Map([["a.test.ts", text(drawn)]]), new Map([[path, text(other)]])),
        ).toEqual([]);
      }),
    );
  });

  test("more of them never take anything away", () => {
    fc.assert(
      fc.property(tests, tests, (drawn, more) => {
        const added = more.filter(({ how }) => how !== "it.only");
        const after = text([...drawn, ...added]);
        const changes = compareTestFiles(
          new Map([["a.test.ts", text(drawn)]]),
          new Map([["a.test.ts", after]]),
        );
        expect(changes).toEqual([]);
      }),
    );
  });

  test("with one taken out give a deletion of that one, whatever the others are", () => {
    fc.assert(
      fc.property(tests, (drawn) => {
        const gone = 'it("gone", () => { expect(onlyHere()).toBe(17); });';
        const others = drawn.filter(({ how }) => how !== "it.only");
        const before = `${gone}\n${text(others)}`;
        const changes = compareTestFiles(
          new Map([["a.test.ts", before]]),
          new Map([["a.test.ts", text(others)]]),
        );
        expect(changes.map(({ kind, test: name }) => `${kind} ${name}`)).toEqual([
          "test-deleted gone",
        ]);
      }),
    );
  });
});
