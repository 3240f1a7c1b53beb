// A token where none belongs: in what an agent and a gate print, in an issue's title and text, in a commit's message,
// in the name of a branch, in a person's own words.
// Afterwards every place that Cairn writes to is searched; only the agent's own branch, here, may have it.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GitHubSample } from "../support/e2e-github.ts";
import { filesWith, formsOf, hubWith, objectsWith } from "../support/e2e-github-secrets.ts";
import { SampleRepository } from "../support/e2e-repository.ts";

/** As one from GitHub looks: it stops a run. Put together here, so that no file holds it. */
const REAL = ["ghp", "aZ3kQ9wB7xLm2Vt5Rn8YcD4fG6hJ1pS0uWiE"].join("_");
/** As somebody writes it for a test: hidden like any other, and nothing stops for it. */
const MADE_UP = ["ghp", "exampleexampleexample0123456789abcdef"].join("_").slice(0, 40);
/** Of the clone's `.env` file, known by nothing but its value. */
const VALUE = "pW7-kk2-Zr";

/** One word for a shell, and no token for anybody who reads it. */
function halves(token: string): string {
  return `${token.slice(0, 7)}""${token.slice(7)}`;
}

/** Everything a person may ask for afterwards. */
const QUESTIONS = [
  ["status"],
  ["status", "--json"],
  ["report"],
  ["report", "--format", "json"],
  ["report", "--format", "md"],
  ["report", "--format", "html"],
  ["events"],
  ["events", "--json"],
  ["logs", "1"],
];

describe("a run that meets secrets which stop nothing", () => {
  const forms = [...formsOf(MADE_UP), VALUE];
  const agent = `#!/bin/sh
echo "to stderr: ${halves(MADE_UP)} ${halves(VALUE)}" >&2
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*)
  cat > /dev/null
  echo "I use ${halves(MADE_UP)} and ${halves(VALUE)} here"
  mkdir -p src && echo done > "src/task-$CAIRN_TASK.md"
  printf '{"status":"done","summary":"used %s and %s"}' ${halves(MADE_UP)} ${halves(VALUE)} > "$CAIRN_RESULT_FILE"
  ;;
esac
`;
  let sample: GitHubSample;
  let printed = "";

  beforeAll(async () => {
    sample = await GitHubSample.make({
      agent,
      issues: [
        {
          title: `Use ${MADE_UP} and ${VALUE} for it`,
          needs: [],
          text: `It is ${MADE_UP}, or ${VALUE}.`,
        },
      ],
    });
    fs.writeFileSync(path.join(sample.root, ".git/info/exclude"), ".env\n");
    fs.writeFileSync(path.join(sample.root, ".env"), `DB_PASSWORD=${VALUE}\n`);
    const run = ["run", "Phase 1", "--autonomous", "--verbose"];
    for (const args of [run, ...QUESTIONS]) printed += (await sample.cairn(args)).words;
    fs.rmSync(path.join(sample.root, ".env"));
  }, 180_000);
  afterAll(() => sample.close(), 60_000);

  test("it came to its end, and was told what stands in the place of the secrets", () => {
    expect(sample.run().run.merged).toEqual(["#1"]);
    expect(sample.run().run.tasks.get("#1")?.branch).toContain("redacted");
    const kept = filesWith(`${sample.root}/.cairn`, ["I use [REDACTED:github-token] and"]);
    expect(kept.length).toBeGreaterThan(0);
  });

  test.each([
    ["files below .cairn", (): readonly string[] => filesWith(`${sample.root}/.cairn`, forms)],
    ["the rest of the clone", () => filesWith(sample.root, forms)],
    ["its home", () => filesWith(sample.home, forms)],
    ["objects of the clone", () => objectsWith(`${sample.root}/.git`, forms)],
    ["objects on the service", () => objectsWith(sample.world.hub.gitDir, forms)],
    ["pull requests, comments and refs on the service", () => hubWith(sample, forms)],
    ["words printed", () => forms.filter((form) => printed.includes(form))],
  ])("none is in %s", (_where, found) => {
    expect(found()).toEqual([]);
  });
});

describe("an agent that commits a token", () => {
  const forms = formsOf(REAL);
  const agent = `#!/bin/sh
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*)
  cat > /dev/null
  mkdir -p src && echo done > "src/task-$CAIRN_TASK.md"
  git add src && git commit --quiet --message "feat: it works with ${halves(REAL)}"
  ;;
esac
`;
  let sample: GitHubSample;
  let printed = "";

  beforeAll(async () => {
    const issues = [{ title: "Start the mill", needs: [] }];
    sample = await GitHubSample.make({ agent, issues });
    for (const args of [["run", "Phase 1", "--autonomous", "--verbose"], ...QUESTIONS])
      printed += (await sample.cairn(args)).words;
  }, 180_000);
  afterAll(() => sample.close(), 60_000);

  test("the run is halted, and says what was found where", () => {
    expect(sample.run().run.status).toBe("halted");
    const told = JSON.stringify(sample.run().events);
    expect(told).toContain("github-token in commit message");
  });

  test.each([
    ["files below .cairn", (): readonly string[] => filesWith(`${sample.root}/.cairn`, forms)],
    ["its home", () => filesWith(sample.home, forms)],
    ["objects on the service", () => objectsWith(sample.world.hub.gitDir, forms)],
    ["pull requests, comments and refs on the service", () => hubWith(sample, forms)],
    ["words printed", () => forms.filter((form) => printed.includes(form))],
  ])("none is in %s", (_where, found) => {
    expect(found()).toEqual([]);
  });

  test("its own commits are where it left them", () => {
    expect(objectsWith(`${sample.root}/.git`, [REAL])).toHaveLength(1);
  });
});

/** A milestone in a file, one task, and whatever the words are about. */
function planOf(words: string): string {
  return `# Milestone 1: Mill\n\n## Task 1.1: Start ${words}\n\n### Acceptance criteria\n\n- ${words} runs\n`;
}

describe("an agent that prints a token, on a local forge", () => {
  const plan = planOf("it");
  const agent = `#!/bin/sh
cat > /dev/null
printf 'the token is %s' ${REAL.slice(0, 9)}
sleep 0.3
echo "${REAL.slice(9)}, use it"
echo done > done.txt
`;
  const config = `version: 1
target: main
mode: autonomous
agents: {default: sh, define: {sh: {kind: command, command: [./agent.sh], commits: false}}}
`;
  let home: string;
  let repository: SampleRepository;
  let printed = "";

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-e2e-home-"));
    repository = new SampleRepository(() => ({ plan, config, files: { "agent.sh": agent } }), home);
    for (const args of [["run", "plan.md", "--autonomous"], ...QUESTIONS])
      printed += (await repository.cairn(args)).words;
  }, 120_000);
  afterAll(() => {
    repository.remove();
    fs.rmSync(home, { recursive: true, force: true });
  });

  test("it is blocked there, and the run is halted", () => {
    const kept = filesWith(`${repository.root}/.cairn`, [
      "the token is [REDACTED:github-token], use it",
    ]);
    expect(kept.join("\n")).toContain("stream.jsonl");
    expect(repository.run()?.run.status).toBe("halted");
    expect(JSON.stringify(repository.run()?.events)).toContain("github-token");
  });

  test("it is nowhere", () => {
    expect(filesWith(repository.folder, [REAL])).toEqual([]);
    expect(filesWith(home, [REAL])).toEqual([]);
    expect(objectsWith(`${repository.root}/.git`, [REAL])).toEqual([]);
    expect(printed).not.toContain(REAL);
  });
});

describe("a gate that prints secrets, and a plan that names them, on a local forge", () => {
  const forms = [...formsOf(MADE_UP), VALUE];
  const agent = `#!/bin/sh
cat > /dev/null
[ -e done.txt ] && echo mended > mended.txt
echo done > done.txt
`;
  // Red at the first attempt, so that its words go to whoever mends it.
  const gate = `echo "the gate has ${halves(MADE_UP)} and ${halves(VALUE)}"
[ ! -e done.txt ] || [ -e mended.txt ]
`;
  const config = `version: 1
target: main
mode: autonomous
agents: {default: sh, define: {sh: {kind: command, command: [./agent.sh], commits: false}}}
review: {mode: none}
gates: {pre_merge: [{name: says, run: sh gate.sh, kind: test}]}
`;
  let home: string;
  let repository: SampleRepository;
  let printed = "";

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-e2e-home-"));
    const files = { "agent.sh": agent, "gate.sh": gate };
    repository = new SampleRepository(() => ({ plan: planOf("it"), config, files }), home);
    // The plan is not committed: what stands in the repository is its owner's.
    fs.writeFileSync(path.join(repository.root, ".git/info/exclude"), ".env\nsecret-plan.md\n");
    fs.writeFileSync(path.join(repository.root, ".env"), `DB_PASSWORD=${VALUE}\n`);
    fs.writeFileSync(path.join(repository.root, "secret-plan.md"), planOf(`${MADE_UP} ${VALUE}`));
    for (const args of [["run", "secret-plan.md", "--autonomous", "--verbose"], ...QUESTIONS])
      printed += (await repository.cairn(args)).words;
    fs.rmSync(path.join(repository.root, ".env"));
    fs.rmSync(path.join(repository.root, "secret-plan.md"));
  }, 120_000);
  afterAll(() => {
    repository.remove();
    fs.rmSync(home, { recursive: true, force: true });
  });

  test("its words went into the log and to whoever mended it", () => {
    const words = "the gate has [REDACTED:github-token] and [REDACTED:environment]";
    const kept = filesWith(`${repository.root}/.cairn`, [words]).join("\n");
    expect(kept).toContain("cairn.db");
    expect(kept).toContain("prompt.md");
    expect(repository.run()?.run.merged).toEqual(["1.1"]);
  });

  test("neither is anywhere", () => {
    expect(filesWith(repository.folder, forms)).toEqual([]);
    expect(filesWith(home, forms)).toEqual([]);
    expect(objectsWith(`${repository.root}/.git`, forms)).toEqual([]);
    expect(repository.git("for-each-ref")).not.toMatch(/ghp_|pW7/);
    expect(forms.filter((form) => printed.includes(form))).toEqual([]);
  });
});

describe("an agent that names a branch after a token, and a person who types one", () => {
  const forms = [...formsOf(REAL), VALUE];
  const plan = `# Milestone 1: Mill

## Task 1: Ask

Depends on: none

### Acceptance criteria

- it asks

## Task 2: Switch

Depends on: none

### Acceptance criteria

- it switches
`;
  const agent = `#!/bin/sh
cat > /dev/null
echo done > "done-$CAIRN_TASK.txt"
if [ "$CAIRN_TASK" = 1 ]; then
  printf '{"status":"question","summary":"asks","question":{"text":"Which?","options":["a"],"default":"a"}}' > "$CAIRN_RESULT_FILE"
else
  git checkout --quiet -b "feat/${halves(REAL)}-${halves(VALUE)}"
  git add . && git commit --quiet --message "feat: switched"
fi
`;
  const config = `version: 1
target: main
mode: interactive
profile: plain
agents: {default: sh, define: {sh: {kind: command, command: [./agent.sh], commits: true}}}
review: {mode: none}
limits: {attempts: 1}
`;
  const SAID = [
    ["run", "plan.md", "--progress", "plain", "--verbose"],
    ["state", "checkpoint", `before ${REAL} and ${VALUE}`],
    ["answer", "1", `use ${REAL} and ${VALUE}`],
    // What waits already may change what fits: it is kept, whatever it is.
    ["skip", REAL],
    ["audit"],
    ["resume", "--progress", "plain"],
    ["audit", "--json"],
    ["state", "show"],
  ];
  let home: string;
  let repository: SampleRepository;
  let printed = "";

  beforeAll(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-e2e-home-"));
    repository = new SampleRepository(() => ({ plan, config, files: { "agent.sh": agent } }), home);
    fs.writeFileSync(path.join(repository.root, ".git/info/exclude"), ".env\n");
    fs.writeFileSync(path.join(repository.root, ".env"), `DB_PASSWORD=${VALUE}\n`);
    for (const args of [...SAID, ...QUESTIONS]) printed += (await repository.cairn(args)).words;
    fs.rmSync(path.join(repository.root, ".env"));
  }, 120_000);
  afterAll(() => {
    repository.remove();
    fs.rmSync(home, { recursive: true, force: true });
  });

  test("the branch was made, and is told without them; so is what the person said", () => {
    expect(repository.git("for-each-ref", "--format=%(refname)")).toContain(REAL);
    const hidden = "[REDACTED:github-token] and [REDACTED:environment]";
    expect(repository.run()?.run.tasks.get("2")).toMatchObject({
      reason: "left-branch",
      detail: expect.stringContaining("feat/[REDACTED:github-token]-[REDACTED:environment]"),
    });
    expect(printed).toContain(`use ${hidden}`);
    expect(printed).toContain(`before ${hidden}`);
  });

  test("neither is anywhere but in git's own refs", () => {
    expect(filesWith(`${repository.root}/.cairn`, forms)).toEqual([]);
    expect(filesWith(home, forms)).toEqual([]);
    expect(forms.filter((form) => printed.includes(form))).toEqual([]);
  });
});
