// Many issues at once: what a run costs of GitHub's limits, and a limit that is met in the middle of it.
import { expect, test } from "vitest";
import { GitHubSample, SCALE, type GitHubSampleOptions } from "../support/e2e-github.ts";
import { counted } from "../support/github/counting.ts";
import type { Seen } from "../support/github/server.ts";

/** GitHub's own advice for scripts, by which a run is measured (500 writes an hour are the ceiling). */
const REQUESTS_EACH = 12;
const WRITES_EACH = { direct: 7, integration: 9 } as const;
/** A quarter of an hour: two cores that others use, too, may be slow. */
const LIMIT_MS = 900_000;
const MANY = Number(process.env["CAIRN_MANY"] ?? 100);
const SOME = Math.ceil(MANY * 0.3);

const independent = (count: number): NonNullable<GitHubSampleOptions["issues"]> =>
  Array.from({ length: count }, (_, index) => ({ title: `Part ${index + 1}`, needs: [] }));

async function brought(
  count: number,
  policy: keyof typeof WRITES_EACH,
  before: (sample: GitHubSample) => void = () => undefined,
): Promise<{ readonly seen: readonly Seen[]; readonly requests: number; readonly writes: number }> {
  const config = `review: {mode: none}\n${policy === "integration" ? "land: auto\n" : ""}`;
  const sample = await GitHubSample.make({ config, issues: independent(count) });
  const { hub, double } = sample.world;
  try {
    for (const issue of hub.issues.values()) issue.body = `${issue.body ?? ""}\nDepends on: none\n`;
    before(sample);
    const args = ["run", "Phase 1", "--autonomous", "--parallel", "8", "--target-policy", policy];
    const end = await sample.start(args, {}, { hangsAfterMs: LIMIT_MS }).ended;
    expect(end).toMatchObject({ code: 0 });
    const { tasks } = sample.run().run;
    expect([...tasks.values()].filter(({ status }) => status === "merged")).toHaveLength(count);
    const issues = [...hub.issues.values()].filter(({ pull }) => pull === null);
    expect(issues.filter(({ state }) => state === "open")).toEqual([]);
    const { requests, writes, byRoute } = counted(double.seen);
    console.log(`${count} issues, ${policy}: ${requests} requests, ${writes} writes`, byRoute);
    expect(double.seen.flatMap(({ defects }) => defects)).toEqual([]);
    return { seen: double.seen, requests: requests / count, writes: writes / count };
  } finally {
    await sample.close();
  }
}

test.each([
  [MANY, "direct"],
  [SOME, "integration"],
] as const)(
  "%d issues, %s: within what GitHub allows",
  async (count, policy) => {
    const { requests, writes } = await brought(count, policy);
    expect(requests).toBeLessThan(REQUESTS_EACH);
    expect(writes).toBeLessThanOrEqual(WRITES_EACH[policy]);
  },
  LIMIT_MS,
);

test(
  "a secondary limit in the middle of a run holds everybody to the second it names",
  async () => {
    const wait = 600;
    let isSet = false;
    const { seen } = await brought(4, "direct", ({ world }) => {
      world.hub.watchers.add((event) => {
        if (isSet || event.kind !== "pull" || event.action !== "ready_for_review") return;
        isSet = true;
        // The next request meets it, whichever that is.
        world.double.faults.push({ on: "*", kind: "secondary", times: 1, wait });
      });
    });
    const api = seen.filter(({ route }) => route !== "git");
    const refused = api.find(({ status }) => status === 403)?.at ?? Number.NaN;
    const until = refused + wait * 1_000;
    const after = api
      .filter(({ at, status }) => at >= refused && status !== 403)
      .map(({ at }) => at);
    // What was on its way when the limit was told is answered all the same, within a moment of this clock.
    const MOMENT_MS = 2_000 * SCALE;
    expect(after.filter((at) => at > refused + MOMENT_MS && at < until)).toEqual([]);
    // A busy machine may be late, never as late as somebody who waits for the whole time once more.
    expect(after.some((at) => at >= until && at < until + (wait * 1_000) / 2)).toBe(true);
  },
  LIMIT_MS,
);
