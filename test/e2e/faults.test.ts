import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allCases, type NamedCase } from "../support/e2e-cases.ts";
import { runCalmly, runCase } from "../support/e2e-faults.ts";
import { PACKAGE } from "../support/e2e-program.ts";
import { TOGETHER } from "../support/e2e-scenarios.ts";

const A_DOZEN = 12;

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-faults-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

/** The commit these tests are run on; a package without a repository has none. */
function commitId(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: PACKAGE, encoding: "utf8" }).trim();
  } catch {
    return "no commit";
  }
}

/** The same dozen for the same commit, others for the next. */
function aDozen(cases: readonly NamedCase[], id: string): readonly NamedCase[] {
  const order = (name: string): string =>
    createHash("sha256").update(`${id} ${name}`).digest("hex");
  return cases
    .filter(({ scenario, name }) => scenario === TOGETHER && name.startsWith("once"))
    .toSorted((a, b) => order(a.name).localeCompare(order(b.name)))
    .slice(0, A_DOZEN);
}

test(
  "a run killed at a dozen points, chosen by the commit, ends as if it had never been killed",
  { timeout: 240_000 },
  async () => {
    const calm = await runCalmly(TOGETHER, home);
    const waiting = [...aDozen(allCases(new Map([[TOGETHER.name, calm]]), 1), commitId())];
    expect(waiting).toHaveLength(A_DOZEN);
    const red: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { problems } = await runCase(next, calm, home);
        if (problems.length > 0) red.push(`${next.name}: ${problems.join("\n")}`);
      }
    };
    await Promise.all([work(), work()]);
    expect(red).toEqual([]);
  },
);
