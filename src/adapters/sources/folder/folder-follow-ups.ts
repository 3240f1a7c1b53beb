import { parseFollowUpOf } from "../../../core/plan/follow-up-line.ts";
import type { Issue } from "../../../core/plan/issue.ts";
import type { NamedFollowUp } from "../../../core/run/follow-ups.ts";
import type { TaskKey } from "../../../core/shared/names.ts";
import type { FollowUpFiles } from "../../../ports/source.ts";
import { nextLetterKey } from "../next-letter.ts";
import { readSpec } from "./spec-file.ts";

/**
 * Writes follow-ups as issue files of a milestone folder, beside those that are there: `03b-follow-up.md`. `reference`
 * is the folder, or the plan file in it.
 */
export function folderFollowUps(
  reference: string,
  issues: readonly Pick<Issue, "key" | "number" | "place">[] = [],
): FollowUpFiles {
  const folder = reference.replace(/\/[^/]*\.md$/iu, "").replace(/\/+$/u, "");
  const below = `${folder}/issues/`;
  const numbers = new Map(issues.map(({ key, number }) => [key, number]));
  const place = issues.some((issue) => issue.place.file?.startsWith(below)) ? below : `${folder}/`;
  return {
    nameFor: (of, taken) => {
      const key = nextLetterKey(of, taken);
      const number = tailOf(key ?? "");
      // Without a number in front a file is no issue.
      return key === null || !/^\d[\d.]*[a-z]$/iu.test(number) ? null : { key, number, url: null };
    },
    edits: (followUp) => [
      {
        path: `${place}${tailOf(followUp.key)}-follow-up.md`,
        edit: (text) =>
          text === null ? fileFor(followUp, numbers) : isRestOf(text, followUp) ? text : null,
      },
    ],
  };
}

/** `03` of `m5/03`. */
function tailOf(key: TaskKey): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

function isRestOf(text: string, { of }: NamedFollowUp): boolean {
  return parseFollowUpOf(readSpec("", text).body) === of;
}

function fileFor(followUp: NamedFollowUp, numbers: ReadonlyMap<TaskKey, string>): string {
  const { of, title, body, type, priority, labels, dependents } = followUp;
  // What is blocked is read by its number; only what is waited for may be named by its key.
  const blocked = dependents.map((key) => numbers.get(key) ?? tailOf(key));
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    ...(priority === null ? [] : [`priority: ${priority}`]),
    ...(type === "CODING" ? [] : [`type: ${type}`]),
    ...(labels.length === 0 ? [] : [`labels: ${JSON.stringify(labels)}`]),
    "---",
    "",
    `# ${title}`,
    "",
    body,
    "",
    // Not in the front matter: that can only say what an issue waits for, and not who waits for it.
    `Depends on: ${of}`,
    ...(blocked.length === 0 ? [] : ["", `Blocks: ${blocked.join(", ")}`]),
    "",
  ].join("\n");
}
