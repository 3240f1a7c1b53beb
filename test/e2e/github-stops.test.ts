// Stop conditions that only a forge can meet: a required check that is red at the merge, and a review that never comes.
import { afterAll, describe, expect, test } from "vitest";
import { STOP_TABLE, type StopCondition } from "../../src/core/review/stops/stop-table.ts";
import { GitHubSample } from "../support/e2e-github.ts";
import type { Issue } from "../support/github/hub.ts";
import { person } from "../support/github/people.ts";
import type { Ci } from "../support/github/robot-ci.ts";

const WORD = "Depends on: none";

/** Writes one file for each task, the first only when the second is written, and adds a line in each fix round. */
const AGENT = `#!/bin/sh
number=$(echo "$CAIRN_TASK" | tr -d '#')
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
fixer) echo "round $CAIRN_ROUND" >> "src/task-$number.md" ;;
*)
  mkdir -p src billing
  if [ "$number" = 1 ]; then
    until git cat-file -e feat/issue-2-build-the-wheel:src/task-2.md; do sleep 0.1; done 2> /dev/null
    echo 1 > billing/canal.md
  fi
  echo "$number" > "src/task-$number.md"
  ;;
esac
`;

/** Each is green alone; together they are not, until the second has been mended a second time. */
const together: Ci = (_pull, _sha, tree) => {
  const isRed =
    tree.read("src/task-1.md") !== null &&
    tree.read("src/task-2.md") !== null &&
    tree.find("round 2").length === 0;
  return [{ name: "build", conclusion: isRed ? "failure" : "success" }];
};

const samples: GitHubSample[] = [];
afterAll(async () => {
  for (const sample of samples) await sample.close();
});

/** A sample whose only reviewer looks at the work for some issues, and finds every head of it good. */
interface Reviewed {
  readonly sample: GitHubSample;
  /** From now on, and what is there already. */
  readonly approve: (issue: number) => void;
}

/** The second issue is approved when the first is merged; nobody looks at the third. */
async function made(mode: "interactive" | "autonomous"): Promise<Reviewed> {
  const good = new Set([1]);
  const sample = await GitHubSample.make({
    agent: AGENT,
    issues: [
      { title: "Dig the canal", needs: [], text: WORD },
      { title: "Build the wheel", needs: [], text: WORD },
      { title: "Paint the mill", needs: [], text: WORD },
    ],
    robots: {
      ci: together,
      reviewers: [
        {
          login: "rita",
          afterMs: 10_000,
          decide: ({ branch }) =>
            [...good].some((issue) => branch.includes(`/issue-${issue}-`))
              ? { state: "APPROVED", body: "Good." }
              : null,
        },
      ],
    },
    config: `mode: ${mode}
parallel: 3
target_policy: direct
review: {mode: one-pass, timeout: 8m}
fix_rounds: {pull_request: 1}
`,
  });
  samples.push(sample);
  const { hub } = sample.world;
  hub.rules.set("main", { contexts: ["build"], approvals: 1, isProtected: true, hasQueue: false });
  const approve = (issue: number): void => {
    good.add(issue);
    person(sample.world, "rita").review(pullOf(sample, issue).number, "APPROVED");
  };
  hub.watchers.add((event) => {
    if (event.kind !== "pull" || event.action !== "closed") return;
    if (event.number === pullOf(sample, 1).number) approve(2);
  });
  return { sample, approve };
}

function pullOf({ world }: GitHubSample, issue: number): Issue {
  const found = [...world.hub.issues.values()].find(({ pull }) =>
    pull?.head.includes(`/issue-${issue}-`),
  );
  if (found === undefined) throw new Error(`There is no pull request for #${issue}.`);
  return found;
}

function statuses(sample: GitHubSample): readonly string[] {
  return [...sample.run().run.tasks.values()].map(
    ({ key, status, reason }) => `${key} ${status} ${reason ?? ""}`,
  );
}

/** The check of the second was green before its branch was brought onto the first. */
function expectRedAtMerge(sample: GitHubSample): void {
  const own = sample.run().events.filter((event) => "task" in event && event.task === "#2");
  const types = own.map(({ type }) => type);
  const updated = types.indexOf("BranchUpdated");
  expect(updated).toBeGreaterThan(types.indexOf("ChecksPassed"));
  expect(types.indexOf("CiFailed")).toBeGreaterThan(updated);
  expect(types.filter((type) => type === "CiFailed")).toHaveLength(1);
}

const ASKED: readonly (readonly [string, StopCondition, string])[] = [
  ["#2", "ci-red", '#2 is not right after 1 fix round: CI check "build" ended as failure'],
  ["#3", "review-timeout", "#3 has waited long enough: "],
];

describe.concurrent("on GitHub", { timeout: 120_000 }, () => {
  test("interactive: both are asked, and answered from another process", async () => {
    const { sample, approve } = await made("interactive");
    const first = await sample.cairn(["run", "Phase 1"]);
    expect(first.code).toBe(5);
    expect(statuses(sample)).toEqual(["#1 merged ", "#2 escalated ", "#3 escalated "]);
    expectRedAtMerge(sample);
    expect(pullOf(sample, 1).labels).toEqual(["sensitive-review"]);
    for (const [key, condition, words] of ASKED) {
      const { options, default: otherwise } = STOP_TABLE[condition];
      const { question } = sample.run().run.tasks.get(key) ?? {};
      expect(question).toMatchObject({ options, default: otherwise });
      expect(question?.text).toContain(words);
    }
    // No word passes a red check.
    for (const word of ["approve", "force"]) {
      const refused = await sample.cairn([word, "2"]);
      expect([refused.code, refused.words]).toEqual([
        2,
        expect.stringContaining("fix, skip, abort"),
      ]);
    }
    for (const line of [
      ["fix", "2"],
      ["continue", "3"],
    ])
      expect((await sample.cairn(line)).words).toBe("Stored; takes effect with `cairn resume`.\n");
    approve(3);
    const last = await sample.cairn(["resume"]);
    expect(statuses(sample)).toEqual(["#1 merged ", "#2 merged ", "#3 merged "]);
    expect(last.code).toBe(0);
  });

  test("autonomous: both are skipped, their pull requests stay open, and nobody is asked", async () => {
    const { sample } = await made("autonomous");
    const { code, words } = await sample.cairn(["run", "Phase 1"]);
    expect(statuses(sample)).toEqual([
      "#1 merged ",
      "#2 skipped ci-red",
      "#3 skipped checks-overdue",
    ]);
    expect(code).toBe(1);
    expectRedAtMerge(sample);
    for (const [key, , found] of ASKED) expect(words).toContain(`  ${key}  skipped: ${found}`);
    expect([2, 3].map((issue) => pullOf(sample, issue).state)).toEqual(["open", "open"]);
    expect(sample.run().events.filter(({ type }) => type === "QuestionAsked")).toEqual([]);
  });
});
