import { BrokenPromise } from "../errors.ts";
import { COMMAND_WORDS, type WordName } from "../api/command-words.ts";
import type { CommandModule } from "./command-module.ts";

/** What is known about a command before its module is loaded. */
export interface CommandRow {
  readonly name: string;
  readonly group: "Work" | "Look" | "Steer" | "Finish" | "Set up";
  /** Imperative, without period. */
  readonly summary: string;
  /** Whole command lines, most usual first; at most three. */
  readonly examples: readonly string[];
  /** False for what an agent inside a session may not do: it would start or steer runs from within one. */
  readonly insideSession: boolean;
}

export const COMMANDS: readonly CommandRow[] = [
  row("Work", "run", "Bring a milestone home: plan, work, review, merge, land", "steers", [
    "cairn run docs/M4_workers.md",
    "cairn run m5 --parallel 3 --detach",
    "cairn run --dispatch 3 --from 4.3",
  ]),
  row("Work", "resume", "Go on with a run that was paused, ended or killed", "steers", [
    "cairn resume",
    "cairn resume --after-panic",
  ]),
  row("Look", "plan", "Show what a run would do, and change nothing", "reads", [
    "cairn plan docs/M4_workers.md",
    "cairn plan m5 --output plan.yaml",
    "cairn plan issues.json --json",
  ]),
  row("Work", "groom", "Write a dispatch plan with groups, and propose splits", "steers", [
    "cairn groom docs/M4_workers.md",
    "cairn groom docs/M4_workers.md --dry-run",
    "cairn groom plan/milestone-3-dispatch.yaml",
  ]),
  row("Work", "create", "Make a milestone with issues on GitHub out of a plan", "steers", [
    "cairn create docs/M4_workers.md --dry-run",
    "cairn create docs/M4_workers.md",
    'cairn create plan.yaml --title "Phase 1"',
  ]),
  row("Look", "status", "Show where a run stands and what it waits for", "reads", [
    "cairn status",
    "cairn status --json",
    "cairn status --exit-status",
  ]),
  row("Work", "attach", "Follow a live run and give it commands", "steers", ["cairn attach"]),
  row("Look", "logs", "Show what an agent said and did", "reads", [
    "cairn logs 4.2",
    "cairn logs 4.2 --follow",
  ]),
  row("Look", "events", "Print the log of a run", "reads", [
    "cairn events",
    "cairn events --json --follow",
  ]),
  row("Look", "report", "Report what became of a run", "reads", [
    "cairn report",
    "cairn report --format html",
    "cairn report --metrics",
  ]),
  row("Look", "audit", "Show who said what to a run, when and from where", "reads", [
    "cairn audit",
    "cairn audit --json",
  ]),
  row("Look", "state", "Check the recorded state, print it, or set a mark in it", "steers", [
    "cairn state validate",
    "cairn state show --format worktree-state",
    'cairn state checkpoint "before the big merge"',
  ]),
  ...steering({
    pause: ["cairn pause"],
    abort: ["cairn abort"],
  }),
  row("Steer", "cancel", "Give up a task, or the whole run", "steers", [
    "cairn cancel 4.2",
    "cairn cancel --run",
  ]),
  ...steering({
    retry: ["cairn retry 4.2"],
    revert: ["cairn revert 4.2"],
    skip: ["cairn skip 4.2", 'cairn skip 4.2 --reason "done by hand"'],
    approve: ["cairn approve 4.2", "cairn approve"],
    fix: ["cairn fix 4.2", "cairn fix"],
    force: ["cairn force 4.2"],
    resolve: ["cairn resolve 4.2"],
    continue: ["cairn continue 4.2", "cairn continue"],
    restart: ["cairn restart 4.2"],
    "skip-phase": ["cairn skip-phase"],
    answer: ["cairn answer 4.2 done-elsewhere", 'cairn answer "Use the second layout"'],
  }),
  row("Finish", "land", "Bring the integration branch to the target", "steers", [
    "cairn land",
    "cairn land --partial",
    "cairn land --yes",
  ]),
  ...steering({
    panic: ["cairn panic"],
  }),
  row("Finish", "clean", "Remove workspaces and branches that are no longer needed", "steers", [
    "cairn clean --dry-run",
    "cairn clean",
    "cairn clean --runs",
  ]),
  row("Set up", "doctor", "Check what a run needs, and say how to mend it", "reads", [
    "cairn doctor",
    "cairn doctor --json",
  ]),
  row(
    "Set up",
    "preflight",
    "Check what a run needs, and run its gates once on the target",
    "steers",
    [
      "cairn preflight",
      "cairn preflight --gates",
      "cairn preflight --require-green-baseline --json",
    ],
  ),
  row("Finish", "integration-test", "Run the gates of the whole on a branch", "steers", [
    "cairn integration-test",
    "cairn integration-test milestone/m4-workers",
  ]),
  // It asks with the forge's token, which no agent has or borrows.
  row("Look", "ci-status", "Show the checks and reviews of a pull request", "steers", [
    "cairn ci-status 12",
    "cairn ci-status 12 --wait",
    "cairn ci-status 12 --json",
  ]),
  row("Set up", "worktree", "Make, show, rebase and remove worktrees without a run", "steers", [
    "cairn worktree create 12",
    "cairn worktree status",
    "cairn worktree cleanup --dry-run",
  ]),
  row("Set up", "init", "Write a commented .cairn.yml for this repository", "steers", [
    "cairn init",
    "cairn init --dry-run",
    "cairn init --force",
  ]),
  row("Set up", "config", "Show the configuration and where each value comes from", "reads", [
    "cairn config show",
    "cairn config show ci.timeout",
    "cairn config schema",
  ]),
  row("Set up", "demo", "Play a small milestone in a throw-away repository", "steers", [
    "cairn demo",
  ]),
];

/** Loads the module of a command; the file is named like the command. */
export async function loadCommand(name: string): Promise<CommandModule> {
  const loaded: unknown = await import(`./commands/${name}.ts`);
  if (isObject(loaded) && isCommandModule(loaded["command"])) return loaded["command"];
  throw new BrokenPromise(`commands/${name}.ts exports no \`command\`.`);
}

function row(
  group: CommandRow["group"],
  name: string,
  summary: string,
  kind: "reads" | "steers",
  examples: readonly string[],
): CommandRow {
  return { name, group, summary, examples, insideSession: kind === "reads" };
}

/** Words to a run mean the same wherever they are said: their summaries are those of the table they share. */
function steering(
  examples: Readonly<Partial<Record<WordName, readonly string[]>>>,
): readonly CommandRow[] {
  return COMMAND_WORDS.flatMap(({ name, help }) => {
    const own = examples[name];
    return own === undefined ? [] : [row("Steer", name, help, "steers", own)];
  });
}

function isCommandModule(value: unknown): value is CommandModule {
  return (
    isObject(value) &&
    typeof value["run"] === "function" &&
    Array.isArray(value["args"]) &&
    Array.isArray(value["options"])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
