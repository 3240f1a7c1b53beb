import type { Action } from "../../src/core/run/actions.ts";
import { recordOf } from "../../src/core/run/invariant-record.ts";
import { checkInvariants } from "../../src/core/run/invariants.ts";
import type { Message } from "../../src/core/run/react.ts";
import type { Run } from "../../src/core/run/run.ts";
import { RULES, tick, type Rules } from "../../src/core/run/transition.ts";
import { RunStory, STORY_BEGINS, type StoryIssue } from "../support/run-story.ts";
import {
  PureWorld,
  WorldBroken,
  type Milestone,
  type Physics,
  type WorldState,
} from "./pure-world.ts";

/** A run and the world around it at one moment. Never changed in place once it is reached. */
export interface Place {
  readonly run: Run;
  readonly state: WorldState;
  readonly faults: number;
}

/** A bug to be planted: other rules, another world, or a plan that is not the milestone's. */
export interface Plant {
  readonly rules?: Partial<Rules>;
  readonly physics?: (world: PureWorld) => Partial<Physics>;
  readonly plan?: (issues: readonly StoryIssue[]) => readonly StoryIssue[];
  /** What is there when all is over, behind the back of every check on the way. */
  readonly atEnd?: (world: PureWorld, state: WorldState) => WorldState;
}

/** Nothing interesting can come between the beginning and the end of these: they are done at once. */
const AT_ONCE: ReadonlySet<Action["type"]> = new Set([
  "PrepareIntegration",
  "RunBaseline",
  "PrepareWorkspace",
  "PrepareSession",
  "PublishPullRequest",
  "LeaveDraft",
  "EndSession",
  "BeginMerge",
  "ForecastConflicts",
  "FindCulprit",
]);

/** Nothing that is done at once needs more, however many tasks there are. */
const TURNS_MAX = 200;

/** The real rules on a world of trees, one tick after the other. Time stands still: whatever is put off is due at once. */
export class Steps {
  readonly world: PureWorld;
  readonly rules: Rules;
  readonly #plan: NonNullable<Plant["plan"]>;

  constructor(milestone: Milestone, { physics, rules, plan = (issues) => issues }: Plant = {}) {
    this.world = new PureWorld(milestone, physics);
    this.rules = { ...RULES, ...rules };
    this.#plan = plan;
  }

  /** The run is planned and its engine has started. */
  begin(faults: number): Place {
    const { issues, settings } = this.world.milestone;
    const { run } = new RunStory().created(settings).planned(this.#plan(issues));
    const { start: state } = this.world;
    return this.told({ run, state, faults }, [{ kind: "started", pid: 1, recovering: false }]);
  }

  /** The place after these messages; what goes without saying is done as well. @throws InvariantBroken, WorldBroken */
  told(place: Place, messages: readonly Message[]): Place {
    const run = copyOf(place.run);
    // What the checks remember is taken from the copy before anything happens to it.
    recordOf(run);
    let { state } = place;
    let news = messages;
    for (let turns = 0; ; turns += 1) {
      if (turns > TURNS_MAX) throw new WorldBroken("I8", "the same is begun again and again");
      tick(run, news, STORY_BEGINS, checkInvariants, this.rules);
      for (const message of news) this.#checkOnce(run, message);
      const effect = [...run.effects.values()].find(({ action }) => AT_ONCE.has(action.type));
      if (effect === undefined) return { run, state, faults: place.faults };
      const [way] = this.world.waysOf(state, run, effect.action);
      if (way === undefined || way.outcome === null)
        throw new Error(`${effect.key} has no outcome.`);
      ({ state } = way);
      news = [{ kind: "outcome", key: effect.key, outcome: way.outcome }];
    }
  }

  /** News that is told twice counts once. */
  #checkOnce(run: Run, message: Message): void {
    if (message.kind !== "outcome" || run.effects.has(message.key)) return;
    if (this.rules.react(run, message, STORY_BEGINS).length > 0)
      throw new WorldBroken("I10", `${message.key} was told twice and counted twice`);
  }
}

/** A run that can go on by itself: what is never changed in place is shared. */
function copyOf(run: Run): Run {
  return {
    ...run,
    tasks: new Map(run.tasks),
    dependents: new Map([...run.dependents].map(([key, others]) => [key, [...others]])),
    greenTrees: new Set(run.greenTrees),
    effects: new Map(run.effects),
    finishedKeys: new Set(run.finishedKeys),
    delayed: new Map(run.delayed),
    merged: [...run.merged],
    landings: [...run.landings],
    freed: new Set(run.freed),
    limitedUntil: new Map(run.limitedUntil),
    phases: { passed: new Set(run.phases.passed), asks: run.phases.asks },
  };
}
