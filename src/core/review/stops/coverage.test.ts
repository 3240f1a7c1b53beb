import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverageOfChange } from "./coverage.ts";

const LCOV = `TN:
SF:src/a.ts
FN:1,a
DA:1,1
DA:2,0
DA:3,12
end_of_record
SF:/w/src/b.ts
DA:1,0
end_of_record
`;
const COBERTURA = `<?xml version="1.0"?>
<coverage line-rate="0.5"><sources><source>/w/src</source></sources><packages><package name="x"><classes>
<class name="a" filename="a.py"><methods><method name="f"><lines><line number="1" hits="1"/></lines></method></methods>
<lines><line number="1" hits="1"/><line hits='0' number='2' branch="true"/></lines></class>
<class name="b" filename="b&amp;c.py"><lines><line number="1" hits="3"/></lines></class>
</classes></package></packages></coverage>`;

const of = (
  report: string,
  files: Readonly<Record<string, readonly number[]>>,
  root = "/w",
): unknown => coverageOfChange(report, new Map(Object.entries(files)), root);

describe("coverage of the changed lines", () => {
  test.each([
    ["lines that were run and lines that were not", LCOV, { "src/a.ts": [1, 2, 3] }, [2, 3]],
    ["only the changed ones", LCOV, { "src/a.ts": [2] }, [0, 1]],
    ["lines no report speaks of do not count", LCOV, { "src/a.ts": [3, 4, 5] }, [1, 1]],
    ["an absolute path below the folder", LCOV, { "src/b.ts": [1] }, [0, 1]],
    ["a file that no report knows", LCOV, { "src/c.ts": [1], "docs/a.md": [1] }, [0, 0]],
    ["Cobertura, below its source", COBERTURA, { "src/a.py": [1, 2], "src/b&c.py": [1] }, [2, 3]],
  ] as const)("%s", (_name, report, files, [covered, total]) => {
    expect(of(report, files)).toEqual({ covered, total });
  });

  test("a report from a package's folder, or from inside a container, is understood where it can mean one file only", () => {
    expect(of(LCOV, { "packages/x/src/a.ts": [1, 2] })).toEqual({ covered: 1, total: 2 });
    const container = "SF:/app/src/a.ts\nDA:1,1\nend_of_record\n";
    expect(of(container, { "src/a.ts": [1] })).toEqual({ covered: 1, total: 1 });
    const two = `${container}SF:/app/packages/x/src/a.ts\nDA:1,0\nend_of_record\n`;
    expect(of(two, { "src/a.ts": [1] })).toEqual({ covered: 0, total: 0 });
  });

  test("a line that several records speak of was run if one of them says so", () => {
    const twice =
      "SF:a.ts\nDA:1,0\nend_of_record\nSF:./a.ts\nDA:1,2\nend_of_record\nSF:a.ts\nDA:1,0\nend_of_record";
    expect(of(twice, { "a.ts": [1] })).toEqual({ covered: 1, total: 1 });
  });

  test("what is no report measures nothing", () => {
    for (const text of ["", "no report", "<coverage></coverage>", "{}", "DA:1,1"])
      expect(of(text, { "a.ts": [1] })).toBeNull();
  });

  test("any text is read, and never more is covered than there is", () => {
    const part = fc.constantFrom(
      "SF:a.ts",
      "DA:1,1",
      "DA:x,y",
      "DA:",
      "end_of_record",
      "<coverage>",
      '<class filename="a.ts">',
      '<line number="1" hits="1"/>',
      "<line >",
      "</class>",
      "<source>",
      "/",
      "\n",
      "é",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.string(), (some, any) => {
        const report = `${some.join("\n")}${any}`;
        const found = coverageOfChange(report, new Map([["a.ts", [1, 2]]])) ?? {
          covered: 0,
          total: 0,
        };
        expect(found.covered).toBeLessThanOrEqual(found.total);
        expect(found.total).toBeLessThanOrEqual(2);
      }),
    );
  });
});
