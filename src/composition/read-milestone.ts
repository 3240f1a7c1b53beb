import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { hasMilestoneFolder, isMilestoneFolder } from "../adapters/sources/folder/find-folder.ts";
import { createFolderSource } from "../adapters/sources/folder/folder-source.ts";
import type { FolderSourceSettings } from "../adapters/sources/folder/folder-source.ts";
import { createJsonSource } from "../adapters/sources/json/json-source.ts";
import { createMarkdownSource } from "../adapters/sources/markdown/markdown-source.ts";
import { readPlanFile } from "../adapters/sources/text-file.ts";
import type { Config } from "../config/load.ts";
import type { Milestone } from "../core/plan/issue.ts";
import { needsGithub, readSourceArgument } from "../core/plan/source-argument.ts";
import type { SourceArgument } from "../core/plan/source-argument.ts";
import { nearestName } from "../core/shared/nearest-name.ts";
import { UserError } from "../errors.ts";
import type { Source } from "../ports/source.ts";
import { pathInRepository } from "./path-in-repository.ts";

export interface SourcePlace {
  readonly root: string;
  /** Folder the command was started in: paths are taken from there. */
  readonly directory: string;
  readonly config: Config;
}

/** What a path looks like before anybody reads it in earnest. */
interface Shape {
  /** Relative to the repository, with `/`; may end in `#tag`. */
  readonly reference: string;
  /** Its first words; empty where it cannot be read: then the source says why. */
  readonly text: string;
}

/** The first row that fits reads it; markdown takes the rest. */
const FILES: readonly {
  readonly fits: (shape: Shape) => boolean;
  readonly create: (settings: { readonly root: string }) => Source;
}[] = [
  { fits: ({ reference }) => /\.json$/iu.test(reference), create: createJsonSource },
  { fits: () => true, create: createMarkdownSource },
];

/**
 * Reads the milestone that a person named on the command line, by whichever source it is.
 * @throws UserError `source/…`, `cli/usage` when nothing can be read.
 */
export async function readMilestone(
  parts: SourcePlace,
  words: string | readonly string[],
): Promise<Milestone> {
  const argument = readSourceArgument(typeof words === "string" ? [words] : words, {
    exists: (word) => existsInRepository(parts, word),
    hasFolder: (name) => hasMilestoneFolder(folderPlaces(parts), name),
  });
  switch (argument.kind) {
    case "path":
      return readPath(parts, argument.path);
    case "folder":
      return createFolderSource(folderPlaces(parts)).read(argument.name);
    case "dispatch":
      throw notBuilt(argument);
    case "issues":
    case "milestone":
      throw needsGithub(argument, await nearestPlan(parts, argument));
  }
}

async function readPath(parts: SourcePlace, written: string): Promise<Milestone> {
  const { root } = parts;
  const reference = toReference(parts, written);
  if (isMilestoneFolder(root, reference))
    return createFolderSource(folderPlaces(parts)).read(reference);
  const shape = { reference, text: await firstWords(root, reference) };
  const row = FILES.find(({ fits }) => fits(shape));
  return (row?.create ?? createMarkdownSource)({ root }).read(reference);
}

function folderPlaces({ root, config }: SourcePlace): FolderSourceSettings {
  return { root, pattern: config.sources.milestones, target: config.target };
}

function toReference(parts: SourcePlace, written: string): string {
  const inside = pathInRepository(parts.root, parts.directory, written);
  return inside.split(path.sep).join("/");
}

function existsInRepository(parts: SourcePlace, word: string): boolean {
  const absolute = path.resolve(parts.directory, word);
  return !word.includes("\0") && existsSync(absolute);
}

async function firstWords(root: string, reference: string): Promise<string> {
  try {
    // Follows no link out of the repository.
    return (await readPlanFile(root, reference)).text;
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}

/** A plan in the folder of the command, below `docs` or in `specs` whose name is nearly what was typed. */
async function nearestPlan(parts: SourcePlace, argument: SourceArgument): Promise<string | null> {
  if (argument.kind !== "milestone") return null;
  const folders = [parts.directory, `${parts.root}/docs`, `${parts.root}/specs`];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const stems = new Map(names.map((name) => [name.replace(/\.[^.]+$/u, ""), name]));
    const near = nearestName(argument.title, [...stems.keys(), ...names]);
    if (near !== null)
      return path.relative(parts.directory, path.join(folder, stems.get(near) ?? near));
  }
  return null;
}

function notBuilt(argument: SourceArgument): UserError {
  return new UserError("source/unknown", `A ${argument.kind} cannot be read yet.`, {
    hints: ["Name a file: cairn run @docs/plan.md, or cairn run issues.json"],
  });
}
