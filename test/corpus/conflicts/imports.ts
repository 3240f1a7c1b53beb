import { lines, oneFile, type ConflictCase } from "./case.ts";

const BODY = ["", "go();"];
const one = 'import { one } from "./one.ts";';
const ZETA = 'import { zeta } from "zeta";';
const TWO = 'import { two } from "./two.ts";';
const THREE = 'import { three } from "./three.ts";';
const by = "import order";

function added(path: string, base: readonly string[], ours: string, theirs: string) {
  return oneFile(path, {
    base: lines(...base, ...BODY),
    ours: lines(...base, ours, ...BODY),
    theirs: lines(...base, theirs, ...BODY),
  });
}

/** Imports that both sides added: a set where nothing depends on their order, and where something does. */
export const IMPORTS: readonly ConflictCase[] = [
  {
    name: "both added an import to a list that nobody sorts: ours goes first",
    ...added("a.ts", [ZETA, one], TWO, THREE),
    class: "trivial",
    settled: { "a.ts": { by, text: lines(ZETA, one, TWO, THREE, ...BODY) } },
  },
  {
    name: "both sort their imports, so the result is sorted",
    ...added(
      "a.ts",
      ['import a from "./a.ts";'],
      'import c from "./c.ts";',
      'import b from "./b.ts";',
    ),
    class: "trivial",
    settled: {
      "a.ts": {
        by,
        text: lines(
          'import a from "./a.ts";',
          'import b from "./b.ts";',
          'import c from "./c.ts";',
          ...BODY,
        ),
      },
    },
  },
  {
    name: "one of the two added lines is the same on both sides",
    ...oneFile("a.mjs", {
      base: lines(one, ...BODY),
      ours: lines(one, 'import s from "s";', 'import t from "t";', ...BODY),
      theirs: lines(one, 'import u from "u";', 'import s from "s";', ...BODY),
    }),
    class: "trivial",
    settled: {
      "a.mjs": {
        by,
        text: lines(one, 'import s from "s";', 'import t from "t";', 'import u from "u";', ...BODY),
      },
    },
  },
  {
    name: "each uses what it imports further down",
    ...oneFile("a.ts", {
      base: lines(one, "", "a();", "b();", "c();", "d();", "e();", "f();"),
      ours: lines(
        one,
        'import { p } from "p";',
        "",
        "p();",
        "b();",
        "c();",
        "d();",
        "e();",
        "f();",
      ),
      theirs: lines(
        one,
        'import { q } from "q";',
        "",
        "a();",
        "b();",
        "c();",
        "d();",
        "e();",
        "q();",
      ),
    }),
    class: "trivial",
    settled: {
      "a.ts": {
        by,
        text: lines(
          one,
          'import { p } from "p";',
          'import { q } from "q";',
          "",
          "p();",
          "b();",
          "c();",
          "d();",
          "e();",
          "q();",
        ),
      },
    },
  },
  {
    name: "imports of python",
    ...added(
      "a.py",
      ['"""Says what it is."""', "import abc"],
      "import json",
      "from pathlib import Path",
    ),
    class: "trivial",
    settled: {
      "a.py": {
        by,
        text: lines(
          '"""Says what it is."""',
          "import abc",
          "import json",
          "from pathlib import Path",
          ...BODY,
        ),
      },
    },
  },
  {
    name: "types and defaults and whole modules",
    ...added("a.tsx", [one], 'import type { T } from "t";', 'import D, * as S from "s";'),
    class: "trivial",
    settled: {
      "a.tsx": {
        by,
        text: lines(one, 'import D, * as S from "s";', 'import type { T } from "t";', ...BODY),
      },
    },
  },
  {
    name: "trap: an import for its effect has a place",
    ...added("a.ts", [one], 'import "./register.ts";', 'import { three } from "./three.ts";'),
    class: "medium",
  },
  {
    name: "trap: both bind the same name",
    ...added("a.ts", [one], 'import { x } from "./two.ts";', 'import { x } from "./three.ts";'),
    class: "medium",
  },
  {
    name: "trap: both extended the same import",
    ...oneFile("a.ts", {
      base: lines(one, ...BODY),
      ours: lines('import { one, a } from "./one.ts";', ...BODY),
      theirs: lines('import { one, b } from "./one.ts";', ...BODY),
    }),
    class: "medium",
  },
  {
    name: "trap: both import from the same place",
    ...added("a.ts", [one], 'import { x } from "m";', 'import { y } from "m";'),
    class: "medium",
  },
  {
    name: "trap: one side took an import away",
    ...oneFile("a.ts", {
      base: lines('import z from "z";', one, ...BODY),
      ours: lines('import z from "z";', 'import { p } from "p";', ...BODY),
      theirs: lines('import z from "z";', one, 'import { q } from "q";', ...BODY),
    }),
    class: "medium",
  },
  {
    name: "trap: code beside the imports",
    ...oneFile("a.ts", {
      base: lines(one, "go();"),
      ours: lines(one, 'import { p } from "p";', "go(1);"),
      theirs: lines(one, 'import { q } from "q";', "go(2);"),
    }),
    class: "medium",
  },
  {
    name: "trap: lines that look like imports in a template",
    ...oneFile("a.ts", {
      base: lines(one, "const text = `", 'import a from "a";', "`;"),
      ours: lines(one, "const text = `", 'import a from "a";', 'import b from "b";', "`;"),
      theirs: lines(one, "const text = `", 'import a from "a";', 'import c from "c";', "`;"),
    }),
    class: "medium",
  },
  {
    name: "trap: an import of python's future",
    ...added("a.py", ["import abc"], "from __future__ import annotations", "import json"),
    class: "medium",
  },
  {
    name: "trap: everything of a module of python",
    ...added("a.py", ["import abc"], "from os import *", "import json"),
    class: "medium",
  },
  {
    name: "trap: includes of C may depend on each other",
    ...added("a.c", ["#include <a.h>"], "#include <b.h>", "#include <c.h>"),
    class: "medium",
  },
  {
    name: "trap: the same name is bound by an import of several lines",
    ...oneFile("a.ts", {
      base: lines(one, "", "// more", 'import z from "z";', ...BODY),
      ours: lines(one, 'import { p } from "p";', "", "// more", 'import z from "z";', ...BODY),
      theirs: lines(
        one,
        'import { q } from "q";',
        "",
        "// more",
        'import z from "z";',
        "import {",
        "  p,",
        '} from "other";',
        ...BODY,
      ),
    }),
    class: "medium",
  },
];
