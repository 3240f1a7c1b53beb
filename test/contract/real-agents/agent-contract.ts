// What Cairn needs of an agent CLI, the same for each; the model on the other side is scripted.
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Agent } from "../../../src/ports/agent.ts";
import type { SessionLimits } from "../../../src/ports/dispatch.ts";
import type { ModelPlay } from "../../support/model-server.ts";
import { createAgentWorld, type AgentWorld } from "./agent-world.ts";

const REPORT = {
  status: "complete",
  summary: "The file is written.",
  steps_completed: ["written"],
  steps_blocked: [],
  files_changed: ["work.txt"],
  commits: [],
  notes: ["a note"],
  discoveries: [],
  error: null,
  question: null,
  verdicts: null,
};

const VERDICT = {
  ...REPORT,
  summary: "Looked.",
  verdicts: [{ stage: "spec", verdict: "approve", findings: [] }],
};

const plays = (workspace: string): readonly ModelPlay[] => [
  {
    when: "PLAY-COMMIT",
    answers: [
      { write: path.join(workspace, "work.txt"), content: "work\n" },
      { shell: "git add -A && git commit -q -m 'feat: work (#1)'; echo committed" },
      { result: REPORT },
      { say: "Done." },
    ],
  },
  {
    when: "PLAY-AGAIN",
    answers: [
      { shell: "echo more >> work.txt" },
      { result: { ...REPORT, summary: "Went on." } },
      { say: "Done." },
    ],
  },
  { when: "PLAY-LIE", answers: [{ say: "I have done everything you asked for." }] },
  {
    when: "PLAY-REVIEW",
    answers: [
      { shell: "git log --oneline; echo changed > sneaked.txt" },
      { result: VERDICT },
      { say: "Done." },
    ],
  },
  { when: "PLAY-PASS", answers: [{ say: "PASS" }] },
  {
    when: "PLAY-HANG",
    answers: [{ shell: "trap '' TERM; echo begun > begun; tail -f /dev/null" }],
  },
  {
    when: "PLAY-LEAVE",
    answers: [
      { shell: "(setsid sleep 1000 >/dev/null 2>&1 &); echo left" },
      { result: REPORT },
      { say: "Done." },
    ],
  },
  { when: "PLAY-LIMIT", answers: [{ status: 429, retryAfter: 7200 }] },
  { when: "PLAY-BAD-REQUEST", answers: [{ status: 400 }] },
  { when: "PLAY-SILENCE", answers: [{ silence: true }] },
  { when: "PLAY-ENDLESS", answers: [{ shell: "echo again" }] },
];

export interface RealAgent {
  readonly make: (modelUrl: string) => {
    readonly agent: Agent;
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly commits: boolean;
}

export function agentContract(real: RealAgent): void {
  let world: AgentWorld;
  beforeEach(async () => {
    world = await createAgentWorld(plays, real.make);
  });
  afterEach(async () => {
    await world.dispose();
  });
  const work = (): string => fs.readFileSync(path.join(world.workspace, "work.txt"), "utf8");

  test("works in its worktree and reports by schema; what it may commit, it commits", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "PLAY-COMMIT"));
    expect(outcome).toMatchObject({ end: "finished", exitCode: 0 });
    expect(outcome.report).toMatchObject({
      status: "complete",
      notes: ["a note"],
      filesChanged: ["work.txt"],
    });
    expect(work()).toBe("work\n");
    const subject = world.git("log", "-1", "--format=%s");
    expect(subject).toBe(real.commits ? "feat: work (#1)" : "chore: begin");
    expect(outcome.vendorSession).not.toBeNull();
    expect(outcome.usage.inputTokens).toBeGreaterThan(0);
    expect(world.alive()).toEqual([]);
  });

  test("goes on in the same session with a further prompt", async () => {
    const first = await world.dispatch.run(world.request("1-s1", "PLAY-COMMIT"));
    const continues = first.vendorSession;
    const second = await world.dispatch.run(world.request("1-s2", "PLAY-AGAIN", { continues }));
    expect(second).toMatchObject({ end: "finished", vendorSession: continues });
    expect(second.report).toMatchObject({ summary: "Went on." });
    // Every answer of the model counts 1,000: three then two or three more, and never all of them again.
    expect(second.usage.inputTokens).toBeGreaterThan(0);
    expect(second.usage.inputTokens).toBeLessThanOrEqual(first.usage.inputTokens);
    expect(work()).toBe("work\nmore\n");
  });

  test("words without work are `finished` without a report: git decides", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "PLAY-LIE"));
    expect(outcome).toMatchObject({ end: "finished", report: null });
    expect(outcome.lastWords).toContain("everything you asked for");
    expect(world.git("status", "--porcelain")).toBe("");
  });

  test("a reviewer gives its verdict and cannot write", async () => {
    const request = world.request("1-s1", "PLAY-REVIEW", {
      role: "spec-reviewer",
      stages: ["spec"],
    });
    const outcome = await world.dispatch.run(request);
    expect(outcome.report?.verdicts).toEqual([{ stage: "spec", verdict: "approve", findings: [] }]);
    expect(world.git("status", "--porcelain")).toBe("");
  });

  test("a reviewer's bare PASS approves", async () => {
    const request = world.request("1-s1", "PLAY-PASS", { role: "spec-reviewer" });
    const outcome = await world.dispatch.run(request);
    expect(outcome.report?.verdicts).toEqual([{ stage: "spec", verdict: "approve", findings: [] }]);
  });

  test("end() leaves nothing of a command that ignores TERM", async () => {
    const request = world.request("1-s1", "PLAY-HANG");
    const running = world.dispatch.run(request);
    const begun = path.join(world.workspace, "begun");
    await expect.poll(() => fs.existsSync(begun), { timeout: 30_000 }).toBe(true);
    await world.dispatch.end(request.run, "1-s1", 2_000);
    expect(await running).toMatchObject({ end: "ended" });
    expect(world.alive()).toEqual([]);
  });

  test("what a normal end leaves running is ended", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "PLAY-LEAVE"));
    expect(outcome).toMatchObject({ end: "finished" });
    expect(world.alive()).toEqual([]);
  });

  test("a provider that asks to come back much later is `limited`", async () => {
    const request = world.request("1-s1", "PLAY-LIMIT", { limits: limits({ stallMs: 15_000 }) });
    const outcome = await world.dispatch.run(request);
    // Some CLIs wait for the time named; then the silence limit ends them.
    expect(["limited", "stall"]).toContain(outcome.end);
    expect(outcome.report).toBeNull();
  });

  test("a request the provider refuses for good is not tried again", async () => {
    const outcome = await world.dispatch.run(world.request("1-s1", "PLAY-BAD-REQUEST"));
    expect(["fatal", "crashed"]).toContain(outcome.end);
    expect(outcome.detail).toContain("400");
  });

  test("a model that never answers ends at the silence limit", async () => {
    const request = world.request("1-s1", "PLAY-SILENCE", {
      limits: limits({ stallMs: 5_000, graceMs: 1_000 }),
    });
    expect(await world.dispatch.run(request)).toMatchObject({ end: "stall" });
    expect(world.alive()).toEqual([]);
  });

  test("a model that never ends is ended at the limit of turns", async () => {
    const request = world.request("1-s1", "PLAY-ENDLESS", { limits: limits({ turns: 4 }) });
    expect(await world.dispatch.run(request)).toMatchObject({ end: "turns" });
  });
}

function limits(more: Partial<SessionLimits>): SessionLimits {
  const usual = { wallMs: 80_000, stallMs: 60_000, turns: 50, outputBytes: 10_000_000 };
  return { ...usual, graceMs: 2_000, usd: null, ...more };
}
