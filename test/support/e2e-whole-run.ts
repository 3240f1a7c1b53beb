// A milestone of three tasks brought home by a real agent CLI, from the command line on; the model is played on loopback.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { untilNothingLives } from "./e2e-program.ts";
import { SampleRepository } from "./e2e-repository.ts";
import { startModelServer, type ModelPlay } from "./model-server.ts";

const KEYS = ["1.1", "1.2", "1.3"] as const;

const PLAN = `# Milestone 1: Notes

## Task 1.1: Begin the notes

Depends on: none

### Acceptance criteria

- note-1.1.md is there

## Task 1.2: Go on with the notes

Depends on: 1.1

### Acceptance criteria

- note-1.2.md is there

## Task 1.3: Another beginning

Depends on: none

### Acceptance criteria

- note-1.3.md is there
`;

const REPORT = {
  status: "complete",
  summary: "The note is written.",
  steps_completed: ["written"],
  steps_blocked: [],
  files_changed: [],
  commits: [],
  notes: [],
  discoveries: [],
  error: null,
  question: null,
  verdicts: null,
};

export interface WholeRun {
  /** Word behind `--agent`. */
  readonly agent: string;
  /** The part of `.cairn.yml` that defines it, if it is not built in. */
  readonly define: (modelUrl: string) => string;
  readonly env: (modelUrl: string) => Readonly<Record<string, string>>;
  /** Whether the agent makes its own commits. */
  readonly commits: boolean;
}

/** What can be seen of the run afterwards. */
export interface Seen {
  readonly code: number | null;
  readonly words: string;
  readonly merged: readonly string[];
  readonly merges: number;
  readonly checkout: string;
  readonly notes: readonly string[];
  readonly sessions: number;
  readonly committers: readonly string[];
  readonly alive: number;
  readonly asked: number;
}

export async function runWhole(whole: WholeRun): Promise<Seen> {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-")));
  const model = await startModelServer(plays(whole.commits));
  const config = `version: 1\n${whole.define(model.url)}gates:\n  pre_merge:\n    - { name: notes, run: test -r plan.md, kind: other }\n`;
  const repository = new SampleRepository(() => ({ plan: PLAN, config }), home);
  try {
    const env = whole.env(model.url);
    const args = ["run", "@plan.md", "--agent", whole.agent];
    const { code, words } = await repository.cairn(args, env);
    const { merged, merges, checkout } = repository.outcome();
    const run = repository.run()?.run;
    const branch = run?.settings.integrationBranch ?? "";
    const committers = repository.git("log", "--format=%an", `main..${branch}`).split("\n");
    return {
      code,
      words,
      merged,
      merges,
      checkout,
      notes: KEYS.map((key) => repository.git("show", `${branch}:note-${key}.md`)),
      sessions: repository.sessionFolders().length,
      committers: [...new Set(committers)],
      alive: (await untilNothingLives(repository.root, run?.id ?? null)).length,
      asked: model.requests.length,
    };
  } finally {
    await model.close();
    repository.remove();
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** The same for every CLI: who reviews approves, who works on a task writes its note. */
function plays(commits: boolean): readonly ModelPlay[] {
  const stages = ["spec", "quality"].map((stage) => ({ stage, verdict: "approve", findings: [] }));
  const approval = { ...REPORT, summary: "Looked.", verdicts: stages };
  const work = KEYS.map((key): ModelPlay => {
    const write = `echo "note of ${key}" > note-${key}.md`;
    const shell = commits
      ? `${write} && git add -A && git commit -q -m 'feat: note (#${key})'; git log --oneline -1`
      : `${write}; cat note-${key}.md`;
    return {
      when: `of task ${key}`,
      answers: [{ shell }, { result: REPORT }, { say: "Done." }],
    };
  });
  const review: ModelPlay = {
    when: "# Your role: reviewer of task",
    answers: [{ shell: "git log --oneline -1" }, { result: approval }, { say: "Done." }],
  };
  return [review, ...work];
}
