// How branches become one: gated together, and what becomes of a conflict.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

function planOf(titles: readonly string[]): string {
  const tasks = titles.map(
    (title, at) => `## Task 1.${at + 1}: ${title}\n\n**Depends on:** none\n\nIt is there.\n`,
  );
  return `# M1: Notes\n\n${tasks.join("\n")}`;
}

function configOf(gate: string, more: string): string {
  return `version: 1
profile: plain
parallel: 3
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
gates:
  parallel: 3
  pre_merge:
    - { name: together, run: "${gate}", kind: test }
fix_rounds: { pull_request: 0 }
${more}`;
}

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

const NOTE = {
  steps: [
    { write: "notes/{{task}}.md", content: "{{title}}\n" },
    { commit: "feat: {{title}} ({{task}})" },
  ],
};

test("branches are gated together; the one that does not go with the others is left out, and no other", async () => {
  // Slow enough for a queue: who is ready waits behind whoever has its turn.
  const gate = "sleep 0.7; ! test -e notes/1.2.md || ! test -e notes/1.4.md";
  const titles = ["One", "Two", "Three", "Four", "Five", "Six"];
  const sample = {
    plan: planOf(titles),
    config: configOf(gate, "merge: { train: auto }\n"),
    recording: { "*": [NOTE] },
  };
  const repository = new SampleRepository(() => sample, home);
  const before = [repository.git("rev-parse", "HEAD"), repository.git("symbolic-ref", "HEAD")];
  try {
    const ended = await repository.cairn(["run", "@plan.md", "--autonomous"]);
    expect(ended).toMatchObject({ code: 1 });
    const { run, events } = repository.run() ?? {};
    const left = [...(run?.tasks.values() ?? [])].filter(({ status }) => status !== "merged");
    expect(left).toHaveLength(1);
    expect(["1.2", "1.4"]).toContain(left[0]?.key);
    expect(run?.merged).toHaveLength(5);
    const gated = (events ?? []).flatMap((event) => (event.type === "TrainGated" ? [event] : []));
    expect(gated.some(({ ok, length }) => ok && length > 1)).toBe(true);
    const branch = run?.settings.integrationBranch ?? "";
    const landed = repository.git("log", "--first-parent", "--format=%s", `main..${branch}`);
    expect(landed.split("\n").filter((subject) => subject.startsWith("feat"))).toHaveLength(5);
    expect([repository.git("rev-parse", "HEAD"), repository.git("symbolic-ref", "HEAD")]).toEqual(
      before,
    );
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(await untilNothingLives(repository.root, null)).toEqual([]);
  } finally {
    repository.remove();
  }
}, 120_000);

/** Both want the same line; whoever settles it keeps both. */
const SAME_LINE = {
  "*": [
    {
      role: "conflict-resolver",
      steps: [{ write: "notes/shared.md", content: "One and Two\n" }, { commit: "merge: both" }],
    },
    {
      steps: [
        { write: "notes/shared.md", content: "{{title}}\n" },
        { commit: "feat: {{title}} ({{task}})" },
      ],
    },
  ],
};

test("a small conflict is settled by its agent, and the same one is settled by what that did from then on", async () => {
  const sample = {
    plan: planOf(["One", "Two"]),
    config: configOf("test -d notes || true", ""),
    recording: SAME_LINE,
  };
  const repository = new SampleRepository(() => sample, home);
  try {
    const ended = await repository.cairn(["run", "@plan.md", "--autonomous"]);
    expect(ended).toMatchObject({ code: 0 });
    const { run, events } = repository.run() ?? {};
    const sessions = (events ?? []).flatMap((event) =>
      event.type === "SessionEnded" ? [event.role] : [],
    );
    expect(sessions).toContain("conflict-resolver");
    const branch = run?.settings.integrationBranch ?? "";
    expect(repository.git("show", `${branch}:notes/shared.md`)).toBe("One and Two");
    expect(repository.git("for-each-ref", "refs/cairn/resolutions/")).not.toBe("");
  } finally {
    repository.remove();
  }
}, 120_000);

/** The one takes the file away, the other goes on in it: nobody can say by rule what is meant. */
const GONE = {
  "1.1": [{ steps: [{ delete: "notes/old.md" }, { commit: "feat: away with it (1.1)" }] }],
  "1.2": [
    {
      steps: [
        { append: "notes/old.md", content: "more\n" },
        { commit: "feat: more of it (1.2)" },
        { sleepMs: 1_500 },
      ],
    },
  ],
  "*": [
    {
      steps: [
        { write: "notes/new.md", content: "more\n" },
        { commit: "feat: more of it, elsewhere ({{task}})" },
      ],
    },
  ],
};

test("a heavy conflict becomes an issue of its own, which is brought home in its place", async () => {
  const sample = {
    plan: planOf(["Away with it", "More of it"]),
    config: configOf("test -d notes || true", ""),
    recording: GONE,
    files: { "notes/old.md": "old\n", "notes/kept.md": "kept\n" },
  };
  const repository = new SampleRepository(() => sample, home);
  try {
    const ended = await repository.cairn(["run", "@plan.md", "--autonomous"]);
    const { run } = repository.run() ?? {};
    const old = run?.tasks.get("1.2");
    expect(old).toMatchObject({ status: "skipped", reason: "superseded" });
    const next = run?.tasks.get(old?.supersededBy ?? "");
    expect(next).toMatchObject({ status: "merged" });
    expect(next?.issue.title).toContain("Resolve merge conflict: 1.2 vs 1.1");
    expect(next?.issue.labels).toContain("conflict-resolution");
    expect(ended).toMatchObject({ code: 0 });
    const branch = run?.settings.integrationBranch ?? "";
    const files = repository.git("ls-tree", "--name-only", "-r", branch, "notes/").split("\n");
    expect(files).toEqual(["notes/kept.md", "notes/new.md"]);
  } finally {
    repository.remove();
  }
}, 120_000);
