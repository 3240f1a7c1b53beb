import { ExitCode, UserError } from "../errors.ts";

/** What git and the machine say before a run; values only. */
export interface GroundFacts {
  readonly git: {
    /** Null: no git on the PATH. */
    readonly version: string | null;
    readonly isNewEnough: boolean;
    readonly isRepository: boolean;
    readonly isBare: boolean;
    readonly root: string | null;
    readonly hasCommits: boolean;
    /** Words of git where it will not touch this folder, as one that belongs to another user; else null. */
    readonly refusal: string | null;
    /** Branch of the checkout; null when detached. */
    readonly branch: string | null;
    /** Merge, rebase or the like that is under way. */
    readonly inProgress: string | null;
    /** Tracked files with changes that are not committed. */
    readonly modified: readonly string[];
    readonly isWritable: boolean;
  };
  /** `--no-worktree`: tasks will work in the checkout itself. */
  readonly inCheckout?: boolean;
  readonly target: { readonly name: string | null; readonly exists: boolean };
  readonly agents: readonly {
    readonly name: string;
    readonly known: boolean;
    readonly found: boolean;
    /** Path of the program where the configuration names one. */
    readonly program: string | null;
    readonly version: string | null;
    readonly warning: string | null;
  }[];
  readonly gates: readonly {
    readonly name: string;
    readonly run: string;
    /** What it needs and is not there, in words: `the program vitest`. */
    readonly missing: string | null;
  }[];
  readonly existingBranches: readonly string[];
  readonly freeBytes: number | null;
}

export interface Check {
  readonly name: string;
  readonly result: "ok" | "warning" | "refused";
  /** What was found. */
  readonly words: string;
  /** Why it matters; empty for what is fine. */
  readonly why: string;
  /** The command or key that mends it. */
  readonly mend: string;
  readonly code: string;
}

/** Below this, a run stops for want of room before it has begun. */
const FREE_BYTES_MIN = 200 * 1024 * 1024;

/** The checks of `cairn doctor` and of every start, in the same words. */
export function groundChecks(
  facts: GroundFacts,
  options: { readonly allowDirty: boolean },
): readonly Check[] {
  const git = gitCheck(facts);
  const repository = repositoryCheck(facts);
  // Without these nothing else can be told, and one message is enough.
  if (git.result === "refused") return [git];
  if (repository.result === "refused") return [git, repository];
  return [
    git,
    repository,
    treeCheck(facts, options.allowDirty),
    targetCheck(facts),
    ...facts.agents.map((agent) => agentCheck(agent)),
    ...facts.gates.map((gate) => gateCheck(gate)),
    diskCheck(facts.freeBytes),
    warning(
      "sandbox",
      "no sandbox here",
      "Agents and gates run with your rights.",
      "sandbox/none",
      "Run Cairn in a container or as a user of its own.",
    ),
  ];
}

/** @throws UserError with every refused check as one message and all the mends as hints. */
export function refuseBadGround(checks: readonly Check[]): void {
  const bad = checks.filter((check) => check.result === "refused");
  const [first] = bad;
  if (first === undefined) return;
  const words = bad.map((check) => check.words).join("\n");
  throw new UserError(first.code, words, {
    hints: bad.map((check) => check.mend),
    exitCode: ExitCode.usage,
  });
}

function ok(name: string, words: string): Check {
  return { name, result: "ok", words, why: "", mend: "", code: name };
}

function refused(name: string, words: string, why: string, code: string, mend: string): Check {
  return { name, result: "refused", words, why, code, mend };
}

function warning(name: string, words: string, why: string, code: string, mend: string): Check {
  return { name, result: "warning", words, why, code, mend };
}

function gitCheck({ git }: GroundFacts): Check {
  if (git.version === null) {
    return refused(
      "git",
      "There is no git on the PATH.",
      "Everything stands on it.",
      "preflight/no-git",
      "Install git 2.38 or newer.",
    );
  }
  if (!git.isNewEnough) {
    const why = "Merges are built without a checkout, which git can since 2.38.";
    return refused(
      "git",
      `git ${git.version} is too old.`,
      why,
      "preflight/old-git",
      "Install git 2.38 or newer.",
    );
  }
  return ok("git", `git ${git.version}`);
}

function noGround(words: string, why: string, code: string, mend: string): Check {
  return refused("repository", words, why, code, mend);
}

function repositoryCheck({ git }: GroundFacts): Check {
  if (git.refusal !== null) {
    return noGround(
      `git refuses to work here: ${git.refusal}`,
      "Everything stands on it.",
      "preflight/git-refuses",
      "Do what git says, or work in a clone of your own.",
    );
  }
  if (!git.isRepository) {
    return noGround(
      "This is not a git repository.",
      "Work is done in worktrees.",
      "preflight/no-repository",
      "Go to your repository, or make one: git init && git add . && git commit -m 'Begin'.",
    );
  }
  if (git.isBare) {
    return noGround(
      "This repository is bare.",
      "There is no place for worktrees and settings.",
      "preflight/bare",
      "Start Cairn in a clone of it.",
    );
  }
  if (!git.hasCommits) {
    return noGround(
      "This repository has no commits yet.",
      "Branches start from a commit.",
      "preflight/no-commits",
      "Make the first one: git add . && git commit -m 'Begin'.",
    );
  }
  if (!git.isWritable) {
    return noGround(
      "This repository is read-only for you.",
      "Branches and the run's log are written into it.",
      "preflight/read-only",
      "Make the folder and its .git writable, or work in a clone of it.",
    );
  }
  return ok("repository", git.root ?? "");
}

const FILES_SHOWN = 10;

function treeCheck({ git, inCheckout = false }: GroundFacts, allowDirty: boolean): Check {
  if (git.inProgress !== null) {
    return refused(
      "work tree",
      `A ${git.inProgress} is under way here.`,
      "It would be unclear what the run starts from.",
      "preflight/in-progress",
      `Finish it, or give it up: git ${git.inProgress} --abort.`,
    );
  }
  if (git.modified.length === 0) return ok("work tree", "no tracked file is modified");
  const more =
    git.modified.length > FILES_SHOWN ? ` and ${git.modified.length - FILES_SHOWN} more` : "";
  const words = `Modified and not committed: ${git.modified.slice(0, FILES_SHOWN).join(", ")}${more}.`;
  const why = inCheckout
    ? "Tasks will work in this checkout, on other commits."
    : "Agents start from commits and would not see these changes.";
  const [name, code] = ["work tree", "preflight/dirty"];
  if (allowDirty && !inCheckout)
    return warning(name, words, why, code, "Commit them, or go on without them.");
  const way = inCheckout ? "leave out --no-worktree" : "begin without them: --allow-dirty";
  const mend = `Commit them, or put them aside with \`git stash\`; or ${way}.`;
  return refused(name, words, why, code, mend);
}

function targetCheck({ git, target }: GroundFacts): Check {
  if (target.name === null) {
    const words =
      git.branch === null
        ? "HEAD is detached and no target branch is named."
        : "No target branch is named.";
    return refused(
      "target",
      words,
      "The milestone must land somewhere.",
      "preflight/no-target",
      "Name it: --target main, or `target: main` in .cairn.yml.",
    );
  }
  if (!target.exists) {
    return refused(
      "target",
      `The target branch ${target.name} does not exist here.`,
      "The milestone must land somewhere.",
      "preflight/no-target",
      `Make it: git branch ${target.name}; or name another with --target.`,
    );
  }
  return ok("target", target.name);
}

function agentCheck(agent: GroundFacts["agents"][number]): Check {
  const name = `agent ${agent.name}`;
  if (!agent.known) {
    return refused(
      name,
      `There is no agent called ${agent.name}.`,
      "Somebody has to do the work.",
      "preflight/unknown-agent",
      "Use claude, codex, or a name under `agents.define` in .cairn.yml.",
    );
  }
  if (!agent.found) {
    return refused(
      name,
      agent.program === null
        ? `The program of the agent ${agent.name} is not on the PATH.`
        : `The program of the agent ${agent.name} cannot be started: ${agent.program} is not there, or not executable.`,
      "Somebody has to do the work.",
      "preflight/no-agent",
      agent.program === null
        ? "Install it, or choose another: --agent NAME."
        : `Correct agents.define.${agent.name}.command in .cairn.yml, or make the file executable: chmod +x.`,
    );
  }
  if (agent.warning !== null)
    return warning(
      name,
      agent.warning,
      "It was not tried with this version.",
      "preflight/agent-version",
      "Install a version of the tested range if it misbehaves.",
    );
  return ok(name, agent.version ?? "there");
}

function gateCheck(gate: GroundFacts["gates"][number]): Check {
  const name = `gate ${gate.name}`;
  if (gate.missing === null) return ok(name, gate.run);
  return refused(
    name,
    `The gate ${gate.name === gate.run ? "" : `${gate.name} `}\`${gate.run}\` needs ${gate.missing}, which is not there.`,
    "A gate that cannot run would hold every task.",
    "preflight/no-gate",
    "Mend `gates.pre_merge` in .cairn.yml, or install what it needs.",
  );
}

function diskCheck(freeBytes: number | null): Check {
  if (freeBytes === null || freeBytes >= FREE_BYTES_MIN) return ok("disk", "enough room");
  const words = `Only ${Math.round(freeBytes / 1024 / 1024)} MB are free.`;
  return refused(
    "disk",
    words,
    "Worktrees and transcripts need room.",
    "preflight/disk",
    "Make room; `cairn clean` removes what finished runs left.",
  );
}
