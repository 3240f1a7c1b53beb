// The whole forge, asked for many things at once: what GitHub's limits ask for holds over all of it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgeFixture, type ForgeFixture } from "../../../../test/support/github/forge-fixture.ts";
import { addIssue } from "../../../../test/support/github/hub.ts";
import type { Seen } from "../../../../test/support/github/server.ts";
import type { PullRequest } from "../../../ports/forge.ts";
import { WRITE_GAP_MS } from "./pace.ts";

const COUNT = 6;

let at: ForgeFixture;
beforeEach(async () => {
  at = await forgeFixture();
});
afterEach(() => at.close());

interface Work {
  readonly issue: number;
  readonly branch: string;
  readonly head: string;
}

/** Issues with their work pushed. */
async function pushed(): Promise<readonly Work[]> {
  const work: Work[] = [];
  for (let count = 1; count <= COUNT; count += 1) {
    const { number } = addIssue(at.world.hub, { title: `part ${count}`, milestone: 1 });
    const branch = `feat/issue-${number}-part`;
    const head = at.shop.commit(at.start, { [`part-${count}.txt`]: "x\n" }, `feat: part ${count}`);
    await at.forge.push(branch, head, null);
    work.push({ issue: number, branch, head });
  }
  return work;
}

/** Everything that is done to one pull request up to its merge; only the first is merged, as the base moves by it. */
async function bring({ issue, branch, head }: Work, isFirst: boolean): Promise<PullRequest> {
  const { forge } = at;
  const pull = await forge.openPullRequest(at.draftOf(head, { branch, title: `part (#${issue})` }));
  const comment = { on: pull.number, marker: `status:${issue}` };
  await forge.leaveDraft(pull);
  await forge.comment({ ...comment, body: "Checks are waited for." });
  if (isFirst) {
    const given = { branch, expectedHead: head };
    expect(await forge.merge(at.requestFor({ head, pull }, given))).toMatchObject({
      kind: "merged",
    });
  }
  await forge.comment({ ...comment, body: "It is over." });
  await forge.closeIssue(String(issue), { on: issue, marker: `closing:${issue}`, body: "Done." });
  return pull;
}

async function all(): Promise<void> {
  const work = await pushed();
  at.world.double.seen.length = 0;
  await Promise.all(work.map((one, index) => bring(one, index === 0)));
}

const api = (): readonly Seen[] => at.world.double.seen.filter(({ route }) => route !== "git");
const isRefused = ({ status }: Seen): boolean => status === 403;

test("no two writes begin within a second, whatever they are and however many ask at once", async () => {
  await all();
  const writes = api().filter(({ isWrite }) => isWrite);
  const routes = new Set(writes.map(({ route }) => route.replace(/ .*\//u, " …/")));
  expect([...routes].toSorted((a, b) => a.localeCompare(b))).toEqual([
    "graphql",
    "PATCH …/{comment_id}",
    "PATCH …/{issue_number}",
    "POST …/comments",
    "POST …/labels",
    "POST …/pulls",
    "PUT …/merge-async",
  ]);
  // Opened, dressed, made ready, two comments, closed with one: seven each, the merge and the label once.
  expect(writes.length).toBeGreaterThanOrEqual(6 * COUNT);
  const gaps = writes.slice(1).map(({ at: time }, index) => time - (writes[index]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(WRITE_GAP_MS);
});

test("a secondary limit in the middle holds reads and writes to the second it names, and nothing is lost", async () => {
  const wait = 137;
  const { double, hub } = at.world;
  hub.watchers.add((event) => {
    if (event.kind !== "pull" || event.action !== "ready_for_review") return;
    if (double.faults.length === 0 && !double.seen.some(isRefused))
      double.faults.push({ on: "*", kind: "secondary", times: 1, wait });
  });
  await all();
  const refused = api().find(isRefused)?.at ?? Number.NaN;
  const until = refused + wait * 1_000;
  const after = api().filter((one) => one.at >= refused && !isRefused(one));
  // Reads that were asked at the same moment are answered; nothing is begun behind them.
  expect(after.filter((one) => one.at > refused && one.at < until)).toEqual([]);
  expect(after.find((one) => one.at > refused)?.at).toBe(until);
  expect(at.logged("is ready")).toBe(COUNT);
  // The merge itself closes the first issue: it needs no words.
  expect([...hub.issues.values()].filter(({ pull, state }) => !pull && state === "open")).toEqual(
    [],
  );
  expect([...hub.comments.values()]).toHaveLength(2 * COUNT - 1);
});
