import { forgeChecks, type ForgeFact } from "./checks-forge.ts";
import { ok, refused, warning, type Check } from "./checks-facts.ts";

/** What lies around a repository: asked by `cairn doctor` and `cairn preflight`, not by every start. Values only. */
export interface Surroundings {
  readonly machine: { readonly node: string; readonly system: string };
  /** Run whose agent session this process lives in; null: none. */
  readonly insideSession: string | null;
  /** Null: the repository has no remote. */
  readonly remote: RemoteFact | null;
  readonly disk: {
    readonly freeBytes: number | null;
    /** What worktrees take now. */
    readonly usedBytes: number;
    /** `workspace.max_size` */
    readonly maxBytes: number;
  };
  readonly bootstrap: BootstrapFact;
  readonly logins: readonly LoginFact[];
  /** GitHub, as it answered; null: the local forge. */
  readonly forge: ForgeFact | null;
  /** Names of variables that look like a way into production, without those that `agents.env` hands on. */
  readonly production: { readonly seen: readonly string[] };
  readonly leftovers: {
    /** Folders of worktrees that no open run owns. */
    readonly worktrees: readonly string[];
    /** Whoever wrote that it holds the engine's lock, and is gone. */
    readonly deadEngine: { readonly pid: number; readonly run: string } | null;
  };
}

interface RemoteFact {
  readonly name: string;
  /** Null: it answered. */
  readonly unreachable: string | null;
  readonly target: string | null;
  /** The target branch here against the remote's; null: the remote has none, or was not reached. */
  readonly standing: "same" | "ahead" | "behind" | "diverged" | null;
  /** The target is the branch of the checkout. */
  readonly isCheckedOut: boolean;
}

interface BootstrapFact {
  /** As configured: `auto`, `link`, `copy`, `none`, or the command. */
  readonly strategy: string;
  /** What will be run in a new worktree; null: nothing. */
  readonly command: string | null;
  /** The program it needs, where that is not there. */
  readonly missing: string | null;
  /** A lock file that `auto` does not know, with a command that would serve. */
  readonly unserved: { readonly file: string; readonly command: string } | null;
  /** Why `link` or `copy` cannot serve here; null or absent: they can, or are not asked for. */
  readonly ownBecause?: string | null;
}

interface LoginFact {
  readonly agent: string;
  /** Names of variables, or a file below the home folder; empty: nothing was found. */
  readonly found: readonly string[];
  /** What was looked for. */
  readonly sought: readonly string[];
  /** False: logins may lie where nobody can look (a key chain). */
  readonly canTell: boolean;
}

/** Order: what stops a run first, then what hinders it, then what is only worth knowing. */
export function surroundingChecks(facts: Surroundings): readonly Check[] {
  return [
    ...sessionCheck(facts.insideSession),
    ...remoteChecks(facts.remote),
    budgetCheck(facts.disk),
    bootstrapCheck(facts.bootstrap),
    ...facts.logins.map(loginCheck),
    ...productionChecks(facts.production),
    ...leftoverChecks(facts.leftovers),
    ...forgeChecks(facts.forge),
    ok("gh", "not needed: Cairn works with git alone"),
    ok("machine", `node ${facts.machine.node}, ${facts.machine.system}`),
  ];
}

function sessionCheck(run: string | null): readonly Check[] {
  if (run === null) return [];
  return [
    refused(
      "session",
      `This is inside an agent session of the run ${run}.`,
      "A run that an agent starts would start that agent again.",
      "cli/inside-session",
      "Use a terminal of your own; agents may read: plan, status, logs.",
    ),
  ];
}

function remoteChecks(remote: RemoteFact | null): readonly Check[] {
  if (remote === null) return [ok("remote", "none; the local forge needs none")];
  const { name, target, standing } = remote;
  if (remote.unreachable !== null) {
    return [
      warning(
        "remote",
        `${name} cannot be reached: ${remote.unreachable}.`,
        "What others have pushed cannot be seen; a run on GitHub waits for it, the local forge works without it.",
        "preflight/remote",
        `Try it: git ls-remote ${name}`,
      ),
    ];
  }
  const reached = ok("remote", `${name} answers`);
  if (target === null || standing === null) return [reached];
  if (standing === "same" || standing === "ahead") {
    const words = standing === "same" ? `is where ${name} has it` : `is ahead of ${name}`;
    return [reached, ok("target branch", `${target} ${words}`)];
  }
  return [reached, behindCheck(remote, target, standing)];
}

function behindCheck(remote: RemoteFact, target: string, standing: "behind" | "diverged"): Check {
  const { name } = remote;
  const why = "Tasks would start from what is old, and meet the newer commits only at the end.";
  if (standing === "behind") {
    const words = `${target} is behind ${name}/${target}.`;
    const mend = remote.isCheckedOut
      ? `git pull --ff-only ${name} ${target}`
      : `git fetch ${name} ${target}:${target}`;
    return warning("target branch", words, why, "preflight/behind", `Bring it up: ${mend}`);
  }
  const words = `${target} and ${name}/${target} have grown apart.`;
  const mend = `git fetch ${name} && git rebase ${name}/${target} ${target}`;
  return warning(
    "target branch",
    words,
    why,
    "preflight/behind",
    `Join them, for instance: ${mend}`,
  );
}

function budgetCheck({ freeBytes, usedBytes, maxBytes }: Surroundings["disk"]): Check {
  const used =
    usedBytes === 0
      ? `none yet; they may take ${inWords(maxBytes)}`
      : `they take ${inWords(usedBytes)} of ${inWords(maxBytes)}`;
  if (usedBytes > maxBytes) {
    return warning(
      "worktrees",
      `Worktrees: ${used} (workspace.max_size).`,
      "They have outgrown what they may take.",
      "preflight/worktrees-size",
      "Make room: cairn worktree cleanup, cairn clean",
    );
  }
  if (freeBytes === null || freeBytes + usedBytes >= maxBytes) return ok("worktrees", used);
  return warning(
    "worktrees",
    `Worktrees: ${used} (workspace.max_size), but only ${inWords(freeBytes)} are free.`,
    "The disk would be full before that limit is reached.",
    "preflight/worktrees-room",
    "Set a smaller workspace.max_size in .cairn.yml, or make room.",
  );
}

function bootstrapCheck(fact: BootstrapFact): Check {
  const { strategy, command, missing, unserved } = fact;
  if (missing !== null) {
    return warning(
      "bootstrap",
      `New worktrees get their dependencies by \`${command ?? strategy}\`, which needs ${missing}.`,
      "Gates would run without dependencies.",
      "preflight/no-bootstrap",
      "Install it, or set workspace.bootstrap in .cairn.yml.",
    );
  }
  if (unserved !== null) {
    return warning(
      "bootstrap",
      `There is a ${unserved.file}, which \`${strategy}\` does not install in this version.`,
      "New worktrees would have no dependencies.",
      "preflight/bootstrap-unserved",
      `Set workspace.bootstrap: {command: "${unserved.command}"} in .cairn.yml.`,
    );
  }
  if (command === null) return ok("bootstrap", `${strategy}: nothing to be installed`);
  return ok("bootstrap", bootstrapWords(fact, command));
}

function bootstrapWords({ strategy, ownBecause }: BootstrapFact, command: string): string {
  if (strategy === "auto") return `auto: ${command}`;
  if (strategy !== "link" && strategy !== "copy") return `${command} in each new worktree`;
  if (ownBecause === undefined || ownBecause === null)
    return `${strategy}: ${command} once for each state of the lock file`;
  return `${strategy} is not possible, ${command} in each new worktree: ${ownBecause}`;
}

function loginCheck(login: LoginFact): Check {
  const name = `login ${login.agent}`;
  if (login.found.length > 0) return ok(name, login.found.join(", "));
  if (!login.canTell) return ok(name, "kept by the system; only a session can tell");
  return warning(
    name,
    `No login of ${login.agent} was found.`,
    `Looked for ${login.sought.join(", ")}; sessions would end at once.`,
    "preflight/no-login",
    `Start ${login.agent} once and log in; or set one of its variables.`,
  );
}

function productionChecks({ seen }: Surroundings["production"]): readonly Check[] {
  if (seen.length === 0) return [];
  return [ok("variables", `${seen.join(", ")}: set here, hidden from agents and gates`)];
}

function leftoverChecks(leftovers: Surroundings["leftovers"]): readonly Check[] {
  const { worktrees, deadEngine } = leftovers;
  const checks: Check[] = [];
  if (deadEngine !== null) {
    checks.push(
      warning(
        "engine",
        `Process ${deadEngine.pid} worked on the run ${deadEngine.run} and is gone.`,
        "Its lock went with it; the run stands where its log ends.",
        "preflight/dead-engine",
        "Go on: cairn resume; or look: cairn status",
      ),
    );
  }
  if (worktrees.length > 0) {
    checks.push(
      warning(
        "leftovers",
        `Worktrees of runs that are over: ${worktrees.slice(0, 5).join(", ")}${worktrees.length > 5 ? ", …" : ""}.`,
        "They take room.",
        "preflight/leftovers",
        "See and remove them: cairn clean --dry-run, then cairn clean",
      ),
    );
  }
  return checks;
}

const KB = 1024;

function inWords(bytes: number): string {
  if (bytes < KB ** 2) return `${Math.round(bytes / KB)} kB`;
  if (bytes < KB ** 3) return `${Math.round(bytes / KB ** 2)} MB`;
  return `${(bytes / KB ** 3).toFixed(1)} GB`;
}
