// An agent does a part and says what is left: the part is merged, the rest is an issue of the source and comes home too.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE, untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";
import type { Recording } from "../../src/adapters/agents/scripted/recording.ts";

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

const CONFIG = `version: 1
profile: plain
sources: { handoff: write }
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
gates:
  pre_merge:
    - { name: notes, run: "test -d notes || test ! -e .git/notes", kind: other }
`;

const WHOLE = {
  steps: [
    { write: "notes/{{task}}.md", content: "{{title}}\n" },
    { commit: "feat: {{title}} ({{task}})" },
  ],
};
/** What a later session adds to the part: one that adds nothing has not done the rest. */
const REST = {
  steps: [
    { write: "notes/{{task}}-rest.md", content: "{{title}}, the rest\n" },
    { commit: "feat: the rest of {{title}} ({{task}})" },
  ],
};
const LEFT = { step: "the second half", why: "it needs a decision" };

/** The first session of that task does a part, its next one what was left; everybody else does all of it. */
function recording(partly: string, more: Recording = {}): Recording {
  const report = {
    status: "partial",
    summary: "One half.",
    steps_completed: ["the first half"],
    steps_blocked: [LEFT],
  };
  return { ...more, [partly]: [{ ...WHOLE, session: 1, report }, REST], "*": [WHOLE] };
}

function filesOf(name: string): Readonly<Record<string, string>> {
  const folder = path.join(PACKAGE, "examples", name);
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file), fs.readFileSync(file, "utf8")];
      }),
  );
}

function sampleOf(name: string, recorded: Recording): SampleRepository {
  const files = { "package.json": "{}\n", ...filesOf(name) };
  return new SampleRepository(
    () => ({ plan: "not used\n", config: CONFIG, files, recording: recorded }),
    home,
  );
}

interface Planned {
  readonly mergeOrder: readonly string[];
  readonly done: readonly string[];
  readonly issues: readonly {
    readonly key: string;
    readonly blockers: readonly { readonly key: string }[];
  }[];
}

async function planned(repository: SampleRepository, source: readonly string[]): Promise<Planned> {
  const { words } = await repository.cairn(["plan", ...source, "--json", "--autonomous"]);
  return JSON.parse(words.slice(words.indexOf("{"))) as Planned;
}

/** `of` waits for nobody; `dependent` waits for it. */
const SOURCES = [
  { name: "markdown", source: ["@M1_greeting.md"], of: "1.2", rest: "1.2b", dependent: "1.3" },
  { name: "folder", source: ["m1"], of: "m1/01", rest: "m1/01b", dependent: "m1/02" },
  { name: "dispatch", source: ["plan.yaml"], of: "#71", rest: "71b", dependent: "#74" },
  { name: "spec-kit", source: ["specs/001-shelf"], of: "T001", rest: "T001b", dependent: "T002" },
  {
    name: "task-master",
    source: [".taskmaster/tasks/tasks.json"],
    of: "1",
    rest: "6",
    dependent: "2",
  },
  { name: "beads", source: [".beads"], of: "tm-1.1", rest: "tm-1.1b", dependent: "tm-1.2" },
] as const;

test.concurrent.each(SOURCES)(
  "$name: part and rest are merged before what waits for the whole, and both are done in the source",
  async ({ name, source, of, rest, dependent }) => {
    const repository = sampleOf(name, recording(of));
    try {
      const ended = await repository.cairn(["run", ...source, "--autonomous"]);
      expect(ended).toMatchObject({ code: 0 });
      const run = repository.run()?.run;
      const order = [of, rest, dependent].map((key) => run?.merged.indexOf(key) ?? -1);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(order).not.toContain(-1);
      expect(run?.progress).toMatchObject({ followUps: [rest] });
      expect(run?.tasks.get(rest)?.issue.body).toContain(`- ${LEFT.step} (${LEFT.why})`);
      // Written by Cairn on the branch, in one commit with the marks; never in the user's checkout.
      const branch = run?.settings.integrationBranch ?? "";
      expect(repository.git("status", "--porcelain")).toBe("");
      const subjects = repository.git("log", "--format=%s", `main..${branch}`).split("\n");
      expect(
        subjects.filter((subject) => subject.startsWith("docs: mark what is done")),
      ).toHaveLength(1);
      expect(repository.git("show", `${branch}:notes/${rest}.md`)).toContain("Follow-up of");
      repository.git("merge", "--quiet", "--ff-only", branch);
      const after = await planned(repository, source);
      expect(after.mergeOrder).toEqual([]);
      expect(after.done).toEqual(expect.arrayContaining([of, rest, dependent]));
      expect(await untilNothingLives(repository.root, null)).toEqual([]);
    } finally {
      repository.remove();
    }
  },
  120_000,
);

test("a rest that fails stays in the plan, and the next run takes it up where it was left", async () => {
  const fails = { ...WHOLE, report: { status: "failed", summary: "", error: "no way" } };
  const repository = sampleOf("markdown", recording("1.2", { "1.2b": [fails] }));
  try {
    const ended = await repository.cairn(["run", "@M1_greeting.md", "--autonomous"]);
    expect(ended.code).toBe(1);
    const run = repository.run()?.run;
    expect(run?.merged).toEqual(["1.2"]);
    expect(run?.tasks.get("1.3")).toMatchObject({ status: "skipped", reason: "blocker-ended" });
    const report = await repository.cairn(["report"]);
    expect(report.words).toContain(
      "1.2b (failed) is a follow-up of 1.2, of which a part is merged.",
    );
    expect(report.words).not.toContain("was not written into the source");
    const status = await repository.cairn(["status"]);
    expect(status.words).toContain("the rest is 1.2b");
    const branch = run?.settings.integrationBranch ?? "";
    repository.git("merge", "--quiet", "--ff-only", branch);
    const after = await planned(repository, ["@M1_greeting.md"]);
    expect(after.mergeOrder[0]).toBe("1.2b");
    expect(after.done).toContain("1.2");
    const waiting = after.issues.find(({ key }) => key === "1.3");
    expect(waiting?.blockers.map(({ key }) => key)).toEqual(
      expect.arrayContaining(["1.2", "1.2b"]),
    );
  } finally {
    repository.remove();
  }
}, 120_000);

test("a plan that is in no commit gets no task: the report says what has to be added by hand", async () => {
  const repository = sampleOf("markdown", recording("1.2"));
  try {
    repository.git("rm", "--quiet", "--cached", "M1_greeting.md");
    repository.git("commit", "--quiet", "--message", "chore: the plan is nobody's business");
    const ended = await repository.cairn(["run", "@M1_greeting.md", "--autonomous"]);
    expect(ended.code).toBe(0);
    expect(repository.run()?.run.merged).toContain("1.2b");
    const report = await repository.cairn(["report"]);
    expect(report.words).toMatch(/1\.2b ".*" was not written into the source: add it by hand/u);
  } finally {
    repository.remove();
  }
}, 120_000);

test("a list of a service has no place for a rest: the part is not merged as the whole", async () => {
  const repository = sampleOf("json", recording("#12"));
  try {
    const ended = await repository.cairn(["run", "issues.json", "--autonomous"]);
    expect(ended).toMatchObject({ code: 0 });
    const events = repository.run()?.events ?? [];
    const failed = events.find((event) => event.type === "AttemptFailed");
    expect(failed).toMatchObject({
      task: "#12",
      reason: "partial",
      detail: expect.stringContaining("A source of the kind json takes no follow-up issues here."),
    });
    expect(repository.run()?.run.merged).toEqual(["#12", "#13", "#14"]);
  } finally {
    repository.remove();
  }
}, 120_000);
