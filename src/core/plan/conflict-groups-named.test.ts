import { expect, test } from "vitest";
import type { Issue } from "./issue.ts";
import { namedPaths } from "./conflict-groups-named.ts";

function anIssue(body: string, files: readonly string[] = []): Issue {
  return {
    key: "1",
    number: "1",
    title: "One",
    body,
    state: "open",
    closedAs: null,
    labels: [],
    priority: null,
    type: "CODING",
    url: null,
    files,
    acceptanceCriteria: [],
    declarations: [],
    statesDependencies: true,
    place: {},
  };
}

test("files, and every word of the text that may be a path", () => {
  const issue = anIssue("See `src/a.ts`, ./b.ts:12 and app/[id]/page.tsx. No path, really.", [
    "./c",
  ]);
  expect([...namedPaths([issue])]).toEqual([
    "c",
    "src/a.ts",
    "b.ts",
    "app/[id]/page.tsx",
    "really",
  ]);
});

test("a long text without a blank takes no time", () => {
  const startedAt = performance.now();
  expect(namedPaths([anIssue("a".repeat(200_000)), anIssue("./".repeat(100_000))]).size).toBe(1);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
