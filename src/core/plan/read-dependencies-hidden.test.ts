import { expect, test } from "vitest";
import { readDependencies } from "./read-dependencies.ts";

const read = (body: string): readonly string[] =>
  readDependencies(body, { firstLine: 1 }).declarations.map(
    ({ target, resolved, dependent }) =>
      `${dependent === undefined ? "" : `${dependent} waits for `}${target}${resolved ? "" : "?"}`,
  );

// Shapes in which an edge is easily lost, or one is seen that is none.
test.each<[string, readonly string[]]>([
  ["**Blocked by**\n\n#1", ["#1"]],
  ["Blocked by:\n\n#1\n#2", ["#1", "#2"]],
  ["depends_on: [1, 2]", ["1", "2"]],
  ["Depends on: [4.1]", ["4.1"]],
  ["dependencies: [login]", ["[login]?"]],
  ["Depends on: [issue number]", []],
  ["Depends on: [ ]", []],
  ["Depends on: #3 → #4", ["#4 waits for #3", "#4"]],
  ["Blocked by: ~~#1~~ (done)", []],
  ["Blocked by: ~~#1~~ ✅ merged", []],
  ["Blocked by: (none)", []],
  ["Blocked by: nobody", []],
  ["<del>Depends on #12</del>", []],
  ["<s>Blocked by: #12</s> and more", []],
])("%j declares %j", (body, edges) => {
  expect(read(body)).toEqual(edges);
});

test("prerequisites that name an issue are a statement about blockers", () => {
  expect(readDependencies("## Prerequisites\n- #1", { firstLine: 1 })).toMatchObject({
    statesDependencies: true,
    declarations: [{ target: "#1" }],
  });
});

test("marks that never pair are read as plain words", () => {
  const marks = ["_a*", "<!--", "]", "~~x"].map((mark) => mark.repeat(10_000));
  expect(marks.map((mark) => read(`Depends on #1 ${mark}`)[0])).toEqual(["#1", "#1", "#1", "#1"]);
});
