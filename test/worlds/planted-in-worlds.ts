import fs from "node:fs";
import path from "node:path";
import type { World } from "../../src/engine/performer.ts";
import type { GitWorld } from "../contract/git-world.ts";
import type { StoryIssue } from "../support/run-story.ts";
import { changedPaths, type Tree } from "./map-tree.ts";
import type { Plant } from "./place.ts";
import { ownOf } from "./pure-world.ts";
import type { GitPlant, Seen } from "./random-git.ts";

/** A bug in a random world, and the promise that it breaks, as the world words it. */
interface Planted<P> {
  readonly name: string;
  readonly breaks: RegExp;
  readonly plant: P;
}

export const PLANTED_IN_TREES: readonly Planted<Plant>[] = [
  {
    name: "a good branch is kept out",
    breaks: /good: 1 is good/,
    plant: {
      physics: (world) => ({
        complain: (commit) =>
          ownOf("1") in world.store.treeOf(commit) ? "own-1:1: it is red" : null,
      }),
    },
  },
  {
    name: "gates that see nothing let a bad branch in",
    breaks: /bad: \d+ never got good and was merged/,
    plant: { physics: () => ({ complain: () => null }) },
  },
  {
    name: "the plan has its edges the wrong way round",
    breaks: /I4: \d+ is merged before/,
    plant: { plan: turnedRound },
  },
  {
    name: "a merged tree lacks an edit of its branch",
    breaks: /I2: \w+ is not the merge of/,
    plant: {
      physics: (world) => ({
        build: (state, request, method) => {
          const built = world.build(state, request, method);
          if (built.kind !== "clean") return built;
          const { store } = world;
          const { tree, parents } = store.get(built.commit);
          const commit = store.commit(withoutEdit(store.treeOf(request.onto), tree), parents);
          return { ...built, commit, tree: store.get(commit).treeId };
        },
      }),
    },
  },
  {
    name: "the newest merge loses an edit when everything is over",
    breaks: /reference: \w+ \(\d+\) is not its serial merge/,
    plant: {
      atEnd: ({ store }, state) => {
        const last = state.landed.at(-1);
        if (last === undefined || last.commit !== state.base) return state;
        const { tree, parents } = store.get(last.commit);
        const [below = ""] = parents;
        // A file of its own would be missed by name.
        const lost = changedPaths(store.treeOf(below), tree).find((file) =>
          file.startsWith("hot-"),
        );
        if (lost === undefined) return state;
        const { [lost]: _lost, ...rest } = tree;
        const commit = store.commit(rest, parents);
        return {
          ...state,
          base: commit,
          landed: [...state.landed.slice(0, -1), { ...last, commit }],
        };
      },
    },
  },
];

function withoutEdit(onto: Tree, tree: Tree): Tree {
  const [lost = ""] = changedPaths(onto, tree);
  const { [lost]: _lost, ...rest } = tree;
  return rest;
}

/** Whoever waited is waited for. */
function turnedRound(issues: readonly StoryIssue[]): readonly StoryIssue[] {
  return issues.map((issue) => ({
    ...issue,
    needs: issues.flatMap(({ key, needs = [] }) => (needs.includes(issue.key) ? [key] : [])),
  }));
}

type Gates = World["gates"]["run"];

/** Other gates than the ones that are there. */
function gating(gate: (real: Gates, at: GitWorld, seen: Seen) => Gates): GitPlant {
  return {
    outside: (world, at, seen) => ({
      ...world,
      gates: { ...world.gates, run: gate(world.gates.run.bind(world.gates), at, seen) },
    }),
  };
}

/** Other candidates than the ones that were asked for, or another answer. */
function building(
  build: (
    real: World["repository"]["buildCandidate"],
    at: GitWorld,
  ) => World["repository"]["buildCandidate"],
): GitPlant {
  return {
    outside: (world, at) => {
      const repository = Object.create(world.repository) as World["repository"];
      repository.buildCandidate = build(world.repository.buildCandidate.bind(world.repository), at);
      return { ...world, repository };
    },
  };
}

/** Done to what is the user's, while gates run. */
function meddling(deed: (at: GitWorld) => void): GitPlant {
  return gating((real, at) => async (request, signal) => {
    deed(at);
    return real(request, signal);
  });
}

const allGreen = (results: Awaited<ReturnType<Gates>>): Awaited<ReturnType<Gates>> =>
  results.map((result) => ({ ...result, ok: true, exitCode: 0, failures: [] }));

/** As a merge that forgot a file would have made it. */
function withoutOwn(
  at: GitWorld,
  commit: string,
): { readonly commit: string; readonly tree: string } {
  const lines = at.git(["ls-tree", commit]).split("\n");
  const lost = lines.findLastIndex((line) => line.includes("\town-"));
  const tree = at.git(["mktree"], { input: `${lines.toSpliced(lost, 1).join("\n")}\n` });
  const parents = at.git(["log", "-1", "--format=%P", commit]).split(" ");
  const made = at.git([
    "commit-tree",
    tree,
    ...parents.flatMap((one) => ["-p", one]),
    "-m",
    "less",
  ]);
  return { commit: made, tree };
}

/** Each in a seed in which it shows. */
export const PLANTED_IN_GIT: readonly (Planted<GitPlant> & { readonly seed: number })[] = [
  {
    name: "a merge from the wrong base",
    seed: 12,
    breaks: /reference|good|I6/,
    plant: building((real) => async (request) => real({ ...request, forkPoint: request.onto })),
  },
  {
    name: "a merged tree lacks a file of its branch",
    seed: 21,
    breaks: /reference: \w+ \(\d+\) is not its serial merge/,
    plant: building((real, at) => async (request) => {
      const built = await real(request);
      return built.kind === "clean" ? { ...built, ...withoutOwn(at, built.commit) } : built;
    }),
  },
  {
    name: "red gates are taken for green",
    seed: 42,
    breaks: /I1: no gate has seen/,
    plant: gating((real) => async (request, signal) => allGreen(await real(request, signal))),
  },
  {
    name: "gates that see nothing let a bad branch in",
    seed: 42,
    breaks: /bad: \d+ never got good and was merged/,
    plant: gating((real, at, { green }) => async (request, signal) => {
      green.add(at.git(["rev-parse", "HEAD^{tree}"], { cwd: request.directory }));
      return allGreen(await real(request, signal));
    }),
  },
  {
    name: "a good branch is kept out",
    seed: 36,
    breaks: /good: 1 is good/,
    plant: gating((real) => async (request, signal) => {
      const results = await real(request, signal);
      if (!fs.existsSync(path.join(request.directory, ownOf("1")))) return results;
      return results.map((result) => ({ ...result, ok: false, exitCode: 1 }));
    }),
  },
  {
    name: "the plan has its edges the wrong way round",
    seed: 21,
    breaks: /I4: \d+ lies below/,
    plant: { plan: turnedRound },
  },
  {
    name: "a file of the user's is written",
    seed: 36,
    breaks: /I9/,
    plant: meddling(({ root }) => fs.writeFileSync(path.join(root, "a.txt"), "tidied\n")),
  },
  {
    name: "what the user has staged is taken out of the index",
    seed: 36,
    breaks: /I9/,
    plant: meddling((at) => at.git(["reset", "-q", "--", "staged.txt"])),
  },
  {
    name: "the user's HEAD is moved to another branch",
    seed: 36,
    breaks: /I9/,
    plant: meddling((at) => at.git(["symbolic-ref", "HEAD", "refs/heads/mine"])),
  },
  {
    name: "a branch of the user's is moved",
    seed: 36,
    breaks: /I9/,
    plant: meddling((at) => at.git(["update-ref", "refs/heads/mine", "refs/heads/main^"])),
  },
];
