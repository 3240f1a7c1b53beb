import fs from "node:fs";
import path from "node:path";
import { systemClock } from "../../src/adapters/clock/system-clock.ts";
import { createLocalForge } from "../../src/adapters/forge/local/local-forge.ts";
import { openMemoryStore } from "../../src/adapters/sqlite/store.ts";
import type { StoredEvent } from "../../src/core/run/events.ts";
import { checkInvariants } from "../../src/core/run/invariants.ts";
import type { Run } from "../../src/core/run/run.ts";
import { agentMail } from "../../src/core/shared/agent-mail.ts";
import { NO_FAULTS } from "../../src/engine/fault-points.ts";
import { createPerform } from "../../src/engine/perform.ts";
import type { World } from "../../src/engine/performer.ts";
import { RunEngine } from "../../src/engine/run-engine.ts";
import type { SessionOutcome, SessionRequest } from "../../src/ports/dispatch.ts";
import { gitWorld, type GitWorld } from "../contract/git-world.ts";
import { roll } from "../simulation/random.ts";
import { gateResult, RunStory, type StoryIssue } from "../support/run-story.ts";
import { checkGitWorld, userState } from "./check-git-world.ts";
import { ownOf, WorldBroken } from "./pure-world.ts";
import { randomMilestone, type RandomMilestone } from "./random-milestone.ts";
import { RedWorld, resultOf, type WorldResult } from "./random-pure.ts";

const TASKS_MAX = 6;

/** What was seen while the run went on. */
export interface Seen {
  /** Trees that the gates have passed, or that lie inside a prefix that did where that counts. */
  readonly green: Set<string>;
  readonly merged: { readonly task: string; readonly commit: string; readonly head: string }[];
  /** What lay in the workspace when the work of a task was begun. */
  readonly begun: Map<string, string>;
  /** What people did. */
  deeds: number;
}

/** A bug to be planted: another outside, or a plan that is not the milestone's. */
export interface GitPlant {
  readonly outside?: (world: World, at: GitWorld, seen: Seen) => World;
  readonly plan?: (issues: readonly StoryIssue[]) => readonly StoryIssue[];
}

/**
 * The real core, engine, performers and git on a repository of its own, with agents and gates that only write and read
 * marks. Which order things go in is up to the machine; what must come of it is not. @throws RedWorld
 */
export async function runGitWorld(seed: number, plant: GitPlant = {}): Promise<WorldResult> {
  const milestone = randomMilestone(seed, TASKS_MAX);
  const world = await gitWorld();
  const story: string[] = [];
  const seen: Seen = { green: new Set(), merged: [], begun: new Map(), deeds: 0 };
  try {
    const run = await bringHome({ world, milestone, story, plant, seen });
    return resultOf(milestone, run, { steps: run.seq, deeds: seen.deeds });
  } catch (error) {
    throw new RedWorld(seed, story, error);
  } finally {
    await world.close();
  }
}

interface Stage {
  readonly world: GitWorld;
  readonly milestone: RandomMilestone;
  readonly story: string[];
  readonly plant: GitPlant;
  readonly seen: Seen;
}

async function bringHome(stage: Stage): Promise<Run> {
  const { world, milestone, story, plant, seen } = stage;
  const hot = Object.fromEntries(["hot-0", "hot-1", "hot-2"].map((file) => [file, "begun\n"]));
  await world.commitIn(world.root, hot, "begin");
  // Somebody is at work in the checkout meanwhile.
  world.git(["branch", "mine"]);
  await world.write(world.root, { "a.txt": "half a sentence\n", "staged.txt": "staged\n" });
  world.git(["add", "staged.txt"]);
  const before = userState(world);
  const { plan = (issues) => issues } = plant;
  const told = new RunStory().created(milestone.settings).planned(plan(milestone.issues));
  const store = openMemoryStore();
  try {
    store.append(told.run.id, 0, systemClock.now(), told.events);
    const engine: RunEngine = new RunEngine(
      {
        log: store,
        inbox: store,
        clock: systemClock,
        faults: NO_FAULTS,
        perform: createPerform(perhapsPlanted(stage), NO_FAULTS),
        inspect: (run, event) => {
          checkInvariants(run, event);
          story.push(wordsOf(event));
          look(world, seen, run, event);
        },
        appended: (run, events) => {
          for (const event of events) meddle(stage, run, event);
        },
      },
      told.run,
    );
    const run = await engine.untilAtRest(1);
    checkGitWorld(world, milestone, seen, run);
    if (userState(world) !== before)
      throw new WorldBroken("I9", "something of the user's is not as it was");
    return run;
  } finally {
    store.close();
  }
}

function perhapsPlanted({ world, milestone, plant, seen }: Stage): World {
  const real = outside(world, milestone, seen);
  return plant.outside === undefined ? real : plant.outside(real, world, seen);
}

function wordsOf(event: StoredEvent): string {
  const task = "task" in event ? ` ${event.task ?? ""}` : "";
  return `${event.type}${task}${event.type === "EffectStarted" ? ` ${event.key}` : ""}`;
}

function look(world: GitWorld, seen: Seen, run: Run, event: StoredEvent): void {
  if (event.type === "TrainGated" && event.ok) noteTrain(seen, run, event.length);
  if (event.type !== "PullRequestMerged") return;
  const tree = world.git(["rev-parse", `${event.commit}^{tree}`]);
  if (!seen.green.has(tree))
    throw new WorldBroken("I1", `no gate has seen the tree of ${event.commit} green`);
  const head = run.tasks.get(event.task)?.head ?? "";
  seen.merged.push({ task: event.task, commit: event.commit, head });
}

/** What lies inside a green prefix is green with it, where the run promises no more. */
function noteTrain({ green }: Seen, { train, settings }: Run, length: number): void {
  const prefix = train?.cars?.slice(0, length) ?? [];
  if (!green.has(prefix.at(-1)?.tree ?? ""))
    throw new WorldBroken("I1", `no gate has seen the first ${length} of a train green`);
  if (settings.merging?.everyCommitGreen !== true) for (const { tree } of prefix) green.add(tree);
}

/** People push to branches that wait for their turn, and to the branch that is merged into. */
function meddle({ world, milestone, seen }: Stage, run: Run, event: StoredEvent): void {
  const { seed, people } = milestone;
  const often = people * 4;
  const lucky = (name: string, task: string): boolean => roll(seed, name, task) < often;
  if (event.type === "MergeApproved" && lucky("pushes", event.task)) {
    const branch = run.tasks.get(event.task)?.branch ?? "";
    // Once: what is pushed comes here again.
    if (fileAt(world, branch, `person-${event.task}`)) return;
    seen.deeds += 1;
    void world.commitOn(branch, { [`person-${event.task}`]: "pushed\n" }, "one thing more");
  }
  if (event.type === "PullRequestMerged" && lucky("moves the base", event.task)) {
    const branch = run.integration?.branch ?? "";
    seen.deeds += 1;
    void world.commitOn(branch, { [`person-base-${event.task}`]: "pushed\n" }, "by hand");
  }
}

function fileAt(world: GitWorld, branch: string, file: string): boolean {
  return world.git(["ls-tree", "--name-only", `refs/heads/${branch}`, file]) !== "";
}

function outside(world: GitWorld, milestone: RandomMilestone, seen: Seen): World {
  const { repository } = world;
  const keys = milestone.issues.map(({ key }) => key);
  return {
    repository,
    forge: createLocalForge({
      repository,
      numberOf: (branch) => 1 + keys.findIndex((key) => branch === `feat/issue-${key}`),
    }),
    dispatch: {
      run: async (request) => session(world, milestone, seen, request),
      end: async () => undefined,
      lastWords: () => null,
      panic: async () => 0,
      close: async () => undefined,
    },
    gates: {
      run: async ({ directory, commands, key }) => {
        // Commits have other names each time. What is red before anything begins would be forgiven for ever after.
        const asked = key.replace(/[0-9a-f]{40}/, "");
        const isFlaky =
          !key.startsWith("baseline:") && roll(milestone.seed, asked) < milestone.flakes;
        const complaint = complaintOf(directory, milestone) ?? (isFlaky ? "flaky:1: red" : null);
        if (complaint === null)
          seen.green.add(world.git(["rev-parse", "HEAD^{tree}"], { cwd: directory }));
        const isGreen = complaint === null;
        const result = gateResult("test", isGreen, isGreen ? [] : [complaint]);
        return commands.map(() => result);
      },
      endAll: () => undefined,
    },
    bootstrap: { prepare: async () => undefined },
    clock: systemClock,
    progressFile: () => null,
    secrets: { scan: async () => [] },
    prompt: () => "",
  };
}

/** What the gates say of what lies there; null: nothing. */
function complaintOf(directory: string, { clash }: RandomMilestone): string | null {
  const poison = fs.readdirSync(directory).find((file) => file.startsWith("poison-"));
  if (poison !== undefined) return `${poison}:1: it is red`;
  if (clash === undefined || !isClash(directory, clash)) return null;
  return `clash:1: ${clash.join(" and ")} do not fit`;
}

/** Both are there, and nobody has made them fit. */
function isClash(directory: string, keys: readonly string[]): boolean {
  const own = fs.readdirSync(directory).filter((file) => file.startsWith(ownOf("")));
  const isMended = own.some(
    (file) => fs.readFileSync(path.join(directory, file), "utf8") === "fits\n",
  );
  return !isMended && keys.every((key) => own.includes(ownOf(key)));
}

async function session(
  world: GitWorld,
  { edits, qualities, clash }: RandomMilestone,
  { begun }: Seen,
  { role, directory, task: { key }, run, session: id }: SessionRequest,
): Promise<SessionOutcome> {
  const quality = qualities[key] ?? "good";
  const files: Record<string, string | null> = {};
  if (role === "implementer") {
    if (!fs.existsSync(path.join(directory, ownOf(key))))
      begun.set(key, world.git(["rev-parse", "HEAD"], { cwd: directory }));
    files[ownOf(key)] = "done\n";
    for (const [file, text] of Object.entries(edits[key] ?? {})) files[file] = `${text}\n`;
    if (quality !== "good") files[`poison-${key}`] = `${quality}\n`;
  } else {
    const open = world.git(["diff", "--name-only", "--diff-filter=U"], { cwd: directory });
    for (const file of open.split("\n").filter((name) => name !== ""))
      files[file] = bothSides(fs.readFileSync(path.join(directory, file), "utf8"));
  }
  if (role === "fixer") {
    files[`fix-${key}`] = `${id}\n`;
    if (quality === "bad") files[`poison-${key}`] = null;
  }
  if (role !== "implementer" && clash !== undefined && isClash(directory, clash))
    files[ownOf(key)] = "fits\n";
  await world.commitIn(directory, files, `Do ${key}`, agentMail(run, id));
  return ended(id);
}

/** A conflict settled by keeping what both have written. */
function bothSides(marked: string): string {
  const kept: string[] = [];
  let isBase = false;
  for (const line of marked.split("\n")) {
    if (line.startsWith("|||||||")) isBase = true;
    else if (line.startsWith("=======")) isBase = false;
    else if (!isBase && !/^(?:<<<<<<<|>>>>>>>)/.test(line)) kept.push(line);
  }
  return kept.join("\n");
}

function ended(id: string): SessionOutcome {
  const now = systemClock.now();
  return {
    session: id,
    end: "finished",
    exitCode: 0,
    vendorSession: null,
    report: {
      status: "complete",
      summary: "Done.",
      stepsCompleted: [],
      stepsBlocked: [],
      filesChanged: [],
      commits: [],
      notes: [],
      discoveries: [],
      error: null,
      question: null,
      verdicts: null,
    },
    lastWords: "",
    usage: { usd: 0, inputTokens: 0, outputTokens: 0, turns: 1 },
    retryAt: null,
    detail: "",
    transcript: "",
    startedAt: now,
    endedAt: now,
  };
}
