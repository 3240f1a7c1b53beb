// Everybody who acts on a repository without being asked: workflows, review bots, reviewers, and GitHub's own webhooks.
// They do everything by the clock that is given; nothing waits on the wall.
import type { Alarm } from "./hub.ts";
import { ciRobot, markedCi, type Ci } from "./robot-ci.ts";
import { claudeRobot, reviewerRobot } from "./robot-claude.ts";
import type { ClaudeOptions, ReviewerOptions } from "./robot-claude.ts";
import { rabbitRobot, type RabbitOptions } from "./robot-coderabbit.ts";
import { webhookRobot, type Deliver, type Delivery } from "./webhooks.ts";
import type { GitHubWorld } from "./world.ts";

export interface RobotOptions {
  /** A `Clock` will do. */
  readonly clock: { readonly now: () => number; readonly alarm: Alarm };
  /** `build` and `test` by words in files unless said otherwise; null: no workflows. */
  readonly ci?: Ci | null;
  /** Branches whose pushes start workflows, too. */
  readonly ciOnPush?: readonly string[];
  readonly codeRabbit?: RabbitOptions;
  readonly claude?: ClaudeOptions;
  readonly reviewers?: readonly ReviewerOptions[];
  readonly deliver?: Deliver;
}

export interface Robots {
  /** What was sent by webhook, in the order it was taken. */
  readonly deliveries: readonly Delivery[];
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>;
  /** They notice nothing more; what they have begun they end. */
  stop(): void;
}

/** Sets the robots to work on a world; its clock becomes theirs. */
export function startRobots(world: GitHubWorld, options: RobotOptions): Robots {
  const { hub } = world;
  const { ci = markedCi, ciOnPush = [], codeRabbit, claude, reviewers = [], deliver } = options;
  hub.alarm = (at, ring) => options.clock.alarm(at, ring);
  const deliveries: Delivery[] = [];
  const hooks = deliver === undefined ? null : webhookRobot(world.double, deliver, deliveries);
  const watches = [
    ...(ci === null ? [] : [ciRobot(hub, { ci, pushes: ciOnPush })]),
    ...(codeRabbit === undefined ? [] : [rabbitRobot(hub, codeRabbit)]),
    ...(claude === undefined ? [] : [claudeRobot(hub, claude)]),
    ...reviewers.map((reviewer) => reviewerRobot(hub, reviewer)),
    ...(hooks === null ? [] : [hooks.watch]),
  ];
  for (const watch of watches) hub.watchers.add(watch);
  return {
    deliveries,
    idle: async () => hooks?.idle(),
    stop: () => {
      for (const watch of watches) hub.watchers.delete(watch);
    },
  };
}
