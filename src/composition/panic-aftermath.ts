import type { PanicAftermath, PanicEnd } from "../api/panic-end.ts";
import { owedActions } from "../core/run/admission.ts";
import type { Run } from "../core/run/run.ts";
import type { RunId } from "../core/shared/names.ts";
import { isTerminal } from "../core/run/task-state.ts";
import type { PullRequest } from "../ports/forge.ts";
import { withinTime } from "../adapters/process/within-time.ts";
import type { OpenedProject } from "./open-project.ts";
import { openForge } from "./open-forge.ts";
import { revocation } from "./revoke-token.ts";
import { openView } from "./views.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A forge that has not answered by then is not waited for: the run has it on its list. */
const FORGE_MS = 20_000;
const NOTHING = { drafts: [], isLeftToEngine: false, trouble: null, token: null } as const;

/**
 * What is done about the forge after a panic, as far as the network goes: pull requests of unfinished tasks become drafts
 * again, by the run's engine where that was alive, else from here. Never rejects for what a forge says; @throws UserError
 * where `open` does.
 */
export async function panicAftermath(
  end: PanicEnd,
  directory: string,
  env: Environment,
  open: () => Promise<OpenedProject>,
): Promise<PanicAftermath> {
  const run = end.run === null ? null : runOf(directory, end.run);
  // The configuration is read only where it is needed: it may be what is broken.
  if (run?.settings.forge === undefined) return NOTHING;
  const project = await open();
  const address = await openForge(project.root, project.loaded.config, env).home();
  const token = address === null ? null : await revocation(env, address);
  const pulls = end.state === "halted" ? openPullRequests(run) : [];
  if (end.engine === "answered") return { ...NOTHING, token, isLeftToEngine: pulls.length > 0 };
  return { ...NOTHING, token, ...(pulls.length === 0 ? {} : await toDrafts(run, pulls, project)) };
}

function runOf(directory: string, id: RunId): Run {
  const reader = openView(directory, id);
  try {
    return reader.run;
  } finally {
    reader.close();
  }
}

/** Drafts among them, as the log has it, are asked about as well; what may have been merged is left alone. */
function openPullRequests(run: Run): readonly PullRequest[] {
  const merging = new Set(
    [...owedActions(run)].flatMap((action) =>
      action.type === "MergePullRequest" ? action.task : [],
    ),
  );
  return [...run.tasks.values()].flatMap(({ key, status, pullRequest }) =>
    pullRequest === null || isTerminal(status) || merging.has(key) ? [] : pullRequest,
  );
}

async function toDrafts(
  run: Run,
  open: readonly PullRequest[],
  project: OpenedProject,
): Promise<Pick<PanicAftermath, "drafts" | "trouble">> {
  const drafts: number[] = [];
  const doing = async (): Promise<void> => {
    const hosted = await project.openWorld(run);
    try {
      for (const pullRequest of open) {
        await hosted.world.forge.returnToDraft(pullRequest);
        drafts.push(pullRequest.number);
      }
    } finally {
      await hosted.close();
    }
  };
  let trouble: string | null = `The forge has not answered within ${FORGE_MS / 1000} s.`;
  const done = doing().then(
    () => (trouble = null),
    (error: unknown) => (trouble = wordsOf(error)),
  );
  await withinTime(done, FORGE_MS);
  return { drafts, trouble };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
