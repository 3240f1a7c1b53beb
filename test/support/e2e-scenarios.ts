// Two-task milestones that between them pass every fault point of the engine.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type {
  RecordedSession,
  RecordedStep,
} from "../../src/adapters/agents/scripted/recording.ts";
import { processesBelow, type Ended } from "./e2e-program.ts";
import { RED_WHOLE } from "./e2e-red-whole.ts";
import { SampleRepository, type Sample } from "./e2e-repository.ts";

export interface Scenario {
  readonly name: string;
  /** Sessions a run begins when none is lost; null: it depends on who is quicker. */
  readonly sessions: number | null;
  readonly make: (diary: string) => Sample;
  /** Brings a fresh repository to where the first kill is wanted. */
  readonly prepare?: (repository: SampleRepository) => Promise<void>;
  /** The same without its own kill, for a scenario whose `begin` kills. */
  readonly calm?: (repository: SampleRepository) => Promise<Ended>;
  /** The command that is killed. */
  readonly begin: (repository: SampleRepository, env: Env) => Promise<Ended>;
  /** The command that goes on after a kill. */
  readonly goOn: (repository: SampleRepository, env: Env) => Promise<Ended>;
}

type Env = Readonly<Record<string, string>>;

const PLAN = `# Milestone 1: Sums

## Task 1.1: The first number

Depends on: none

### Acceptance criteria

- one.txt holds the first number

## Task 1.2: The second number

Depends on: none

### Acceptance criteria

- two.txt holds the second number
`;

const config = (fixer: string, autofix = "[]"): string => `version: 1
parallel: 2
target: main
mode: autonomous
profile: plain
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
    mending: { kind: command, command: [../mend.sh] }
  roles: { fixer: ${fixer} }
  limits: { grace: 1s }
gates:
  autofix: ${autofix}
  pre_merge:
    - { name: whole, run: sh check.sh, kind: test }
`;

/** Green unless both numbers are there and their sum is not. */
const CHECK = `if [ -e one.txt ] && [ -e two.txt ]; then
  cat one.txt two.txt | cmp -s - sum.txt || { echo "sum.txt is not the sum"; exit 1; }
fi
`;

/** What every session does first and last, so that a session that is begun twice is seen. */
function noted(diary: string, steps: readonly RecordedStep[]): readonly RecordedStep[] {
  const note = (word: string): RecordedStep => ({ run: `echo "${word} {{session}}" >> ${diary}` });
  return [note("begin"), ...steps, note("end")];
}

const reviewers = (diary: string): readonly RecordedSession[] =>
  (["spec-reviewer", "quality-reviewer"] as const).map((role) => ({
    role,
    steps: noted(diary, []),
  }));

/**
 * Each is fine alone; together they lack a sum. 1.2 never commits, and nobody writes the handoff, so that Cairn must.
 * Both are reminded of the handoff first, and 1.2 of its commit.
 */
function together(diary: string): Sample {
  return {
    plan: PLAN,
    config: config("recorded"),
    files: { "check.sh": CHECK },
    recording: {
      "*": [
        {
          role: "fixer",
          steps: noted(diary, [
            { run: "cat one.txt two.txt > sum.txt" },
            { commit: "fix: the sum (#{{task}})" },
          ]),
        },
        ...reviewers(diary),
      ],
      "1.1": [
        {
          role: "implementer",
          steps: noted(diary, [
            { write: "one.txt", content: "1\n" },
            { commit: "feat: the first number (#1.1)" },
          ]),
        },
      ],
      "1.2": [
        {
          role: "implementer",
          steps: noted(diary, [{ write: "two.txt", content: "2\n" }]),
        },
      ],
    },
  };
}

/** Both write one line of one file; the fixer leaves the merge for Cairn to conclude. */
function conflicting(diary: string): Sample {
  const writes = (line: string): RecordedSession => ({
    steps: noted(diary, [
      { write: "numbers.txt", content: `${line}\n` },
      { commit: "feat: a number (#{{task}})" },
    ]),
  });
  const mend = `#!/bin/sh
echo "begin $CAIRN_SESSION" >> ${diary}
printf '1\\n2\\n' > numbers.txt
echo "end $CAIRN_SESSION" >> ${diary}
`;
  return {
    plan: PLAN,
    config: config("mending"),
    files: { "check.sh": CHECK },
    programs: { "mend.sh": mend },
    recording: { "*": reviewers(diary), "1.1": [writes("1")], "1.2": [writes("2")] },
  };
}

/** 1.1 alone: it does a part and leaves blanks for Cairn to take away; the rest becomes 1.1b. */
function partly(diary: string): Sample {
  const sample = together(diary);
  const report = {
    status: "partial",
    summary: "The number stands there.",
    steps_blocked: [{ step: "the sign of the number", why: "it needs a decision" }],
  };
  const writes = (name: string, content: string): readonly RecordedStep[] =>
    noted(diary, [{ write: name, content }, { commit: "feat: a number (#{{task}})" }]);
  return {
    plan: PLAN.slice(0, PLAN.indexOf("## Task 1.2")),
    config: config("recorded", "[sh tidy.sh]"),
    files: { ...sample.files, "tidy.sh": "sed -i 's/ *$//' *.txt\n" },
    recording: {
      ...sample.recording,
      "1.1": [{ role: "implementer", report, steps: writes("one.txt", "1  \n") }],
      "1.1b": [{ role: "implementer", steps: writes("sign.txt", "+\n") }],
    },
  };
}

/** The first session of 1.1 works until a file says go: it is there to be ended. */
function patient(diary: string): Sample {
  const sample = together(diary);
  const waits: RecordedStep = { run: `while [ ! -e ${goOf(diary)} ]; do sleep 0.1; done` };
  const [session] = sample.recording?.["1.1"] ?? [];
  const [first, ...rest] = session?.steps ?? [];
  const steps = first === undefined ? [] : [first, waits, ...rest];
  return { ...sample, recording: { ...sample.recording, "1.1": [{ role: "implementer", steps }] } };
}

const QUIET = ["--progress", "plain"];

export const TOGETHER: Scenario = {
  name: "together",
  sessions: 11,
  make: together,
  begin: (repository, env) => repository.cairn(["run", "@plan.md", ...QUIET], env),
  goOn: (repository, env) => repository.cairn(["resume", ...QUIET], env),
};

export const CONFLICT: Scenario = {
  ...TOGETHER,
  name: "conflict",
  sessions: 10,
  make: conflicting,
};

/** Commands that repair, and an issue for what a partial result leaves. */
export const PARTLY: Scenario = { ...TOGETHER, name: "partly", sessions: 8, make: partly };

/** A person ends the sessions in the middle and goes on later. */
export const ABORT: Scenario = {
  name: "abort",
  sessions: null,
  make: patient,
  begin: async (repository, env) => {
    const engine = repository.start(["run", "@plan.md", ...QUIET], env);
    await untilBegun(repository, "1.1-s1");
    await repository.cairn(["abort"]);
    const ended = await engine.ended;
    sayGo(repository);
    return ended;
  },
  goOn: (repository, env) => repository.cairn(["resume", ...QUIET], env),
};

/** The whole is on its branch; a person lands it. */
export const LAND: Scenario = {
  name: "land",
  sessions: 11,
  make: together,
  prepare: async (repository) => {
    const { code, words } = await repository.cairn(["run", "@plan.md", ...QUIET]);
    if (code !== 0) throw new Error(`the run before the landing ended with ${code}:\n${words}`);
  },
  begin: (repository, env) => repository.cairn(["land", "--yes", ...QUIET], env),
  goOn: (repository, env) => repository.cairn(["land", "--yes", ...QUIET], env),
};

/** The engine dies while a gate hangs: the gate must not outlive it for long. */
export const HANGING_GATE: Scenario = {
  ...TOGETHER,
  name: "hanging gate",
  make: (diary) => {
    // The way out of a worktree, in words that are the same in every repository: else its tree would not be.
    const hangs = `out=$(git rev-parse --path-format=absolute --git-common-dir)/../..
echo "gate" >> "$out/gates"
[ -e "$out/go" ] || sleep 600
`;
    return { ...together(diary), files: { "check.sh": `${hangs}${CHECK}` } };
  },
  calm: withoutWaiting,
  begin: async (repository, env) => {
    const engine = repository.start(["run", "@plan.md", ...QUIET], env);
    await until(() => fs.existsSync(path.join(repository.folder, "gates")), "the gate");
    process.kill(engine.pid, "SIGKILL");
    sayGo(repository);
    return engine.ended;
  },
};

/** The engine dies while a session works: the session is adopted, whether it is over by then or not. */
export const LIVE_SESSION: Scenario = {
  ...TOGETHER,
  name: "live session",
  make: patient,
  calm: withoutWaiting,
  begin: async (repository, env) => {
    const engine = repository.start(["run", "@plan.md", ...QUIET], env);
    await untilBegun(repository, "1.1-s1");
    process.kill(engine.pid, "SIGKILL");
    await engine.ended;
    const next = repository.start(["resume", ...QUIET], env);
    await until(() => enginesOf(repository) === 2, "the engine that adopts");
    // Time enough to begin the session once more, for an engine that would.
    await wait(1_500);
    sayGo(repository);
    return next.ended;
  },
};

/** Engine and host die while a session works: what is left of it is ended before another takes its place. */
export const LOST_SESSION: Scenario = {
  ...LIVE_SESSION,
  name: "lost session",
  sessions: null,
  begin: async (repository, env) => {
    const engine = repository.start(["run", "@plan.md", ...QUIET], env);
    await untilBegun(repository, "1.1-s1");
    process.kill(engine.pid, "SIGKILL");
    for (const { pid, why } of processesBelow(repository.root, null))
      if (why === "session host") process.kill(pid, "SIGKILL");
    await engine.ended;
    const next = repository.start(["resume", ...QUIET], env);
    await untilBegun(repository, "1.1-s2");
    const run = repository.run()?.run.id ?? "";
    const stale = processesBelow(repository.root, `${run}/1.1-s1`);
    sayGo(repository);
    if (stale.some(({ why }) => why === "mark")) throw new Error("the lost session still works");
    return next.ended;
  },
};

export const SCENARIOS: readonly Scenario[] = [
  TOGETHER,
  CONFLICT,
  PARTLY,
  ABORT,
  LAND,
  HANGING_GATE,
  LIVE_SESSION,
  LOST_SESSION,
  RED_WHOLE,
];

function enginesOf(repository: SampleRepository): number {
  const events = repository.run()?.events ?? [];
  return events.filter((event) => event.type === "EngineStarted").length;
}

function withoutWaiting(repository: SampleRepository): Promise<Ended> {
  sayGo(repository);
  return TOGETHER.begin(repository, {});
}

function goOf(diary: string): string {
  return path.join(path.dirname(diary), "go");
}

function sayGo(repository: SampleRepository): void {
  fs.writeFileSync(goOf(repository.diary), "");
}

function untilBegun(repository: SampleRepository, session: string): Promise<void> {
  const line = `begin ${session}\n`;
  return until(() => fs.readFileSync(repository.diary, "utf8").includes(line), session);
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (isSo()) return;
    await wait(50);
  }
  throw new Error(`${what} has not begun within 30 s`);
}
