// A milestone whose whole is red, because of one task; a person takes that back, and has it done again.
import type { RecordedSession } from "../../src/adapters/agents/scripted/recording.ts";
import type { Ended } from "./e2e-program.ts";
import type { Sample, SampleRepository } from "./e2e-repository.ts";
import type { Scenario } from "./e2e-scenarios.ts";

const PLAN = `# Milestone 1: Sums

## Task 1.1: The first number

Depends on: none

It stands in one.txt.

## Task 1.2: The second number

It stands in two.txt.
`;

const CONFIG = `version: 1
target: main
barrier: true
mode: autonomous
profile: plain
sources: { handoff: "off" }
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
  limits: { grace: 1s }
gates:
  pre_merge:
    - { name: there, run: "test -e plan.md", kind: other }
  post_merge:
    - { name: numbers, run: "! grep -q letter two.txt", kind: test }
`;

/** What 1.2 writes first is no number; no gate of its own branch sees that. */
function redWhole(diary: string): Sample {
  const writes = (file: string, text: string): RecordedSession => ({
    steps: [
      { run: `echo "begin {{session}}" >> ${diary}` },
      { write: file, content: `${text}\n` },
      { commit: "feat: a number (#{{task}})" },
      { run: `echo "end {{session}}" >> ${diary}` },
    ],
  });
  return {
    plan: PLAN,
    config: CONFIG,
    recording: {
      "1.1": [writes("one.txt", "1")],
      "1.2": [{ ...writes("two.txt", "a letter"), session: 1 }, writes("two.txt", "2")],
    },
  };
}

type Env = Readonly<Record<string, string>>;

/** Whatever a person would say in this state, and then `resume`. */
async function sayAndGoOn(repository: SampleRepository, env: Env): Promise<Ended> {
  const run = repository.run()?.run;
  const isAsked = run?.status === "waiting" && run.verifyFailed?.culprit === "1.2";
  if (isAsked) await repository.cairn(["revert", "1.2"]);
  if (run?.tasks.get("1.2")?.reason === "reverted") await repository.cairn(["retry", "1.2"]);
  return repository.cairn(["resume", "--progress", "plain"], env);
}

/** The search for who broke the whole, and the revert. */
export const RED_WHOLE: Scenario = {
  name: "red whole",
  sessions: null,
  make: redWhole,
  begin: async (repository, env) => {
    const ended = await repository.cairn(["run", "@plan.md", "--progress", "plain"], env);
    return ended.signal === null ? sayAndGoOn(repository, env) : ended;
  },
  goOn: sayAndGoOn,
};
