import { expect, test } from "vitest";
import type { Issue } from "./issue.ts";
import { finderOf } from "./resolve-edges-names.ts";

const issue = (key: string, url: string | null = null): Issue => ({
  key,
  number: key.replace("#", ""),
  title: key,
  body: "",
  state: "open",
  closedAs: null,
  labels: [],
  priority: null,
  type: "CODING",
  url,
  files: [],
  acceptanceCriteria: [],
  declarations: [],
  statesDependencies: true,
  place: {},
});

const plain = [issue("#1"), issue("#2"), issue("4.1")];

test.each<[string, string | null, number | undefined]>([
  ["acme/app#1", "acme/app", 0],
  ["Acme/App#2", "acme/app", 1],
  ["acme/app#1", null, undefined],
  ["acme/app#4.1", "acme/app", undefined],
  ["else/where#1", "acme/app", undefined],
  ["#1", "acme/app", 0],
  ["4.1", "acme/app", 2],
])("%s in a repository of %s", (reference, home, found) => {
  expect(finderOf(plain, home)(reference, issue("#9"))).toBe(found);
});

test("among several repositories a bare number is that of its own text's", () => {
  const mixed = [issue("#1"), issue("#1b", "https://github.com/else/where/issues/1")];
  const other = { ...issue("#7", "https://github.com/else/where/issues/7") };
  const find = finderOf([...mixed, other], "acme/app");
  expect(find("#7", other)).toBe(2);
  expect(find("#1", issue("#9"))).toBe(0);
});

test("a project of GitLab is found by its address, within groups too", () => {
  const near = issue("#5", "https://gitlab.com/group/project/-/issues/5");
  const deep = issue("#6", "https://gitlab.com/group/sub/project/-/issues/6");
  const find = finderOf([near, deep]);
  expect(find("group/project#5", near)).toBe(0);
  expect(find("group/sub/project#6", near)).toBe(1);
  expect(find("sub/project#6", near)).toBeUndefined();
});
