import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { playerFile } from "./player.ts";
import { chooseSession, reportOf, type Circumstances, type Recording } from "./recording.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-player-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const GIT = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.invalid",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.invalid",
};

function playRecording(
  recording: Recording,
  env: Readonly<Record<string, string>>,
): { status: number | null; stderr: string; events: readonly Record<string, unknown>[] } {
  const file = path.join(folder, "recording.json");
  fs.writeFileSync(file, JSON.stringify(recording));
  const { status, stdout, stderr } = spawnSync(process.execPath, [playerFile, file], {
    cwd: path.join(folder, "work"),
    env: { ...GIT, ...env },
    encoding: "utf8",
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    status,
    stderr,
    events: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test("a recorded session edits, runs, commits and reports", () => {
  const work = path.join(folder, "work");
  execFileSync("git", ["init", "--quiet", work], { env: GIT });
  const recording: Recording = {
    "4.2": [
      {
        steps: [
          { say: "Beginning {{task}}" },
          { write: "src/a.txt", content: "a {{title}}\n" },
          { append: "src/a.txt", content: "b\n" },
          { write: "gone.txt", content: "x" },
          { delete: "gone.txt" },
          { run: "cat src/a.txt > copy.txt" },
          { commit: "feat: a (#{{task}})" },
          { usd: 0.5, inputTokens: 100 },
        ],
        report: { status: "partial", summary: "{{attempt}}" },
      },
    ],
  };
  const env = { CAIRN_TASK: "4.2", CAIRN_TASK_TITLE: 'say "hi"', CAIRN_SESSION: "4.2-s1" };
  const { status, events } = playRecording(recording, env);
  expect(status).toBe(0);
  expect(fs.readFileSync(path.join(work, "copy.txt"), "utf8")).toBe('a say "hi"\nb\n');
  const log = execFileSync("git", ["log", "--format=%s", "--name-only"], {
    cwd: work,
    env: GIT,
    encoding: "utf8",
  });
  expect(log).toBe("feat: a (#4.2)\n\ncopy.txt\nsrc/a.txt\n");
  expect(events[0]).toEqual({ type: "session", session: "4.2-s1" });
  expect(events[1]).toEqual({ type: "turn", words: "Beginning 4.2" });
  expect(events.at(-1)).toEqual({
    type: "report",
    report: { status: "partial", summary: "1" },
  });
});

test("nothing recorded for a task is said, with the name of the task", () => {
  fs.mkdirSync(path.join(folder, "work"));
  const { status, stderr } = playRecording({}, { CAIRN_TASK: "9", CAIRN_ROLE: "implementer" });
  expect(status).toBe(3);
  expect(stderr).toContain("no session for task 9, role implementer");
});

const NOW: Circumstances = {
  task: "1",
  title: "t",
  role: "implementer",
  attempt: 1,
  round: 0,
  session: "1-s1",
  stages: [],
};

test("the first session that fits role, attempt, round and number is played", () => {
  const recording: Recording = {
    "1": [
      { attempt: 2, report: { n: 2 } },
      { session: 3, report: { n: 3 } },
      { role: "spec-reviewer", report: { n: 4 } },
      { report: { n: 1 } },
    ],
    "*": [{ report: { n: 9 } }],
  };
  const play = (more: Partial<Circumstances>): unknown =>
    chooseSession(recording, { ...NOW, ...more })?.report?.["n"];
  expect(play({})).toBe(1);
  expect(play({ attempt: 2 })).toBe(2);
  expect(play({ session: "1-s3" })).toBe(3);
  expect(play({ role: "spec-reviewer", stages: ["spec"] })).toBe(4);
  expect(play({ task: "2" })).toBe(9);
});

test("a reviewer without a recording approves every stage it is asked for", () => {
  const now = { ...NOW, role: "quality-reviewer", stages: ["spec", "quality"] };
  const session = chooseSession({}, now);
  expect(session === null ? null : reportOf(session, now)).toMatchObject({
    verdicts: [
      { stage: "spec", verdict: "approve" },
      { stage: "quality", verdict: "approve" },
    ],
  });
});
