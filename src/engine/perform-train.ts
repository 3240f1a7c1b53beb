import type { ActionOf } from "../core/run/actions.ts";
import type { TrainCar } from "../core/run/merge-state.ts";
import { unmergedBlockers } from "../core/run/may-merge.ts";
import type { Outcome } from "../core/run/outcomes.ts";
import type { Run } from "../core/run/run.ts";
import { failedFirst, measureIn, type Measurement } from "./perform-gates.ts";
import { candidateRequest } from "./perform-merge.ts";
import { taskOf, workspaceOf, type PerformerOf, type World } from "./performer.ts";

type Built = Extract<Outcome, { of: "BuildTrain" }>;

/**
 * Effects that look ahead of the queue. Nothing they do is seen outside of the object database and the gate worktrees,
 * and the same members give the same commits: a death on the way costs the work, and nothing else.
 */
export function performTrain(world: World): {
  BuildTrain: PerformerOf<"BuildTrain">;
  GateTrain: PerformerOf<"GateTrain">;
} {
  const worktrees = numbered();
  return {
    BuildTrain: (action, run) => {
      const requests = action.members.map((member) => {
        const task = taskOf(run, member.task);
        const { branch } = workspaceOf(task);
        const on = (onto: string): ReturnType<typeof candidateRequest> =>
          candidateRequest(world, run, task, { ...member, onto });
        return { member, branch, on, below: unmergedBlockers(run, task) };
      });
      return async (inside) => {
        await inside();
        return putTogether(world, action, requests);
      };
    },

    GateTrain: (action, run) => {
      const measurement = asked(run, action);
      return async (inside) => {
        const worktree = worktrees.take();
        try {
          await inside();
          const measured = await measureIn(world, `gate${worktree}`, measurement);
          return { of: "GateTrain", commit: action.commit, ...measured };
        } finally {
          worktrees.giveBack(worktree);
        }
      };
    },
  };
}

type Request = {
  readonly member: ActionOf<"BuildTrain">["members"][number];
  readonly branch: string;
  readonly on: (onto: string) => ReturnType<typeof candidateRequest>;
  /** What has to be merged before it. */
  readonly below: readonly string[];
};

/** Each on top of those before it; what does not fit there is left out, and those after it go on without it. */
async function putTogether(
  { repository }: World,
  { onto }: ActionOf<"BuildTrain">,
  requests: readonly Request[],
): Promise<Built> {
  const cars: TrainCar[] = [];
  const left: { task: string; why: string }[] = [];
  for (const { member, branch, on, below } of requests) {
    const { task, head } = member;
    const missing = below.find((key) => cars.every((car) => car.task !== key));
    if (missing !== undefined) {
      left.push({ task, why: `it waits for ${missing}` });
      continue;
    }
    const tip = await repository.resolve(`refs/heads/${branch}`);
    if (tip !== null && tip !== head) {
      left.push({ task, why: "its branch has moved" });
      continue;
    }
    const candidate = await repository.buildCandidate(on(cars.at(-1)?.commit ?? onto));
    if (candidate.kind === "clean")
      cars.push({ task, head, commit: candidate.commit, tree: candidate.tree });
    else left.push({ task, why: WHY_LEFT[candidate.kind] });
  }
  return { of: "BuildTrain", cars, left };
}

const WHY_LEFT = {
  empty: "it brings nothing new",
  conflict: "it conflicts with what comes before it",
  refused: "the landing check refused it",
} as const;

/**
 * What is asked of a prefix is one colour. So what turned another one red is run first, and the first command that can
 * be held against the work (it was green on the target, or is new) ends the run.
 */
function asked(run: Run, { key, commit }: ActionOf<"GateTrain">): Measurement {
  const { preMerge, outputBytes: outputBytesMax } = run.settings.gates;
  const commands = failedFirst(preMerge, Object.values(run.train?.redGates ?? {}).flat());
  const excused = new Set((run.baseline ?? []).filter(({ ok }) => !ok).map(({ name }) => name));
  const decisive = commands.map(({ name }) => name).filter((name) => !excused.has(name));
  return { run, key, commit, commands, outputBytesMax, decisive };
}

/** Numbers from 1, the smallest free one first: as many worktrees as gates run at once, used over and over. */
function numbered(): { take(): number; giveBack(number: number): void } {
  const taken = new Set<number>();
  return {
    take() {
      let number = 1;
      while (taken.has(number)) number += 1;
      taken.add(number);
      return number;
    },
    giveBack: (number) => void taken.delete(number),
  };
}
