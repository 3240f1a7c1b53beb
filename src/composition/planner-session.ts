import fs from "node:fs";
import path from "node:path";
import { agentReportJsonSchema } from "../core/execute/agent-result.ts";
import type { Dispatch, SessionLimits, SessionOutcome } from "../ports/dispatch.ts";
import { gitEnvironment } from "../adapters/git/git-environment.ts";
import { runGit } from "../adapters/git/run-git.ts";
import { sessionGitEnvironment } from "../adapters/git/session-environment.ts";
import { emptyState } from "../adapters/dispatch/local/conclude-session.ts";
import { createLocalDispatch } from "../adapters/dispatch/local/local-dispatch.ts";
import { redactText, secretValues } from "../adapters/process/redact.ts";
import { SessionFile } from "../adapters/process/session-files.ts";
import type { PriceTable } from "../core/shared/prices.ts";
import { agentMail } from "../core/shared/agent-mail.ts";
import type { Agent, AgentCommand } from "../ports/agent.ts";
import { COMMITTER } from "./session-environment.ts";
import { differences, footprint } from "./planner-footprint.ts";
import { makePlannerFolder, removeDeadPlanners } from "./planner-folder.ts";

/** Where and with what a planner works; everything but the agent's own words is left as it was. */
export interface PlannerGround {
  readonly root: string;
  /** Where the copy is put, in its `tmp`, if that is there. */
  readonly cairnFolder: string;
  readonly agent: Agent;
  /** Name in the configuration. */
  readonly agentName: string;
  readonly model: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly variables: readonly string[];
  readonly home: "keep" | "private";
  readonly secrets: readonly string[];
  readonly prices: PriceTable;
  readonly limits: SessionLimits;
}

export interface PlannerSession {
  readonly outcome: SessionOutcome;
  /** What may be the answer, best first: structured output, the result file, the last words. */
  readonly candidates: readonly unknown[];
}

export interface PlannerPlace {
  ask(
    prompt: string,
    schema: object,
    continues: string | null,
    signal: AbortSignal,
  ): Promise<PlannerSession>;
  /** Puts foreign text between marks nobody could know. */
  readonly seed: { readonly run: string; readonly session: string };
  /** What was changed meanwhile, in the repository or in the planner's copy of it; empty when nothing was. */
  changes(): Promise<readonly string[]>;
  /** Ends what is left and removes the folder. */
  close(): Promise<void>;
}

const CHANGES_SHOWN = 5;

/**
 * A place for sessions outside of a run: a copy of the last commit in a folder of its own, so that a program that does
 * not keep to reading cannot harm the repository; what killed planners left behind is removed first. Each session is a process group of its own with its limits, ended
 * with all it started. @throws UserError `git/failed` when no copy can be made.
 */
export async function openPlannerPlace(ground: PlannerGround): Promise<PlannerPlace> {
  await removeDeadPlanners(ground.cairnFolder);
  const folder = makePlannerFolder(ground.cairnFolder);
  const copy = path.join(folder, "repository");
  const cairnFolder = path.join(folder, "cairn");
  const run = path.basename(folder);
  const remove = (): void => fs.rmSync(folder, { recursive: true, force: true });
  try {
    fs.mkdirSync(cairnFolder);
    await copyCommit(ground.root, copy);
    const before = [await footprint(ground.root), await footprint(copy)];
    let wanted: object = {};
    const dispatch = await dispatchFor(ground, { copy, cairnFolder, run }, () => wanted);
    let count = 0;
    return {
      seed: { run, session: "planner" },
      ask: async (prompt, schema, continues, signal) => {
        count += 1;
        wanted = schema;
        const session = `planner-s${count}`;
        const end = (): void => void dispatch.end(run, session, ground.limits.graceMs);
        signal.addEventListener("abort", end, { once: true });
        try {
          const outcome = await dispatch.run({
            run,
            session,
            role: "planner",
            agent: ground.agentName,
            model: ground.model,
            directory: copy,
            prompt,
            task: { key: "planner", title: "Plan", attempt: count, round: 0 },
            continues,
            limits: ground.limits,
          });
          return { outcome, candidates: candidatesOf(outcome, ground) };
        } finally {
          signal.removeEventListener("abort", end);
        }
      },
      changes: async () => {
        const after = [await footprint(ground.root), await footprint(copy)];
        return after
          .flatMap((lines, index) => differences(before[index] ?? [], lines))
          .slice(0, CHANGES_SHOWN);
      },
      close: async () => {
        await dispatch.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

async function dispatchFor(
  ground: PlannerGround,
  at: { readonly copy: string; readonly cairnFolder: string; readonly run: string },
  schema: () => object,
): Promise<Dispatch> {
  const { agent } = ground;
  const git = await sessionGitEnvironment({
    root: at.copy,
    hooksFolder: path.join(at.cairnFolder, "hooks"),
    protectedPatterns: ["refs/heads/*", "refs/tags/*"],
    committer: { name: "Cairn agent", email: agentMail(at.run, "planner") },
  });
  const asked: Agent = {
    ...agent,
    command: (request, folder, inherited) =>
      askingFor(schema(), agent.command(request, folder, inherited)),
  };
  return createLocalDispatch({
    cairnFolder: at.cairnFolder,
    agents: { [ground.agentName]: asked },
    environment: ground.environment,
    variables: ground.variables,
    home: ground.home,
    secrets: ground.secrets,
    prices: ground.prices,
    gitEnvironment: () => git,
  });
}

/** Programs that take a schema are given that of a task's report; a planner answers by another one. */
function askingFor(schema: object, command: AgentCommand): AgentCommand {
  const report = JSON.stringify(agentReportJsonSchema);
  const wanted = JSON.stringify(schema);
  const swap = (text: string): string => (text === report ? wanted : text);
  const { files } = command;
  return {
    ...command,
    args: command.args.map(swap),
    ...(files === undefined
      ? {}
      : {
          files: Object.fromEntries(
            Object.entries(files).map(([name, text]) => [name, swap(text)]),
          ),
        }),
  };
}

/** A result file is a page of JSON; anything longer is not one. */
const RESULT_LENGTH_MAX = 1_000_000;

function candidatesOf(outcome: SessionOutcome, ground: PlannerGround): readonly unknown[] {
  const state = emptyState();
  if (fs.existsSync(outcome.transcript))
    for (const line of fs.readFileSync(outcome.transcript, "utf8").split("\n"))
      ground.agent.read(line, state);
  const file = path.join(path.dirname(outcome.transcript), SessionFile.result);
  const hidden = [...secretValues(ground.environment), ...ground.secrets];
  const result =
    fs.existsSync(file) && fs.statSync(file).size <= RESULT_LENGTH_MAX
      ? [redactText(fs.readFileSync(file, "utf8"), hidden)]
      : [];
  return [...(state.structured === undefined ? [] : [state.structured]), ...result, state.text];
}

/** The last commit with its history, without a way back: no remote, no hooks, nothing fetched. */
async function copyCommit(root: string, copy: string): Promise<void> {
  const env = { ...gitEnvironment(COMMITTER), GIT_LFS_SKIP_SMUDGE: "1" };
  await runGit({
    cwd: root,
    env,
    args: ["clone", "--quiet", "--shared", "--template=", "--end-of-options", root, copy],
  });
  await runGit({ cwd: copy, env, args: ["remote", "remove", "origin"] });
}
