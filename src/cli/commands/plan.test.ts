import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandWorld } from "../../../test/support/command-world.ts";

let world: CommandWorld;

beforeEach(() => {
  world = new CommandWorld();
});

afterEach(() => {
  world.remove();
});

function write(
  name: string,
  issues: readonly { readonly number: number; readonly title: string; readonly body: string }[],
): void {
  const rows = issues.map((issue) => ({
    ...issue,
    state: "OPEN",
    labels: [],
    url: `https://example.org/${issue.number}`,
  }));
  fs.writeFileSync(path.join(world.root, name), JSON.stringify(rows));
}

const CRITERIA = "\n\n## Acceptance criteria\n\n- [ ] it works\n";

test("a plan that a run could start with ends with 0 and changes nothing", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: none${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  const before = world.git("status", "--porcelain", "--ignored");
  const { code, out } = await world.run("plan", "issues.json");
  expect(code).toBe(0);
  expect(out).toContain("Wave 2");
  expect(world.git("status", "--porcelain", "--ignored")).toBe(before);
  const json = JSON.parse((await world.run("plan", "issues.json", "--json")).out) as {
    readonly waves: unknown;
  };
  expect(json.waves).toEqual([["#1"], ["#2"]]);
});

test("a cycle is named, and the exit code is 2", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Depends on: #2${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  const { code, out, told } = await world.run("plan", "issues.json");
  expect(code).toBe(2);
  expect(out).toContain("#1");
  expect(told).toMatch(/^A run would not start: /);
});

test("issues that may collide are asked about: 5, unless the safe choice is taken", async () => {
  write("issues.json", [
    { number: 1, title: "One", body: `Files: src/a.ts${CRITERIA}` },
    { number: 2, title: "Two", body: `Files: src/a.ts${CRITERIA}` },
  ]);
  expect((await world.run("plan", "issues.json")).code).toBe(5);
  expect((await world.run("plan", "issues.json", "--autonomous")).code).toBe(0);
});

test("the graph is printed for Mermaid and for Graphviz, whatever the titles hold", async () => {
  write("issues.json", [
    { number: 1, title: 'The "first" <one>; `x`', body: `Depends on: none${CRITERIA}` },
    { number: 2, title: "Two", body: `Depends on: #1${CRITERIA}` },
  ]);
  expect((await world.run("plan", "issues.json", "--mermaid")).out).toBe(
    'flowchart LR\n  i1["#35;1 The #34;first#34; #60;one#62;#59; #96;x#96;"]\n  i2["#35;2 Two"]\n  i1 --> i2\n',
  );
  const dot = (await world.run("plan", "issues.json", "--dot")).out;
  expect(dot).toContain('"#1" [label="#1 The \\"first\\" <one>; `x`"];');
  expect(dot).toContain('"#1" -> "#2";');
});
