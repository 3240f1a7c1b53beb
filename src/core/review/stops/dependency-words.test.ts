import { expect, test } from "vitest";
import { dependencyWords } from "./dependency-words.ts";

const words = (path: string, before: string | null, after: string | null): readonly string[] =>
  dependencyWords([{ path, before, after, added: 1, deleted: 1 }]);

test.each([
  [
    "package.json",
    '{"dependencies": {"a": "^1.0.0", "b": "1"}, "devDependencies": {"c": "2"}}',
    '{"version": "9", "dependencies": {"a": "^2.0.0", "d": "github:x/d"}, "devDependencies": {"c": "2"}}',
    ["changes a from ^1.0.0 to ^2.0.0", "adds d github:x/d", "removes b 1"],
  ],
  [
    "requirements-dev.txt",
    "# tools\nFlask==2.0 ; python_version > '3'\n-r base.txt\n",
    "flask==3.0 --hash=sha256:0\nrequests[socks] >=2, <3\n-e .\n",
    ["changes flask from ==2.0 to ==3.0", "adds requests >=2, <3"],
  ],
  [
    "api/pyproject.toml",
    '[project]\nname = "x"\ndependencies = [\n  "a>=1", # why\n]\n',
    '[project]\nname = "y"\ndependencies = [\n  "a>=1",\n  "b[c]~=2",\n]\n[tool.poetry.group.dev.dependencies]\npython = "^3"\nd = { version = "^4", extras = ["e"] }\n[tool.other]\nf = "1"\n',
    ["adds b ~=2", "adds d ^4"],
  ],
  [
    "Cargo.toml",
    '[package]\nversion = "1"\n[dependencies]\na = "1"\n',
    '[package]\nversion = "2"\n[dependencies]\na = { version = "2", features = ["x"] }\n[dev-dependencies.b]\nversion = "3"\n[target.\'cfg(unix)\'.dependencies]\nc = "4"\n',
    ["changes a from 1 to 2", "adds b 3", "adds c 4"],
  ],
  [
    "go.mod",
    "module x/y\n\ngo 1.22\n\nrequire (\n\ta.b/c v1.0.0\n\td.e/f v0.1.0 // indirect\n)\n",
    "module x/y\n\ngo 1.23\n\nrequire a.b/c v1.1.0\n\nreplace g.h/i v1.0.0 => ../i\n",
    ["changes a.b/c from v1.0.0 to v1.1.0", "removes d.e/f v0.1.0"],
  ],
  ["package.json", null, '{"dependencies": {"a": "1"}}', ["adds a 1"]],
  ["package.json", '{"dependencies": {"a": "1"}}', null, ["removes a 1"]],
  ["package.json", '{"dependencies": {"a": "1"}}', "{ half", []],
  ["package.json", '{"scripts": {"a": "1"}}', '{"scripts": {"a": "2"}}', []],
  ["src/package.json.ts", "{}", '{"dependencies": {"a": "1"}}', []],
])("%s: %j became %j", (path, before, after, expected) => {
  expect(words(path, before, after)).toEqual(expected.map((word) => `${path} ${word}.`));
});

test("a lock file that is too long to be read is named: nobody has looked at its licences", () => {
  expect(words("package-lock.json", null, null)).toEqual([
    "package-lock.json is too long to be read: the licences in it were not looked at.",
  ]);
  expect(words("logo.png", null, null)).toEqual([]);
});

test("a name steers no terminal", () => {
  const wanted = JSON.stringify({ dependencies: { "evil\u001B[2J\nname": "1" } });
  expect(words("package.json", null, wanted)).toEqual(["package.json adds evil [2J name 1."]);
});

test("a manifest that is written anew gives no endless question", () => {
  const many = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`a${index}`, "1"]));
  const told = words("package.json", null, JSON.stringify({ dependencies: many }));
  expect(told.length).toBe(6);
  expect(told.at(-1)).toBe("And 85 more.");
});
