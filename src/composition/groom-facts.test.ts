import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../test/support/command-world.ts";
import { RunStory } from "../../test/support/run-story.ts";
import type { Milestone } from "../core/plan/issue.ts";
import { conflictFacts } from "./groom-facts.ts";

let world: CommandWorld;

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  world.remove();
});

function aMilestone(reference: string, body: string): Milestone {
  return {
    source: { kind: "markdown", reference },
    title: "M4: Workers",
    number: "m4-workers",
    url: null,
    issues: [
      {
        key: "4.1",
        number: "4.1",
        title: "One",
        body,
        state: "open",
        closedAs: null,
        labels: [],
        priority: null,
        type: "CODING",
        url: null,
        files: [],
        acceptanceCriteria: [],
        declarations: [],
        statesDependencies: true,
        place: {},
      },
    ],
    documents: [],
    handoff: null,
    findings: [],
  };
}

function commit(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files))
    fs.writeFileSync(path.join(world.root, name), text);
  world.git("add", "--all");
  world.git("commit", "--quiet", "--message", "x");
}

test("only files that the issues name are looked for in the history", async () => {
  commit({ "a.ts": "1", "b.ts": "1", "c.ts": "1" });
  commit({ "a.ts": "2", "b.ts": "2", "c.ts": "2" });
  const milestone = aMilestone("docs/M4_workers.md", "Files: `a.ts`, ./b.ts and more.");
  expect(await conflictFacts(milestone, world)).toEqual({
    changedTogether: [{ files: ["a.ts", "b.ts"], commits: 2, rarer: 2 }],
    touched: new Map(),
  });
});

test("what tasks of earlier runs changed is known by their keys, for the same milestone only", async () => {
  const story = new RunStory().begun().started("4.1").accepted("4.1");
  world.store(story);
  expect(await conflictFacts(aMilestone("docs/M4_workers.md", ""), world)).toEqual({
    changedTogether: [],
    touched: new Map([["4.1", ["src/4.1.ts"]]]),
  });
  const other = await conflictFacts(aMilestone("docs/M5.md", ""), world);
  expect(other.touched).toEqual(new Map());
  const dispatch = aMilestone("plan/d.yaml", "");
  const of = {
    ...dispatch.source,
    truth: { kind: "markdown", reference: "docs/M4_workers.md" },
  } as const;
  const filed = await conflictFacts({ ...dispatch, source: of }, world);
  expect([...(filed.touched ?? [])]).toEqual([["4.1", ["src/4.1.ts"]]]);
});

test("a log that cannot be read is no trouble here", async () => {
  fs.mkdirSync(world.cairnFolder, { recursive: true });
  fs.writeFileSync(path.join(world.cairnFolder, "cairn.db"), "no database");
  expect(await conflictFacts(aMilestone("docs/M4_workers.md", ""), world)).toEqual({
    changedTogether: [],
    touched: new Map(),
  });
});
