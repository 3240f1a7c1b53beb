// Where a token may have been left: every file, every object of git, every word printed, everything on the service.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { GitHubSample } from "./e2e-github.ts";
import { GIT_ALONE } from "./e2e-program.ts";

/** The token as it is, and as it looks inside base64 wherever it begins there. */
export function formsOf(token: string): readonly string[] {
  const encoded = ["", "x", "xx"].map((before) => {
    const text = Buffer.from(`${before}${token}`).toString("base64");
    // What its neighbours have a part in.
    return text
      .slice(before === "" ? 0 : 4)
      .replace(/=+$/u, "")
      .slice(0, -2);
  });
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64").replace(/=+$/u, "");
  return [token, basic, ...encoded];
}

/** Below that folder, its name and the form found in it; databases with their logs, too. */
export function filesWith(folder: string, forms: readonly string[]): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const bytes = fs.readFileSync(file);
      return forms.filter((form) => bytes.includes(form)).map((form) => `${file}: ${form}`);
    });
}

/** Names and contents of all objects of a repository, reachable or not, that hold it. */
export function objectsWith(gitDir: string, forms: readonly string[]): readonly string[] {
  const env = { PATH: process.env["PATH"], HOME: gitDir, ...GIT_ALONE };
  const call = { cwd: gitDir, env, maxBuffer: 256 * 1024 * 1024 };
  const bytes = execFileSync("git", ["cat-file", "--batch-all-objects", "--batch"], call);
  return forms
    .filter((form) => bytes.includes(form))
    .map((form) => `objects of ${gitDir}: ${form}`);
}

/** On the service: all but the texts of issues and what `others` have written, which are GitHub's own. */
export function hubWith(
  { world }: GitHubSample,
  forms: readonly string[],
  others: readonly string[] = [],
): readonly string[] {
  const { hub } = world;
  const { issues, comments, reviews, milestones, labels, log, checks, refs } = hub;
  const threads = [...hub.threads.values()]
    .flatMap((thread) => thread.comments)
    .filter(({ author }) => !others.includes(author));
  const pulls = [...issues.values()].filter(({ pull }) => pull !== null);
  const kept = [pulls, comments, reviews, threads, milestones, labels, log, checks, refs].map(
    (part) => JSON.stringify([...part.values()]),
  );
  const refNames = JSON.stringify([...refs.keys()]);
  return forms
    .filter((form) => [...kept, refNames].some((text) => text.includes(form)))
    .map((form) => `the service: ${form}`);
}
