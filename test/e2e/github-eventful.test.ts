// Runs on GitHub in which something happens: red checks, bots that find something, conflicts, people who meddle.
import { afterEach, expect, test } from "vitest";
import { GitHubSample, type GitHubSampleOptions } from "../support/e2e-github.ts";
import { expectForEver } from "../support/github/faults.ts";
import { later, type Hub, type HubEvent, type Issue, type Thread } from "../support/github/hub.ts";
import { person } from "../support/github/people.ts";
import { FAILING_TEST, type Ci } from "../support/github/robot-ci.ts";
import type { Tree } from "../support/github/robot-tree.ts";

const MINUTE = 60_000;
const WORD = "Depends on: none";

let sample: GitHubSample | null = null;
afterEach(async () => {
  await sample?.close();
  sample = null;
});

async function made(options: GitHubSampleOptions): Promise<GitHubSample> {
  const one = await GitHubSample.make(options);
  sample = one;
  // Issues that say nothing about dependencies would be put in a row.
  for (const issue of one.world.hub.issues.values())
    if (issue.blockedBy.length === 0) issue.body = `${issue.body ?? ""}\n${WORD}\n`;
  return one;
}

/** Calls `act` with the pull request of an issue at each event of this kind. */
function when(
  hub: Hub,
  { action, issue }: { readonly action: string; readonly issue: number },
  act: (pull: Issue) => void,
): void {
  hub.watchers.add((event: HubEvent) => {
    if (event.kind !== "pull" || event.action !== action) return;
    const pull = hub.issues.get(event.number);
    if (pull !== undefined && pullOf(hub, issue) === pull) act(pull);
  });
}

/** The pull request of an issue, by its branch. */
function pullOf(hub: Hub, issue: number): Issue | undefined {
  return [...hub.issues.values()].find(({ pull }) => pull?.head.includes(`/issue-${issue}-`));
}

function threadsOf(hub: Hub, issue: number): readonly Thread[] {
  const pull = pullOf(hub, issue);
  return [...hub.threads.values()].filter((thread) => thread.pull === pull?.number);
}

function statuses(one: GitHubSample): Readonly<Record<string, string>> {
  const { tasks } = one.run().run;
  return Object.fromEntries(
    [...tasks.values()].map(({ key, status, reason }) => [
      key,
      reason === null ? status : `${status}: ${reason}`,
    ]),
  );
}

const defects = (one: GitHubSample): readonly string[] =>
  one.world.double.seen.flatMap((seen) => seen.defects);

/**
 * Writes one file for each task, and mends what it is told of. Words that robots look for are put together, as this
 * program lies in the repository, too.
 */
const MILLERS = String.raw`#!/bin/sh
prompt=$(cat)
number=$(echo "$CAIRN_TASK" | tr -d '#')
task="src/task-$number.md"
mkdir -p src
asks() { case $prompt in *"$1"*) return 0 ;; *) return 1 ;; esac; }
if [ "$CAIRN_ROLE" = fixer ] || [ "$CAIRN_ROLE" = conflict-resolver ]; then
  if grep -qs '^<<<<<<<' src/shared.md; then
    echo 'hoppers and sieves' > src/shared.md
  elif asks FAILING; then
    echo 'ground well' > "$task"
  elif asks 'Sacks may burst'; then
    echo 'sacks of linen' > "$task"
  else
    key=$(printf %s "$prompt" | sed -n 's/.*(key .\([A-Za-z0-9:_-]*\).*by claude.*/\1/p' | head -n 1)
    printf '{"status":"complete","summary":"Left.","declined":[{"finding":"%s","why":"@ada wants grains, see readme.md."}]}\n' "$key"
  fi
  exit
fi
printf %s "$prompt" > "src/prompt-$number.md"
if asks 'The issue: Grind'; then echo 'FAILING''-TEST' > "$task"
elif asks 'The issue: Bag'; then echo 'sacks of ''paper' > "$task"
elif asks 'The issue: Weigh'; then echo 'in ''grains' > "$task"
elif asks 'The issue: Build the hopper'; then echo hoppers > src/shared.md
elif asks 'The issue: Build the sieve'; then echo sieves > src/shared.md
else echo done > "$task"
fi
`;

/** What a robot finds in the files of tasks alone. */
function inTasks(tree: Tree, word: string): readonly { path: string; line: number }[] {
  return tree.find(word).filter(({ path }) => path.startsWith("src/task-"));
}

const millCi: Ci = (_pull, _sha, tree) => {
  const found = inTasks(tree, FAILING_TEST);
  const mistakes = found.map((place) => ({ ...place, message: `${FAILING_TEST} found` }));
  const conclusion = found.length === 0 ? "success" : "failure";
  return [{ name: "test", conclusion, mistakes, log: mistakes.map(({ message }) => message) }];
};

const BUSY: GitHubSampleOptions = {
  agent: MILLERS,
  config: "review: {mode: none, wait_for: [coderabbitai, claude]}\nland: auto\n",
  issues: [
    { title: "Grind the corn", needs: [] },
    { title: "Bag the flour", needs: [] },
    { title: "Weigh the flour", needs: [] },
    { title: "Build the hopper", needs: [] },
    { title: "Build the sieve", needs: [] },
    { title: "Sell the flour", needs: [4, 5] },
  ],
  robots: {
    ci: millCi,
    codeRabbit: {
      find: ({ tree }) =>
        inTasks(tree, "sacks of paper").map((place) => ({
          ...place,
          key: "sacks",
          level: "🟠 Major",
          title: "Sacks may burst.",
        })),
    },
    claude: {
      // Long enough for both halves of the conflict to be green before one of them is merged.
      runMs: 4 * MINUTE,
      find: ({ tree }) =>
        inTasks(tree, "in grains").map((place) => ({
          ...place,
          key: "grains",
          level: "important",
          title: "Grains are no unit here.",
        })),
    },
  },
};

test("red checks, findings of two bots, a conflict and an edited issue: all of it comes home and lands", async () => {
  const one = await made(BUSY);
  const { hub } = one.world;
  when(hub, { action: "opened", issue: 4 }, () => {
    const body = "Sell it by the POUND.\n\n## Acceptance criteria\n\n- it is sold\n";
    person(one.world, "carol").edit(6, { body });
  });
  const policy = ["--target-policy", "integration"];
  const end = await one.cairn(["run", "Phase 1", "--autonomous", "--parallel", "3", ...policy]);
  expect(end).toMatchObject({ code: 0 });
  const all = ["#1", "#2", "#3", "#4", "#5", "#6"];
  expect(statuses(one)).toEqual(Object.fromEntries(all.map((key) => [key, "merged"])));

  expect(one.git("show", "main:src/task-1.md")).toBe("ground well");
  expect(one.git("show", "main:src/task-2.md")).toBe("sacks of linen");
  expect(one.git("show", "main:src/task-3.md")).toBe("in grains");
  expect(one.git("show", "main:src/shared.md")).toBe("hoppers and sieves");
  expect(one.git("show", "main:src/prompt-6.md")).toContain("Sell it by the POUND.");

  const [mended, ...others] = threadsOf(hub, 2);
  expect([mended?.resolved, others, wordsIn(mended)]).toEqual([
    true,
    [],
    ["coderabbitai", expect.stringMatching(/^ada: Fixed in [0-9a-f]{7}\.$/u)],
  ]);
  const [left] = threadsOf(hub, 3);
  // Not even the name that the agent wrote is called.
  const declined = "ada: Left as it is, on purpose: ada wants grains, see readme.md.";
  expect([left?.resolved, wordsIn(left)]).toEqual([false, ["claude", declined]]);

  const rounds = [...one.run().run.tasks.values()].map(({ rounds: { pullRequest, conflict } }) => [
    pullRequest,
    conflict,
  ]);
  expect(rounds.slice(0, 3)).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ]);
  // Whichever of the two comes second has the conflict.
  expect(rounds.slice(3, 5).toSorted(([, a = 0], [, b = 0]) => a - b)).toEqual([
    [0, 0],
    [0, 1],
  ]);
  expect(all.map((key) => hub.issues.get(Number(key.slice(1)))?.state)).toEqual(
    all.map(() => "closed"),
  );
  expect(hub.milestones.get(one.milestone)?.state).toBe("closed");
  const { words: report } = await one.cairn(["report"]);
  expect(report).toContain("landed on main");
  for (const line of [
    "| #1 | not run | not run | not run | 0 | red checks |",
    "| #2 | not run | not run | not run | 0 | reviewers' findings |",
    "| #3 | not run | not run | not run | 0 | reviewers' findings |",
  ])
    expect(report).toContain(line);
  expect(report).toMatch(/\| #[45] \| not run \| not run \| not run \| 0 \| conflict \|/u);
  expect(defects(one)).toEqual([]);
}, 150_000);

/** `audit` is demanded of everybody and forgotten for one; the tests of another take long. */
const forgetfulCi: Ci = (pull) => {
  const branch = pull?.branch ?? "";
  const runMs = branch.includes("/issue-2-") ? 15 * MINUTE : MINUTE;
  const audit = { name: "audit", conclusion: "success", queueMs: 0, runMs: 5_000 } as const;
  return [
    { name: "test", conclusion: "success", runMs },
    ...(branch.includes("/issue-4-") ? [] : [audit]),
  ];
};

test("what people do by hand and what never reports: each task ends with its reason, the rest goes on", async () => {
  const one = await made({
    config: "review: {mode: none}\nci: {timeout: 20m, poll: [20s]}\n",
    issues: [
      { title: "Dig the pond", needs: [] },
      { title: "Merge me by hand", needs: [] },
      { title: "Throw me away", needs: [] },
      { title: "Never audited", needs: [] },
      { title: "Done by others", needs: [4] },
      { title: "Waits for the pond", needs: [1] },
    ],
    robots: { ci: forgetfulCi },
  });
  const { hub } = one.world;
  expectForEver(hub, "main", "audit");
  const carol = person(one.world, "carol");
  when(hub, { action: "ready_for_review", issue: 1 }, () => {
    carol.close(5, "completed");
    carol.open({ title: "One more thing", body: WORD, milestone: one.milestone });
  });
  when(hub, { action: "ready_for_review", issue: 2 }, ({ number }) => {
    later(hub, MINUTE, () => void carol.merge(number));
  });
  when(hub, { action: "ready_for_review", issue: 3 }, ({ number }) => {
    later(hub, 10_000, () => carol.close(number));
  });
  const policy = ["--target-policy", "direct"];
  const end = await one.cairn(["run", "Phase 1", "--autonomous", "--parallel", "3", ...policy]);
  expect(end).toMatchObject({ code: 1 });
  const added = [...hub.issues.values()].find(({ title }) => title === "One more thing")?.number;
  expect(statuses(one)).toEqual({
    "#1": "merged",
    "#2": "merged",
    "#3": "cancelled: by-command",
    "#4": "skipped: checks-overdue",
    "#5": "skipped: done-elsewhere",
    "#6": "merged",
    [`#${added}`]: "skipped: not-in-plan",
  });
  const stands = [1, 2, 3, 4, 6].map((issue) => {
    const pull = pullOf(hub, issue);
    return [pull?.state, pull?.pull?.mergedBy ?? null];
  });
  expect(stands).toEqual([
    ["closed", "ada"],
    ["closed", "carol"],
    ["closed", null],
    ["open", null],
    ["closed", "ada"],
  ]);
  const states = [1, 2, 3, 4, 5, 6].map((issue) => hub.issues.get(issue)?.state);
  expect(states).toEqual(["closed", "closed", "open", "open", "closed", "closed"]);
  expect(hub.milestones.get(one.milestone)?.state).toBe("open");
  const { words: report } = await one.cairn(["report"]);
  for (const line of [
    "Complete, on main: 3 merged, 1 done elsewhere, 2 skipped, 1 cancelled of 7 tasks.",
    "- #3 is cancelled (by-command): Cancelled by carol, who closed its pull request.",
    "- #4 is skipped (checks-overdue): #4 has waited long enough: the required check audit has not reported.",
    "- #5 is skipped (done-elsewhere): The issue #5 was closed as completed by others.",
    `- #${added} is skipped (not-in-plan): #${added} "One more thing" was added to the milestone while it runs.`,
  ])
    expect(report).toContain(line);
  // What people and Cairn merged is on the target already: nothing is left to be landed.
  expect(`${report}\n${end.words}`).not.toMatch(/not landed|not yet on|cairn land/u);
  expect(defects(one)).toEqual([]);
}, 150_000);

/** Who began a thread, and the words of the answers below. */
function wordsIn(thread: Thread | undefined): readonly string[] {
  const [first, ...answers] = thread?.comments ?? [];
  return [
    first?.author ?? "",
    ...answers.map(({ author, body }) => `${author}: ${body.replace(/^<!--.*-->\n/u, "")}`),
  ];
}
