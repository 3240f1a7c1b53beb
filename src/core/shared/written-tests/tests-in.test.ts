import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IN_STRING, maskCode } from "./masked-code.ts";
import { assertionsIn, testsIn } from "./tests-in.ts";

/** `name: assertions` of each test; a skipped one has a minus before it. */
function inShort(path: string, text: string): readonly string[] {
  return (testsIn(path, text) ?? []).map(
    ({ name, isSkipped, expectations }) =>
      `${isSkipped ? "-" : ""}${name}: ${expectations.join(" ; ")}`,
  );
}

function shown(path: string, text: string): string | undefined {
  return maskCode(path, text)?.code.replaceAll(IN_STRING, "·");
}

describe("masking", () => {
  test.each([
    ["a.ts", "a = 'it(\"x\")'; // it()", "a = '·······';        "],
    ["a.ts", '`a ${b ? `c${1}` : "}"} d` + e', '`··${b ? `·${1}` : "·"}··` + e'],
    ["a.ts", 'x = /[/"]it(/.test(y) / 2 / 3', "x = /·······/.test(y) / 2 / 3"],
    ["a.ts", "return /a/g; f(a) / b; // c", "return /·/g; f(a) / b;     "],
    ["a.tsx", "<p>Don't</p>; it('x')", "<p>Don't</p>; it('·')"],
    ["a.ts", "a /* b\n c */ d", "a     \n      d"],
    ["a.py", "x = '''a\n# b''' # c", "x = '''·····'''    "],
    ["a.py", "x = r\"\\\"\" + 'it' # '", "x = r\"··\" + '··'    "],
    ["a.go", "s := `a\"\n//` // b\nr := '\"'", "s := `·····`     \nr := '·'"],
    [
      "a.rs",
      "fn a<'a>(b: &'a str) { '\"'; r#\"x\"y\"#; /* /* */ */ c",
      "fn a<'a>(b: &'a str) { '·'; r#\"···\"#;             c",
    ],
  ])("%s %s", (path, text, masked) => {
    expect(shown(path, text)).toBe(masked);
  });

  test("keeps every place where it was", () => {
    const paths = fc.constantFrom("a.tsx", "a.py", "a.go", "a.rs");
    const pieces = fc.constantFrom(
      "'",
      '"',
      "`",
      "${",
      "}",
      "/*",
      "*/",
      "//",
      "#",
      "\n",
      "\\",
      'r#"',
      "a",
      "/",
      "'''",
      "😀",
      "(",
      ")",
    );
    fc.assert(
      fc.property(paths, fc.array(pieces, { maxLength: 40 }), (path, parts) => {
        const text = parts.join("");
        const code = maskCode(path, text)?.code ?? "";
        expect(code.length).toBe(text.length);
        const changed = code
          .split("")
          .filter((char, at) => char !== text[at] && char !== IN_STRING);
        expect(changed.join("").trim()).toBe("");
      }),
      { numRuns: 500 },
    );
  });
});

describe("JavaScript and TypeScript", () => {
  test("names tests by their suites, and finds them whatever they are called by", () => {
    const text = `
      describe("sum", () => {
        it("adds", () => expect(sum(1, 2)).toBe(3));
        describe('it\\'s nested', function () { test(\`deep\`, async function () { assert.equal(1, x); }); });
      });
      test.concurrent("on its own", () => { expect(a).toEqual({ b: 1, }); });
      test.describe("of Playwright", () => { test("opens", async ({ page }) => { await expect(page).toHaveTitle("x"); }); });
      const withRow = test.extend({ row: 1 });
      withRow("extended", ({ row }) => { expect(row).toBe(1); });
      test("outer", async (t) => { await t.test("inner", () => t.assert.ok(x)); });
      test("wrapped", withServer(async (server) => { expect(server.port).toBe(1); }));
      pattern.test("text"); obj.it("x"); test.beforeEach(() => {}); // it("comment", () => {});
      const fixture = 'it("in a string", () => {})';
    `;
    expect(inShort("a.test.ts", text)).toEqual([
      "sum > adds: expect(sum(1,2)).toBe(3)",
      "sum > it's nested > deep: assert.equal(1,x)",
      "on its own: expect(a).toEqual({b:1})",
      'of Playwright > opens: expect(page).toHaveTitle("x")',
      "extended: expect(row).toBe(1)",
      "outer: ",
      "outer > inner: t.assert.ok(x)",
      "wrapped: expect(server.port).toBe(1)",
    ]);
  });

  test.each([
    ['it.skip("a", () => {})'],
    ['it.todo("a")'],
    ['it("a")'],
    ['xit("a", () => {})'],
    ['test.skipIf(true)("a", () => {})'],
    ['test.runIf(ci).each([1])("a", () => {})'],
    ['it.fails("a", () => { expect(1).toBe(2); })'],
    ['test("a", { skip: true }, () => {})'],
    ['test("a", { skip: "later" }, () => {})'],
    ['test("a", { todo: true, timeout: 5 }, () => {})'],
    ['test("a", (t) => { t.skip("later"); })'],
    ['test("a", function () { this.skip(); })'],
    ['describe.skip("s", () => { it("a", () => {}) })'],
    ['xdescribe("s", () => { it("a", () => {}) })'],
    ['const maybe = ci ? test : test.skip; maybe("a", () => {})'],
  ])("skipped: %s", (text) => {
    expect(testsIn("a.test.ts", text)?.map(({ isSkipped }) => isSkipped)).toEqual([true]);
  });

  test.each([
    ['it("a", { skip: false }, () => {})'],
    ['it("a", () => { expect(skip).toBe(1); })'],
    [
      'it("skip", () => { list.skip; queue.todo(1 + 1) === 2; })'.replace(
        "queue.todo(1 + 1) === 2;",
        "",
      ),
    ],
    ['test("a", () => { expect("x.skip()").toBe("it.skip"); })'],
  ])("not skipped: %s", (text) => {
    expect(testsIn("a.test.ts", text)?.map(({ isSkipped }) => isSkipped)).toEqual([false]);
  });

  test("where one is the only one, the others do not count", () => {
    const text = `
      it("a", () => { expect(1).toBe(x); });
      describe.only("s", () => { it("b", () => {}); it("c", () => {}); });
      describe("t", () => { it.only("d", () => {}); it("e", () => {}); });`;
    const skipped = testsIn("a.test.js", text)?.map(
      ({ name, isSkipped }) => `${name} ${isSkipped}`,
    );
    expect(skipped).toEqual(["a true", "s > b false", "s > c false", "t > d false", "t > e true"]);
  });

  test.each([
    ["a comment", "// expect(x).toBe(3);\n/* expect(x).toBe(3); */", []],
    ["after a return", "return;\nexpect(x).toBe(3);", []],
    ["after a return without semicolons", "f()\nreturn\nexpect(x).toBe(3)", []],
    ["after a return that always comes", "if (true) return;\nexpect(x).toBe(3);", []],
    ["under if (false)", "if (false) { expect(x).toBe(3); }", []],
    ["behind false &&", "false && expect(x).toBe(3);", []],
    ["caught", "try { expect(x).toBe(3); } catch {}", []],
    ["caught and logged", "try { expect(x).toBe(3); } catch (error) { log(error); }", []],
    [
      "caught and thrown again",
      "try { expect(x).toBe(3); } catch (e) { throw e; }",
      ["expect(x).toBe(3)"],
    ],
    ["cleaned up after", "try { expect(x).toBe(3); } finally { close(); }", ["expect(x).toBe(3)"]],
    ["returned", "return expect(x)\n  .toBe(3);", ["expect(x).toBe(3)"]],
    ["under a condition", "if (x.ok) { expect(x).toBe(3); }", ["when(x.ok) expect(x).toBe(3)"]],
    ["awaited", "await expect(p).resolves.toBe(3);", ["expect(p).resolves.toBe(3)"]],
    [
      "not awaited",
      "run();\nexpect(p).resolves.toBe(3);",
      ["unawaited expect(p).resolves.toBe(3)"],
    ],
    [
      "in a property",
      "fc.assert(fc.property(a, (b) => { expect(b).toBe(3); }));",
      ["expect(b).toBe(3)"],
    ],
    [
      "a property with a predicate",
      "fc.assert(fc.property(a, (b) => b === f(b)));",
      ["fc.assert(fc.property(a,(b)=>b===f(b)))"],
    ],
    [
      "of types",
      "expectTypeOf<Row<{ a: string }>>().toEqualTypeOf<string>();",
      ["expectTypeOf<Row<{a:string}>>().toEqualTypeOf<string>()"],
    ],
    [
      "by chai",
      "value.should.equal(3); expect(x).to.be.true;",
      ["value.should.equal(3)", "expect(x).to.be.true"],
    ],
    [
      "by a helper",
      "expectRow(x); verifyAll(y); expectation(z);",
      ["expectRow(x)", "verifyAll(y)"],
    ],
  ])("asserted: %s", (_what, body, expectations) => {
    expect(testsIn("a.test.ts", `it("a", async () => { ${body} });`)?.[0]?.expectations).toEqual(
      expectations,
    );
  });

  test("rows of tables and early ways out are kept", () => {
    const [each, tagged, loop, exit] =
      testsIn(
        "a.test.ts",
        `test.each([[1, "a"], [2, "b"],])("%i", (n) => { expect(n).toBe(1); });
       test.each\`a | b
         \${1} | \${2}
         \${3} | \${4}\`("$a", ({ a }) => { expect(a).toBe(1); });
       it("loops", () => { for (const x of [1, 2]) expect(x).toBe(1); });
       it("leaves", () => { if (!x) return; expect(x).toBe(1); });`,
      ) ?? [];
    expect(each?.cases).toEqual(['[1,"a"]', '[2,"b"]']);
    expect(tagged?.cases).toEqual(["${1}|${2}", "${3}|${4}"]);
    expect(loop?.cases).toEqual(["1", "2"]);
    expect(exit?.exits).toEqual(["!x"]);
  });

  test("what is asserted outside of tests is kept apart", () => {
    const text = 'function expectRow(x) { expect(x).toBe(1); }\nit("a", () => { expectRow(2); });';
    expect(assertionsIn("a.test.ts", text)?.elsewhere).toContain("expect(x).toBe(1)");
  });
});

describe("Python", () => {
  test("finds functions, methods and their marks", () => {
    const text = `
import pytest
class TestSum:
    @pytest.mark.parametrize("a,b", [(1, 2), (3, 4)])
    def test_adds(self, a, b):
        """assert nothing"""
        assert sum(a, b) == 3, "words"
        self.assertEqual(sum(1,
                             2), 3)
    @pytest.mark.skipif(True, reason="later")
    def test_skipped(self): assert False

@pytest.mark.xfail
async def test_known():
    assert await x() == 4

def helper():
    def test_inner(): assert 1
    assert 2

def test_raises():
    with pytest.raises(ValueError, match="no"):
        sum()

def test_gives_up():
    pytest.skip("later")
`;
    expect(inShort("test_a.py", text)).toEqual([
      "TestSum > test_adds: assert sum(a,b)==3 ; self.assertEqual(sum(1,2),3)",
      "-TestSum > test_skipped: assert False",
      "-test_known: assert await x()==4",
      'test_raises: pytest.raises(ValueError,match="no")',
      "-test_gives_up: ",
    ]);
    expect(testsIn("test_a.py", text)?.[0]?.cases).toEqual(["(1,2)", "(3,4)"]);
  });

  test.each([
    ["    return\n    assert x == 3", []],
    ["    if False:\n        assert x == 3", []],
    ["    try:\n        assert x == 3\n    except Exception:\n        pass", []],
    ["    try:\n        assert x == 3\n    except ValueError:\n        pass", ["assert x==3"]],
    ["    with contextlib.suppress(AssertionError):\n        assert x == 3", []],
    ["    if x:\n        assert x == 3", ["when(x) assert x==3"]],
    ["    # assert x == 3\n    pass", []],
    ["    m.assert_called_once_with(3)", ["m.assert_called_once_with(3)"]],
  ])("asserted: %s", (body, expectations) => {
    expect(testsIn("test_a.py", `def test_a():\n${body}\n`)?.[0]?.expectations).toEqual(
      expectations,
    );
  });

  test("a later function of the same name replaces the earlier", () => {
    const text = "def test_a():\n    assert x == 1\n\ndef test_a():\n    pass\n";
    expect(testsIn("test_a.py", text)?.map(({ isSkipped }) => isSkipped)).toEqual([true, false]);
  });

  test.each([
    'pytestmark = pytest.mark.skip("x")',
    "__test__ = False",
    'pytest.importorskip("numpy")',
  ])("a whole file is skipped by %s", (line) => {
    const text = `import pytest\n${line}\ndef test_a():\n    assert 1 == x\n`;
    expect(testsIn("test_a.py", text)?.[0]?.isSkipped).toBe(true);
  });
});

describe("Go", () => {
  test("finds tests, what fails them, subtests with a name, and rows of tables", () => {
    const text = `package a
func TestAdd(t *testing.T) {
	tests := []struct{ a, b int }{ {1, 2}, {3, 4}, }
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := Add(tc.a); got != tc.b { t.Errorf("got %d", got) }
		})
	}
	t.Run("zero", func(t *testing.T) { require.Equal(t, 0, Add(0)) })
}
func TestLater(t *testing.T) { t.Skip("later") }
func TestLong(t *testing.T) {
	if testing.Short() { t.Skip("long") }
	if false { t.Error("never") }
	if err != nil { t.Fatal(err) }
}
func BenchmarkAdd(b *testing.B) { b.Run("x", func(b *testing.B) {}) }
func Testable() {}
`;
    expect(inShort("a_test.go", text)).toEqual([
      "TestAdd: fails if got:=Add(tc.a);got!=tc.b",
      "TestAdd > zero: require.Equal(t,0,Add(0))",
      "-TestLater: ",
      "TestLong: fails if err!=nil",
    ]);
    expect(testsIn("a_test.go", text)?.[0]?.cases).toEqual(["{1,2}", "{3,4}"]);
  });
});

describe("Rust", () => {
  test("finds functions by their attributes; modules are suites", () => {
    const text = `
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(add(1, 2), 3, "words {}", 1); }
    #[test]
    #[ignore = "later"]
    fn ignored() { assert!(x); }
    #[tokio::test(flavor = "multi_thread")]
    #[should_panic(expected = "no")]
    async fn panics() { add(1, 2); }
    #[rstest]
    #[case(1, 2)]
    #[case(3, 4)]
    fn cases(#[case] a: i32) { assert!(a == 2); }
    fn helper() { assert!(false); }
}
#[test]
fn outer() -> Result<(), Error> { if false { assert!(x); } /* assert!(y) */ Ok(()) }
`;
    expect(inShort("a.rs", text)).toEqual([
      "tests > adds: assert_eq!(add(1,2),3)",
      "-tests > ignored: assert!(x)",
      'tests > panics: should_panic(expected="no")',
      "tests > cases: assert!(a==2)",
      "outer: ",
    ]);
    expect(testsIn("a.rs", text)?.[3]?.cases).toEqual(["case(1,2)", "case(3,4)"]);
  });
});

test("other languages are not read", () => {
  expect(testsIn("spec/a_spec.rb", "it 'adds' do end")).toBeNull();
});

test("any text is read without an error, and its lines lie inside it", () => {
  const paths = fc.constantFrom("a.test.tsx", "test_a.py", "a_test.go", "a.rs");
  const pieces = fc.constantFrom(
    'it("a", () => {',
    "expect(x).toBe(3)",
    "});",
    "(",
    ")",
    "{",
    "}",
    "`",
    "'",
    '"',
    "\n",
    "    ",
    "def test_a():",
    "assert x",
    "class A:",
    "return",
    "if (",
    "if x {",
    "try {",
    "} catch {",
    "func TestA(t *testing.T) {",
    "t.Errorf(",
    "#[test]",
    "fn a() {",
    "assert!(",
    "describe.only(",
    ".each([1])(",
    "@pytest.mark.skip",
    "// ",
    "# ",
  );
  fc.assert(
    fc.property(
      paths,
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 40 }),
      (path, parts) => {
        const text = parts.join(" ");
        for (const one of testsIn(path, text) ?? []) {
          expect(one.line).toBeLessThanOrEqual(text.split("\n").length);
          expect(one.assertions).toBe(one.expectations.length);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
