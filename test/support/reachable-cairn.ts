// A clone may lie where another user cannot enter (a temporary folder of mode 0700). Tests that run Cairn as another
// user then need a copy that everybody can read.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

const PACKAGE = path.resolve(import.meta.dirname, "../..");
const NEEDED = ["bin", "src", "prompts", "package.json", "node_modules"];

let copy: string | null = null;

afterAll(() => {
  if (copy !== null) fs.rmSync(copy, { recursive: true, force: true });
});

/** `bin/cairn` for the user with this id: the clone's own where that user can start it, else a copy's. */
export function cairnFor(uid: number): string {
  const own = path.join(PACKAGE, "bin/cairn");
  const { status } = spawnSync(own, ["--version"], { uid, gid: uid, stdio: "ignore", env: {} });
  if (status === 0) return own;
  copy ??= makeCopy();
  return path.join(copy, "bin/cairn");
}

function makeCopy(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cairn-reachable-"));
  fs.chmodSync(folder, 0o755);
  const sources = NEEDED.map((name) => path.join(PACKAGE, name));
  // Hard links where both lie on one file system: seconds and half a gigabyte saved.
  const linked = spawnSync("cp", ["-al", "--", ...sources, folder], { stdio: "ignore" });
  if (linked.status !== 0) spawnSync("cp", ["-a", "--", ...sources, folder], { stdio: "inherit" });
  return folder;
}
