// Every kind of source has an example; each is planned, brought home by a recorded agent, and says afterwards what is done.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE, untilNothingLives } from "../support/e2e-program.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-home-"));
});
afterAll(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

// One after another: what is merged first is not a matter of how fast the machine is.
const CONFIG = `version: 1
in_flight: 1
agents:
  default: recorded
  define:
    recorded: { kind: scripted, command: [../recording.json] }
gates:
  pre_merge:
    - { name: notes, run: "test -d notes || test ! -e .git/notes", kind: other }
`;

const HANDOFF = "HANDOFF_M1.md";

/** Whatever the task, a note of its own is written and committed, with what a handoff that is there is owed. */
const RECORDING = {
  "*": [
    {
      steps: [
        { write: "notes/{{task}}.md", content: "{{title}}\n" },
        {
          run: `test ! -e ${HANDOFF} || printf '\\n## Task {{task}} Complete\\n\\nA note.\\n' >> ${HANDOFF}`,
        },
        { commit: "feat: {{title}} ({{task}})" },
      ],
    },
  ],
};

interface Example {
  readonly name: string;
  readonly source: readonly string[];
  /** A list of what a service has: nothing in it is marked. */
  readonly keepsNothing?: true;
}

const EXAMPLES: readonly Example[] = [
  { name: "markdown", source: ["@M1_greeting.md"] },
  { name: "json", source: ["issues.json"], keepsNothing: true },
  { name: "folder", source: ["m1"] },
  { name: "dispatch", source: ["plan.yaml"] },
  { name: "spec-kit", source: ["specs/001-shelf"] },
  { name: "task-master", source: [".taskmaster/tasks/tasks.json"] },
  { name: "beads", source: [".beads"] },
];

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

/** What came of a run, in words that are the same every time. */
function described(repository: SampleRepository): string {
  const found = repository.run();
  if (found === null) throw new Error("there is no run");
  const { run } = found;
  const branch = run.settings.integrationBranch;
  const subjects = repository.git(
    "log",
    "--reverse",
    "--first-parent",
    "--format=%s",
    `main..${branch}`,
  );
  const marks = repository.git("diff", "--unified=0", "main", branch, "--", ".", ":(exclude)notes");
  const changed = marks.split("\n").filter((line) => /^(?:\+\+\+|[-+](?![-+]))/.test(line));
  return [
    `${run.status} on ${branch}`,
    `merged: ${run.merged.join(", ")}`,
    "",
    subjects,
    "",
    ...changed,
    "",
  ].join("\n");
}

test.each(EXAMPLES)(
  "$name: the example is brought home and marked",
  async ({ name, source, keepsNothing }) => {
    const files = { "package.json": "{}\n", ...filesOf(name) };
    const repository = new SampleRepository(
      () => ({ plan: "not used\n", config: CONFIG, files, recording: RECORDING }),
      home,
    );
    try {
      const plan = await repository.cairn(["plan", ...source, "--autonomous"]);
      expect(plan).toMatchObject({ code: 0 });
      const ended = await repository.cairn(["run", ...source, "--autonomous"]);
      expect(ended).toMatchObject({ code: 0 });
      await expect(described(repository)).toMatchFileSnapshot(`../golden/sources/${name}.txt`);
      // What is done is done, once it is where the plan is read from.
      const branch = repository.run()?.run.settings.integrationBranch ?? "";
      repository.git("merge", "--quiet", "--ff-only", branch);
      const again = await repository.cairn(["plan", ...source, "--json", "--autonomous"]);
      const { mergeOrder } = JSON.parse(again.words.slice(again.words.indexOf("{"))) as {
        readonly mergeOrder: readonly string[];
      };
      expect(mergeOrder.length === 0).toBe(keepsNothing !== true);
      expect(await untilNothingLives(repository.root, null)).toEqual([]);
    } finally {
      repository.remove();
    }
  },
);
