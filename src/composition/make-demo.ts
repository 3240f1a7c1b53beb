import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { BrokenPromise, UserError } from "../errors.ts";

export interface Demo {
  readonly root: string;
  /** How to call this program from where the person stands. */
  readonly cairn: string;
}

// src/composition and dist/composition are equally deep in the package.
const PACKAGE = resolve(import.meta.dirname, "../..");

/** Makes the sample repository with its recording beside it. @throws UserError `demo/exists`. */
export async function makeDemo(request: {
  readonly into: string | null;
  readonly redGate: boolean;
}): Promise<Demo> {
  const folder = newFolder(request.into);
  const root = join(folder, "trail");
  cpSync(join(PACKAGE, "demo/repository"), root, { recursive: true });
  const recording = join(folder, "recording.json");
  cpSync(join(PACKAGE, "demo/recording.json"), recording);
  const config = join(root, ".cairn.yml");
  writeFileSync(config, configText(readFileSync(config, "utf8"), request.redGate));
  git(root, ["init", "--quiet", "--initial-branch=main"]);
  git(root, ["add", "--all"]);
  git(root, ["commit", "--quiet", "--message", "Begin"]);
  return Promise.resolve({ root, cairn: callOf(join(PACKAGE, "bin/cairn")) });
}

function newFolder(into: string | null): string {
  if (into === null) return realpathSync(mkdtempSync(join(tmpdir(), "cairn-demo-")));
  const folder = resolve(into);
  if (existsSync(folder)) {
    throw new UserError("demo/exists", `${folder} is there already.`, {
      hints: ["Name a folder that does not exist yet."],
    });
  }
  mkdirSync(folder, { recursive: true });
  return realpathSync(folder);
}

/** A gate that only the task 1.5 can make red: its README. */
function configText(text: string, redGate: boolean): string {
  if (!redGate) return text;
  return text.replace(
    "  pre_merge:\n",
    '  pre_merge:\n    - { name: short-readme, run: "test $(wc -l < README.md) -lt 10", kind: other }\n',
  );
}

/** Shortest words that call the program from here. */
function callOf(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : `./${near}`;
}

/** The user's own git configuration may sign, hook or template; the sample must not. */
function git(root: string, args: readonly string[]): void {
  const identity = { name: "Cairn demo", email: "demo@cairn.invalid" };
  const { status, stderr } = spawnSync(
    "git",
    ["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", ...args],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: identity.name,
        GIT_AUTHOR_EMAIL: identity.email,
        GIT_COMMITTER_NAME: identity.name,
        GIT_COMMITTER_EMAIL: identity.email,
      },
    },
  );
  if (status !== 0)
    throw new BrokenPromise(`git ${args.join(" ")} failed in the sample repository: ${stderr}`);
}
