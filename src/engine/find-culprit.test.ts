import fc from "fast-check";
import { expect, test } from "vitest";
import type { GateResult } from "../core/execute/gates.ts";
import { findCulprit } from "./find-culprit.ts";

const GATE = {
  name: "test",
  kind: "test",
  exitCode: 0,
  problem: null,
  durationMs: 1,
  failures: [],
  tail: "",
} as const;

function search(
  count: number,
  isGreen: (commit: string, time: number) => boolean,
  commit = `c${count}`,
) {
  const landings = Array.from({ length: count }, (_, at) => ({
    task: `#${at + 1}`,
    commit: `c${at + 1}`,
    onto: at === 0 ? "base" : `c${at}`,
  }));
  const times = new Map<string, number>();
  return findCulprit({ base: "base", commit, landings, gates: ["test"] }, [], async (at) => {
    const time = (times.get(at) ?? 0) + 1;
    times.set(at, time);
    const results: readonly GateResult[] = [{ ...GATE, ok: isGreen(at, time) }];
    return { results };
  });
}

const number = (commit: string): number => (commit === "base" ? 0 : Number(commit.slice(1)));

test("whichever landing broke it is named, in a few trials", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.nat(), async (count, pick) => {
      const bad = 1 + (pick % count);
      const { culprit, search: found } = await search(count, (at) => number(at) < bad);
      expect(culprit).toBe(`#${bad}`);
      // The base, the halves, and once more what decides.
      expect(found.trials.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count + 1)));
    }),
  );
});

test("what was red before the run began is nobody's fault", async () => {
  const { culprit, search: found } = await search(8, () => false);
  expect(culprit).toBeNull();
  expect(found).toMatchObject({ trials: [{ task: null, commit: "base", ok: false }] });
  expect(found.why).toContain("before anything of this run");
});

test("what others put on top of the last merge is not blamed on the run", async () => {
  const { culprit, search: found } = await search(4, (at) => at !== "by-hand", "by-hand");
  expect(culprit).toBeNull();
  expect(found.why).toContain("green after the last merge");
});

test("a landing that is green the second time is not named", async () => {
  const { culprit, search: found } = await search(4, (at, time) => number(at) < 3 || time > 1);
  expect(culprit).toBeNull();
  expect(found.why).toContain("flake");
});

test("what was red before in the same gate is not held against a landing", async () => {
  const baseline: readonly GateResult[] = [{ ...GATE, ok: false, failures: ["old"] }];
  const measure = async (at: string) => ({
    results: [{ ...GATE, ok: false, failures: at === "base" ? ["old"] : ["old", "new"] }],
  });
  const landings = [{ task: "#1", commit: "c1", onto: "base" }];
  const asked = { base: "base", commit: "c1", landings, gates: ["test"] };
  const found = await findCulprit(asked, baseline, measure);
  expect(found.culprit).toBe("#1");
});

test("a gate that was red before all of it does not hide who broke another one", async () => {
  const landings = ["1", "2", "3"].map((task) => ({ task, commit: `c${task}`, onto: null }));
  const asked = { base: "base", commit: "c3", landings, gates: ["lint", "test"] };
  const found = await findCulprit(asked, [], async (at) => ({
    results: [
      { ...GATE, name: "lint", ok: false },
      { ...GATE, ok: at === "base" || number(at) < 2 },
    ],
  }));
  expect(found.culprit).toBe("2");
});

test("gates that were ended from outside accuse nobody", async () => {
  const landings = [{ task: "1", commit: "c1", onto: null }];
  const asked = { base: "base", commit: "c1", landings, gates: ["test"] };
  const ended = { ...GATE, ok: false, problem: "ended" } as const;
  const searching = findCulprit(asked, [], async () => ({ results: [ended] }));
  await expect(searching).rejects.toMatchObject({
    code: "trouble/gates-ended",
  });
});

test("what others put on the branch between two landings is blamed on nobody", async () => {
  const landings = [
    { task: "1", commit: "c1", onto: "base" },
    { task: "2", commit: "c3", onto: "by-hand" },
  ];
  const asked = { base: "base", commit: "c3", landings, gates: ["test"] };
  const { culprit, search: found } = await findCulprit(asked, [], async (at) => ({
    results: [{ ...GATE, ok: at === "base" || at === "c1" }],
  }));
  expect(culprit).toBeNull();
  expect(found.why).toContain("just before 2 was merged");
});

/** A branch on which tasks were merged and, written `-A`, taken back; `breaks`: those that it is red with. */
async function history(moves: readonly string[], breaks: readonly string[]) {
  const there = new Set<string>();
  const reds = new Map<string, boolean>([["base", false]]);
  const landings = moves.map((move, at) => {
    const task = move.replace("-", "");
    if (move === task) there.add(task);
    else there.delete(task);
    const commit = `${at + 1}`;
    reds.set(
      commit,
      breaks.some((name) => there.has(name)),
    );
    const onto = at === 0 ? "base" : `${at}`;
    return { task, commit, onto, ...(move === task ? {} : { takesBack: true as const }) };
  });
  const asked = { base: "base", commit: `${moves.length}`, landings, gates: ["test"] };
  return findCulprit(asked, [], async (at) =>
    Promise.resolve({ results: [{ ...GATE, ok: reds.get(at) === false }] }),
  );
}

test("what was taken back is not blamed again, and what came after it is found", async () => {
  expect((await history(["A", "B", "-A", "C"], ["A", "C"])).culprit).toBe("C");
  expect((await history(["X", "A", "B", "-A", "C", "D"], ["A", "D"])).culprit).toBe("D");
  expect((await history(["A", "-A", "A", "B"], ["A"])).culprit).toBe("A");
});

test("where the wrong one was taken back the search goes on before it, or says what it cannot tell", async () => {
  expect((await history(["X", "A", "Y", "-A"], ["X"])).culprit).toBe("X");
  const { culprit, search: found } = await history(["X", "A", "Y", "-A"], ["Y"]);
  expect(culprit).toBeNull();
  expect(found.why).toBe(
    "Green before A was merged, and red where it was taken back again: Y, or the taking back itself broke it.",
  );
});
