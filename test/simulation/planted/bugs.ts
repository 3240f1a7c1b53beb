import type { PullRequestFacts } from "../../../src/core/review/forge/facts.ts";
import type { RunEvent } from "../../../src/core/run/events.ts";
import type { Run, Task } from "../../../src/core/run/run.ts";
import { RULES } from "../../../src/core/run/transition.ts";
import type { Outcome } from "../../../src/core/run/outcomes.ts";
import type { Plant } from "../simulate.ts";
import type { Forge } from "../../../src/ports/forge.ts";
import { ENGINE } from "../repository.ts";
import type { SimulatedService } from "../service.ts";
import { TRAIN_BUGS } from "./train-bugs.ts";
import { WHOLE_BUGS } from "./whole-bugs.ts";

/** A bug, the sentence it breaks, and how it is planted from outside. */
export interface PlantedBug {
  readonly name: string;
  readonly breaks: string;
  readonly plant: () => Plant;
}

type Change = (run: Run, event: RunEvent) => readonly RunEvent[];

/** Rules whose reactions and consequences are changed event by event. */
function changing(change: Change): Plant {
  return {
    rules: {
      react: (run, message, now) =>
        RULES.react(run, message, now).flatMap((event) => change(run, event)),
      consequences: (run, event) =>
        RULES.consequences(run, event).flatMap((each) => change(run, each)) as ReturnType<
          typeof RULES.consequences
        >,
    },
  };
}

function withTask(run: Run, key: string, changes: Partial<Task>): void {
  const task = run.tasks.get(key);
  if (task !== undefined) run.tasks.set(key, { ...task, ...changes });
}

/** Rules with another fold; the change is made behind the real one. */
function folding(after: (run: Run, event: RunEvent & { seq: number; at: number }) => void): Plant {
  return {
    rules: {
      evolve: (run, event) => {
        const next = RULES.evolve(run, event);
        after(next, event);
        return next;
      },
    },
  };
}

/** Decides with a state that lies in one respect. */
function deciding(lie: (run: Run) => Run): Plant {
  const decide = (run: Run, now: number) => RULES.decide(lie(run), now);
  return { rules: { decide } };
}

/** News of the forge with a lie in each of its facts. */
function misreading(lie: (run: Run, facts: PullRequestFacts) => PullRequestFacts): Plant {
  return {
    rules: {
      react: (run, message, now) => {
        if (message.kind !== "news") return RULES.react(run, message, now);
        const pullRequests = message.news.pullRequests.map((facts) => lie(run, facts));
        return RULES.react(run, { ...message, news: { ...message.news, pullRequests } }, now);
      },
    },
  };
}

/** A service without the question that comes before a write; local runs are as they were. */
function onService(broken: (service: SimulatedService) => Partial<Forge>): Plant {
  return {
    world: (world, { service }) => {
      if (service === null) return world;
      const writes = broken(service);
      const forge = new Proxy(world.forge, {
        get: (target, name) => {
          const write = Reflect.get(writes, name) as unknown;
          if (typeof write !== "function") return Reflect.get(target, name) as unknown;
          // The answer may be lost as that of any other.
          return async (...args: readonly unknown[]) => {
            const answer = (await Reflect.apply(write, writes, args)) as unknown;
            await target.tipOf("main");
            return answer;
          };
        },
      });
      return { ...world, forge };
    },
  };
}

/** What follows by itself, from a state in which the questions have other time limits. */
function timing(limit: (until: number) => number | undefined): Plant {
  return {
    rules: {
      settle: (run, now) => {
        const tasks = new Map(run.tasks);
        for (const [key, task] of tasks) {
          const { question } = task;
          if (question?.until === undefined) continue;
          const { until, ...rest } = question;
          const other = limit(until);
          const lied = other === undefined ? rest : { ...rest, until: other };
          tasks.set(key, { ...task, question: lied });
        }
        return RULES.settle({ ...run, tasks }, now);
      },
    },
  };
}

function taskOf(run: Run, { number }: PullRequestFacts): Task | undefined {
  return [...run.tasks.values()].find((task) => task.pullRequest?.number === number);
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "a dependent is freed when its blocker is approved",
    breaks: "I1",
    plant: () =>
      deciding((run) => {
        const tasks = new Map(run.tasks);
        for (const [key, task] of tasks) {
          const isQueued = (blocker: string): boolean => {
            const status = run.tasks.get(blocker)?.status;
            return status === "queued" || status === "merging";
          };
          const blockers = task.issue.blockers.filter((blocker) => !isQueued(blocker.key));
          tasks.set(key, { ...task, issue: { ...task.issue, blockers } });
        }
        return { ...run, tasks };
      }),
  },
  {
    name: "a second session begins while the first is live",
    breaks: "I2",
    plant: () =>
      deciding((run) => {
        const tasks = new Map(run.tasks);
        for (const [key, task] of tasks) {
          if (task.sessions % 4 === 3 && task.session !== null)
            tasks.set(key, { ...task, session: null });
        }
        const effects = new Map(
          [...run.effects].filter(([, { action }]) => action.type !== "RunSession"),
        );
        return { ...run, tasks, effects };
      }),
  },
  {
    name: "one session more than parallel allows",
    breaks: "I2",
    plant: () =>
      deciding((run) => ({
        ...run,
        settings: { ...run.settings, parallel: run.settings.parallel + 1 },
      })),
  },
  {
    name: "a recovered engine begins live sessions under a new name",
    breaks: "I2",
    plant: () => ({
      recovered: (run) => {
        for (const [key, effect] of run.effects) {
          const { action } = effect;
          if (action.type !== "RunSession") continue;
          run.effects.set(key, {
            ...effect,
            action: { ...action, session: `${action.session}-again` },
          });
        }
      },
    }),
  },
  {
    name: "the second of two dependents is not released",
    breaks: "I3",
    plant: () => ({
      rules: {
        consequences: (run, event) => {
          const events = RULES.consequences(run, event);
          const released = events.filter((each) => each.type === "BlockerMerged");
          return events.filter((each) => released.length < 2 || each !== released.at(-1));
        },
      },
    }),
  },
  {
    name: "late news of a session revives a task that is over",
    breaks: "I4",
    plant: () =>
      folding((run, event) => {
        if (event.type !== "SessionEnded") return;
        if (run.tasks.get(event.task)?.status === "cancelled")
          withTask(run, event.task, { status: "failed" });
      }),
  },
  {
    name: "an accepted fix counts a round down",
    breaks: "I4",
    plant: () =>
      folding((run, event) => {
        if (event.type !== "FixAccepted") return;
        const rounds = run.tasks.get(event.task)?.rounds;
        if (rounds !== undefined && rounds.spec > 0)
          withTask(run, event.task, { rounds: { ...rounds, spec: rounds.spec - 1 } });
      }),
  },
  {
    name: "a failure closes over a task that does not depend on it",
    breaks: "I5",
    plant: () => ({
      rules: {
        consequences: (run, event) => {
          const events = RULES.consequences(run, event);
          const ended = events.find((each) => each.type === "BlockerEnded");
          const innocent = [...run.tasks.values()].find(
            (task) => task.status === "waiting" && task.issue.blockers.length === 0,
          );
          if (ended === undefined || innocent === undefined) return events;
          return [...events, { ...ended, task: innocent.key, path: [...ended.path, innocent.key] }];
        },
      },
    }),
  },
  {
    name: "a failure closes only over the nearest dependents",
    breaks: "I5",
    plant: () =>
      changing((_run, event) =>
        event.type === "BlockerEnded" && event.path.length > 2 ? [] : [event],
      ),
  },
  {
    name: "a stacked task is merged before what it stands on",
    breaks: "I1",
    plant: () => ({
      rules: {
        settle: (run, now) => {
          const tasks = new Map(run.tasks);
          for (const [key, task] of tasks)
            if (task.status === "queued")
              tasks.set(key, { ...task, issue: { ...task.issue, blockers: [] } });
          return RULES.settle({ ...run, tasks }, now);
        },
      },
    }),
  },
  {
    name: "a stacked task begins although what it stands on has gone back to review",
    breaks: "I1",
    plant: () =>
      changing((run, event) => {
        const task = event.type === "StackRefused" ? run.tasks.get(event.task) : undefined;
        if (event.type !== "StackRefused" || event.paths.length > 0) return [event];
        if (task === undefined) return [event];
        const { key, branch, attemptsFailed } = task;
        const workspace = { slot: "w99", path: "/w/w99", branch, forkPoint: event.onto };
        return [{ type: "AttemptStarted", task: key, attempt: attemptsFailed + 1, workspace }];
      }),
  },
  {
    name: "a task goes on although what it stands on has ended",
    breaks: "I5",
    plant: () =>
      changing((_run, event) =>
        event.type === "TaskSkipped" && event.reason === "blocker-ended" ? [] : [event],
      ),
  },
  {
    name: "the run is complete while a task waits for a person",
    breaks: "I6",
    plant: () => ({
      rules: {
        settle: (run, now) => {
          const events = RULES.settle(run, now);
          return events[0]?.type === "NothingCanMove"
            ? [{ type: "TasksFinished", mergedAny: false }]
            : events;
        },
      },
    }),
  },
  {
    name: "an effect is done twice when its answer was lost",
    breaks: "I7",
    plant: () => ({
      world: (world, simulated) => ({
        ...world,
        forge: {
          ...simulated.forge,
          merge: async (request) => {
            const { repository } = simulated;
            const tip = repository.tip(request.base);
            const wasDone = tip !== null && repository.contains(tip, request.candidate);
            if (wasDone && tip !== null) {
              const { tree, message } = repository.get(request.candidate);
              repository.setRef(
                request.base,
                repository.commit(tree, [tip], message, ENGINE),
                ENGINE,
              );
              return { kind: "merged", commit: repository.tip(request.base) ?? "" };
            }
            return world.forge.merge(request);
          },
        },
      }),
    }),
  },
  {
    name: "an effect with a receipt is begun again",
    breaks: "I7",
    plant: () =>
      folding((run, event) => {
        if (event.type === "EffectFinished" && event.outcome === "PrepareSession")
          run.finishedKeys.delete(event.key);
        if (event.type === "SessionPrepared") withTask(run, event.task, { prepared: null });
      }),
  },
  {
    name: "a candidate is merged whose tree never passed the gates",
    breaks: "I8",
    plant: () =>
      changing((_run, event) => {
        if (event.type !== "StepDecided" || event.step.at !== "candidate-gates") return [event];
        return [{ ...event, step: { ...event.step, at: "move" } }];
      }),
  },
  {
    name: "red gates are taken for green",
    breaks: "I8",
    plant: () => ({
      rules: {
        react: (run, message, now) => {
          if (message.kind !== "outcome" || message.outcome.of !== "RunGates")
            return RULES.react(run, message, now);
          const results = message.outcome.results;
          const lied = {
            ...message,
            outcome: {
              ...message.outcome,
              results: results.map((result) => ({ ...result, ok: true })),
            },
          };
          return RULES.react(run, lied, now).map((event) =>
            event.type === "GatesPassed" ? { ...event, results } : event,
          );
        },
      },
    }),
  },
  {
    name: "a merge that was given up is accepted",
    breaks: "I8",
    plant: () => ({
      rules: {
        react: (run, message, now) => {
          if (message.kind !== "outcome" || !("work" in message.outcome))
            return RULES.react(run, message, now);
          const work = { ...message.outcome.work, descends: true };
          return RULES.react(run, { ...message, outcome: { ...message.outcome, work } }, now);
        },
      },
    }),
  },
  {
    name: "a breach is not put back",
    breaks: "I9",
    plant: () => ({
      world: (world) => ({
        ...world,
        repository: new Proxy(world.repository, {
          get: (target, name) =>
            name === "undoBreaches" ? async () => [] : (Reflect.get(target, name) as unknown),
        }),
      }),
    }),
  },
  {
    name: "landing begins before the whole was verified",
    breaks: "I9",
    plant: () => ({
      rules: {
        decide: (run, now) => {
          const { actions, wakeAt } = RULES.decide(run, now);
          const early = actions.map((action) =>
            action.type === "TestIntegration"
              ? ({
                  type: "Land",
                  key: `land:early:${action.commit}`,
                  head: action.commit,
                  target: "main",
                } as const)
              : action,
          );
          return { actions: early, wakeAt };
        },
      },
    }),
  },
  {
    name: "two members of a conflict group work together",
    breaks: "I10",
    plant: () =>
      deciding((run) => {
        const tasks = new Map(run.tasks);
        for (const [key, task] of tasks)
          tasks.set(key, { ...task, issue: { ...task.issue, conflictGroup: null } });
        return { ...run, tasks };
      }),
  },
  {
    name: "the budget is ignored",
    breaks: "I11",
    plant: () =>
      deciding((run) => {
        const budget = { sessionUsd: null, taskUsd: null, runUsd: null };
        return { ...run, settings: { ...run.settings, budget } };
      }),
  },
  {
    name: "what was used today is forgotten",
    breaks: "I11",
    plant: () => deciding((run) => ({ ...run, day: null })),
  },
  {
    name: "a count is kept beside the log",
    breaks: "I12",
    plant: () => {
      let begun = 0;
      return folding((run, event) => {
        if (event.type !== "AttemptStarted") return;
        begun += 1;
        if (begun % 7 === 0) withTask(run, event.task, { notes: [`attempt ${begun}`] });
      });
    },
  },
  {
    name: "intents without a receipt are forgotten by a crash",
    breaks: "I13",
    plant: () => ({
      recovered: (run) => {
        for (const [key, { action }] of run.effects)
          if (action.type === "BuildCandidate") run.effects.delete(key);
      },
    }),
  },
  {
    name: "a session that an abort ended counts as a failed attempt",
    breaks: "I13",
    plant: () => ({
      rules: {
        react: (run, message, now) => {
          if (
            message.kind !== "outcome" ||
            message.outcome.of !== "RunSession" ||
            message.outcome.end !== "ended"
          ) {
            return RULES.react(run, message, now);
          }
          return RULES.react(
            run,
            { ...message, outcome: { ...message.outcome, end: "crashed" } },
            now,
          );
        },
      },
    }),
  },
  {
    name: "required checks of the forge are not waited for",
    breaks: "I8",
    plant: () =>
      misreading((_run, facts) => ({
        ...facts,
        required: [],
        checks: (facts.checks ?? []).filter((check) => check.state !== "pending"),
      })),
  },
  {
    name: "news of an old head is taken for news of the new one",
    breaks: "I8",
    plant: () => {
      const older = new Map<number, PullRequestFacts>();
      return misreading((run, facts) => {
        const task = taskOf(run, facts);
        const before = older.get(facts.number);
        older.set(facts.number, facts);
        if (before === undefined || before.head === facts.head || task === undefined) return facts;
        return { ...before, head: task.head ?? facts.head };
      });
    },
  },
  {
    name: "a pull request is merged as a draft",
    breaks: "I8",
    plant: () => ({
      world: (world) => ({
        ...world,
        forge: new Proxy(world.forge, {
          get: (target, name) =>
            name === "leaveDraft" ? async () => undefined : (Reflect.get(target, name) as unknown),
        }),
      }),
    }),
  },
  {
    name: "a second pull request is opened when the answer was lost",
    breaks: "I7",
    plant: () =>
      onService((service) => ({
        openPullRequest: async (draft) => {
          const { number } = service.createPull(draft);
          return { number, url: null };
        },
      })),
  },
  {
    name: "an issue is closed again when the answer was lost",
    breaks: "I7",
    plant: () =>
      onService((service) => ({
        closeIssue: async (_issue, { on }) => service.closeOpenIssue(String(on)),
      })),
  },
  {
    name: "a comment is written again instead of edited",
    breaks: "I7",
    plant: () =>
      onService((service) => ({
        comment: async (comment) => service.postComment(comment),
      })),
  },
  {
    name: "a person's commit is pushed over",
    breaks: "I9",
    plant: () => ({
      world: (world, { service }) => ({
        ...world,
        forge: new Proxy(world.forge, {
          get: (target, name) => {
            if (service === null) return Reflect.get(target, name) as unknown;
            // Nobody looks first, and the push is forced.
            if (name === "tipOf")
              return async (branch: string) =>
                branch.startsWith("feat/") ? null : service.tip(branch);
            if (name === "push")
              return (branch: string, head: string) =>
                target.push(branch, head, service.tip(branch));
            return Reflect.get(target, name) as unknown;
          },
        }),
      }),
    }),
  },
  {
    name: "what was overdue when the engine died is given up without a look",
    breaks: "I13",
    plant: () => ({
      rules: {
        settle: (run, now) => {
          const late = [...run.tasks.values()].find((task) => deadlineOf(run, task) <= now);
          if (late === undefined || run.status !== "running") return RULES.settle(run, now);
          const reason = "checks-overdue";
          return [{ type: "TaskSkipped", task: late.key, reason, detail: "", by: "a bug" }];
        },
        decide: (run, now) => {
          const { actions, wakeAt } = RULES.decide(run, now);
          const ends = [...run.tasks.values()].map((task) => deadlineOf(run, task));
          const next = Math.min(wakeAt ?? Infinity, ...ends.filter((at) => at > now));
          return { actions, wakeAt: next === Infinity ? null : next };
        },
      },
    }),
  },
  {
    name: "work is published without its proof",
    breaks: "D2",
    plant: () =>
      changing((_run, event) =>
        event.type === "GatesPassed" && event.step.at === "proof"
          ? [{ ...event, step: { at: "publish", commit: event.step.commit } }]
          : [event],
      ),
  },
  {
    name: "the proof of an older commit counts for a newer one",
    breaks: "D2",
    plant: () => {
      const known = new Map<string, Extract<Outcome, { of: "ProveWork" }>>();
      return {
        perform: (perform) => async (action, run) => {
          const outcome = await perform(action, run);
          if (action.type !== "ProveWork" || outcome.of !== "ProveWork") return outcome;
          const { proof } = known.get(action.task) ?? outcome;
          known.set(action.task, { ...outcome, proof });
          return { ...outcome, proof };
        },
      };
    },
  },
  {
    name: "a restart is not counted",
    breaks: "D7",
    plant: () =>
      folding((run, event) => {
        if (event.type !== "TddViolated") return;
        const restarts = run.tasks.get(event.task)?.restarts ?? 1;
        withTask(run, event.task, { restarts: restarts - 1 });
      }),
  },
  {
    name: "what is begun anew goes on with what was there",
    breaks: "D7",
    plant: () =>
      folding((run, event) => {
        const isAnew =
          event.type === "TddViolated" ||
          (event.type === "QuestionAnswered" && event.kind === "tdd");
        if (isAnew) withTask(run, event.task, { startOver: false });
      }),
  },
  {
    name: "the time of a question is never over",
    breaks: "D6",
    plant: () => timing(() => undefined),
  },
  {
    name: "a question gets its default before its time",
    breaks: "D6",
    plant: () => timing(() => 0),
  },
  {
    name: "a question whose time is over gets another answer than its default",
    breaks: "D6",
    plant: () => ({
      rules: {
        settle: (run, now) => {
          const events = RULES.settle(run, now);
          const [first] = events;
          if (first?.type !== "QuestionTimedOut") return events;
          const by = "a bug";
          return [first, { type: "TaskCancelled", task: first.task, by }];
        },
      },
    }),
  },
  {
    name: "the end of a phase holds nobody",
    breaks: "D4",
    plant: () =>
      deciding((run) => {
        const { discipline } = run.settings;
        if (discipline === undefined) return run;
        return {
          ...run,
          settings: { ...run.settings, discipline: { ...discipline, phases: false } },
        };
      }),
  },
  {
    name: "a phase is over while one of its tasks waits for a person",
    breaks: "D4",
    plant: () => ({
      rules: {
        settle: (run, now) => {
          if (run.phases.asks !== null || run.status !== "running") return RULES.settle(run, now);
          const tasks = new Map(run.tasks);
          for (const [key, task] of tasks)
            if (task.status === "escalated") tasks.set(key, { ...task, status: "skipped" });
          const events = RULES.settle({ ...run, tasks }, now);
          return events[0]?.type === "PhaseEnded" ? events : RULES.settle(run, now);
        },
      },
    }),
  },
  {
    name: "whoever waited for the whole does not wait for its rest",
    breaks: "D5",
    plant: () =>
      changing((_run, event) =>
        event.type === "DependencyAdded" && event.by.startsWith("follow-up") ? [] : [event],
      ),
  },
  {
    name: "a part goes on as the whole",
    breaks: "D5",
    plant: () =>
      folding((run, event) => {
        if (event.type === "SessionEnded") withTask(run, event.task, { owesFollowUps: false });
      }),
  },
  {
    name: "the rest of a part becomes two issues when the answer was lost",
    breaks: "I7",
    plant: () => ({
      world: (world, { service }) => {
        if (service === null || world.followUps === undefined) return world;
        const add: NonNullable<typeof world.followUps>["add"] = async (drafts) => {
          const made = drafts.map((draft) => service.createIssue(draft));
          // The answer may be lost as that of any other.
          await world.forge.tipOf("main");
          return made;
        };
        return { ...world, followUps: { add } };
      },
    }),
  },
  {
    name: "what was rejected is shown once more",
    breaks: "D3",
    plant: () => ({
      rules: {
        react: (run, message, now) => {
          const tasks = new Map(run.tasks);
          for (const [key, task] of tasks) tasks.set(key, { ...task, rejections: [] });
          return RULES.react({ ...run, tasks }, message, now);
        },
      },
    }),
  },
  {
    name: "nobody looks for secrets",
    breaks: "D1",
    plant: () => ({
      world: (world) => ({ ...world, secrets: { scan: async () => [] } }),
    }),
  },
  {
    name: "a secret that a later commit takes out is pushed with the earlier one",
    breaks: "D1",
    plant: () => ({
      world: (world) => ({
        ...world,
        repository: new Proxy(world.repository, {
          get: (target, name) => {
            if (name !== "historyOf") return Reflect.get(target, name) as unknown;
            return async (...args: Parameters<typeof target.historyOf>) => {
              const history = await target.historyOf(...args);
              return history.slice(-1);
            };
          },
        }),
      }),
    }),
  },
  {
    name: "what a panic made a draft again is merged as one",
    breaks: "D8",
    plant: () => changing((_run, event) => (event.type === "DraftReturned" ? [] : [event])),
  },
  {
    name: "pull requests look ready after a panic",
    breaks: "D8",
    plant: () => deciding((run) => ({ ...run, panicked: false })),
  },
  {
    name: "an agent whose provider sent it away is asked for another task",
    breaks: "D9",
    plant: () => deciding((run) => ({ ...run, limitedUntil: new Map() })),
  },
  {
    name: "one step of an issue is taken for all of them",
    breaks: "D10",
    plant: () =>
      changing((_run, event) => {
        if (event.type !== "StepDone") return [event];
        const { task, commit } = event;
        const why = "a bug";
        return [{ type: "StepDecided", task, step: { at: "gates", commit }, why }];
      }),
  },
  ...TRAIN_BUGS,
  ...WHOLE_BUGS,
];

/** When the checks of a task are overdue, by the engine's own clock alone. */
function deadlineOf(run: Run, { status, step }: Task): number {
  const { forge } = run.settings;
  if (forge === undefined || status !== "reviewing" || step.at !== "checks") return Infinity;
  return step.since + forge.ci.timeoutMs;
}
