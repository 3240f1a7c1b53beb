import { expect, test } from "vitest";
import { readDependencies } from "../../../core/plan/read-dependencies.ts";
import { GitHubIssue } from "./api.ts";
import { EdgeMaker } from "./edges.ts";
import { Hierarchy } from "./hierarchy.ts";

const repository = { nameWithOwner: "ada/mill" };

function issue(number: number, more: object = {}): GitHubIssue {
  return GitHubIssue.parse({
    number,
    title: `issue ${number}`,
    body: "",
    state: "OPEN",
    stateReason: null,
    url: `https://github.com/ada/mill/issues/${number}`,
    repository,
    labels: { nodes: [] },
    author: null,
    authorAssociation: "NONE",
    ...more,
  });
}

function edgesOf(issues: readonly GitHubIssue[], of: number) {
  const hierarchy = new Hierarchy(issues, "ada/mill");
  const work = issues.filter((one) => hierarchy.isWork(hierarchy.nameOf(one)));
  const ground = { repository: "ada/mill", work, hierarchy, readText: readDependencies };
  const found = work.find(({ number }) => number === of);
  if (found === undefined) throw new Error(`#${of} is no work`);
  return new EdgeMaker(ground).edgesOf(found);
}

test("a blocker that the token may not see holds: nobody here knows whether it is done", () => {
  const blocked = issue(1, { blockedBy: { totalCount: 2, nodes: [null] } });
  expect(edgesOf([blocked], 1).declarations).toEqual([
    {
      target: "2 that this token may not see",
      strength: "hard",
      origin: "native",
      place: {},
      words: "blocked by 2 that this token may not see",
      resolved: false,
    },
  ]);
});

test("epics that are parts of each other end", () => {
  const [one, two] = [
    issue(1, { subIssues: members(2) }),
    issue(2, { subIssues: members(1), parent: issueAbove(1) }),
  ];
  const blocker = { number: 1, title: "epic", state: "OPEN", repository };
  const waits = issue(3, {
    blockedBy: { totalCount: 1, nodes: [blocker] },
    parent: issueAbove(2),
  });
  expect(edgesOf([one, two, waits], 3).declarations).toMatchObject([{ target: "#1" }]);
});

function members(number: number): object {
  return { totalCount: 1, nodes: [{ number, state: "OPEN", repository }] };
}

function issueAbove(number: number): object {
  return {
    number,
    title: "epic",
    body: "",
    state: "OPEN",
    repository,
    subIssues: { totalCount: 1, nodes: [] },
  };
}

test("a part in another repository is called by its whole name, and an epic of another one holds its parts", () => {
  const far = { nameWithOwner: "bob/wheel" };
  const epic = issue(1, {
    subIssues: { totalCount: 1, nodes: [{ number: 3, state: "OPEN", repository: far }] },
  });
  const waits = issue(2, { body: "Depends on: #1" });
  const part = issue(3, {
    parent: { ...issueAbove(9), repository: far, body: "Depends on: bob/wheel#4" },
  });
  expect(edgesOf([epic, waits, part], 2)).toMatchObject({
    edgesAreGiven: true,
    declarations: [{ target: "bob/wheel#3" }],
  });
  expect(edgesOf([epic, waits, part], 3).declarations).toMatchObject([{ target: "bob/wheel#4" }]);
});
