import type { RunEvent, StoredEvent } from "../../src/core/run/events.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { Run, Task } from "../../src/core/run/run.ts";
import { RULES, type Rules } from "../../src/core/run/transition.ts";
import { merge3 } from "../worlds/map-tree.ts";
import type { Plant } from "../worlds/place.ts";
import type { SmallWorld } from "./small-worlds.ts";

export interface PlantedBug {
  readonly name: string;
  /** The smallest world and number of faults in which it shows. */
  readonly world: SmallWorld;
  readonly faults: number;
  readonly plant: Plant;
}

const PLAIN: SmallWorld = { shape: "independent", edits: "own", train: false, start: "merged" };
const CHAIN: SmallWorld = { ...PLAIN, shape: "chain" };
const STACK: SmallWorld = { ...CHAIN, start: "stacked" };
const TRAIN: SmallWorld = { ...PLAIN, train: true };

/** Reactions changed event by event. */
function reacting(react: (event: RunEvent, run: Run) => readonly RunEvent[]): Plant {
  return {
    rules: {
      react: (run, message, now) =>
        RULES.react(run, message, now).flatMap((event) => react(event, run)),
    },
  };
}

/** Something else is heard than what was said. */
function hearing(hear: (message: Message, run: Run) => Message): Plant {
  return { rules: { react: (run, message, now) => RULES.react(run, hear(message, run), now) } };
}

/** Another fold of one event. */
function folding(fold: (event: StoredEvent) => StoredEvent, after = keep): Plant {
  const evolve: Rules["evolve"] = (run, event) => {
    const next = RULES.evolve(run, fold(event));
    after(next, event);
    return next;
  };
  return { rules: { evolve } };
}

const keep = (_run: Run, _event: StoredEvent): void => undefined;

/** Blockers that wait for their turn are as good as merged. */
function withoutQueuedBlockers(run: Run): Run {
  const tasks = new Map(run.tasks);
  const isReady = (key: string): boolean =>
    ["queued", "merging"].includes(run.tasks.get(key)?.status ?? "");
  for (const [key, task] of tasks) {
    const blockers = task.issue.blockers.filter((blocker) => !isReady(blocker.key));
    tasks.set(key, { ...task, issue: { ...task.issue, blockers } });
  }
  return { ...run, tasks };
}

function change(run: Run, key: string, changes: Partial<Task>): void {
  const task = run.tasks.get(key);
  if (task !== undefined) run.tasks.set(key, { ...task, ...changes });
}

function allGreen(message: Message, isMeant: (key: string) => boolean): Message {
  if (message.kind !== "outcome" || !isMeant(message.key)) return message;
  const { outcome } = message;
  if (outcome.of !== "RunGates" && outcome.of !== "GateTrain") return message;
  const results = outcome.results.map((result) => ({ ...result, ok: true }));
  return { ...message, outcome: { ...outcome, results } };
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "a branch whose base has moved is merged without gates",
    world: PLAIN,
    faults: 0,
    plant: reacting((event) => {
      if (event.type !== "StepDecided" || event.step.at !== "candidate-gates") return [event];
      return [{ ...event, step: { ...event.step, at: "move" } }];
    }),
  },
  {
    name: "red gates at a branch's turn are taken for green",
    world: { ...PLAIN, edits: "clash" },
    faults: 0,
    plant: hearing((message, run) =>
      allGreen(message, (key) => {
        const action = run.effects.get(key)?.action;
        return action?.type === "RunGates" && action.forMerge;
      }),
    ),
  },
  {
    name: "the branch's head is not compared when it is merged",
    world: PLAIN,
    faults: 1,
    plant: {
      physics: (world) => ({
        move: (state, action) => {
          const tips = { ...state.tips, [action.task]: action.head };
          return world.move({ ...state, tips }, action);
        },
      }),
    },
  },
  {
    name: "the base is not compared when it is moved",
    world: PLAIN,
    faults: 1,
    plant: {
      physics: () => ({
        move: (_state, { candidate }) => ({
          base: candidate,
          result: { kind: "merged", commit: candidate },
        }),
      }),
    },
  },
  {
    name: "a merge whose answer was lost is made once more",
    world: PLAIN,
    faults: 1,
    plant: {
      physics: ({ store }) => ({
        move: ({ base }, { from, candidate }) =>
          base === from
            ? { base: candidate, result: { kind: "merged", commit: candidate } }
            : { base, result: { kind: "base-moved", base } },
        build: (_state, { onto, forkPoint, head }) => {
          const [base, ours, theirs] = [forkPoint, onto, head].map((id) => store.treeOf(id));
          const { tree } = merge3(base ?? {}, ours ?? {}, theirs ?? {});
          const commit = store.commit(tree, [onto]);
          return { kind: "clean", commit, tree: store.get(commit).treeId };
        },
      }),
    },
  },
  {
    name: "a branch is merged from the newest base instead of its fork point",
    world: PLAIN,
    faults: 0,
    plant: {
      physics: (world) => ({
        build: (state, request, method) =>
          world.build(state, { ...request, forkPoint: request.onto }, method),
      }),
    },
  },
  {
    name: "dependents begin when their blocker is approved",
    world: CHAIN,
    faults: 0,
    plant: {
      rules: {
        react: (run, message, now) => RULES.react(withoutQueuedBlockers(run), message, now),
        decide: (run, now) => RULES.decide(withoutQueuedBlockers(run), now),
      },
    },
  },
  {
    name: "what is to begin and may not is begun again and again",
    world: CHAIN,
    faults: 0,
    plant: { rules: { decide: (run, now) => RULES.decide(withoutQueuedBlockers(run), now) } },
  },
  {
    name: "whoever stands on unmerged work is merged before it",
    world: STACK,
    faults: 1,
    plant: { rules: { settle: (run, now) => RULES.settle(withoutQueuedBlockers(run), now) } },
  },
  {
    name: "a red prefix of a train counts as green",
    world: { ...TRAIN, edits: "clash" },
    faults: 0,
    plant: folding((event) => (event.type === "TrainGated" ? { ...event, ok: true } : event)),
  },
  {
    name: "a green prefix of a train clears the whole train",
    world: { ...TRAIN, edits: "clash" },
    faults: 0,
    plant: folding(
      (event) => event,
      (run, event) => {
        const { train } = run;
        if (event.type !== "TrainGated" || !event.ok || train === null) return;
        const cars = train.cars ?? [];
        for (const { tree } of cars) run.greenTrees.add(tree);
        run.train = { ...train, gated: Object.fromEntries(cars.map((_, at) => [at + 1, true])) };
      },
    ),
  },
  {
    name: "a train goes on when somebody else has moved the branch",
    world: TRAIN,
    faults: 1,
    plant: {
      rules: {
        settle: (run, now) =>
          RULES.settle(run, now).filter(
            (event) => event.type !== "TrainEnded" || !event.why.includes("moved by others"),
          ),
      },
    },
  },
  {
    name: "a task may be cancelled while it is being merged",
    world: PLAIN,
    faults: 2,
    plant: {
      rules: {
        react: (run, message, now) => {
          if (message.kind !== "command" || message.command.task === null)
            return RULES.react(run, message, now);
          return RULES.react({ ...run, effects: new Map(), delayed: new Map() }, message, now);
        },
      },
    },
  },
  {
    name: "a merge that was put off is never tried again",
    world: PLAIN,
    faults: 1,
    plant: folding(
      (event) => event,
      (run, event) => {
        if (event.type === "MergeDeferred") change(run, event.task, { notBefore: Infinity });
      },
    ),
  },
  {
    name: "what follows a green gate is forgotten",
    world: PLAIN,
    faults: 0,
    plant: reacting((event) =>
      event.type === "GatesPassed" ? [{ ...event, step: { at: "none" } }] : [event],
    ),
  },
  {
    name: "an answer that is told twice counts twice",
    world: PLAIN,
    faults: 0,
    plant: {
      rules: {
        react: (run, message, now) => {
          const events = RULES.react(run, message, now);
          if (message.kind !== "outcome" || run.effects.has(message.key)) return events;
          if (message.outcome.of !== "RunGates") return events;
          const task = [...run.tasks.keys()][0] ?? "";
          return [{ type: "TaskNoted", task, words: "told again" }];
        },
      },
    },
  },
  {
    name: "a failure does not reach the dependents of what failed",
    world: CHAIN,
    faults: 1,
    plant: {
      rules: {
        consequences: (run, event) =>
          RULES.consequences(run, event).filter(({ type }) => type !== "BlockerEnded"),
      },
    },
  },
  {
    name: "a lost answer of a merge is taken for a refusal, and the task is given up",
    world: PLAIN,
    faults: 1,
    plant: hearing((message, run) => {
      if (message.kind !== "outcome" || message.outcome.of !== "Trouble") return message;
      if (run.effects.get(message.key)?.action.type !== "MergePullRequest") return message;
      const result = { kind: "refused", why: "The line was cut." } as const;
      return { ...message, outcome: { of: "MergePullRequest", result } };
    }),
  },
];
