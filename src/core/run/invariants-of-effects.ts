import type { ActionOf } from "./actions.ts";
import type { EventOf, StoredEvent } from "./events.ts";
import { InvariantBroken, today, type InvariantRecord } from "./invariant-record.ts";
import type { Run } from "./run.ts";
import { wavesOf } from "./admission.ts";

/** I2, I7, I8, I9 and I11 at the moment an effect is begun. @throws InvariantBroken */
export function checkEffectStarted(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent & EventOf<"EffectStarted">,
): void {
  const { action, key } = event;
  if (record.finished.has(key)) {
    throw new InvariantBroken("I7", `${key} is begun although it has its receipt`, { event });
  }
  if (record.started.has(key)) {
    throw new InvariantBroken("I7", `${key} is begun while it is under way`, { event });
  }
  record.started.add(key);
  switch (action.type) {
    case "RunSession":
      return checkSession(run, record, event, action);
    case "PrepareWorkspace":
      checkWave(run, record, event, action.task);
      return checkWorkspace(run, event, action);
    case "MergePullRequest":
      return checkMove(run, record, event, action);
    case "Land":
      if (run.status !== "landing" || run.verified?.commit !== action.head) {
        throw new InvariantBroken("I9", "a landing begins with a commit that was not verified", {
          event,
        });
      }
      return;
    default:
  }
}

function checkSession(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent,
  action: ActionOf<"RunSession">,
): void {
  const { task, session } = action;
  const live = record.live.get(task);
  if (live === session) return; // The same session is asked for again.
  if (live !== undefined) {
    throw new InvariantBroken("I2", `${session} begins while ${live} is live`, { event, task });
  }
  record.live.set(task, session);
  if (record.live.size > run.settings.parallel) {
    const what = `${record.live.size} sessions are live, ${run.settings.parallel} are allowed`;
    throw new InvariantBroken("I2", what, { event, task });
  }
  checkTokens(run, event, task, session);
  checkDay(run, record, event, action);
  const { runUsd, taskUsd } = run.settings.budget;
  if (runUsd !== null && record.spentInAll >= runUsd) {
    throw new InvariantBroken("I11", `${session} begins with the run's budget used up`, {
      event,
      task,
    });
  }
  if (taskUsd !== null && (record.spent.get(task) ?? 0) >= taskUsd) {
    throw new InvariantBroken("I11", `${session} begins with the task's budget used up`, {
      event,
      task,
    });
  }
}

/** I11 for the day. */
function checkDay(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent,
  { session, task }: ActionOf<"RunSession">,
): void {
  const { dayUsd = null, dayTokens = null } = run.settings.budget;
  const day = today(record, event.at);
  if (day === null) return;
  const isOver =
    (dayUsd !== null && day.usd >= dayUsd) || (dayTokens !== null && day.tokens >= dayTokens);
  if (!isOver) return;
  const what = `${session} begins with the day's budget used up`;
  throw new InvariantBroken("I11", what, { event, task });
}

/** I11 in tokens. */
function checkTokens(run: Run, event: StoredEvent, task: string, session: string): void {
  const { runTokens = null, taskTokens = null } = run.settings.budget;
  const own = run.tasks.get(task)?.usage;
  const total = run.usage.inputTokens + run.usage.outputTokens;
  const spent = own === undefined ? 0 : own.inputTokens + own.outputTokens;
  const isOver =
    (runTokens !== null && total >= runTokens) || (taskTokens !== null && spent >= taskTokens);
  if (!isOver) return;
  throw new InvariantBroken("I11", `${session} begins with the tokens used up`, { event, task });
}

function checkWorkspace(run: Run, event: StoredEvent, action: ActionOf<"PrepareWorkspace">): void {
  const { task, branch, slot } = action;
  const { target, integrationBranch, protectedBranches } = run.settings;
  if ([target, integrationBranch, ...protectedBranches].includes(branch)) {
    throw new InvariantBroken("I9", `${task} would work on ${branch}`, { event, task });
  }
  for (const other of run.tasks.values()) {
    const holds = other.workspace?.slot === slot && other.status !== "merged";
    if (
      other.key !== task &&
      (holds || (other.session !== null && other.workspace?.slot === slot))
    ) {
      throw new InvariantBroken("I2", `${task} gets the workspace of ${other.key}`, {
        event,
        task,
      });
    }
  }
}

/** I1 under `barrier`: nobody starts before the branch was tested after the wave before. */
function checkWave(run: Run, record: InvariantRecord, event: StoredEvent, task: string): void {
  const { barrier, merging } = run.settings;
  if (!barrier || merging === undefined || run.plan === null) return;
  const wave = wavesOf(run).findIndex((keys) => keys.includes(task));
  if (wave <= record.wavesTested) return;
  const what = `${task} of wave ${wave + 1} starts before wave ${wave} was tested`;
  throw new InvariantBroken("I1", what, { event, task });
}

/** I8: only a commit whose tree has passed the gates, only one move at a time, only from the recorded head. */
function checkMove(
  run: Run,
  record: InvariantRecord,
  event: StoredEvent,
  action: ActionOf<"MergePullRequest">,
): void {
  const { task, candidate, from } = action;
  const step = run.tasks.get(task)?.step;
  if (step?.at !== "move" || step.candidate !== candidate || !record.greenTrees.has(step.tree)) {
    const what = `${candidate} is to be merged but its tree never passed the gates`;
    throw new InvariantBroken("I8", what, { event, task });
  }
  if (from !== record.head) {
    throw new InvariantBroken("I8", `${task} is to be merged on a base that is not the head`, {
      event,
      task,
    });
  }
  const moves = [...run.effects.values()].filter(
    (effect) => effect.action.type === "MergePullRequest",
  );
  if (moves.length > 1)
    throw new InvariantBroken("I8", "two merges are under way", { event, task });
}

/** The branch went from where it was to the commit that was asked for. @throws InvariantBroken */
export function checkMerged(
  record: InvariantRecord,
  event: StoredEvent & EventOf<"PullRequestMerged">,
): void {
  if (record.head !== event.from) {
    const what = `${event.task} was merged on ${event.from}, the head was ${record.head ?? "unknown"}`;
    throw new InvariantBroken("I8", what, { event, task: event.task });
  }
  record.head = event.commit;
}
