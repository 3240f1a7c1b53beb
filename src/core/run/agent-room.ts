import type { Instant } from "../shared/names.ts";
import type { EventOf } from "./events.ts";
import { agentOf, nextAgent } from "./may-begin.ts";
import type { Run, Task } from "./run.ts";

/** How many sessions an agent may have at once after its provider has asked it to slow down. */
export interface AgentRoom {
  readonly sessions: number;
  /** Words of the same provider before this come from the same burst and take no more away. */
  readonly until: Instant;
}

/** Half of what was live, at least one: a provider that is asked by as many again says the same again. */
export function shrinkRoom(run: Run, before: Task, event: EventOf<"ProviderLimited">): void {
  const agent = event.agent ?? nextAgent(run, before);
  if (agent === null || (run.agentRoom.get(agent)?.until ?? 0) > run.changedAt) return;
  // The session that was sent away has ended by now.
  const live = sessionsOf(run, agent) + 1;
  run.agentRoom.set(agent, { sessions: Math.max(1, Math.floor(live / 2)), until: event.until });
}

/** One more for each session that ends well, until it is `parallel` that bounds them again. */
export function growRoom(run: Run, { role, end }: EventOf<"SessionEnded">): void {
  const { agent } = agentOf(run, role);
  const room = run.agentRoom.get(agent);
  if (room === undefined || end !== "finished") return;
  const sessions = room.sessions + 1;
  if (sessions >= run.settings.parallel) run.agentRoom.delete(agent);
  else run.agentRoom.set(agent, { ...room, sessions });
}

/** Sessions that agents under such a bound may still begin; takes one for each that is begun. */
export class RoomLeft {
  readonly #left: Map<string, number>;
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
    this.#left = new Map(
      [...run.agentRoom].map(([agent, { sessions }]) => [agent, sessions - sessionsOf(run, agent)]),
    );
  }

  /** True when whoever has the next turn of this task may begin it. */
  has(task: Task): boolean {
    const agent = nextAgent(this.#run, task);
    return agent === null || (this.#left.get(agent) ?? 1) > 0;
  }

  take(task: Task): void {
    const agent = nextAgent(this.#run, task);
    const left = agent === null ? undefined : this.#left.get(agent);
    if (agent !== null && left !== undefined) this.#left.set(agent, left - 1);
  }
}

/** Live ones, and those being prepared. */
function sessionsOf(run: Run, agent: string): number {
  let live = 0;
  for (const { session } of run.tasks.values())
    if (session !== null && agentOf(run, session.role).agent === agent) live += 1;
  for (const { action } of run.effects.values()) {
    if (action.type !== "PrepareWorkspace" && action.type !== "PrepareSession") continue;
    const task = run.tasks.get(action.task);
    if (task !== undefined && nextAgent(run, task) === agent) live += 1;
  }
  return live;
}
