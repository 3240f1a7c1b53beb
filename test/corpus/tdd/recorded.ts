import { commit, type CaseCommit, type Files } from "./case.ts";

/** A history in another language, for programs that answer with reports that the real ones wrote. */
interface Recorded {
  readonly before: Files;
  readonly red: CaseCommit;
  readonly green: CaseCommit;
}

const TEST_ADD = "from calc.add import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n";

export const PYTHON: Recorded = {
  before: {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    ".gitignore": "__pycache__\n.pytest_cache\n",
    "calc/__init__.py": "",
    "calc/add.py": "def add(a, b):\n    return a + b\n",
    "tests/test_add.py": TEST_ADD,
  },
  red: commit("test(mul): multiplies", {
    "tests/test_mul.py":
      "from calc.mul import mul\n\n\ndef test_multiplies():\n    assert mul(2, 3) == 6\n",
  }),
  green: commit("feat(mul): multiplies", { "calc/mul.py": "def mul(a, b):\n    return a * b\n" }),
};

export const GO: Recorded = {
  before: {
    "go.mod": "module example.com/sums\n\ngo 1.24\n",
    "calc/add.go": "package calc\n\nfunc Add(a, b int) int { return a + b }\n",
    "calc/add_test.go":
      'package calc\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal("sum")\n\t}\n}\n',
  },
  red: commit("test(mul): multiplies", {
    "calc/mul_test.go":
      'package calc\n\nimport "testing"\n\nfunc TestMul(t *testing.T) {\n\tif Mul(2, 3) != 6 {\n\t\tt.Fatal("product")\n\t}\n}\n',
  }),
  green: commit("feat(mul): multiplies", {
    "calc/mul.go": "package calc\n\nfunc Mul(a, b int) int { return a * b }\n",
  }),
};

/** Of pytest 9.0, as it stands in its JUnit report. */
const PYTEST_RED = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="0" skipped="0" tests="1" time="0.4"><testcase classname="" name="tests.test_mul" file="tests/test_mul.py" time="0.000"><error message="collection failure">ImportError while importing test module '/repo/tests/test_mul.py'.
tests/test_mul.py:1: in &lt;module&gt;
    from calc.mul import mul
E   ModuleNotFoundError: No module named 'calc.mul'</error></testcase></testsuite></testsuites>`;
const PYTEST_GREEN = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="0" skipped="0" tests="1" time="0.04"><testcase classname="tests.test_mul" name="test_multiplies" file="tests/test_mul.py" line="3" time="0.000" /></testsuite></testsuites>`;

/** Of go 1.24, line by line. */
const GO_RED = [
  '{"ImportPath":"example.com/sums/calc [example.com/sums/calc.test]","Action":"build-output","Output":"# example.com/sums/calc [example.com/sums/calc.test]\\n"}',
  '{"ImportPath":"example.com/sums/calc [example.com/sums/calc.test]","Action":"build-output","Output":"calc/mul_test.go:6:5: undefined: Mul\\n"}',
  '{"ImportPath":"example.com/sums/calc [example.com/sums/calc.test]","Action":"build-fail"}',
  '{"Time":"2026-01-01T00:00:00Z","Action":"start","Package":"example.com/sums/calc"}',
  '{"Time":"2026-01-01T00:00:00Z","Action":"output","Package":"example.com/sums/calc","Output":"FAIL\\texample.com/sums/calc [build failed]\\n"}',
  '{"Time":"2026-01-01T00:00:00Z","Action":"fail","Package":"example.com/sums/calc","Elapsed":0,"FailedBuild":"example.com/sums/calc [example.com/sums/calc.test]"}',
].join("\n");
const GO_GREEN = [
  ...["TestAdd", "TestMul"].flatMap((name) => [
    `{"Time":"2026-01-01T00:00:00Z","Action":"run","Package":"example.com/sums/calc","Test":"${name}"}`,
    `{"Time":"2026-01-01T00:00:00Z","Action":"output","Package":"example.com/sums/calc","Test":"${name}","Output":"--- PASS: ${name} (0.00s)\\n"}`,
    `{"Time":"2026-01-01T00:00:00Z","Action":"pass","Package":"example.com/sums/calc","Test":"${name}","Elapsed":0}`,
  ]),
  '{"Time":"2026-01-01T00:00:00Z","Action":"pass","Package":"example.com/sums/calc","Elapsed":0.01}',
].join("\n");

/** Programs by name: each is a shell script that answers as the real one did, by whether the code is there. */
export const RECORDED_PROGRAMS: Readonly<Record<string, string>> = {
  "recorded/python": answering("calc/mul.py", PYTEST_GREEN, PYTEST_RED, "${word#--junitxml=}"),
  "recorded/go": answering("calc/mul.go", GO_GREEN, GO_RED, "/dev/stdout"),
};

function answering(source: string, green: string, red: string, report: string): string {
  return `#!/bin/sh
for word; do case $word in --junitxml=*) break;; esac; done
if [ -e ${source} ]; then cat > "${report}" <<'END'
${green}
END
exit 0; fi
cat > "${report}" <<'END'
${red}
END
exit 1
`;
}
