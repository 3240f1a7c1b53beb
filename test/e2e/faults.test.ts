import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allCases } from "../support/e2e-cases.ts";
import { chosenByCommit } from "../support/e2e-chosen.ts";
import { runCalmly, runCase } from "../support/e2e-faults.ts";
import { TOGETHER } from "../support/e2e-scenarios.ts";

const A_DOZEN = 12;

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-faults-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

test(
  "a run killed at a dozen points, chosen by the commit, ends as if it had never been killed",
  { timeout: 240_000 },
  async () => {
    const calm = await runCalmly(TOGETHER, home);
    const once = allCases(new Map([[TOGETHER.name, calm]]), 1).filter(
      ({ scenario, name }) => scenario === TOGETHER && name.startsWith("once"),
    );
    const waiting = [...chosenByCommit(once, A_DOZEN)];
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
