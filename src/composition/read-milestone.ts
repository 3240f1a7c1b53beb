import { existsSync } from "node:fs";
import { createJsonSource } from "../adapters/sources/json/json-source.ts";
import { createMarkdownSource } from "../adapters/sources/markdown/markdown-source.ts";
import type { Config } from "../config/load.ts";
import type { Milestone } from "../core/plan/issue.ts";
import { UserError } from "../errors.ts";
import { pathInRepository } from "./path-in-repository.ts";

export interface SourcePlace {
  readonly root: string;
  /** Folder the command was started in: paths are taken from there. */
  readonly directory: string;
  readonly config: Config;
}

/**
 * Reads the milestone that a person named on the command line, by whichever source it is.
 * @throws UserError `source/…` when nothing can be read.
 */
export async function readMilestone(parts: SourcePlace, written: string): Promise<Milestone> {
  const file = pathInRepository(parts.root, parts.directory, written.replace(/^@/, ""));
  if (file.endsWith(".json")) return createJsonSource({ root: parts.root }).read(file);
  if (
    /\.(?:md|markdown|mdown)$/i.test(file) ||
    written.startsWith("@") ||
    existsSync(`${parts.root}/${file}`)
  ) {
    return createMarkdownSource({ root: parts.root }).read(file);
  }
  throw new UserError(
    "source/unknown",
    `\`${written}\` is neither a markdown plan nor a JSON list of issues.`,
    {
      hints: [
        "Name the file: cairn run @docs/plan.md, or cairn run issues.json as `gh issue list --json number,title,body,state,labels,url` writes it.",
      ],
    },
  );
}
