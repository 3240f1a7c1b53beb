import { expect, test } from "vitest";
import { readDependencies } from "./read-dependencies.ts";

/** `~`: soft, `?`: names no issue, `<`: it waits for this one. */
const read = (body: string): readonly string[] =>
  readDependencies(body, { firstLine: 1 }).declarations.map(
    ({ target, resolved, dependent, reverse, strength }) =>
      `${dependent === undefined ? "" : `${dependent} waits for `}${reverse === true ? "<" : ""}${strength === "soft" ? "~" : ""}${target}${resolved ? "" : "?"}`,
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
  ["## Dependencies\n\n<ul><li>#1</li></ul>", ["#1"]],
  ["## Dependencies\n\n<ul>\n<li>#1</li>\n<li>#2</li>\n</ul>", ["#1", "#2"]],
  ["## Dependencies\n\n<table><tr><td>#1</td></tr></table>", ["#1 (in a quote, code or HTML)?"]],
  ["## Dependencies\n\n> #1", ["#1 (in a quote, code or HTML)?"]],
  ["## Dependencies\n\n```\n#1\n```", ["#1 (in a quote, code or HTML)?"]],
  ["## Dependencies\n\n```\n#1\n```\n\n- #2", ["#2"]],
  ["## Dependencies\n\n```sh\nnpm install # 1\n```", []],
  ["## Dependencies\n\n> Name what this waits for", []],
  ["## Dependencies\n\n<!-- #1 -->", []],
  ["## Dependencies\n\n<!--\n- #1\n-->", []],
  ["## Dependencies\n\n_No response_", []],
  ["<details>\n<summary>More</summary>\nDepends on #12\n</details>", ["#12"]],
  ["<p>Depends on #12</p>", ["#12"]],
  ["Run `<p>Depends on #12</p>` first", []],
  ["<pre>\n<p>Depends on #12</p>\n</pre>", []],
  ["<!--\n<p>Depends on #12</p>\n-->", []],
  ["## Dependencies\n\n- #12 must land after this", ["<#12"]],
  ["## Dependencies\n\n- #12 comes after", ["<#12"]],
  ["## Dependencies\n\n- Followed by #12", ["<#12"]],
  ["#12 must not land after this.", []],
  ["#12 landed after this.", []],
  [
    "| Issue | Relation |\n|--|--|\n| #13 | blocked by this |\n| #14 | blocks this |",
    ["<#13", "#14"],
  ],
  ["## Dependencies\n\n| Issue | Relation |\n|--|--|\n| #13 | blocked by this |", ["<#13"]],
  ["Dependencies (soft): #12", ["~#12"]],
  ["Depends on (optional): #12", ["~#12"]],
  ["Depends on (if any): #12", ["#12"]],
  ["### Dependencies (soft)\n\n- #12", ["~#12"]],
  ["### Dependencies (optional)\n\n- #12", ["#12"]],
  ["#### Dependencies — nice to have\n\n- #12", ["~#12"]],
  ["## Dependencies\n\n- #1\n\n#### Dependencies — nice to have\n\n- #12", ["#1", "~#12"]],
  ["| Blocked by | #12 |\n|--|--|\n| Blocks | #13 |", ["#12", "<#13"]],
  ["Depends on: #12, which adds the parser", ["#12"]],
  ["Depends on: #12 and we start once it is in", ["#12"]],
  ["Depends on: #12 (the parser), #13 (done)", ["#12", "#13"]],
  ["Depends on: #12 as well as #13", ["#12", "#13"]],
  ["Depends on: #12 then #13", ["#12", "#13"]],
  ["Depends on: #12 along with #13", ["#12", "#13"]],
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
