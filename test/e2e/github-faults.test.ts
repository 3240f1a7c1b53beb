import { expect, test } from "vitest";
import { chosenByCommit } from "../support/e2e-chosen.ts";
import {
  allGitHubCases,
  DIRECT,
  INTEGRATION,
  runGitHubCalmly,
  runGitHubCase,
} from "../support/e2e-github-faults.ts";

const A_DOZEN = 12;

test(
  "a run on GitHub killed at a dozen points, chosen by the commit, ends as if it had never been killed",
  { timeout: 480_000 },
  async () => {
    const scenarios = [DIRECT, INTEGRATION];
    const calm = new Map(
      await Promise.all(
        scenarios.map(
          async (scenario) => [scenario.name, await runGitHubCalmly(scenario)] as const,
        ),
      ),
    );
    const once = allGitHubCases(calm).filter(({ name }) => name.startsWith("once"));
    const waiting = [...chosenByCommit(once, A_DOZEN)];
    expect(waiting).toHaveLength(A_DOZEN);
    const red: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const reference = calm.get(next.scenario.name);
        if (reference === undefined) throw new Error(`${next.name} has no calm run`);
        const { problems } = await runGitHubCase(next, reference);
        if (problems.length > 0) red.push(`${next.name}: ${problems.join("\n")}`);
      }
    };
    await Promise.all([work(), work()]);
    expect(red).toEqual([]);
  },
);
