// A folder with a `.cairn`, a workspace, and agents that are programs written by the test.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createCommand } from "../../src/adapters/agents/command/command.ts";
import {
  createLocalDispatch,
  type LocalDispatchOptions,
} from "../../src/adapters/dispatch/local/local-dispatch.ts";
import { readProcesses, readVariable } from "../../src/adapters/process/process-table.ts";
import type { Dispatch, SessionRequest } from "../../src/ports/dispatch.ts";

export interface SessionWorld {
  readonly folder: string;
  readonly cairnFolder: string;
  readonly workspace: string;
  /** A new dispatch, as another engine would have it. */
  dispatch(more?: Partial<LocalDispatchOptions>): Dispatch;
  /** Session whose agent is this shell script; `{{world}}` in it is this world's folder. */
  request(session: string, script: string, more?: Partial<SessionRequest>): SessionRequest;
  file(...names: string[]): string;
  read(...names: string[]): string;
  /** Pids of live processes that a session of this world's run started. */
  alive(run?: string): readonly number[];
  dispose(): Promise<void>;
}

let worlds = 0;

export function createSessionWorld(): SessionWorld {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-sessions-")));
  const cairnFolder = path.join(folder, ".cairn");
  const workspace = path.join(folder, "work");
  fs.mkdirSync(workspace);
  worlds += 1;
  // Part of the mark: tests that run at the same time must not end each other's processes.
  const run = `run-${process.pid}-${worlds}`;
  const opened: Dispatch[] = [];
  const agents = { sh: createCommand({ name: "sh", command: ["sh"], commits: true }) };
  const alive = (of = run): readonly number[] =>
    readProcesses()
      .map((row) => row.pid)
      .filter((pid) => readVariable(pid, "CAIRN_SESSION_MARK")?.startsWith(`${of}/`));
  return {
    folder,
    cairnFolder,
    workspace,
    alive,
    dispatch: (more = {}) => {
      const dispatch = createLocalDispatch({
        cairnFolder,
        agents,
        environment: process.env,
        ...more,
      });
      opened.push(dispatch);
      return dispatch;
    },
    // `sh` reads its script from stdin, where an agent gets its prompt.
    request: (session, script, more = {}) => aRequest(run, session, workspace, script, more),
    file: (...names) => path.join(folder, ...names),
    read: (...names) => fs.readFileSync(path.join(folder, ...names), "utf8"),
    dispose: async () => {
      for (const dispatch of opened) await dispatch.panic(run);
      for (const dispatch of opened) await dispatch.close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

export function aRequest(
  run: string,
  session: string,
  directory: string,
  prompt: string,
  more: Partial<SessionRequest> = {},
): SessionRequest {
  return {
    run,
    session,
    role: "implementer",
    agent: "sh",
    model: null,
    directory,
    prompt,
    task: { key: session.replace(/-s\d+$/, ""), title: "A task", attempt: 1, round: 0 },
    continues: null,
    ...more,
    limits: {
      wallMs: 60_000,
      stallMs: 30_000,
      turns: 50,
      outputBytes: 1_000_000,
      graceMs: 1_000,
      usd: null,
      ...more.limits,
    },
  };
}
