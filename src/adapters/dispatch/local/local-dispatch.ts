import { EventEmitter, once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import type { PriceTable } from "../../../core/shared/prices.ts";
import { UserError } from "../../../errors.ts";
import type { Agent } from "../../../ports/agent.ts";
import type { Dispatch, SessionOutcome, SessionRequest } from "../../../ports/dispatch.ts";
import { readIfThere, writeAtomic } from "../../process/files.ts";
import { findDoomed, killRuns } from "../../process/kill-runs.ts";
import { isPanic } from "../../process/panic-file.ts";
import { placeOf } from "../../process/place.ts";
import { isAlive } from "../../process/process-table.ts";
import { redactText, secretValues } from "../../process/redact.ts";
import {
  claimSchema,
  exitSchema,
  readSessionFile,
  SessionFile,
  sessionFileSchema,
  type SessionExit,
} from "../../process/session-files.ts";
import { withinTime } from "../../process/within-time.ts";
import { attemptFolder, markOf, prepareAttempt, sessionsFolder } from "./attempt-folder.ts";
import { concludeSession, emptyState, unknownAgent } from "./conclude-session.ts";
import { allowedVariables, refuseProductionVariables, sessionVariables } from "./environment.ts";
import { HostProcess, type HostWord } from "./host-process.ts";
import { settleLost } from "./lost-session.ts";
import { askForInstantEnd, doomedBy, openSessions } from "./open-sessions.ts";
import {
  forestall,
  isUnreadable,
  notHosted,
  settleUnhosted,
  settleUnreadable,
} from "./unstarted-session.ts";

export interface LocalDispatchOptions {
  /** The repository's `.cairn` folder; attempts stand in `runs/<run>/sessions/<session>` below it. */
  readonly cairnFolder: string;
  /** By the names the configuration uses. */
  readonly agents: Readonly<Record<string, Agent>>;
  /** Environment of the engine; sessions see a part of it, by list. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further variables an agent may see (`agents.env`). */
  readonly variables?: readonly string[];
  /** `private`: one home for each run instead of the user's, without the user's logins. */
  readonly home?: "keep" | "private";
  /** Values never to be shown, beside those of variables named like secrets: from the project's `.env` files. */
  readonly secrets?: readonly string[];
  /** Fingerprints of secrets in agents' output that are known to be harmless (`secrets.allow`). */
  readonly allowedSecrets?: readonly string[];
  /** What tokens cost where an agent says nothing of dollars; absent: nobody knows. */
  readonly prices?: PriceTable;
  /** Identity, hooks and refusals that git gets in this session; wins over everything else. */
  readonly gitEnvironment?: (request: SessionRequest) => Readonly<Record<string, string>>;
}

const POLL_MS = 200;
/** A host that dies before it has taken the session is replaced; the machine that kills a third one will kill all. */
const HOSTS_MAX = 3;

/** Runs sessions as children of a detached host on this machine. @throws UserError `config/production-variable` */
export function createLocalDispatch(options: LocalDispatchOptions): Dispatch {
  refuseProductionVariables(options.variables ?? [], options.environment);
  return new LocalDispatch(options);
}

class LocalDispatch implements Dispatch {
  readonly #options: LocalDispatchOptions;
  readonly #host: HostProcess;
  readonly #running = new Map<string, Promise<SessionOutcome>>();
  readonly #news = new EventEmitter();
  readonly #refused = new Map<string, string>();
  #isClosed = false;

  constructor(options: LocalDispatchOptions) {
    this.#options = options;
    // One listener for each session under way, however many those are.
    this.#news.setMaxListeners(0);
    this.#host = new HostProcess(options.cairnFolder, (word) => this.#hear(word));
  }

  run(request: SessionRequest): Promise<SessionOutcome> {
    const folder = this.#folder(request.run, request.session);
    const running = this.#running.get(folder);
    if (running !== undefined) return running;
    const started = this.#run(request, folder).finally(() => this.#running.delete(folder));
    this.#running.set(folder, started);
    return started;
  }

  async end(run: string, session: string, graceMs: number): Promise<void> {
    const folder = this.#folder(run, session);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (forestall(folder)) return;
    this.#askForEnd(folder, graceMs);
    for (;;) {
      if (readIfThere(path.join(folder, SessionFile.exit)) !== null) return;
      await this.#settleIfLost(folder, markOf(run, session));
      await this.#change(folder);
    }
  }

  lastWords(run: string, session: string): string | null {
    const folder = this.#folder(run, session);
    const lines = readIfThere(path.join(folder, SessionFile.newest));
    const name = readSessionFile(folder, SessionFile.session, sessionFileSchema)?.agent;
    const agent = Object.values(this.#options.agents).find((known) => known.name === name);
    if (lines === null || agent === undefined) return null;
    const state = emptyState();
    for (const line of lines.split("\n")) agent.read(line, state);
    return state.lastWords || null;
  }

  async panic(run: string): Promise<number> {
    const open = openSessions(this.#options.cairnFolder, run);
    const places = [placeOf(this.#options.cairnFolder)];
    const engine = { pid: process.pid, run };
    const doomed = doomedBy({ names: new Set([run]), places, engine }, open);
    // Counted before anybody is told: the host may be quicker than the sweep.
    const ended = new Set(findDoomed(doomed));
    for (const folder of open) this.#endAtOnce(folder);
    for (const pid of (await killRuns(doomed)).ended) ended.add(pid);
    return ended.size;
  }

  /** Promises of `run` that are still open stay open, without keeping this process alive. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#host.letGo();
    await Promise.resolve();
  }

  async #run(request: SessionRequest, folder: string): Promise<SessionOutcome> {
    const mark = markOf(request.run, request.session);
    let told: number | null = null;
    let hosts = 0;
    for (;;) {
      const exit = readSessionFile(folder, SessionFile.exit, exitSchema);
      if (exit !== null) return this.#conclude(request, folder, exit);
      // Nothing is begun any more; the next engine will find what is under way.
      if (this.#isClosed) return new Promise(() => undefined);
      const claim = readSessionFile(folder, SessionFile.claim, claimSchema);
      if (claim !== null) await this.#settleIfLost(folder, mark);
      else if (isUnreadable(folder)) settleUnreadable(folder);
      // Nothing begins in a panic: the run is halted in a moment, which ends the session before it began.
      else if (isPanic(this.#options.cairnFolder)) told = null;
      else if (told === null || told !== this.#host.pid) {
        hosts += 1;
        if (hosts > HOSTS_MAX) settleUnhosted(folder);
        else told = this.#start(request, folder);
      }
      const why = this.#refused.get(folder);
      if (why !== undefined) return notHosted(request, folder, why);
      await this.#change(folder);
    }
  }

  /** From its files, also when the configuration has no agent of its name any more. */
  #conclude(request: SessionRequest, folder: string, exit: SessionExit): Promise<SessionOutcome> {
    const { agents, environment, secrets = [], allowedSecrets = [], prices = [] } = this.#options;
    const agent = agents[request.agent] ?? unknownAgent(request.agent);
    const hidden = [...secretValues(environment), ...secrets];
    const allowed = allowedSecrets;
    return concludeSession(request, agent, folder, { ...exit, hidden, allowed, prices });
  }

  #start(request: SessionRequest, folder: string): number | null {
    const agent = this.#agent(request.agent);
    const { environment, variables = [], secrets = [], gitEnvironment } = this.#options;
    const inherited = {
      ...allowedVariables(environment, agent, variables),
      ...this.#home(request),
    };
    const own = {
      ...sessionVariables(request, path.join(folder, SessionFile.result)),
      ...gitEnvironment?.(request),
    };
    // What a prompt quotes of files in the repository was redacted by nobody yet.
    const prompt = redactText(request.prompt, [...secretValues(environment), ...secrets]);
    prepareAttempt(folder, { ...request, prompt }, agent, { inherited, own, secrets });
    return this.#host.order({ start: folder });
  }

  #home(request: SessionRequest): Readonly<Record<string, string>> {
    if (this.#options.home !== "private") return {};
    // Beside the sessions: a later session of the run continues what an earlier one left in its home.
    const home = path.join(sessionsFolder(this.#options.cairnFolder, request.run), "../home");
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    return { HOME: home };
  }

  async #settleIfLost(folder: string, mark: string): Promise<void> {
    const claim = readSessionFile(folder, SessionFile.claim, claimSchema);
    if (claim === null || isAlive(claim.host)) return;
    // It may have finished its last session just before it went.
    if (readIfThere(path.join(folder, SessionFile.exit)) !== null) return;
    await settleLost(folder, mark, claim);
  }

  /** Resolves when the host says something about the folder, at the latest after a fifth of a second. */
  async #change(folder: string): Promise<void> {
    if (readIfThere(path.join(folder, SessionFile.exit)) !== null) return;
    const over = new AbortController();
    const word = once(this.#news, folder, { signal: over.signal }).catch(() => undefined);
    await withinTime(word, POLL_MS);
    over.abort();
  }

  #hear(word: HostWord): void {
    const folder = "over" in word ? word.over : word.refused;
    if ("refused" in word) this.#refused.set(folder, word.why);
    this.#news.emit(folder);
  }

  #askForEnd(folder: string, graceMs: number): void {
    writeAtomic(path.join(folder, SessionFile.end), String(graceMs));
    this.#host.tell({ end: folder, graceMs });
  }

  /** A disk that is full keeps nobody alive: whatever cannot be written is left out. */
  #endAtOnce(folder: string): void {
    this.#host.tell({ end: folder, graceMs: 0 });
    try {
      if (!forestall(folder)) askForInstantEnd(folder);
    } catch {
      return;
    }
  }

  #agent(name: string): Agent {
    const agent = this.#options.agents[name];
    if (agent !== undefined) return agent;
    throw new UserError("config/unknown-agent", `There is no agent named ${name}.`, {
      hints: [
        `Use one of ${Object.keys(this.#options.agents).join(", ")}, or add ${name} under agents.define.`,
      ],
    });
  }

  #folder(run: string, session: string): string {
    return attemptFolder(this.#options.cairnFolder, run, session);
  }
}
