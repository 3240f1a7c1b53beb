// A run with trouble on the way and with a token where none belongs: it is found nowhere afterwards.
import fs from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GitHubSample } from "../support/e2e-github.ts";
import { pullsOf } from "../support/e2e-github-facts.ts";
import { filesWith, formsOf, hubWith, objectsWith } from "../support/e2e-github-secrets.ts";
import { TOKEN } from "../support/github/world.ts";

/** Another person's, which stands in the texts of issues: nothing knows it but by its shape. */
const STRANGER = "ghp_zyxwvutsrqponmlkjihgfedcba9876543210";
const FORMS = [...formsOf(TOKEN), ...formsOf(STRANGER)];

/** More than the sessions of both issues together. */
const STOPS_MAX = 16;

/** Says who it is, its environment and both tokens; its work says nothing. */
const AGENT = `#!/bin/sh
echo "to stderr: ${TOKEN}" >&2
case $CAIRN_ROLE in
*reviewer) echo PASS ;;
*)
  echo "I am $0, TOKEN=${TOKEN}, STRANGER=${STRANGER}"
  env
  mkdir -p src && cat >> "src/task-$CAIRN_TASK.md"
  ;;
esac
`;

let sample: GitHubSample;
let printed: string;
let isAsked = false;
const codes: (number | null)[] = [];

async function cairn(...args: readonly string[]): Promise<void> {
  const { code, words } = await sample.cairn(args);
  codes.push(code);
  printed += `${args.join(" ")}\n${words}\n`;
}

beforeAll(async () => {
  printed = "";
  sample = await GitHubSample.make({
    // The agent itself lies in the repository: the tokens it says stand there in two halves.
    agent: AGENT.replaceAll(TOKEN, halves(TOKEN)).replaceAll(STRANGER, halves(STRANGER)),
    issues: [
      { title: `Use ${STRANGER} for the mill`, needs: [], text: `The token is ${TOKEN}.` },
      {
        title: "Flood the canal",
        needs: [1],
        text: `## Done definition\n\n- ${STRANGER} opens it\n- so does ${TOKEN}`,
      },
    ],
  });
  const { hub, double } = sample.world;
  hub.watchers.add((event) => {
    if (event.kind !== "pull" || event.action !== "ready_for_review") return;
    const { pull } = hub.issues.get(event.number) ?? { pull: null };
    if (pull === null || isAsked) return;
    isAsked = true;
    const place = { path: "src/task-#1.md", line: 1 };
    sample.world.thread(event.number, "claude", place, `Use ${STRANGER} no more.`, pull.headSha);
  });
  const mayWrite = hub.tokens.get(TOKEN);
  if (mayWrite === undefined) throw new Error("There is no token.");
  // It may read, so the run begins; its first push is refused.
  hub.tokens.set(TOKEN, { ...mayWrite, canWrite: false });
  await cairn("run", "Phase 1", "--autonomous", "--verbose");
  hub.tokens.set(TOKEN, mayWrite);
  double.faults.push({ on: "git push", kind: "503", times: 2 });
  double.faults.push({ on: "POST /repos/{owner}/{repo}/pulls", kind: "500", times: 1 });
  double.faults.push({ on: "graphql", kind: "refused", times: 1 });
  // Each session says the tokens, and each time the run is halted until somebody has dealt with that.
  for (let times = 0; times < STOPS_MAX && codes.at(-1) !== 0; times += 1)
    await cairn(
      ...(sample.hasRun() ? ["resume", "--acknowledge"] : ["run", "Phase 1", "--autonomous"]),
    );
  await cairn("status");
  await cairn("status", "--json");
  await cairn("report");
  await cairn("events");
  await cairn("logs", "1");
  await cairn("doctor");
}, 240_000);

afterAll(() => sample.close(), 60_000);

/** One word for a shell, and no token for anybody who reads it. */
function halves(token: string): string {
  return `${token.slice(0, 10)}""${token.slice(10)}`;
}

test("the run had its trouble and came to its end", () => {
  expect(codes[0]).not.toBe(0);
  expect(codes.filter((code) => code === 5).length).toBeGreaterThan(1);
  expect(sample.run().run.merged.toSorted()).toEqual(["#1", "#2"]);
  expect(pullsOf(sample)).toHaveLength(3);
  expect(sample.run().run.tasks.get("#1")?.rounds.pullRequest).toBe(1);
});

test("the agent has said the tokens, and its words were kept without them", () => {
  const said = filesWith(`${sample.root}/.cairn`, ["I am ./agent.sh", "to stderr: [REDACTED:"]);
  expect(said.length).toBeGreaterThan(1);
  const asked = filesWith(`${sample.root}/.cairn`, ["Use [REDACTED:github-token] no more."]);
  expect(asked.length).toBeGreaterThan(0);
  const shown = filesWith(`${sample.root}/.cairn`, ["TOKEN=[REDACTED:"]);
  expect(shown.length).toBeGreaterThan(0);
});

test.each([
  ["files below .cairn", (): readonly string[] => filesWith(`${sample.root}/.cairn`, FORMS)],
  ["the rest of the clone", () => filesWith(sample.root, FORMS)],
  ["its home", () => filesWith(sample.home, FORMS)],
  ["objects of the clone", () => objectsWith(`${sample.root}/.git`, FORMS)],
  ["objects on the service", () => objectsWith(sample.world.hub.gitDir, FORMS)],
  ["pull requests, comments and refs on the service", () => hubWith(sample, FORMS, ["claude"])],
  ["words printed", () => FORMS.filter((form) => printed.includes(form))],
])("no token is in %s", (_where, found) => {
  expect(found()).toEqual([]);
});

test("what stands on GitHub's own issue stays as it is", () => {
  expect(sample.world.hub.issues.get(1)?.body).toContain(TOKEN);
  expect(fs.existsSync(`${sample.root}/.cairn`)).toBe(true);
});
