import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePlannerFolder, removeDeadPlanners } from "./planner-folder.ts";

let cairn: string;

beforeEach(() => {
  cairn = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-planners-"));
});

afterEach(() => fs.rmSync(cairn, { recursive: true, force: true }));

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

test("is in .cairn/tmp where that is there, else in the temporary folder", () => {
  const elsewhere = makePlannerFolder(cairn);
  fs.mkdirSync(path.join(cairn, "tmp"));
  const own = makePlannerFolder(cairn);
  try {
    expect([path.dirname(elsewhere), path.dirname(own)]).toEqual([
      fs.realpathSync(os.tmpdir()),
      fs.realpathSync(path.join(cairn, "tmp")),
    ]);
    expect(path.basename(own)).toMatch(new RegExp(`^cairn-planner-${process.pid}-\\w{6}$`));
  } finally {
    fs.rmSync(elsewhere, { recursive: true });
  }
});

test("what a killed planner left behind is removed, nothing else", async () => {
  const pid = await deadPid();
  const tmp = path.join(cairn, "tmp");
  const stays = [`cairn-planner-${process.pid}-abcdef`, "cairn-planner-abcdef", `scratch-${pid}-a`];
  for (const name of [...stays, `cairn-planner-${pid}-abcdef`])
    fs.mkdirSync(path.join(tmp, name, "repository"), { recursive: true });
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), `cairn-planner-${pid}-`));
  const session = spawn("sleep", ["300"], {
    stdio: "ignore",
    cwd: path.join(tmp, `cairn-planner-${pid}-abcdef`),
    env: { ...process.env, CAIRN_SESSION_MARK: `cairn-planner-${pid}-abcdef/planner-s1` },
  });
  const ended = once(session, "exit");
  await once(session, "spawn");
  await removeDeadPlanners(cairn);
  await ended;
  expect([fs.readdirSync(tmp).toSorted(), fs.existsSync(outside)]).toEqual([
    stays.toSorted(),
    false,
  ]);
});
