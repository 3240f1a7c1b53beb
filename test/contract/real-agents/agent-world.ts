// A repository with a worktree, a model on loopback and a real CLI in a clean home.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createLocalDispatch } from "../../../src/adapters/dispatch/local/local-dispatch.ts";
import { readProcesses, readVariable } from "../../../src/adapters/process/process-table.ts";
import type { Agent } from "../../../src/ports/agent.ts";
import type { Dispatch, SessionRequest } from "../../../src/ports/dispatch.ts";
import { startModelServer, type ModelPlay, type ModelServer } from "../../support/model-server.ts";
import { aRequest } from "../../support/session-world.ts";

/** Identity as a session gets it from the composition; nothing of the user's own configuration. */
const GIT = {
  GIT_AUTHOR_NAME: "agent",
  GIT_AUTHOR_EMAIL: "1-s1@agents.cairn.invalid",
  GIT_COMMITTER_NAME: "agent",
  GIT_COMMITTER_EMAIL: "1-s1@agents.cairn.invalid",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
};

export interface AgentWorld {
  readonly dispatch: Dispatch;
  readonly workspace: string;
  readonly model: ModelServer;
  git(...args: string[]): string;
  request(session: string, prompt: string, more?: Partial<SessionRequest>): SessionRequest;
  /** Commands of live processes that carry the mark of this world's run. */
  alive(): readonly string[];
  dispose(): Promise<void>;
}

/** Program of an installed CLI; the test run is pointed at it by `scripts/test-agents.ts`. */
export function installed(name: string): string {
  const cache = path.resolve(import.meta.dirname, "../../../.agents-cache");
  return path.join(cache, name, "node_modules/.bin", name);
}

export async function createAgentWorld(
  plays: (workspace: string) => readonly ModelPlay[],
  makeAgent: (modelUrl: string) => {
    readonly agent: Agent;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<AgentWorld> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-real-")));
  const repository = path.join(folder, "repository");
  const workspace = path.join(repository, ".cairn/worktrees/w1");
  const home = path.join(folder, "home");
  fs.mkdirSync(repository);
  fs.mkdirSync(home);
  const gitIn = (directory: string, args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: directory,
      env: { PATH: process.env["PATH"], HOME: home, ...GIT },
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  gitIn(repository, ["init", "--quiet", "--initial-branch", "main"]);
  fs.writeFileSync(path.join(repository, "README.md"), "# Sample\n");
  fs.writeFileSync(path.join(repository, ".git/info/exclude"), ".cairn/\n");
  gitIn(repository, ["add", "--all"]);
  gitIn(repository, ["commit", "--quiet", "--message", "chore: begin"]);
  gitIn(repository, ["worktree", "add", "--quiet", "-b", "feat/issue-1", workspace]);

  const model = await startModelServer(plays(workspace));
  const { agent, environment } = makeAgent(model.url);
  const run = `real-${process.pid}-${path.basename(folder).slice(-6)}`;
  const dispatch = createLocalDispatch({
    cairnFolder: path.join(repository, ".cairn"),
    agents: { real: agent },
    environment: { PATH: process.env["PATH"], HOME: home, LANG: "C.UTF-8", ...environment },
    variables: Object.keys(environment),
    gitEnvironment: () => GIT,
  });
  return {
    dispatch,
    workspace,
    model,
    git: (...args) => gitIn(workspace, args),
    request: (session, prompt, more = {}) =>
      aRequest(run, session, workspace, prompt, { agent: "real", ...more }),
    alive: () =>
      readProcesses()
        .filter((row) => readVariable(row.pid, "CAIRN_SESSION_MARK")?.startsWith(`${run}/`))
        .map((row) => row.command),
    dispose: async () => {
      await dispatch.panic(run);
      await dispatch.close();
      await model.close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
