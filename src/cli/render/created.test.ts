import { expect, test } from "vitest";
import type { CreatedOnForge } from "../../composition/create-milestone.ts";
import { renderCreated } from "./created.ts";

const LOOK = { width: 80, colour: false, ascii: false };
const issue = { number: 12, url: "https://example.org/12", newBlockers: [] };
const CREATED: CreatedOnForge = {
  repository: "ada/mill",
  title: "M4",
  number: 3,
  url: "https://example.org/milestone/3",
  outcome: "found",
  isClosed: true,
  labels: ["api"],
  issues: [
    { ...issue, key: "4.1", title: "Read", outcome: "created" },
    { ...issue, key: "4.2", title: "Check", outcome: "updated", newBlockers: ["4.1"] },
    { ...issue, key: "4.3", title: "Say", outcome: "edited" },
    { ...issue, key: "4.4", title: "Sing", outcome: "taken" },
  ],
  edges: "text",
  writes: 4,
  leftOut: ["One issue is done already."],
};

test("what was done, what stays and why", () => {
  expect(renderCreated(CREATED, false, LOOK)).toBe(`M4
milestone of ada/mill, there, closed  https://example.org/milestone/3

  new       4.1 #12 Read  https://example.org/12
  updated   4.2 #12 Check, waits for 4.1  https://example.org/12
  edited    4.3 #12 Say  https://example.org/12
  by hand   4.4 #12 Sing  https://example.org/12

Labels made: api
A person has edited 4.3: text and labels stay as they are there.
4.4: an issue of that title is there already; its text stays.
GitHub here knows no edges between issues: their texts say \`Depends on: #N\`.
Left out: One issue is done already.
Done: 4 issues, 4 writes.`);
});

test("a dry run says what would be", () => {
  const text = renderCreated(
    { ...CREATED, number: null, url: null, outcome: "created", isClosed: false },
    true,
    LOOK,
  );
  expect(text).toContain("milestone of ada/mill, new\n");
  expect(text).toContain("  to update 4.2");
  expect(text).toContain("Labels to make: api");
  expect(text).toContain("Nothing was written; without --dry-run: 4 issues, 4 writes.");
});
