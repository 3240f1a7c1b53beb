import { expect, test } from "vitest";
import { patternMatcher } from "./conflict-groups-pattern.ts";

test.each<[string, readonly string[], readonly string[]]>([
  ["src/*.ts", ["src/a.ts", "src/.ts"], ["src/a/b.ts", "src/a.tsx", "a.ts"]],
  ["src/**/*.test.ts", ["src/a.test.ts", "src/a/b/c.test.ts"], ["src/a.ts", "test/a.test.ts"]],
  ["**/auth/**", ["auth/a", "x/y/auth/z/w.ts", "auth"], ["author/a.ts"]],
  ["**/*", ["a", "a/b/c"], []],
  ["a?c/x", ["abc/x"], ["ac/x", "a/c/x", "abbc/x"]],
  ["src/*.{ts,tsx}", ["src/a.ts", "src/a.tsx"], ["src/a.js", "src/a.{ts,tsx}"]],
  ["{a,b{c,d}}.ts", ["a.ts", "bc.ts", "bd.ts"], ["b.ts", "c.ts"]],
  ["app/[id]/*", ["app/[id]/page.tsx"], ["app/i/page.tsx"]],
  ["a*b*c", ["abc", "axbxbxc", "abbc"], ["acb", "ab"]],
  ["{a", ["{a"], ["a"]],
])("%s", (pattern, fitting, others) => {
  const matcher = patternMatcher(pattern);
  const fits = (path: string): boolean => matcher(path.split("/"));
  expect(fitting.filter((path) => !fits(path))).toEqual([]);
  expect(others.filter(fits)).toEqual([]);
});

test.each([
  "*a*a*a*a*a*a*a*b",
  "**/*a/**/*a/**/*a/**/*b",
  "{a,b,{c,d{e,f}}}*{g,h}*{i,j}*{k,l}*{m,n}*b",
  `{${"a,".repeat(50)}b}*b`,
  "?".repeat(110),
  `a/${"{".repeat(60)},${"}".repeat(40)}*`,
])("%s takes no time on any path", (pattern) => {
  const matcher = patternMatcher(pattern);
  const fits = (path: string): boolean => matcher(path.split("/"));
  const startedAt = performance.now();
  for (const path of ["a".repeat(290), "a/".repeat(145), `x/${"a".repeat(280)}.ts`])
    expect(fits(path)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(200);
});
