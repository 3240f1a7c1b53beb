// On GitHub: a heavy conflict becomes an issue of the milestone, and what was merged is taken back by a person's word.
import { afterEach, expect, test } from "vitest";
import { defectsOf, issuesOf, markedComments } from "../support/e2e-github-facts.ts";
import { GitHubSample } from "../support/e2e-github.ts";

let sample: GitHubSample | null = null;
afterEach(async () => {
  await sample?.close();
  sample = null;
});

/** 2 takes away what 3 goes on in; whoever settles that writes a file of its own. */
const AGENT = `#!/bin/sh
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*)
  mkdir -p src
  case $CAIRN_TASK in
  "#1") printf 'one\\ntwo\\nthree\\n' > src/shared.md ;;
  "#2") rm src/shared.md ;;
  "#3") echo four >> src/shared.md; sleep 2 ;;
  *) cat > "src/task-$CAIRN_TASK.md" ;;
  esac ;;
esac
`;

test("a given back issue is closed with the one that took its place; a reverted one is open again", async () => {
  const one = await GitHubSample.make({
    agent: AGENT,
    config: "profile: plain\nland: manual\n",
    issues: [
      { title: "Write it down", needs: [] },
      { title: "Away with it", needs: [1] },
      { title: "More of it", needs: [1] },
    ],
  });
  sample = one;
  const { hub } = one.world;
  const args = ["run", "Phase 1", "--autonomous", "--parallel", "2"];
  const ended = await one.cairn(args, {}, { hangsAfterMs: 200_000 });
  expect(ended.words).toContain("merged");
  expect(ended).toMatchObject({ code: 0 });

  const given = one.run().run.tasks.get("#3");
  expect(given).toMatchObject({ status: "skipped", reason: "superseded" });
  const next = given?.supersededBy ?? "";
  expect(one.run().run.tasks.get(next)).toMatchObject({ status: "merged" });
  const made = issuesOf(one).find(({ title }) => title.startsWith("Resolve merge conflict: #3"));
  expect(made).toMatchObject({ milestone: one.milestone, state: "closed" });
  expect(hub.issues.get(3)).toMatchObject({ state: "closed", stateReason: "completed" });
  expect(markedComments(one, 3, "closed")[0]?.body).toContain(`Its work came home with ${next}`);

  expect((await one.cairn(["revert", "#2"])).words).toContain("takes effect");
  const after = await one.cairn(["resume"], {}, { hangsAfterMs: 200_000 });
  expect(after.words).not.toContain("halted");
  expect(one.run().run.tasks.get("#2")).toMatchObject({ status: "failed", reason: "reverted" });
  expect(hub.issues.get(2)?.state).toBe("open");
  expect(markedComments(one, 2, "closed").map(({ body }) => body)).toEqual([
    expect.stringContaining("Taken back from"),
  ]);
  const { integrationBranch } = one.run().run.settings;
  expect(one.git("show", `${integrationBranch}:src/shared.md`)).toContain("three");
  expect((await one.cairn(["report"])).words).not.toContain("reopen it");

  // The issue was closed once: that is not taken for somebody else's word when it is begun again.
  expect((await one.cairn(["retry", "#2"])).words).toContain("takes effect");
  await one.cairn(["resume"], {}, { hangsAfterMs: 200_000 });
  expect(one.run().run.tasks.get("#2")).toMatchObject({ status: "merged" });
  expect(hub.issues.get(2)?.state).toBe("closed");
  expect(defectsOf(one)).toEqual([]);
}, 300_000);
